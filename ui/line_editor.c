/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are edited on the terminal itself, for plain mode: readline draws, the loop reads. */
#include "ui/line_editor.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* after <stdio.h>, which it needs */
#include <readline/readline.h>

#include "app/app.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/line_editor.h"
#include "cli/words.h"
#include "ui/crash.h"
#include "ui/prompt.h"
#include "ui/prompt_internal.h"

enum { OFFER_BYTES = 2000, EDITOR_SIGNALS = 3 };

/* As readline, it is one per process. */
static struct {
	struct app *app;
	struct crash crash; /* with modes_known while they are not the shell's */
	FILE *out;          /* the terminal of standard error, written at once */
	struct signal_watch *signals[EDITOR_SIGNALS];
	bool started;
	bool begun;
	bool hidden;
	bool away;       /* another has the terminal */
	int typed_ahead; /* bytes that came in the shell's modes, where ^D is a byte 0 */
} editor;

/* ---- the modes of the terminal ---- */

/* Keys come one by one and are not shown; what a signal is, and how an end of line is written, stays. */
static void modes_for_keys(void)
{
	struct termios modes = editor.crash.shell_modes;
	modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	editor.crash.modes_known = true;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

static void modes_of_shell(void)
{
	if (editor.crash.modes_known)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &editor.crash.shell_modes);
	editor.crash.modes_known = false;
}

/* Who is in the background does not touch them. A terminal that controls no jobs has none. */
static bool in_foreground(void)
{
	pid_t foreground = tcgetpgrp(STDIN_FILENO);
	return foreground < 0 || foreground == getpgrp();
}

/* ---- on the terminal ---- */

static void editor_hide(void)
{
	if (!editor.begun || editor.hidden)
		return;
	rl_clear_visible_line();
	fflush(editor.out);
	editor.hidden = true;
}

static void editor_show(void)
{
	if (!editor.begun || !editor.hidden || editor.away)
		return;
	editor.hidden = false;
	rl_forced_update_display();
	fflush(editor.out);
}

/* The cursor goes behind the line, which may be several rows. */
static void below_line(void)
{
	int point = rl_point;
	rl_point = rl_end;
	rl_redisplay();
	rl_point = point;
	fputc('\n', editor.out);
	fflush(editor.out);
}

static void editor_lend(bool away)
{
	if (!editor.begun)
		return;
	if (away) {
		editor_hide();
		modes_of_shell();
	} else {
		modes_for_keys();
	}
	editor.away = away;
	editor_show();
}

/* The names that can follow, below the line, and the line again. */
static void show_matches(char **matches, int n, int longest)
{
	struct buf text = {0};
	(void)longest;
	for (int i = 1; i <= n && text.len < OFFER_BYTES; i++) {
		text_escape(&text, matches[i], strlen(matches[i]), 0);
		buf_str(&text, i == n ? "" : "  ");
	}
	below_line();
	fprintf(editor.out, "%s%s\n", buf_text(&text), text.len < OFFER_BYTES ? "" : "...");
	buf_free(&text);
	rl_forced_update_display();
}

/* ---- signals ---- */

static const int editor_watched[EDITOR_SIGNALS] = {SIGTSTP, SIGCONT, SIGWINCH};

static void editor_on_signal(void *arg, int signum);

static void editor_watch(int i, bool on)
{
	signal_free(editor.signals[i]);
	editor.signals[i] = on ? signal_new(editor.app->loop, editor_watched[i], editor_on_signal, NULL) : NULL;
}

static void editor_watch_all(bool on)
{
	for (int i = 0; i < EDITOR_SIGNALS; i++)
		editor_watch(i, on);
}

/* The whole process group stops, as it would for the terminal's own ^Z. */
static void editor_stop(void)
{
	if (!editor.hidden)
		below_line();
	editor.hidden = true;
	editor_lend(true);
	editor_watch(0, false); /* back to what the system does with it */
	kill(0, SIGTSTP);
	editor_watch(0, true);
}

