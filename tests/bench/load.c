/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load: many in flight on one connection, eight workers, and eight hot accounts, each beside pgbench. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { LOAD_ROUNDS = 5, LOAD_WORDS = 12, LOAD_MOST = 4 };

/* teller where there is no script; `transfers` of all clients in a round. */
struct loader {
	const char *name, *script;
	unsigned clients, transfers;
	const char *words[LOAD_WORDS];
	struct series rate, cpu_us;
};

static double load_of_teller(const struct loader *loader)
{
	struct proc *proc = loaded_start(loader->words);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	char *rate = loaded_text(proc, "a_second");
	double a_second = strtod(rate, NULL);
	free(rate);
	proc_free(proc);
	return a_second;
}

/* pgbench tells those that were made, after as many tries as they took. */
static double load_of_pgbench(const struct loader *loader)
{
	char path[512], clients[16], each[16];
	snprintf(path, sizeof path, "%s/%s.sql", bench_env("BENCH_SCRIPTS"), loader->script);
	snprintf(clients, sizeof clients, "%u", loader->clients);
	snprintf(each, sizeof each, "%u", loader->transfers / loader->clients);
	const char *argv[] = {bench_program("pgbench"), "-n", "-M", "prepared", "-c", clients, "-t", each, "-f", path,
			      "--max-tries=100",        NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
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

/* The first `nbeside` are pgbench: each of the others stands beside each of these. */
static void load_show(const char *title, struct loader *loaders, size_t n, size_t nbeside)
{
	static const char *const beside[] = {"beside", "its ledger"};
	load_contest(loaders, n);
	printf("%s\n  %-34s %11s", title, "", "");
	for (size_t k = 0; k < nbeside; k++)
		printf(" %10s", beside[k]);
	printf(" %14s\n", "client's CPU");
	for (size_t i = 0; i < n; i++) {
		printf("  %-34s %8.0f /s", loaders[i].name, series_median(&loaders[i].rate));
		for (size_t k = 0; k < nbeside; k++)
			printf(" %10.2f", series_ratio(&loaders[i].rate, &loaders[k].rate));
		printf(" %11.0f us\n", series_median(&loaders[i].cpu_us));
	}
}

void measure_load(void)
{
	struct loader one[] = {
		{.name = "pgbench pipelined", .script = "pipeline", .clients = 1, .transfers = 10000},
		{.name = "pgbench pipelined, ledger", .script = "pipeline_ledger", .clients = 1, .transfers = 10000},
		{.name = "teller, one at a time, ledger",
		 .transfers = 10000,
		 .words = {"--count", "10000", "--workers", "1", "--way", "oneshot"}},
		{.name = "teller, 16 in flight, ledger",
		 .transfers = 10000,
		 .words = {"--count", "10000", "--workers", "1", "--way", "oneshot", "--in-flight", "16"}},
	};
	struct loader eight[] = {
		{.name = "pgbench -c 8, in two", .script = "two", .clients = 8, .transfers = 16000},
		{.name = "pgbench -c 8, in two, ledger", .script = "two_ledger", .clients = 8, .transfers = 16000},
		{.name = "teller, read-write, ledger", .transfers = 16000, .words = {"--count", "16000"}},
		{.name = "teller, oneshot, ledger",
		 .transfers = 16000,
		 .words = {"--count", "16000", "--way", "oneshot"}},
	};
	struct loader hot[] = {
		{.name = "pgbench -c 8 --max-tries", .script = "hot", .clients = 8, .transfers = 160},
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
	load_show("Load on one connection (wanted: 16 in flight 1.50)", one, sizeof one / sizeof *one, 2);
	load_show("Load by 8 workers, all accounts (wanted: 1.00; client's CPU 1.2 times pgbench's)", eight,
		  sizeof eight / sizeof *eight, 2);
	load_show("Load by 8 workers on 8 hot accounts, SERIALIZABLE (wanted: one of them 20)", hot,
		  sizeof hot / sizeof *hot, 1);
}
