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
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

enum { ACCOUNTS = 10000000, OPENINGS = 5, TURNS = 40, PRESSES = 300, PAGING_S = 60, MEMORY_MB = 24, PSPG_MS = 30000 };

static double ms_since(uint64_t start_us)
{
	return (double)(clock_us() - start_us) / 1000;
}

/* ---- from a key to the screen ---- */

struct times {
	double ms[PRESSES];
	unsigned n;
};

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void show(const char *name, struct times *times, double limit)
{
	qsort(times->ms, times->n, sizeof *times->ms, by_size);
	double median = times->ms[times->n / 2], most = times->ms[times->n * 99 / 100];
	printf("  %-34s median %7.1f ms   p99 %7.1f ms", name, median, most);
	if (limit > 0)
		printf("   at most %.0f: %s", limit, median <= limit ? "ok" : "TOO LONG");
	printf("\n");
	times->n = 0;
}

/* The accounts stand below the title, the frame and the names of the columns. Two marks: the drawing has not come in
 * whole. */
static bool is_selected(struct term *term, void *arg)
{
	enum { FIRST = 3, ROWS = 7 };
	int marks = 0;
	long id = 0;
	for (int row = FIRST; row < FIRST + ROWS; row++) {
		const char *mark = strchr(term_row(term, row), '>');
		if (mark)
			id = strtol(mark + 1, NULL, 10);
		marks += mark != NULL;
	}
	return marks == 1 && id == *(int *)arg;
}

static void expect_selected(struct term *term, int id)
{
	term_wait(term, is_selected, &id, "the account is selected");
}

static void until_selected(struct times *times, struct term *term, const char *key, int id)
{
	uint64_t before = clock_us();
	term_type(term, key);
	expect_selected(term, id);
	times->ms[times->n++] = ms_since(before);
}

static void measure_ends(struct term *term)
{
	static struct times last, first;
	for (int i = 0; i < TURNS; i++) {
		until_selected(&last, term, "G", ACCOUNTS);
		until_selected(&first, term, "g", 1);
	}
	show("End", &last, 20);
	show("Home", &first, 20);
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
		until_selected(&jump, term, "<Enter>", id);
		id = 1000000 + (int)rng_below(rng, 8999999);
		snprintf(line, sizeof line, "/%d", id / 10);
		term_type(term, line);
		term_expect(term, line);
		snprintf(line, sizeof line, "%d", id % 10);
		until_selected(&search, term, line, id);
		term_type(term, "<Enter>");
	}
	show("jump", &jump, 20);
	show("search, a key of it", &search, 20);
}

/* Seven rows are seen, and a page is six. */
static void measure_pages(struct term *term)
{
	static struct times page, down;
	until_selected(&page, term, "g", 1);
	page.n = 0;
	for (int i = 1; i <= PRESSES; i++)
		until_selected(&page, term, "<PgDn>", 1 + 6 * i);
	show("page", &page, 20);
	until_selected(&down, term, "g", 1);
	down.n = 0;
	for (int i = 1; i <= PRESSES; i++)
		until_selected(&down, term, "<Down>", 1 + i);
	show("line", &down, 20);
}

/* ---- memory ---- */

static double resident_mb(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return (double)kb / 1024;
}

static void measure_memory(struct term *term)
{
	uint64_t end = clock_us() + (uint64_t)PAGING_S * 1000000;
	struct times times = {0};
	int at = 1, pages = 0;
	until_selected(&times, term, "g", at);
	for (; clock_us() < end; pages++) {
		times.n = 0;
		at += 6;
		until_selected(&times, term, "<PgDn>", at);
	}
	double mb = resident_mb(term_pid(term));
	printf("  resident memory, %d s of paging     %7.1f MB (%d pages)   at most %d: %s\n", (int)PAGING_S, mb, pages,
	       (int)MEMORY_MB, mb <= MEMORY_MB ? "ok" : "MORE");
}

/* ---- in the order of balances ---- */

static void until(struct times *times, struct term *term, const char *keys, const char *text)
{
	uint64_t before = clock_us();
	term_type(term, keys);
	term_expect(term, text);
	times->ms[times->n++] = ms_since(before);
}

/* The least balance is the first account's, the largest the last one's. */
static void measure_order(struct term *term, const char *name, bool asks)
{
	struct times first = {0}, ends = {0};
	until_selected(&ends, term, "g", 1);
	ends.n = 0;
	if (asks) {
		until(&first, term, ":sort balance desc<Enter>", "y do it");
		first.n = 0;
		term_settle(term);
		until(&first, term, "y", "> 10000000 ");
	} else {
		until(&first, term, ":sort balance desc<Enter>", "> 10000000 ");
		for (int i = 0; i < TURNS; i++) {
			until_selected(&ends, term, "G", 1);
			until_selected(&ends, term, "g", ACCOUNTS);
		}
		show("by balance, Home and End", &ends, 20);
	}
	show(name, &first, 0);
	until(&first, term, ":sort<Enter>", "Accounts ");
	until_selected(&first, term, "g", 1);
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
	printf("  psql, SELECT * FROM accounts       %9.0f ms   %9.0f MB\n", ms_since(before), mb);
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
	while (!term_shows(term, "10000000") && ms_since(before) < PSPG_MS)
		term_settle(term);
	printf("  pspg, the same rows, to the last   %9.0f ms   %9.0f MB%s\n", ms_since(before),
	       resident_mb(term_pid(term)), term_shows(term, "10000000") ? "" : "   (not there yet)");
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
	printf("Browsing %d accounts, 80x24 (made in %.1f s, not analyzed)\n", (int)ACCOUNTS, ms_since(before) / 1000);
}

static void measure_opening(void)
{
	const char *const console[] = {proc_teller(), NULL};
	static struct times open;
	for (int i = 0; i < OPENINGS; i++) {
		uint64_t before = clock_us();
		struct term *term = term_start(console, NULL, 24, 80);
		expect_selected(term, 1);
		open.ms[open.n++] = ms_since(before);
		term_free(term);
	}
	show("open, up to the first accounts", &open, 150);
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
	expect_selected(term, 1);
	measure_order(term, "by balance, with an index", false);
	term_type(term, "q");
	term_expect_exit(term, 0);
	term_free(term);
	measure_psql(file);
	measure_pspg(file);
	unlink(file);
}
