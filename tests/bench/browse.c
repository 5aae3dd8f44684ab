/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Browsing ten million accounts: from a key to the screen, memory, and what psql and pspg take for the same table. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/bench/bench.h"
#include "tests/bench/times.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

enum { ACCOUNTS = 10000000, OPENINGS = 5, TURNS = 40, PAGING_S = 60, MEMORY_MB = 24, PSPG_MS = 30000 };

/* ---- from a key to the screen ---- */

static void measure_ends(struct term *term)
{
	static struct times last, first;
	for (int i = 0; i < TURNS; i++) {
		times_until_selected(&last, term, "G", ACCOUNTS);
		times_until_selected(&first, term, "g", 1);
	}
	times_show("End", &last, 20);
	times_show("Home", &first, 20);
}

static void measure_jumps(struct term *term, struct rng *rng)
{
	static struct times jump, search;
	char line[48];
	for (int i = 0; i < TURNS; i++) {
		int id = 1000000 + (int)rng_below(rng, 8999999);
		snprintf(line, sizeof line, ":goto %d", id);
		term_type(term, line);
		term_expect(term, line);
		times_until_selected(&jump, term, "<Enter>", id);
		id = 1000000 + (int)rng_below(rng, 8999999);
		snprintf(line, sizeof line, "/%d", id / 10);
		term_type(term, line);
		term_expect(term, line);
		snprintf(line, sizeof line, "%d", id % 10);
		times_until_selected(&search, term, line, id);
		term_type(term, "<Enter>");
	}
	times_show("jump", &jump, 20);
	times_show("search, a key of it", &search, 20);
}

/* Seven rows are seen, and a page is six. */
static void measure_pages(struct term *term)
{
	static struct times page, down;
	times_until_selected(&page, term, "g", 1);
	page.n = 0;
	for (int i = 1; i <= TIMES_MAX; i++)
		times_until_selected(&page, term, "<PgDn>", 1 + 6 * i);
	times_show("page", &page, 20);
	times_until_selected(&down, term, "g", 1);
	down.n = 0;
	for (int i = 1; i <= TIMES_MAX; i++)
		times_until_selected(&down, term, "<Down>", 1 + i);
	times_show("line", &down, 20);
}

/* ---- memory ---- */

static void measure_memory(struct term *term)
{
	uint64_t end = clock_us() + (uint64_t)PAGING_S * 1000000;
	struct times times = {0};
	int at = 1, pages = 0;
	times_until_selected(&times, term, "g", at);
	for (; clock_us() < end; pages++) {
		times.n = 0;
		at += 6;
		times_until_selected(&times, term, "<PgDn>", at);
	}
	double mb = times_resident_mb(term_pid(term));
	printf("  resident memory, %d s of paging     %7.1f MB (%d pages)   at most %d: %s\n", (int)PAGING_S, mb, pages,
	       (int)MEMORY_MB, mb <= MEMORY_MB ? "ok" : "MORE");
}

/* ---- in the order of balances ---- */

/* The least balance is the first account's, the largest the last one's. */
static void measure_order(struct term *term, const char *name, bool asks)
{
	struct times first = {0}, ends = {0};
	times_until_selected(&ends, term, "g", 1);
	ends.n = 0;
	if (asks) {
		times_until(&first, term, ":sort balance desc<Enter>", "y do it");
		first.n = 0;
		term_settle(term);
		times_until(&first, term, "y", "> 10000000 ");
	} else {
		times_until(&first, term, ":sort balance desc<Enter>", "> 10000000 ");
		for (int i = 0; i < TURNS; i++) {
			times_until_selected(&ends, term, "G", 1);
			times_until_selected(&ends, term, "g", ACCOUNTS);
		}
		times_show("by balance, Home and End", &ends, 20);
	}
	times_show(name, &first, 0);
	times_until(&first, term, ":sort<Enter>", "Accounts ");
	times_until_selected(&first, term, "g", 1);
}

/* ---- the others ---- */

static double child_mb(const char *const argv[], const char *to)
{
	int status;
	struct rusage usage;
	pid_t pid = fork();
	if (pid == 0) {
		int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(out, STDOUT_FILENO);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	wait4(pid, &status, 0, &usage);
	if (status != 0)
		fail_msg("%s failed", argv[0]);
	return (double)usage.ru_maxrss / 1024;
}

static void measure_psql(const char *file)
{
	const char *const argv[] = {bench_program("psql"),    "-X", "-P", "pager=off", "-c",
				    "SELECT * FROM accounts", NULL};
	uint64_t before = clock_us();
	double mb = child_mb(argv, file);
	printf("  psql, SELECT * FROM accounts       %9.0f ms   %9.0f MB\n", times_since(before), mb);
}

static bool pspg_there(void)
{
	return system("command -v pspg >/dev/null 2>&1") == 0;
}

static void measure_pspg(const char *file)
{
	if (!pspg_there()) {
		printf("  pspg                               not installed here, left out\n");
		return;
	}
	const char *const argv[] = {"pspg", "-f", file, NULL};
	uint64_t before = clock_us();
	struct term *term = term_start(argv, NULL, 24, 80);
	term_expect(term, "balance");
	term_settle(term);
	term_type(term, "G"); /* it shows the beginning while it goes on loading */
	while (!term_shows(term, "10000000") && times_since(before) < PSPG_MS)
		term_settle(term);
	printf("  pspg, the same rows, to the last   %9.0f ms   %9.0f MB%s\n", times_since(before),
	       times_resident_mb(term_pid(term)), term_shows(term, "10000000") ? "" : "   (not there yet)");
	term_free(term);
}

/* ---- all of it ---- */

static void make_table(void)
{
	uint64_t before = clock_us();
	pg_fresh_database("bench_browse", NULL);
	pg_exec("CREATE TABLE accounts (id int PRIMARY KEY, balance int) WITH (autovacuum_enabled = off);"
		"INSERT INTO accounts SELECT i, i * 2 FROM generate_series(1, %d) AS i",
		(int)ACCOUNTS);
	printf("Browsing %d accounts, 80x24 (made in %.1f s, not analyzed)\n", (int)ACCOUNTS,
	       times_since(before) / 1000);
}

static void measure_opening(void)
{
	const char *const console[] = {proc_teller(), NULL};
	static struct times open;
	for (int i = 0; i < OPENINGS; i++) {
		uint64_t before = clock_us();
		struct term *term = term_start(console, NULL, 24, 80);
		times_expect_selected(term, 1);
		open.ms[open.n++] = times_since(before);
		term_free(term);
	}
	times_show("open, up to the first accounts", &open, 150);
}

void measure_browse(void)
{
	const char *const console[] = {proc_teller(), NULL};
	struct rng rng;
	char file[512];
	snprintf(file, sizeof file, "%s/browse", bench_env("TMPDIR"));
	rng_seed(&rng, 1);
	make_table();
	measure_opening();
	struct term *term = term_start(console, NULL, 24, 80);
	term_expect(term, "about ");
	int row = term_row_with(term, "about ", 0);
	printf("  the screen says                    %s\n", strstr(term_row(term, row), "about "));
	measure_ends(term);
	measure_jumps(term, &rng);
	measure_pages(term);
	measure_memory(term);
	measure_order(term, "by balance, without an index", true);
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_free(term);
	pg_exec("CREATE INDEX ON accounts (balance)");
	term = term_start(console, NULL, 24, 80);
	times_expect_selected(term, 1);
	measure_order(term, "by balance, with an index", false);
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_free(term);
	measure_psql(file);
	measure_pspg(file);
	unlink(file);
}
