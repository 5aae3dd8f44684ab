/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets the terminal up for the screen and restores it on every way out. */
#include "ui/term.h"

#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ui/clipboard.h"
#include "ui/crash.h"
#include "ui/tty/tty.h"

/* curses keeps every cell three times, and counts them in short integers. */
enum { ROWS_MAX = 500, COLS_MAX = 1000 };

static struct {
	SCREEN *screen;
	struct crash crash; /* all that is needed to give the terminal back without curses */
	int cursor;         /* 1 shown, 0 hidden, -1 unknown */
	bool mouse;         /* the mouse is reported */
	struct termios modes;
	bool modes_known;
	bool paste; /* the terminal knows bracketed paste, or ignores what it does not know */
} term;

static const char paste_on[] = "\x1b[?2004h", paste_off[] = "\x1b[?2004l";
/* Clicks and the wheel, no movements; in the form that knows large screens. */
static const char mouse_on[] = "\x1b[?1000h\x1b[?1006h", mouse_off[] = "\x1b[?1006l\x1b[?1000l";

static void term_say(const char *sequence)
{
	tty_say(sequence, strlen(sequence));
}

static const char *capability(const char *name)
{
	const char *text = tigetstr(name);
	return text && text != (char *)-1 ? text : "";
}

/* terminfo has no name for bracketed paste on older systems; a terminal of the ANSI family ignores modes that it
 * lacks. */
static bool knows_paste(void)
{
	return strncmp(capability("cup"), "\x1b[", 2) == 0;
}

bool term_knows_rgb(void)
{
	const char *text = tigetstr("RGB");
	return tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (text && text != (char *)-1);
}

static void modes(void)
{
	raw();
	noecho();
	nonl();
	term.modes_known = tcgetattr(STDIN_FILENO, &term.modes) == 0;
	typeahead(-1); /* keys are read elsewhere; a drawing is never broken off for them */
	scrollok(stdscr, FALSE);
	leaveok(stdscr, TRUE);
	tty_collect();
	keypad(stdscr, TRUE);
	curs_set(0);
	tty_send();
	term.cursor = 0;
}

static void remember_way_out(void)
{
	crash_way_out(&term.crash, term.paste ? paste_off : "");
	crash_way_out(&term.crash, term.paste ? mouse_off : "");
	crash_way_out(&term.crash, capability("rmkx"));
	crash_way_out(&term.crash, capability("sgr0"));
	crash_way_out(&term.crash, capability("rmcup"));
	crash_way_out(&term.crash, capability("cnorm"));
}

static bool term_size_is_usual(void)
{
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row <= ROWS_MAX && size.ws_col <= COLS_MAX;
}

/* Of a terminal that has all colours, as COLORTERM says, and whose description has 256: the one with all of them, where
 * it is installed ("xterm-256color", "xterm-direct"). NULL: as TERM says. Owned. */
static char *term_with_all_colours(void)
{
	const char *says = getenv("COLORTERM"), *name = getenv("TERM");
	int found = 0;
	if (!says || !name || (strcmp(says, "truecolor") != 0 && strcmp(says, "24bit") != 0) || strstr(name, "-direct"))
		return NULL;
	struct buf direct = {0};
	const char *end = strstr(name, "-256color");
	buf_fmt(&direct, "%.*s-direct", end ? (int)(end - name) : (int)strlen(name), name);
	if (setupterm(buf_text(&direct), STDOUT_FILENO, &found) == OK) {
		del_curterm(cur_term);
		return buf_take(&direct);
	}
	buf_free(&direct);
	return NULL;
}

static SCREEN *term_new_screen(FILE *to)
{
	char *direct = term_with_all_colours();
	SCREEN *screen = direct ? newterm(direct, to, stdin) : NULL;
	free(direct);
	return screen ? screen : newterm(NULL, to, stdin);
}

static enum status term_refused(struct err *err, const char *why)
{
	tty_close();
	crash_done(&term.crash);
	if (why)
		return err_set(err, ST_OWN, "cannot draw on the terminal: %s", why);
	return err_set(err, ST_OWN,
		       "the terminal '%s' is not known here; try TERM=xterm-256color teller, or use --plain",
		       getenv("TERM") ? getenv("TERM") : "");
}

enum status term_open(struct err *err)
{
	crash_prepare(&term.crash);
	/* The size is asked for below, and bounded. curses needs one to begin with, and not every terminal's entry has it. */
	use_env(FALSE);
	use_tioctl(term_size_is_usual());
	FILE *to = tty_open();
	if (!to)
		return term_refused(err, strerror(errno));
	term.screen = term_new_screen(to);
	if (!term.screen)
		return term_refused(err, NULL);
	term.crash.terminal = tty_descriptor();
	term.paste = knows_paste();
	modes();
	remember_way_out();
	crash_arm(&term.crash);
	if (term.paste)
		term_say(paste_on);
	term_resize();
	return ST_OK;
}

