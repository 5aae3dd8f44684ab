/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restores the terminal after a crash, and keeps stderr off the screen while it is up. */
#ifndef UI_CRASH_H
#define UI_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/*
 * Between crash_arm() and crash_disarm() fd 2 is a file in memory (where it was a terminal), and SIGSEGV, SIGBUS,
 * SIGFPE, SIGABRT and the end of memory restore the terminal by means that are allowed in a signal handler: the bytes
 * of the way out, the saved modes, and what was kept of fd 2.
 */
struct crash {
	struct termios shell_modes;
	char way_out[256];
	size_t n;
	bool armed, modes_known;
	int real_stderr, kept_stderr; /* -1: not redirected */
	void *stack;
};

void crash_prepare(struct crash *crash);                       /* before anything changes the terminal */
void crash_way_out(struct crash *crash, const char *sequence); /* bytes to send, without the padding of terminfo */
void crash_arm(struct crash *crash);
void crash_disarm(struct crash *crash); /* also prints what was kept */
void crash_done(struct crash *crash);

#endif
