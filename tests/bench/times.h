/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes from a key to the screen, and how much memory a program has. */
#ifndef BENCH_TIMES_H
#define BENCH_TIMES_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/support/term.h"

enum { TIMES_MAX = 300 };

struct times {
	double ms[TIMES_MAX];
	unsigned n;
};

double times_since(uint64_t start_us); /* in ms */

/* From the keys until this text is shown, and until this account of the console, 24 lines high, is selected. */
void times_until(struct times *times, struct term *term, const char *keys, const char *text);
void times_until_selected(struct times *times, struct term *term, const char *key, int id);
void times_expect_selected(struct term *term, int id);

/* Prints the median and the 99th percentile in a line, and forgets them. A limit of 0: none. */
void times_show(const char *name, struct times *times, double limit);      /* of the median */
void times_show_most(const char *name, struct times *times, double limit); /* of the 99th percentile */

double times_resident_mb(pid_t pid);

#endif