static void editor_on_signal(void *arg, int signum)
{
	(void)arg;
	if (signum == SIGTSTP)
		editor_stop();
	if (signum != SIGWINCH && in_foreground())
		editor_lend(false);
	else if (signum == SIGWINCH && !editor.hidden)
		rl_resize_terminal();
	else
		rl_reset_screen_size();
}

/* ---- a line ---- */

static void editor_ended(void)
{
	modes_of_shell();
	editor_watch_all(false);
	editor.begun = false;
}

/* Not before a line is asked for: most plain runs ask for none. */
static void editor_start(void)
{
	editor.started = true;
	crash_prepare(&editor.crash);
	editor.crash.leaves_stderr = true;
	editor.crash.modes_known = false;
	crash_arm(&editor.crash);
	prompt_start(editor.out);
	rl_completion_display_matches_hook = show_matches;
}

static void editor_begin(const char *prompt)
{
	if (!editor.started)
		editor_start();
	if (!in_foreground())
		raise(SIGTTIN); /* as for any who reads there */
	modes_for_keys();
	if (ioctl(STDIN_FILENO, FIONREAD, &editor.typed_ahead) != 0)
		editor.typed_ahead = 0;
	editor_watch_all(true);
	editor.begun = true;
	editor.hidden = editor.away = false;
	rl_reset_screen_size();
	prompt_open_line(editor.app, prompt);
	fflush(editor.out);
}

static void editor_drop(void)
{
	if (!editor.begun)
		return;
	rl_point = rl_end;
	rl_redisplay();
	prompt_close();
	if (!editor.hidden)
		fputs("^C\n", editor.out);
	fflush(editor.out);
	editor_ended();
}

/* What is longer than any command can be is cut, before it is slow to draw. */
static void editor_cut(void)
{
	if (rl_end > LINE_MAX_BYTES + 1) {
		rl_delete_text(LINE_MAX_BYTES + 1, rl_end);
		rl_point = rl_point > rl_end ? rl_end : rl_point;
	}
}

/* The next bytes for readline: a ^D that was typed ahead is one of its own. */
static size_t editor_piece(const char *bytes, size_t n, bool *ended, char **line)
{
	size_t ahead = editor.typed_ahead < (int)n ? (size_t)editor.typed_ahead : n;
	const char *end = memchr(bytes, 0, ahead);
	bool first = end == bytes;
	size_t used = first ? prompt_bytes("\4", 1, ended, line)
			    : prompt_bytes(bytes, end ? (size_t)(end - bytes) : n, ended, line);
	editor.typed_ahead -= used < ahead ? (int)used : (int)ahead;
	return used;
}

static enum line_state editor_feed(const char *bytes, size_t n, size_t *used, char **line)
{
	bool ended = false;
	*line = NULL;
	*used = 0;
	editor_show();
	while (!ended && *used < n) {
		*used += editor_piece(bytes + *used, n - *used, &ended, line);
		if (!ended)
			editor_cut();
	}
	if (ended && !*line)
		fputc('\n', editor.out);
	fflush(editor.out);
	if (!ended)
		return LINE_GOES_ON;
	editor_ended();
	return *line ? LINE_ACCEPTED : LINE_ENDS;
}

/* ---- open and close ---- */

static const struct line_editor functions = {.begin = editor_begin,
					     .feed = editor_feed,
					     .hide = editor_hide,
					     .show = editor_show,
					     .drop = editor_drop,
					     .lend = editor_lend};

static bool can_edit(void)
{
	const char *term = getenv("TERM");
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

const struct line_editor *line_editor_open(struct app *app)
{
	int fd = can_edit() ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!out) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	editor.app = app;
	editor.out = out;
	return &functions;
}

void line_editor_close(const struct line_editor *opened)
{
	if (!opened)
		return;
	if (editor.begun) {
		if (!editor.hidden)
			below_line();
		editor.hidden = true;
		editor_ended();
	}
	if (editor.started) {
		prompt_end();
		crash_disarm(&editor.crash);
		crash_done(&editor.crash);
	}
	fclose(editor.out);
}
