/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Round trips in time: a transfer over a wire where a round trip takes 10 ms. */
#include <libpq-fe.h>
#include <stdio.h>

#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/support/check.h"
#include "tests/support/relay.h"

enum { TRIP_US = 10000, ROUNDS = 5, EMPTY_TRIPS = 40 };

static struct relay relay;

static double run_teller(struct contestant *self)
{
	return client_latency_ms(self->client, self->transfers);
}

static double run_pgbench(struct contestant *self)
{
	return pgbench_latency_ms(relay.dir, self->script, self->transfers);
}

/* What one round trip takes here, the server's least work included: everything else is counted in these. */
static double run_empty(struct contestant *self)
{
	double each_ms[EMPTY_TRIPS];
	PGconn *conn = PQconnectdbParams((const char *const[]){"host", "port", NULL},
					 (const char *const[]){relay.dir, "5432", NULL}, 0);
	for (unsigned i = 0; i < self->transfers; i++) {
		uint64_t before = clock_us();
		PQclear(PQexec(conn, "SELECT"));
		each_ms[i] = (double)(clock_us() - before) / 1000;
	}
	if (PQstatus(conn) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(conn));
	PQfinish(conn);
	return median_of(each_ms, self->transfers);
}

static struct contestant contestants[] = {
	{.name = "one empty round trip", .run = run_empty, .transfers = EMPTY_TRIPS},
	{.name = "teller step", .run = run_teller, .wire = WIRE_STEP, .transfers = 15, .limit = 8.5},
	{.name = "pgbench, one by one", .run = run_pgbench, .script = "step", .transfers = 15},
	{.name = "teller pipeline", .run = run_teller, .wire = WIRE_PIPELINE, .transfers = 40, .limit = 2.2},
	{.name = "teller oneshot", .run = run_teller, .wire = WIRE_ONESHOT, .transfers = 40, .limit = 1.15},
	{.name = "pgbench pipelined", .run = run_pgbench, .script = "pipeline", .transfers = 40},
};
enum { CONTESTANTS = sizeof contestants / sizeof *contestants };

static void show(const struct contestant *c)
{
	double trips = series_ratio(&c->series, &contestants[0].series);
	if (!c->run) {
		printf("  %-24s   not yet\n", c->name);
		return;
	}
	printf("  %-24s %8.2f ms %8.2f", c->name, series_median(&c->series), trips);
	if (c->client)
		printf(" %6.0f sent", client_round_trips(c->client));
	if (c->limit > 0)
		printf("   at most %.2f: %s", c->limit, trips <= c->limit ? "ok" : "TOO MANY");
	printf("\n");
}

void measure_trips(void)
{
	relay_start(&relay);
	relay.shared->delay_us[RELAY_TO_SERVER] = relay.shared->delay_us[RELAY_TO_CLIENT] = TRIP_US / 2;
	for (size_t i = 0; i < CONTESTANTS; i++) {
		struct contestant *c = &contestants[i];
		if (c->run == run_teller && c->wire == WIRE_ONESHOT && !client_has_oneshot())
			c->run = NULL;
		if (c->run == run_teller)
			c->client = client_open(relay.dir, "accounts", c->wire);
	}
	contest(contestants, CONTESTANTS, ROUNDS);
	printf("Round trips in time: a transfer with ledger, %d ms a round trip\n", TRIP_US / 1000);
	for (size_t i = 0; i < CONTESTANTS; i++) {
		show(&contestants[i]);
		client_close(contestants[i].client);
	}
	relay_stop(&relay);
}
