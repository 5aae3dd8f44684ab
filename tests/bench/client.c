/* SPDX-License-Identifier: GPL-3.0-or-later */
/* teller's engine as a client: one connection, random transfers of one unit, as in the scripts of pgbench, one after
 * another. */
#include <stdio.h>
#include <stdlib.h>

#include "bank/catalogue.h"
#include "bank/transfer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/bench/bench.h"
#include "tests/support/check.h"

enum { DIAL_MS = 20000, WARM_UP = 5, RING_EVENTS = 65536, RING_BYTES = 16 << 20 };

struct client {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	struct txn *txn;
	struct catalogue *catalogue;
	struct txn_options options;
	struct rng rng;
	struct transfer *transfer;
	unsigned wanted, made;
	double *each_ms; /* NULL where nobody asks */
	unsigned round_trips;
};

/* ---- one transfer after another ---- */

static void on_done(void *arg, const struct txn_result *result);

static void account_name(char id[16], uint64_t i)
{
	snprintf(id, 16, "%llu", (unsigned long long)(100000000 + (i % BENCH_ACCOUNTS + 1) * 149987));
}

static void start_next(struct client *client)
{
	char from[16], to[16];
	uint64_t i = rng_below(&client->rng, BENCH_ACCOUNTS);
	account_name(from, i);
	account_name(to, i + 1 + rng_below(&client->rng, BENCH_ACCOUNTS - 1));
	struct transfer_spec spec = {.source = from, .destination = to, .rule = TRANSFER_AMOUNT, .amount = 1};
	transfer_free(client->transfer);
	client->transfer = transfer_new(client->catalogue, &spec);
	txn_start(client->txn, transfer_body(client->transfer), "transfer", &client->options, on_done, client);
}

static void on_done(void *arg, const struct txn_result *result)
{
	struct client *client = arg;
	if (result->outcome != OUTCOME_COMMITTED)
		fail_msg("a transfer did not commit: %s", result->reason.text);
	if (client->each_ms)
		client->each_ms[client->made] = (double)result->elapsed_us / 1000;
	client->round_trips = result->round_trips;
	if (++client->made < client->wanted)
		start_next(client);
	else
		loop_stop(client->loop);
}

static double seconds_for(struct client *client, unsigned n, double *each_ms)
{
	uint64_t before = clock_us();
	client->wanted = n;
	client->made = 0;
	client->each_ms = each_ms;
	start_next(client);
	loop_run(client->loop);
	return (double)(clock_us() - before) / 1e6;
}

double client_rate(struct client *client, unsigned n)
{
	return n / seconds_for(client, n, NULL);
}

double client_latency_ms(struct client *client, unsigned n)
{
	double *each_ms = mem_array(n, sizeof *each_ms);
	seconds_for(client, n, each_ms);
	double middle = median_of(each_ms, n);
	free(each_ms);
	return middle;
}

double client_round_trips(const struct client *client)
{
	return client->round_trips;
}

bool client_has_oneshot(void)
{
	struct catalogue none = {0};
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	struct transfer *transfer = transfer_new(&none, &spec);
	bool has = transfer_body(transfer)->ops->oneshot != NULL;
	transfer_free(transfer);
	return has;
}

/* ---- opening ---- */

static void on_connected(void *arg, const struct err *err)
{
	struct client *client = arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(client->loop);
}

static void on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	(void)missing;
	struct client *client = arg;
	if (!catalogue)
		fail_msg("%s", err->text);
	client->catalogue = catalogue;
	loop_stop(client->loop);
}

struct client *client_open(const char *host, const char *table, enum txn_wire wire)
{
	struct client *client = NEW(struct client);
	struct conninfo info = {.host = (char *)(uintptr_t)host, .port = (char *)(uintptr_t) "5432"};
	client->loop = loop_new();
	client->ring = ring_new(RING_EVENTS, RING_BYTES);
	client->db = db_new(client->loop, client->ring, SESSION_TRANSFER, "transfer", NULL);
	client->txn = txn_new(client->loop, client->ring, client->db, SESSION_TRANSFER, 1);
	txn_options_init(&client->options);
	client->options.wire = wire;
	rng_seed(&client->rng, 1);
	db_connect(client->db, &info, DIAL_MS, on_connected, client);
	loop_run(client->loop);
	catalogue_read(client->db, &(struct bank_choice){.table = (char *)table}, on_catalogue, client);
	loop_run(client->loop);
	seconds_for(client, WARM_UP, NULL);
	return client;
}

void client_close(struct client *client)
{
	if (!client)
		return;
	transfer_free(client->transfer);
	txn_free(client->txn);
	db_free(client->db);
	catalogue_free(client->catalogue);
	ring_free(client->ring);
	loop_free(client->loop);
	free(client);
}
