/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets the terminal up for the screen and restores it on every way out. */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "ui/keys.h"

struct loop;
struct settings;

/* Takes the terminal: modes, alternate screen, bracketed paste; what is written to fd 2 is kept until it is given
 * back. */
MUST_CHECK enum status term_open(struct err *err);

/* Gives it back, for good, and prints what was kept. */
/* terminfo says that the numbers of colours are the colours themselves: as a flag, a number or a text. */
bool term_knows_rgb(void);
void term_close(void);

/* The same for a while: nothing is drawn between the two. */
void term_leave(void);
void term_enter(void);

/* Takes the modes again after another program changed them, and draws everything anew at the next flush. */
void term_again(void);

/* Tells `keys` what this terminal sends. */
void term_keys(struct keys *keys);

/* Asks the terminal to report the mouse, or not to; it is not reported once the terminal is given back. */
void term_mouse(bool on);

void term_resize(void); /* asks for the size and adopts it */
int term_rows(void);
int term_cols(void);

/* Sends what changed since the last time, as far as the terminal takes it. The cursor is shown at y, x; hidden where y
 * is negative. */
void term_flush(int y, int x);
/* Something has not been sent yet. A terminal that is not read must not hold up a transaction: nothing more is drawn,
 * and the loop sends the rest, and takes a turn then. */
bool term_waits(void);
void term_join(struct loop *loop); /* NULL, before it is freed */
void term_erase(void);             /* an empty screen to draw on */
/* Sends a text, which fits (ui/clipboard.h), to the terminal's clipboard. False where this terminal has none. */
bool term_copy(const char *text, size_t n);
void term_forget_typed(void); /* drops what was typed and not yet read */

#endif
