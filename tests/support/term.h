/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program in a terminal that a test can type on and read: a pseudo-terminal with libvterm behind it. */
#ifndef SUPPORT_TERM_H
#define SUPPORT_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/err.h"

struct term;

/*
 * Starts argv in a terminal of that size, with TERM=xterm-256color unless `env` (changes, as for proc_start()) says
 * otherwise. Owned. The usual test keeps it in *state, with term_teardown() as its teardown, so that nothing survives a
 * test that failed.
 */
struct term *term_start(const char *const argv[], const char *const env[], int rows, int cols);
void term_free(struct term *term); /* NULL is fine; hangs up, and kills what does not mind */
int term_teardown(void **state);

/*
 * Typing. Names in <> are keys: <Down> <Up> <Left> <Right> <PgUp> <PgDn> <Home> <End> <Tab> <Enter> <Esc> <BS> <Del>
 * <F1> ..., <^C> a control key, <lt> a '<'. Everything else is typed as it is. The keys are sent as the terminal's
 * modes ask for, and nothing waits for what they do.
 */
void term_type(struct term *term, const char *keys);
void term_paste(struct term *term, const char *text); /* bracketed where the program asked for that */
void term_send(struct term *term, const char *bytes, size_t n);
void term_resize(struct term *term, int rows, int cols);

/* Waiting, which is also what reads the program's output. The limit is 20 seconds: who waits for what comes true does
 * not wait for that. Each fails the test, with the screen, when it is over. */
void term_wait(struct term *term, bool (*condition)(struct term *term, void *arg), void *arg, const char *what);
/* From here on a key that is a signal drops what was typed before it, as terminals do that nobody asked to keep it. */
void term_drop_typed(struct term *term);

void term_expect(struct term *term, const char *text); /* a line of the screen holds text */
void term_expect_gone(struct term *term, const char *text);
void term_expect_exit(struct term *term, int status);          /* exit status, or 128 + signal */
void term_expect_output(struct term *term, const char *bytes); /* ever sent, shown or not */
bool term_sent(const struct term *term, const char *bytes);    /* the program sent them, shown or not */
bool term_ended(struct term *term, int *status);
bool term_is_full(const struct term *term); /* the terminal takes nothing more from the program until it is read */

/* Reads until the program has been silent for a while: for tests that nothing happens, never to wait for something. */
void term_settle(struct term *term);

/* Reading the screen. */
int term_rows(const struct term *term);
int term_cols(const struct term *term);
const char *term_row(struct term *term, int row); /* without blanks at the end; borrowed until the next call */
bool term_find(struct term *term, const char *text, int *row, int *col); /* first place; row, col may be NULL */
bool term_shows(struct term *term, const char *text);
int term_row_with(struct term *term, const char *text, int from); /* first row >= from that holds text, or -1 */
const char *term_screen(struct term *term); /* all of it, for messages; borrowed until the next call */

struct term_pen {
	bool bold, reverse, underline, coloured;
	int fg, bg; /* as they were sent: -1, the terminal's own; 0 to 255; 1 << 24 and above: 0xrrggbb */
};
struct term_pen term_pen(struct term *term, int row, int col);

bool term_cursor_visible(const struct term *term);
bool term_alternate(const struct term *term);    /* the alternate screen is in use */
const char *term_title(const struct term *term); /* as last set; "" never */
unsigned term_title_changes(const struct term *term);
unsigned term_bells(const struct term *term);
size_t term_bytes(const struct term *term); /* received so far */

/* The line settings of the terminal, now and as they were before the program started. */
struct termios term_settings(const struct term *term);
/* NULL where settings and modes (cursor, alternate screen, mouse, pastes, keypad) are as before, else what is not. */
const char *term_unrestored(const struct term *term);
void term_expect_restored(struct term *term);

pid_t term_pid(const struct term *term);

#endif
