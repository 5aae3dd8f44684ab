/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text in the user's editor ($VISUAL or $EDITOR), while the program waits for it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "src/verb/verb_internal.h"
#include "try.h"

const char *editor_name(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
	return visual && visual[0] ? visual : editor && editor[0] ? editor : NULL;
}

/* ---- the file ---- */

static char *editor_path(void)
{
	const char *tmp = getenv("TMPDIR");
	struct buf path = {0};
	buf_fmt(&path, "%s/teller-answer-XXXXXX.sql", tmp && tmp[0] ? tmp : "/tmp");
	return buf_take(&path);
}

static enum status editor_write(char *path, const struct buf *text, struct err *err)
{
	int fd = mkstemps(path, 4);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return err_set(err, ST_OWN, "cannot write %.200s: %s", path, strerror(errno));
	fwrite(buf_text(text), 1, text->len, file);
	bool failed = ferror(file);
	failed = fclose(file) || failed;
	return failed ? err_set(err, ST_OWN, "cannot write %.200s: %s", path, strerror(errno)) : ST_OK;
}

/* ---- the editor ---- */

/* It is in the foreground, by itself: what is typed there, ^C too, is for it alone. */
static void editor_become(const char *path)
{
	sigset_t none;
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	for (int signum = 1; signum < NSIG; signum++)
		signal(signum, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/bin/sh", "sh", "-c", "exec ${VISUAL:-$EDITOR} \"$1\"", "sh", path, (char *)NULL);
	_exit(127);
}

static int editor_wait(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Who is not in the foreground is stopped where it writes to the terminal: not while it takes that back. */
static enum status editor_run(struct app *app, const char *path, struct err *err)
{
	struct face *face = &app->face;
	sigset_t ttou, before;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	if (face->aside)
		face->aside(face->self, true);
	sigprocmask(SIG_BLOCK, &ttou, &before);
	pid_t pid = fork();
	if (pid == 0)
		editor_become(path);
	int status = pid < 0 ? -1 : editor_wait(pid);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (face->aside)
		face->aside(face->self, false);
	if (pid < 0)
		return err_set(err, ST_OWN, "the editor cannot be started: %s", strerror(errno));
	if (status)
		return err_set(err, ST_OWN, "the editor %.100s failed: the answer is as it was", editor_name());
	return ST_OK;
}

enum status editor_edit(struct app *app, struct buf *text, struct err *err)
{
	char *path = editor_path();
	if (!editor_write(path, text, err) && !editor_run(app, path, err)) {
		buf_clear(text);
		(void)lesson_read(path, text, err);
	}
	unlink(path);
	free(path);
	return err->status;
}
