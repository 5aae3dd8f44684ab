/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program without a terminal: its output, its exit status, signals, a time limit. */
#include "tests/support/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/spawn.h"

const char *proc_teller(void)
{
	const char *path = getenv("TELLER");
	if (!path)
		fail_msg("TELLER is not set: run the tests through tests/run");
	return path;
}

static void make_pipe(int ends[2])
{
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
}

static _Noreturn void become(const char *const argv[], const char *const env[], int in, int out, int err)
{
	setsid(); /* no terminal of the tester's can be reached */
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	spawn_exec(argv, env);
}

/* The input goes into the pipe whole, so that nobody has to feed it: tests write little. */
static void give_input(int fd, const char *input)
{
	size_t n = input ? strlen(input) : 0;
	assert_true(n < 65536);
	if (n)
		assert_int_equal(write(fd, input, n), (ssize_t)n);
	close(fd);
}

struct proc *proc_start(const char *const argv[], const char *const env[], const char *input)
{
	int in[2], out[2], err[2];
	make_pipe(in);
	make_pipe(out);
	make_pipe(err);
	struct proc *proc = NEW(struct proc);
	proc->pid = fork();
	if (proc->pid == 0)
		become(argv, env, in[0], out[1], err[1]);
	assert_true(proc->pid > 0);
	close(out[1]);
	close(err[1]);
	give_input(in[1], input);
	close(in[0]);
	proc->out_fd = out[0];
	proc->err_fd = err[0];
	return proc;
}

static void read_some(int *fd, struct buf *buf)
{
	char bytes[4096];
	ssize_t n = read(*fd, bytes, sizeof bytes);
	if (n > 0) {
		buf_add(buf, bytes, (size_t)n);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		close(*fd);
		*fd = -1;
	}
}

/* Waits for output for at most ms. */
static void pump(struct proc *proc, int ms)
{
	struct pollfd fds[2] = {{.fd = proc->out_fd, .events = POLLIN}, {.fd = proc->err_fd, .events = POLLIN}};
	if (poll(fds, 2, ms) <= 0)
		return;
	if (fds[0].revents)
		read_some(&proc->out_fd, &proc->out);
	if (fds[1].revents)
		read_some(&proc->err_fd, &proc->err);
}

static void show_and_fail(struct proc *proc, const char *what)
{
	check_tell("--- stdout\n%s\n--- stderr\n%s\n--- status %d", buf_text(&proc->out), buf_text(&proc->err),
		   proc->status);
	fail_msg("%s", what);
}

bool proc_ended(struct proc *proc, int ms)
{
	if (proc->pid && !spawn_ended(proc->pid, &proc->status)) {
		pump(proc, ms);
		return false;
	}
	proc->pid = 0;
	proc_wait(proc);
	return true;
}

void proc_wait(struct proc *proc)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (proc->pid && !spawn_ended(proc->pid, &proc->status)) {
		if (!deadline_left(deadline))
			show_and_fail(proc, "still running");
		pump(proc, 20); /* 20 ms: the end of a program that closed its output first makes no sound */
	}
	proc->pid = 0;
	while ((proc->out_fd >= 0 || proc->err_fd >= 0) && deadline_left(deadline))
		pump(proc, deadline_left(deadline)); /* until whoever inherited the pipes closes them, too */
	if (proc->out_fd >= 0 || proc->err_fd >= 0)
		show_and_fail(proc, "it ended, but something that it started still holds its output");
}

void proc_wait_output(struct proc *proc, const char *text)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!strstr(buf_text(&proc->out), text) && !strstr(buf_text(&proc->err), text)) {
		if (!deadline_left(deadline) || (proc->out_fd < 0 && proc->err_fd < 0))
			show_and_fail(proc, text);
		pump(proc, deadline_left(deadline));
	}
}

void proc_signal(struct proc *proc, int signum)
{
	kill(proc->pid, signum);
}

void proc_free(struct proc *proc)
{
	if (!proc)
		return;
	if (proc->pid) {
		kill(proc->pid, SIGKILL);
		spawn_reap(proc->pid);
	}
	if (proc->out_fd >= 0)
		close(proc->out_fd);
	if (proc->err_fd >= 0)
		close(proc->err_fd);
	buf_free(&proc->out);
	buf_free(&proc->err);
	free(proc);
}

struct proc *proc_run(const char *const argv[], const char *const env[], const char *input)
{
	struct proc *proc = proc_start(argv, env, input);
	proc_wait(proc);
	return proc;
}

void proc_expect_status(struct proc *proc, int status)
{
	if (proc->status == status)
		return;
	char what[64];
	snprintf(what, sizeof what, "exit status %d was expected", status);
	show_and_fail(proc, what);
}

void proc_expect_out(struct proc *proc, const char *text)
{
	char what[256];
	snprintf(what, sizeof what, "stdout does not hold \"%s\"", text);
	if (!strstr(buf_text(&proc->out), text))
		show_and_fail(proc, what);
}

void proc_expect_err(struct proc *proc, const char *text)
{
	char what[256];
	snprintf(what, sizeof what, "stderr does not hold \"%s\"", text);
	if (!strstr(buf_text(&proc->err), text))
		show_and_fail(proc, what);
}

void proc_expect_all(struct proc *proc, int status, const char *out, const char *err)
{
	proc_expect_status(proc, status);
	assert_string_equal(buf_text(&proc->out), out);
	if (err)
		proc_expect_err(proc, err);
	proc_free(proc);
}

/* ---- other processes ---- */

static bool command_line_holds(const char *path, const char *text)
{
	char line[4096];
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	size_t n = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	for (size_t i = 0; i < n; i++)
		if (!line[i])
			line[i] = ' ';
	line[n] = '\0';
	return strstr(line, text) != NULL;
}

int proc_count(const char *text)
{
	glob_t found;
	int count = 0;
	if (glob("/proc/[0-9]*/cmdline", 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++)
		count += command_line_holds(found.gl_pathv[i], text);
	globfree(&found);
	return count;
}

void proc_expect_none(const char *text)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (proc_count(text) > 0) {
		if (!deadline_left(deadline))
			fail_msg("a process whose command line holds %s still runs", text);
		poll(NULL, 0, 20);
	}
}

struct proc *proc_scripted(const char *option, const char *const env[], int *script)
{
	char path[300];
	const char *dir = getenv("TMPDIR");
	snprintf(path, sizeof path, "%s/script.%d", dir ? dir : "/tmp", (int)getpid());
	unlink(path);
	if (mkfifo(path, 0600) != 0)
		fail_msg("%s: %s", path, strerror(errno));
	const char *const argv[] = {proc_teller(), option, "-f", path, NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	*script = open(path, O_WRONLY | O_CLOEXEC);
	unlink(path);
	return proc;
}

long proc_waits(pid_t pid)
{
	char pattern[64], line[256];
	long total = 0, n;
	glob_t threads;
	snprintf(pattern, sizeof pattern, "/proc/%d/task/*/status", (int)pid);
	assert_int_equal(glob(pattern, 0, NULL, &threads), 0);
	for (size_t i = 0; i < threads.gl_pathc; i++) {
		FILE *file = fopen(threads.gl_pathv[i], "r");
		while (file && fgets(line, sizeof line, file))
			if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
				total += n;
		if (file)
			fclose(file);
	}
	globfree(&threads);
	return total;
}
