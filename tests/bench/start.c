/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The start: `teller demo` from nothing, and the time until there is something to look at. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

enum { ROUNDS = 5 };

static double ms_since(uint64_t start_us)
{
	return (double)(clock_us() - start_us) / 1000;
}

/* ---- without a terminal ---- */

static double run_ms(const char *const argv[])
{
	uint64_t before = clock_us();
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd <= 2; fd++)
			dup2(null, fd);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (status != 0)
		fail_msg("%s failed", argv[0]);
	return ms_since(before);
}

static double run_count(struct contestant *self)
{
	(void)self;
	return run_ms((const char *const[]){proc_teller(), "demo", "-c", "count", NULL});
}

/* ---- the parts: wrappers of initdb and postgres write down when they were called ---- */

static double wall_ms(void)
{
	return (double)clock_wall_us() / 1000;
}

static bool read_part(const char *name, double *at_ms)
{
	char path[512];
	long long ns = 0;
	snprintf(path, sizeof path, "%s/%s", bench_env("BENCH_PARTS"), name);
	FILE *file = fopen(path, "r");
	bool ok = file && fscanf(file, "%lld", &ns) == 1;
	if (file)
		fclose(file);
	*at_ms = (double)ns / 1e6;
	return ok;
}

/* before initdb, initdb, up to the start of postgres, the rest */
enum { PART_BEFORE, PART_INITDB, PART_BETWEEN, PART_POSTGRES, PARTS };

static void run_parts(struct series parts[PARTS])
{
	double at[PARTS + 1] = {wall_ms()};
	setenv("TELLER_PG_BINDIR", bench_env("BENCH_BIN"), 1);
	run_count(NULL);
	unsetenv("TELLER_PG_BINDIR");
	at[PARTS] = wall_ms();
	if (!read_part("initdb", &at[1]) || !read_part("initdb.end", &at[2]) || !read_part("postgres", &at[3]))
		fail_msg("initdb and postgres were not called by way of %s", bench_env("BENCH_BIN"));
	for (int i = 0; i < PARTS; i++)
		series_add(&parts[i], at[i + 1] - at[i]);
}

/* ---- in a terminal ---- */

static bool something(struct term *term, void *arg)
{
	(void)arg;
	for (int row = 0; row < term_rows(term); row++)
		if (term_row(term, row)[0])
			return true;
	return false;
}

/* Below the title and the frame: the names of the columns, then the first account. */
static bool accounts(struct term *term, void *arg)
{
	(void)arg;
	return strstr(term_row(term, 2), "balance") && strpbrk(term_row(term, 3), "0123456789");
}

struct look {
	struct series first, ready;
};

static void look_at(struct look *look, const char *const argv[], bool (*ready)(struct term *, void *), const char *quit)
{
	uint64_t before = clock_us();
	struct term *term = term_start(argv, NULL, 24, 80);
	term_wait(term, something, NULL, "something on the screen");
	series_add(&look->first, ms_since(before));
	term_wait(term, ready, NULL, "a screen to work with");
	series_add(&look->ready, ms_since(before));
	term_type(term, quit);
	term_expect_exit(term, 0);
	term_free(term);
}

static bool prompt(struct term *term, void *arg)
{
	(void)arg;
	return term_shows(term, "bench=#");
}

/* ---- all of it ---- */

static void show_look(const char *name, const struct look *look, const char *limits)
{
	printf("  %-24s first %6.0f ms   ready %6.0f ms   %s\n", name, series_median(&look->first),
	       series_median(&look->ready), limits);
}

static void show_parts(const struct series parts[PARTS])
{
	printf("    of which: initdb %.0f ms, from postgres on %.0f ms, before %.0f ms, between %.0f ms\n",
	       series_median(&parts[PART_INITDB]), series_median(&parts[PART_POSTGRES]),
	       series_median(&parts[PART_BEFORE]), series_median(&parts[PART_BETWEEN]));
}

void measure_start(void)
{
	const char *const demo[] = {proc_teller(), "demo", NULL}, *const console[] = {proc_teller(), NULL};
	const char *const psql[] = {bench_program("psql"), "-X", NULL};
	static struct look at_demo, at_console, at_psql;
	static struct series count, parts[PARTS];
	for (int round = 0; round < ROUNDS; round++) {
		series_add(&count, run_count(NULL));
		look_at(&at_demo, demo, accounts, "q");
		for (int i = 0; i < 2; i++) {
			look_at(&at_console, console, accounts, "q");
			look_at(&at_psql, psql, prompt, "\\q<Enter>");
		}
		run_parts(parts);
	}
	printf("The start\n");
	printf("  %-24s %12.0f ms   at most 1000: %s\n", "teller demo -c count", series_median(&count),
	       series_median(&count) <= 1000 ? "ok" : "TOO LONG");
	show_parts(parts);
	show_look("teller demo", &at_demo, "(at most 1000 until ready)");
	show_look("teller", &at_console, "(at most 50 and 150)");
	show_look("psql", &at_psql, "");
}
