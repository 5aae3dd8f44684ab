/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal of the screen tests: starting, reading, waiting, and what it looked like. */
#include "tests/support/term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utmp.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/spawn.h"
#include "tests/support/term_internal.h"

/* Silence after which a program is taken to have said all that it wanted to. */
enum { QUIET_MS = 150 };

/* ---- what libvterm tells ---- */

static void take_title(struct term *term, const VTermValue *value)
{
#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 2
	if (value->string.initial) {
		buf_clear(&term->title);
		term->title_changes++;
	}
	buf_add(&term->title, value->string.str, value->string.len);
#else
	buf_clear(&term->title);
	buf_str(&term->title, value->string);
	term->title_changes++;
#endif
}

static int on_property(VTermProp property, VTermValue *value, void *arg)
{
	struct term *term = arg;
	switch ((int)property) {
	case VTERM_PROP_CURSORVISIBLE:
		term->cursor_visible = value->boolean;
		break;
	case VTERM_PROP_ALTSCREEN:
		term->alternate = value->boolean;
		break;
	case VTERM_PROP_TITLE:
		take_title(term, value);
		break;
	default:
		break;
	}
	return 1;
}

static int on_bell(void *arg)
{
	struct term *term = arg;
	term->bells++;
	return 1;
}

/* Keys, and answers to the program's questions. */
static void on_answer(const char *bytes, size_t n, void *arg)
{
	term_send(arg, bytes, n);
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .bell = on_bell};

static void screen_start(struct term *term, int rows, int cols)
{
	term->vt = vterm_new(rows, cols);
	vterm_set_utf8(term->vt, 1);
	vterm_output_set_callback(term->vt, on_answer, term);
	term->screen = vterm_obtain_screen(term->vt);
	vterm_screen_enable_altscreen(term->screen, 1);
	vterm_screen_set_callbacks(term->screen, &callbacks, term);
	vterm_screen_reset(term->screen, 1);
	term->cursor_visible = true;
}

/* ---- start and end ---- */

static _Noreturn void become(const char *const argv[], const char *const env[], int slave)
{
	login_tty(slave);
	setenv("TERM", "xterm-256color", 1);
	spawn_exec(argv, env);
}

struct term *term_start(const char *const argv[], const char *const env[], int rows, int cols)
{
	struct term *term = NEW(struct term);
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	screen_start(term, rows, cols);
	assert_int_equal(openpty(&term->master, &term->slave, NULL, NULL, &size), 0);
	fcntl(term->master, F_SETFD, FD_CLOEXEC);
	fcntl(term->master, F_SETFL, O_NONBLOCK);
	/* Or the terminal drops output, the way out too, for a key that is a signal to it once the program has left. */
	tcgetattr(term->slave, &term->before);
	term->before.c_lflag |= NOFLSH;
	tcsetattr(term->slave, TCSANOW, &term->before);
	term->pid = fork();
	if (term->pid == 0)
		become(argv, env, term->slave);
	assert_true(term->pid > 0);
	/* Our end of the slave stays open: the settings that the program leaves behind can be read after its end. */
	fcntl(term->slave, F_SETFD, FD_CLOEXEC);
	return term;
}

void term_drop_typed(struct term *term)
{
	struct termios now;
	assert_int_equal(tcgetattr(term->master, &now), 0);
	now.c_lflag &= ~(tcflag_t)NOFLSH;
	assert_int_equal(tcsetattr(term->master, TCSANOW, &now), 0);
}

void term_free(struct term *term)
{
	if (!term)
		return;
	close(term->slave);
	close(term->master); /* hangs up */
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (term->pid && !spawn_ended(term->pid, &term->status)) {
		if (!deadline_left(deadline)) {
			kill(term->pid, SIGKILL);
			spawn_reap(term->pid);
			break;
		}
		poll(NULL, 0, 10);
	}
	vterm_free(term->vt);
	buf_free(&term->title);
	buf_free(&term->output);
	buf_free(&term->line);
	buf_free(&term->text);
	free(term);
}

int term_teardown(void **state)
{
	term_free(*state);
	*state = NULL;
	return 0;
}

/* ---- reading and waiting ---- */

/* Takes what the program sent, waiting for it up to ms. False where there was nothing. */
bool term_pump(struct term *term, int ms)
{
	struct pollfd fd = {.fd = term->master, .events = POLLIN};
	char bytes[65536];
	if (poll(&fd, 1, ms) <= 0)
		return false;
	ssize_t n = read(term->master, bytes, sizeof bytes);
	if (n <= 0)
		return false;
	term->bytes += (size_t)n;
	buf_add(&term->output, bytes, (size_t)n);
	vterm_input_write(term->vt, bytes, (size_t)n);
	return true;
}

