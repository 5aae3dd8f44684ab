/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire at every protocol message of a transfer, both ways: money is conserved, moved at most once, and the truth is told. */
#include "tests/support/check.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/catalogue.h"
#include "bank/transfer.h"
#include "tests/support/relay.h"
#include "txn/txn.h"

enum { TOTAL = 1000 };

struct world {
	struct relay relay;
	struct loop *loop;
	struct ring *ring;
	struct catalogue *catalogue;
	PGconn *direct;
	struct txn_result result;
	unsigned tries, settled, unknown, retried;
};

static struct world world;

static char *ask(const char *sql)
{
	static char value[256];
	PGresult *result = PQexec(world.direct, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(world.direct));
	snprintf(value, sizeof value, "%s",
		 status == PGRES_TUPLES_OK && PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return value;
}

static void on_connected(void *arg, const struct err *err)
{
	(void)arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(world.loop);
}

static void on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	(void)arg;
	(void)missing;
	if (!catalogue)
		fail_msg("%s", err->text);
	world.catalogue = catalogue;
	loop_stop(world.loop);
}

static void on_done(void *arg, const struct txn_result *result)
{
	(void)arg;
	world.result = *result;
	loop_stop(world.loop);
}

static struct db *connect_through_relay(void)
{
	struct conninfo info = {.host = world.relay.dir, .port = (char *)"5432"};
	struct db *db = db_new(world.loop, world.ring, SESSION_TRANSFER, "transfer", NULL);
	db_connect(db, &info, 20000, on_connected, NULL);
	loop_run(world.loop);
	return db;
}

static void make_bank(bool ledger)
{
	ask("DROP SCHEMA IF EXISTS cut CASCADE");
	ask("CREATE SCHEMA cut");
	ask("CREATE TABLE cut.accounts (id int PRIMARY KEY, balance int)");
	if (ledger)
		ask("CREATE TABLE cut.transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT "
		    "NULL, "
		    "amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
	relay_arm(&world.relay, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	struct db *db = connect_through_relay();
	catalogue_read(db, "cut.accounts", on_catalogue, NULL);
	loop_run(world.loop);
	assert_int_equal(world.catalogue->ledger, ledger);
	db_free(db);
}

static void reset_money(bool ledger)
{
	ask("DELETE FROM cut.accounts");
	ask("INSERT INTO cut.accounts VALUES (1, 1000), (2, 0)");
	if (ledger)
		ask("DELETE FROM cut.transfers");
}

/* What is on the server now must be what the outcome says; what the ledger holds must be what the balances say. */
static void check_truth(const char *where, bool ledger)
{
	int source = atoi(ask("SELECT balance FROM cut.accounts WHERE id = 1"));
	int sum = atoi(ask("SELECT sum(balance) FROM cut.accounts"));
	bool moved = source == TOTAL / 2;
	if (sum != TOTAL || (!moved && source != TOTAL))
		fail_msg("%s: the source holds %d, both hold %d", where, source, sum);
	if (ledger && atoi(ask("SELECT count(*) FROM cut.transfers")) != (moved ? 1 : 0))
		fail_msg("%s: the ledger does not agree", where);
	enum outcome outcome = world.result.outcome;
	if (outcome == OUTCOME_COMMITTED ? !moved : outcome != OUTCOME_UNKNOWN && moved)
		fail_msg("%s: the outcome told is %d, but the money was %s: %s", where, (int)outcome,
			 moved ? "moved" : "not moved", world.result.reason.text);
}

/* No session of ours may be at work any more when the balances are looked at. */
static void wait_until_quiet(void)
{
	while (atoi(ask("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'teller/%' "
			"AND state <> 'idle'")) > 0)
		;
}

/* One transfer with one fault. Returns false once the fault did not happen: there are no more messages. */
static bool try(enum txn_wire wire, bool ledger, enum relay_fault fault, enum relay_direction direction, unsigned at)
{
	char where[96];
	struct txn_options options;
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	snprintf(where, sizeof where, "wire %d, ledger %d, fault %d, direction %d, message %u", (int)wire, ledger,
		 (int)fault, (int)direction, at);
	reset_money(ledger);
	relay_arm(&world.relay, RELAY_NOTHING, direction, 0);
	struct db *db = connect_through_relay();
	struct txn *txn = txn_new(world.loop, world.ring, db, SESSION_TRANSFER, at);
	struct transfer *transfer = transfer_new(world.catalogue, &spec);
	txn_options_init(&options);
	options.wire = wire;
	options.backoff_base_ms = 1;
	relay_arm(&world.relay, fault, direction, at);
	txn_start(txn, transfer_body(transfer), where, &options, on_done, NULL);
	loop_run(world.loop);
	bool happened = world.relay.shared->happened;
	if (happened && world.result.outcome != OUTCOME_UNKNOWN)
		assert_true(world.result.attempts <= 3);
	wait_until_quiet();
	check_truth(where, ledger);
	world.tries++;
	world.settled += world.result.settled;
	world.retried += world.result.attempts > 1;
	world.unknown += world.result.outcome == OUTCOME_UNKNOWN;
	transfer_free(transfer);
	txn_free(txn);
	db_free(db);
	return happened;
}

static void cut_everywhere(enum txn_wire wire, bool ledger, bool may_be_unknown)
{
	static const char *const names[] = {
		[WIRE_PIPELINE] = "pipeline", [WIRE_STEP] = "step", [WIRE_ONESHOT] = "oneshot"};
	static const enum relay_fault faults[] = {RELAY_CUT_AFTER, RELAY_CUT_BEFORE, RELAY_CUT_DEAF};
	world.tries = world.settled = world.unknown = world.retried = 0;
	make_bank(ledger);
	for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
		for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++)
			for (unsigned at = 1; try(wire, ledger, faults[f], d, at); at++)
				;
	printf("# measured: %s %s: %u cuts, %u settled, %u retried, %u unknown\n", names[wire],
	       ledger ? "with ledger" : "without ledger", world.tries, world.settled, world.retried, world.unknown);
	assert_true(world.tries > 60);
	assert_true(world.settled > 0 || may_be_unknown);
	if (!may_be_unknown)
		assert_int_equal(world.unknown, 0);
	catalogue_free(world.catalogue);
	world.catalogue = NULL;
}

static void pipeline_with_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_PIPELINE, true, false);
}

static void pipeline_without_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_PIPELINE, false, false);
}

static void step_with_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_STEP, true, false);
}

static void step_without_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_STEP, false, false);
}

static void oneshot_with_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_ONESHOT, true, false);
}

/* All travels at once, so nobody can have asked for the number of the transaction before: the loss cannot be settled. */
static void oneshot_without_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_ONESHOT, false, true);
}

static int set_up(void **state)
{
	(void)state;
	relay_start(&world.relay);
	world.direct = PQconnectdb("");
	ask("SET client_min_messages = warning");
	world.loop = loop_new();
	world.ring = ring_new(4096, 1 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	PQfinish(world.direct);
	ring_free(world.ring);
	loop_free(world.loop);
	relay_stop(&world.relay);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipeline_with_ledger), cmocka_unit_test(pipeline_without_ledger),
		cmocka_unit_test(step_with_ledger),     cmocka_unit_test(step_without_ledger),
		cmocka_unit_test(oneshot_with_ledger),  cmocka_unit_test(oneshot_without_ledger),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
