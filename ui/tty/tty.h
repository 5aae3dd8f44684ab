/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to the terminal: kept until the terminal takes it, so that nothing here ever waits for a terminal that is not read. */
#ifndef UI_TTY_TTY_H
#define UI_TTY_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct loop;

/*
 * There is one terminal, that of standard output. curses writes to a stream of ours, which leads straight to the
 * terminal (it sets the modes there), and between tty_collect() and tty_send() to what is kept. What is kept is sent in
 * order, by tty_send() as far as the terminal takes it, and later by the loop.
 */
FILE *tty_open(void); /* the stream for curses; NULL, with errno, where descriptors or memory are missing */
void tty_close(void); /* what is kept is gone */

void tty_collect(void);
void tty_send(void);
void tty_say(const char *bytes, size_t n); /* keeps and sends them */
bool tty_waits(void);                      /* something has not been sent yet */

/* The loop sends the rest when the terminal takes it, and takes a turn then. NULL: no more. */
void tty_join(struct loop *loop);

/* Sends the rest and waits for that, while the terminal takes something at least once in a while. Where it does not,
 * what it has not shown yet is dropped for the bytes of the way out. */
void tty_finish(const char *way_out, size_t n);

/* The descriptor by which the terminal is reached; -1 while it is closed. */
int tty_descriptor(void);

/* Drops what the terminal has taken and not shown. May be called in a signal handler. */
void tty_drop(int fd);

#endif
