/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console while it makes load: from a key to the screen, and memory up to a million transfers. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/times.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term_internal.h"

enum { KEYS_LIMIT_MS = 30, KEYS_TURNS = 60, KEYS_EARLY = 100000, KEYS_LATE = 1000000, KEYS_MORE_MB = 2 };

/* As the bench makes them. */
static int keys_account(unsigned i)
{
	return 100000000 + (int)i * 149987;
}

static void keys_moves(struct term *term)
{
	static struct times down, end, home;
	times_until_selected(&down, term, "g", keys_account(1));
	down.n = 0;
	for (unsigned i = 1; i < TIMES_MAX; i++)
		times_until_selected(&down, term, "<Down>", keys_account(1 + i));
	for (unsigned i = 0; i < KEYS_TURNS; i++) {
		times_until_selected(&end, term, "G", keys_account(BENCH_ACCOUNTS));
		times_until_selected(&home, term, "g", keys_account(1));
	}
	times_show_most("line", &down, KEYS_LIMIT_MS);
	times_show_most("End", &end, KEYS_LIMIT_MS);
	times_show_most("Home", &home, KEYS_LIMIT_MS);
}

static void keys_panes(struct term *term)
{
	static struct times load, bank, typed;
	for (unsigned i = 0; i < KEYS_TURNS; i++) {
		times_until(&load, term, "<F9>", "Load  runs");
		times_until(&bank, term, "<Esc>", "Accounts");
		times_until(&typed, term, ":conninfo", ":conninfo");
		term_type(term, "<Esc>");
		term_expect_gone(term, ":conninfo");
	}
	times_show_most("F9, the load", &load, KEYS_LIMIT_MS);
	times_show_most("Esc, back to the accounts", &bank, 0); /* a lone Esc waits for what may follow it */
	times_show_most("a command is typed", &typed, KEYS_LIMIT_MS);
}

/* The terminal is read meanwhile: who writes to one that nobody reads has to wait. */
static double keys_memory_at(struct term *term, int64_t transfers)
{
	while (pg_number("SELECT max(n_tup_ins) FROM pg_stat_user_tables WHERE relname = 'transfers'") < transfers)
		term_pump(term, 500);
	return times_resident_mb(term_pid(term));
}

void measure_keys(void)
{
	const char *const console[] = {proc_teller(), NULL};
	printf("Keys while 8 workers make load on the same machine, 80x24\n");
	struct term *term = term_start(console, NULL, 24, 80);
	times_expect_selected(term, keys_account(1));
	term_type(term, ":load --way batch=16 --time 0<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_type(term, "<Esc>");
	term_expect(term, "Accounts");
	double early = keys_memory_at(term, KEYS_EARLY);
	keys_moves(term);
	keys_panes(term);
	double late = keys_memory_at(term, KEYS_LATE);
	printf("  memory at %d and %d transfers %7.1f and %.1f MB   at most %d more: %s\n", (int)KEYS_EARLY,
	       (int)KEYS_LATE, early, late, (int)KEYS_MORE_MB, late - early <= KEYS_MORE_MB ? "ok" : "MORE");
	term_type(term, "<F9>");
	term_type(term, "c");
	term_expect(term, "Load  is over"); /* a load that still ends makes quit ask */
	term_type(term, ":quit<Enter>");
	term_expect_exit(term, 0);
	term_free(term);
}
