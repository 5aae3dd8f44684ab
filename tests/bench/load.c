/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load: many in flight on one connection, eight workers, and eight hot accounts, each beside pgbench. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/bench.h"
#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { LOAD_ROUNDS = 5, LOAD_WORDS = 12, LOAD_NAME = 34, LOAD_LIMIT_S = 120 };

/* teller where there is no script; `transfers` of all clients in a round. */
struct loader {
	const char *name, *script;
	const char *
		column; /* of pgbench: each teller stands beside it under this title; NULL: beside none, or in `same` */
	struct loader *same; /* of teller: pgbench with the very same statements; NULL */
	unsigned clients, transfers;
	const char *words[LOAD_WORDS];
	struct series rate, cpu_us;
};

/* Of so many transfers, on a machine that may be slow. */
static void load_wait(struct proc *proc)
{
	uint64_t end_us = clock_us() + LOAD_LIMIT_S * UINT64_C(1000000);
	while (!proc_ended(proc, 20) && clock_us() < end_us)
		;
	proc_expect_status(proc, 0);
}

static double load_of_teller(const struct loader *loader)
{
	struct proc *proc = loaded_start(loader->words);
	load_wait(proc);
	char *rate = loaded_text(proc, "a_second");
	double a_second = strtod(rate, NULL);
	free(rate);
	proc_free(proc);
	return a_second;
}

/*
 * pgbench tells those that were made, after as many tries as they took. The scripts make ids of the run, the client and
 * a count, which cost the server less than random ones.
 */
