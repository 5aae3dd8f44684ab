/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers a second: one connection on the Unix socket, every event recorded. */
#include <stdio.h>

#include "tests/bench/bench.h"

enum { ROUNDS = 15, TRANSFERS = 1500 };

static double run_teller(struct contestant *self)
{
	double before = cpu_self_us();
	double rate = client_rate(self->client, self->transfers);
	series_add(&self->cpu_us, (cpu_self_us() - before) / self->transfers);
	return rate;
}

static double run_pgbench(struct contestant *self)
{
	double before = cpu_children_us();
	double rate = pgbench_rate(bench_env("PGHOST"), self->script, self->transfers);
	series_add(&self->cpu_us, (cpu_children_us() - before) / self->transfers);
	return rate;
}

#define TELLER(what, mode, accounts)                                                                                   \
	{                                                                                                              \
		.name = "teller " what, .run = run_teller, .wire = mode, .table = accounts, .transfers = TRANSFERS     \
	}
#define PGBENCH(what, file)                                                                                            \
	{                                                                                                              \
		.name = "pgbench" what, .run = run_pgbench, .script = file, .transfers = TRANSFERS                     \
	}

enum { PIPELINED, IN_TWO, ONE_BY_ONE };
static struct contestant contestants[] = {
	[PIPELINED] = PGBENCH(" pipelined", "pipeline"),       [IN_TWO] = PGBENCH(", in two", "two"),
	[ONE_BY_ONE] = PGBENCH(", one by one", "step"),        TELLER("oneshot", WIRE_ONESHOT, "plain.accounts"),
	TELLER("oneshot, ledger", WIRE_ONESHOT, "accounts"),   TELLER("pipeline", WIRE_PIPELINE, "plain.accounts"),
	TELLER("pipeline, ledger", WIRE_PIPELINE, "accounts"),
};
enum { CONTESTANTS = sizeof contestants / sizeof *contestants };

static void show(const struct contestant *c)
{
	if (!c->run) {
		printf("  %-24s   not yet\n", c->name);
		return;
	}
	printf("  %-24s %8.0f /s %10.2f %10.2f %10.2f %10.0f us\n", c->name, series_median(&c->series),
	       series_ratio(&c->series, &contestants[PIPELINED].series),
	       series_ratio(&c->series, &contestants[IN_TWO].series),
	       series_ratio(&c->series, &contestants[ONE_BY_ONE].series), series_median(&c->cpu_us));
}

void measure_rate(void)
{
	for (size_t i = 0; i < CONTESTANTS; i++) {
		struct contestant *c = &contestants[i];
		if (c->run == run_teller && c->wire == WIRE_ONESHOT && !client_has_oneshot())
			c->run = NULL;
		if (c->run == run_teller)
			c->client = client_open(bench_env("PGHOST"), c->table, c->wire);
	}
	contest(contestants, CONTESTANTS, ROUNDS);
	printf("Transfers a second: one connection, Unix socket; beside pgbench's three (wanted: oneshot 1.00 of the "
	       "one\n"
	       "round trip, pipeline 1.00 of the two round trips)\n"
	       "  %-24s %11s %10s %10s %10s %13s\n",
	       "", "", "pipelined", "in two", "one by one", "client's CPU");
	for (size_t i = 0; i < CONTESTANTS; i++) {
		show(&contestants[i]);
		client_close(contestants[i].client);
	}
}
