/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restores the terminal when a signal ends the program, and keeps stderr off the screen while it is up. */
#ifndef UI_CRASH_H
#define UI_CRASH_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/*
 * Between crash_arm() and crash_disarm() fd 2 is a file in memory (where it was a terminal, unless `leaves_stderr`). Every signal that would
 * end the program there and then, the end of memory and an exit() of a library restore the terminal by means that are
 * allowed in a signal handler: the bytes of the way out, the saved modes, and what was kept of fd 2.
 */
struct crash {
	struct termios shell_modes;
	char way_out[256];
	size_t n;
	bool armed, modes_known;
	int terminal;                 /* where the way out is written to: set as leaves_stderr */
	bool leaves_stderr;           /* fd 2 stays what it is: set between crash_prepare() and crash_arm() */
	int real_stderr, kept_stderr; /* -1: not redirected */
	void *stack;
	bool holds; /* signals wait */
	sigset_t mask;
};

/* Before anything changes the terminal. Signals wait from here until the first crash_arm(), or crash_done(). */
void crash_prepare(struct crash *crash);
void crash_way_out(struct crash *crash, const char *sequence); /* bytes to send, without the padding of terminfo */
void crash_arm(struct crash *crash);
void crash_disarm(struct crash *crash); /* gives the modes back, and prints what was kept */
void crash_done(struct crash *crash);

#endif