static double load_of_pgbench(const struct loader *loader)
{
	static unsigned runs;
	char path[512], clients[16], each[16], run[24];
	snprintf(path, sizeof path, "%s/%s.sql", bench_env("BENCH_SCRIPTS"), loader->script);
	snprintf(clients, sizeof clients, "%u", loader->clients);
	snprintf(each, sizeof each, "%u", loader->transfers / loader->clients);
	snprintf(run, sizeof run, "run=%u", ++runs);
	const char *argv[] = {
		bench_program("pgbench"), "-n", "-M", "prepared", "-c",  clients, "-t",    each, "-f", path,
		"--max-tries=100",        "-D", run,  "-D",       "n=0", "-D",    "one=1", NULL};
	/* For a statement without a BEGIN; the other scripts say it themselves. */
	const char *const env[] = {"PGOPTIONS=-c default_transaction_isolation=serializable", NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	load_wait(proc);
	const char *tps = strstr(buf_text(&proc->out), "tps = ");
	if (!tps)
		fail_msg("pgbench did not say how fast it was: %s", buf_text(&proc->out));
	double rate = strtod(tps + strlen("tps = "), NULL);
	proc_free(proc);
	return rate;
}

/* Nobody inherits the dead rows of those before. */
static void load_contest(struct loader *loaders, size_t n)
{
	for (unsigned round = 0; round < LOAD_ROUNDS; round++)
		for (size_t i = 0; i < n; i++) {
			struct loader *loader = &loaders[i];
			pg_exec("VACUUM accounts, plain.accounts");
			double before = cpu_children_us();
			series_add(&loader->rate, loader->script ? load_of_pgbench(loader) : load_of_teller(loader));
			series_add(&loader->cpu_us, (cpu_children_us() - before) / loader->transfers);
		}
}

static void load_show_ratio(const struct series *a, const struct series *b)
{
	if (b)
		printf(" %9.2f", series_ratio(a, b));
	else
		printf(" %9s", "-");
}

static void load_show_head(const char *title, const struct loader *loaders, size_t n, bool same)
{
	printf("%s\n  %-*s %11s", title, LOAD_NAME, "", "");
	for (size_t k = 0; k < n; k++)
		if (loaders[k].column)
			printf(" %9s", loaders[k].column);
	printf("%s %13s%s\n", same ? "      same" : "", "client's CPU", same ? "   of same" : "");
}

static void load_show_one(const struct loader *loader, const struct loader *loaders, size_t n, bool same)
{
	printf("  %-*s %8.0f /s", LOAD_NAME, loader->name, series_median(&loader->rate));
	for (size_t k = 0; k < n; k++)
		if (loaders[k].column)
			load_show_ratio(&loader->rate, &loaders[k].rate);
	if (same)
		load_show_ratio(&loader->rate, loader->same ? &loader->same->rate : NULL);
	printf(" %10.0f us", series_median(&loader->cpu_us));
	if (same)
		load_show_ratio(&loader->cpu_us, loader->same ? &loader->same->cpu_us : NULL);
	printf("\n");
}

/* Each beside each pgbench that has a column, and beside the one that sends the same statements. */
static void load_show(const char *title, struct loader *loaders, size_t n)
{
	bool same = false;
	load_contest(loaders, n);
	for (size_t i = 0; i < n; i++)
		same = same || loaders[i].same;
	load_show_head(title, loaders, n, same);
	for (size_t i = 0; i < n; i++)
		load_show_one(&loaders[i], loaders, n, same);
}

static void load_measure_one(void)
{
	struct loader one[] = {
		{.name = "pgbench pipelined", .script = "pipeline", .column = "pipeline"},
		{.name = "pgbench pipelined, ledger", .script = "pipeline_ledger", .column = "ledger"},
		{.name = "pgbench, as oneshot", .script = "same_oneshot"},
		{.name = "teller, one at a time, ledger",
		 .same = &one[2],
		 .words = {"--count", "10000", "--workers", "1", "--way", "oneshot"}},
		{.name = "teller, 16 in flight, ledger",
		 .words = {"--count", "10000", "--workers", "1", "--way", "oneshot", "--in-flight", "16"}},
	};
	for (size_t i = 0; i < COUNT_OF(one); i++) {
		one[i].clients = 1;
		one[i].transfers = 10000;
	}
	load_show("Load on one connection (wanted: 16 in flight 1.50)", one, COUNT_OF(one));
}

/* So many that the start of a program, which the client's CPU counts, weighs little. */
static void load_measure_eight(void)
{
	struct loader eight[] = {
		{.name = "pgbench -c 8, in two", .script = "two", .column = "in two"},
		{.name = "pgbench -c 8, in two, ledger", .script = "two_ledger", .column = "ledger"},
		{.name = "pgbench -c 8, as read-write", .script = "same_two"},
		{.name = "pgbench -c 8, as oneshot", .script = "same_oneshot"},
		{.name = "teller, read-write, ledger", .same = &eight[2], .words = {"--count", "64000"}},
		{.name = "teller, oneshot, ledger",
		 .same = &eight[3],
		 .words = {"--count", "64000", "--way", "oneshot"}},
		{.name = "pgbench -c 8, as in flight", .script = "same_alone"},
		{.name = "teller, 2 in flight each, ledger",
		 .same = &eight[6],
		 .words = {"--count", "64000", "--way", "oneshot", "--in-flight", "2"}},
		{.name = "teller, 8 in flight each, ledger",
		 .same = &eight[6],
		 .words = {"--count", "64000", "--way", "oneshot", "--in-flight", "8"}},
	};
	for (size_t i = 0; i < COUNT_OF(eight); i++) {
		eight[i].clients = 8;
		eight[i].transfers = 64000;
	}
	load_show("Load by 8 workers, all accounts (wanted of the same statements: 1.00, and 1.20 of the client's CPU)",
		  eight, COUNT_OF(eight));
}

static void load_measure_hot(void)
{
	struct loader hot[] = {
		{.name = "pgbench -c 8 --max-tries",
		 .script = "hot",
		 .column = "beside",
		 .clients = 8,
		 .transfers = 160},
		{.name = "teller, ordered",
		 .transfers = 2000,
		 .words = {"--count", "2000", "--hot", "8", "--way", "ordered"}},
		{.name = "teller, oneshot",
		 .transfers = 8000,
		 .words = {"--count", "8000", "--hot", "8", "--way", "oneshot"}},
		{.name = "teller, batch=16",
		 .transfers = 16000,
		 .words = {"--count", "16000", "--hot", "8", "--way", "batch=16"}},
	};
	load_show("Load by 8 workers on 8 hot accounts, SERIALIZABLE (wanted: one of them 20)", hot, COUNT_OF(hot));
}

void measure_load(void)
{
	load_measure_one();
	load_measure_eight();
	load_measure_hot();
}