bool term_ended(struct term *term, int *status)
{
	if (term->pid && spawn_ended(term->pid, &term->status))
		term->pid = 0;
	*status = term->status;
	return term->pid == 0;
}

bool term_is_full(const struct term *term)
{
	return poll(&(struct pollfd){.fd = term->slave, .events = POLLOUT}, 1, 0) == 0;
}

/* Fails the test, with the screen. */
#define give_up(term, ...)                                                                                             \
	do {                                                                                                           \
		check_tell("%s", term_screen(term));                                                                   \
		fail_msg(__VA_ARGS__);                                                                                 \
	} while (0)

void term_wait(struct term *term, bool (*condition)(struct term *term, void *arg), void *arg, const char *what)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!condition(term, arg)) {
		if (!deadline_left(deadline))
			give_up(term, "not within %d s: %s", SPAWN_LIMIT_MS / 1000, what);
		/* Some conditions come true without output, the program's end for one. */
		bool more = term_pump(term, 50);
		int status;
		if (!more && term_ended(term, &status) && !condition(term, arg) && !term_pump(term, 0))
			give_up(term, "the program ended (%d) before: %s", status, what);
	}
}

static bool shows(struct term *term, void *text)
{
	return term_shows(term, text);
}

static bool shows_not(struct term *term, void *text)
{
	return !term_shows(term, text);
}

bool term_sent(const struct term *term, const char *bytes)
{
	return strstr(buf_text(&term->output), bytes) != NULL;
}

static bool sent(struct term *term, void *bytes)
{
	return term_sent(term, bytes);
}

void term_expect(struct term *term, const char *text)
{
	term_wait(term, shows, (void *)(uintptr_t)text, text);
}

void term_expect_gone(struct term *term, const char *text)
{
	term_wait(term, shows_not, (void *)(uintptr_t)text, text);
}

void term_expect_output(struct term *term, const char *bytes)
{
	term_wait(term, sent, (void *)(uintptr_t)bytes, bytes);
}

static bool ended(struct term *term, void *arg)
{
	(void)arg;
	int status;
	return term_ended(term, &status);
}

void term_expect_exit(struct term *term, int status)
{
	term_wait(term, ended, NULL, "the end of the program");
	while (term_pump(term, 0)) /* what it said last */
		;
	if (term->status != status)
		give_up(term, "exit status %d, not %d", term->status, status);
}

void term_settle(struct term *term)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (deadline_left(deadline) && term_pump(term, QUIET_MS))
		;
}

/* ---- the line settings ---- */

struct termios term_settings(const struct term *term)
{
	struct termios now;
	tcgetattr(term->slave, &now);
	return now;
}

/* The mode was last switched off, or never touched. */
static bool mode_is_off(const struct term *term, const char *mode)
{
	char on[16], off[16];
	snprintf(on, sizeof on, "\x1b[?%sh", mode);
	snprintf(off, sizeof off, "\x1b[?%sl", mode);
	const char *at = buf_text(&term->output), *last_on = NULL, *last_off = NULL;
	for (const char *p = at; (p = strstr(p, on)); p++)
		last_on = p;
	for (const char *p = at; (p = strstr(p, off)); p++)
		last_off = p;
	return !last_on || (last_off && last_off > last_on);
}

const char *term_unrestored(const struct term *term)
{
	struct termios now = term_settings(term), before = term->before;
	if (now.c_iflag != before.c_iflag || now.c_oflag != before.c_oflag || now.c_cflag != before.c_cflag)
		return "the line settings for input or output";
	if (now.c_lflag != before.c_lflag || memcmp(now.c_cc, before.c_cc, sizeof now.c_cc) != 0)
		return "the line settings for echo, lines or keys";
	if (!term->cursor_visible || term->alternate)
		return term->alternate ? "the alternate screen" : "the cursor";
	static const char *const modes[] = {"1", "1000", "1002", "1003", "1006", "1049", "2004"};
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (!mode_is_off(term, modes[i]))
			return "a mode of keys, mouse or pastes";
	return NULL;
}

void term_expect_restored(struct term *term)
{
	const char *what = term_unrestored(term);
	if (what)
		give_up(term, "not restored: %s", what);
}