void term_leave(void)
{
	if (!term.screen || !term.crash.armed)
		return;
	if (term.paste)
		term_say(paste_off);
	if (term.mouse)
		term_say(mouse_off);
	tty_collect(); /* endwin() finds no terminal then, and leaves its modes: keys that stop it do so when all is said */
	curs_set(1);
	endwin();
	tty_send();
	/* Once more: to some terminals the cursor that rmcup brings back is the hidden one. */
	term_say(capability("cnorm"));
	tty_finish(term.crash.way_out, term.crash.n);
	crash_disarm(&term.crash);
}

void term_enter(void)
{
	if (!term.screen || term.crash.armed)
		return;
	crash_arm(&term.crash);
	term_again();
}

void term_again(void)
{
	if (term.modes_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &term.modes);
	tty_collect();
	keypad(stdscr, TRUE);
	tty_send();
	term.cursor = -1;
	if (term.paste)
		term_say(paste_on);
	if (term.mouse)
		term_say(mouse_on);
	clearok(curscr, TRUE);
	term_resize();
}

void term_close(void)
{
	if (!term.screen)
		return;
	term_leave();
	delscreen(term.screen);
	term.screen = NULL;
	tty_close();
	crash_done(&term.crash);
}

void term_keys(struct keys *keys)
{
	static const struct {
		const char *name;
		enum key_code code;
		unsigned mods;
	} table[] = {
		{"kcuu1", K_UP, 0},           {"kcud1", K_DOWN, 0},
		{"kcub1", K_LEFT, 0},         {"kcuf1", K_RIGHT, 0},
		{"khome", K_HOME, 0},         {"kend", K_END, 0},
		{"kpp", K_PAGE_UP, 0},        {"knp", K_PAGE_DOWN, 0},
		{"kich1", K_INSERT, 0},       {"kdch1", K_DELETE, 0},
		{"kcbt", K_TAB, MOD_SHIFT},   {"kbs", K_BACKSPACE, 0},
		{"kent", K_ENTER, 0},         {"kf1", K_F1, 0},
		{"kf2", K_F1 + 1, 0},         {"kf3", K_F1 + 2, 0},
		{"kf4", K_F1 + 3, 0},         {"kf5", K_F1 + 4, 0},
		{"kf6", K_F1 + 5, 0},         {"kf7", K_F1 + 6, 0},
		{"kf8", K_F1 + 7, 0},         {"kf9", K_F1 + 8, 0},
		{"kf10", K_F1 + 9, 0},        {"kf11", K_F1 + 10, 0},
		{"kf12", K_F1 + 11, 0},       {"kLFT", K_LEFT, MOD_SHIFT},
		{"kRIT", K_RIGHT, MOD_SHIFT}, {"kri", K_UP, MOD_SHIFT},
		{"kind", K_DOWN, MOD_SHIFT},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		keys_define(keys, capability(table[i].name), table[i].code, table[i].mods);
}

void term_mouse(bool on)
{
	on &= term.paste; /* a terminal of the ANSI family, see above */
	if (on != term.mouse)
		term_say(on ? mouse_on : mouse_off);
	term.mouse = on;
}

/* ---- the clipboard ---- */

/* The Linux console prints what it does not know. */
bool term_copy(const char *text, size_t n)
{
	struct buf sequence = {0};
	const char *name = getenv("TERM");
	if (!term.paste || (name && strncmp(name, "linux", strlen("linux")) == 0))
		return false;
	clipboard_sequence(&sequence, text, n, clipboard_between(name, getenv("TMUX"), getenv("STY")));
	tty_say(sequence.p, sequence.len);
	buf_free(&sequence);
	return true;
}

/* ---- size and drawing ---- */

/* What the terminal says, else the environment, else what curses knows of the terminal; within bounds. */
static int size_of(unsigned told, const char *variable, int known, int max)
{
	const char *text = getenv(variable);
	long size = told || !text ? (long)told : strtol(text, NULL, 10);
	if (size <= 0)
		size = known;
	return size < max ? (int)size : max;
}

void term_resize(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		size = (struct winsize){0};
	int rows = size_of(size.ws_row, "LINES", LINES, ROWS_MAX);
	int cols = size_of(size.ws_col, "COLUMNS", COLS, COLS_MAX);
	if (rows != LINES || cols != COLS)
		resizeterm(rows, cols);
	else
		clearok(curscr, TRUE); /* it was smaller for a moment, and has lost what was outside */
}

int term_rows(void)
{
	return LINES;
}

int term_cols(void)
{
	return COLS;
}

void term_erase(void)
{
	erase();
}

void term_flush(int y, int x)
{
	bool shown = y >= 0;
	tty_collect();
	if (term.cursor != shown) {
		curs_set(shown);
		leaveok(stdscr, !shown);
		term.cursor = shown;
	}
	if (shown)
		move(y, x);
	wnoutrefresh(stdscr);
	doupdate();
	tty_send();
}

bool term_waits(void)
{
	return tty_waits();
}

void term_join(struct loop *loop)
{
	tty_join(loop);
}

void term_forget_typed(void)
{
	tcflush(STDIN_FILENO, TCIFLUSH);
}
