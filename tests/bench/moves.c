/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes to the terminal while a cursor key is held down. */
#include <stdio.h>

#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/support/proc.h"
#include "tests/support/term_internal.h"

enum { LIMIT = 200, PRESSES = 60, REPEAT_US = 33000 };

/* As a keyboard repeats: the next press comes when it comes, answered or not. */
static double bytes_a_press(struct term *term, const char *key, int presses)
{
	term_settle(term);
	size_t start = term_bytes(term);
	for (int i = 0; i < presses; i++) {
		uint64_t next_us = clock_us() + REPEAT_US;
		term_type(term, key);
		for (uint64_t now = clock_us(); now < next_us; now = clock_us())
			term_pump(term, (int)((next_us - now + 999) / 1000));
	}
	term_settle(term);
	return (double)(term_bytes(term) - start) / presses;
}

static void show(struct term *term, const char *name, const char *key)
{
	double each = bytes_a_press(term, key, PRESSES);
	printf("  %-24s %8.0f bytes   at most %d: %s\n", name, each, LIMIT, each <= LIMIT ? "ok" : "more");
}

void measure_moves(void)
{
	const char *const console[] = {proc_teller(), NULL};
	struct term *term = term_start(console, NULL, 24, 80);
	term_expect(term, "Txn: none");
	printf("Bytes for a movement, 80x24, the key held down (30 a second)\n");
	show(term, "Down", "<Down>");
	show(term, "Up", "<Up>");
	show(term, "PgDn (a page of rows)", "<PgDn>");
	show(term, "PgUp (a page of rows)", "<PgUp>");
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_free(term);
}
