/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire at every protocol message of a transfer, both ways: money is conserved, moved at most once, and the truth is told. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/relay.h"
#include "tests/support/rig.h"

enum { TOTAL = 1000 };

struct world {
	struct relay relay;
	struct catalogue *catalogue;
	struct pg_session *direct;
	unsigned tries, settled, unknown, retried;
};

static struct world world;

static struct rig *rig_through_relay(void)
{
	return rig_new_at(&(struct conninfo){.host = world.relay.dir, .port = (char *)"5432"});
}

static void make_bank(bool ledger)
{
	pg_run(world.direct, "DROP SCHEMA IF EXISTS cut CASCADE; CREATE SCHEMA cut;"
			     "CREATE TABLE cut.accounts (id int PRIMARY KEY, balance int)");
	if (ledger)
		pg_run(world.direct, "CREATE TABLE cut.transfers (id uuid PRIMARY KEY, source bigint NOT NULL, "
				     "destination bigint NOT "
				     "NULL, amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
	relay_arm(&world.relay, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	struct rig *rig = rig_through_relay();
	world.catalogue = rig_read(rig, "cut.accounts");
	assert_int_equal(world.catalogue->ledger, ledger);
	rig->catalogue = NULL;
	rig_free(rig);
}

static void reset_money(bool ledger)
{
	pg_run(world.direct, "DELETE FROM cut.accounts; INSERT INTO cut.accounts VALUES (1, 1000), (2, 0)");
	if (ledger)
		pg_run(world.direct, "DELETE FROM cut.transfers");
}

/* What is on the server now must be what the outcome says; what the ledger holds must be what the balances say. */
static void check_truth(const struct txn_result *result, const char *where, bool ledger)
{
	int64_t source = pg_ask(world.direct, "SELECT balance FROM cut.accounts WHERE id = 1");
	int64_t sum = pg_ask(world.direct, "SELECT sum(balance) FROM cut.accounts");
	bool moved = source == TOTAL / 2;
	if (sum != TOTAL || (!moved && source != TOTAL))
		fail_msg("%s: the source holds %lld, both hold %lld", where, (long long)source, (long long)sum);
	if (ledger && pg_ask(world.direct, "SELECT count(*) FROM cut.transfers") != (moved ? 1 : 0))
		fail_msg("%s: the ledger does not agree", where);
	enum outcome outcome = result->outcome;
	if (outcome == OUTCOME_COMMITTED ? !moved : outcome != OUTCOME_UNKNOWN && moved)
		fail_msg("%s: the outcome told is %d, but the money was %s: %s", where, (int)outcome,
			 moved ? "moved" : "not moved", result->reason.text);
}

/* No session of ours may be at work any more when the balances are looked at. */
static void wait_until_quiet(void)
{
	while (pg_ask(world.direct, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'teller/%%' "
				    "AND state <> 'idle'") > 0)
		;
}

/* One transfer with one fault. Returns false once the fault did not happen: there are no more messages. */
static bool try(enum txn_wire wire, bool ledger, enum relay_fault fault, enum relay_direction direction, unsigned at)
{
	char where[96];
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	snprintf(where, sizeof where, "wire %d, ledger %d, fault %d, direction %d, message %u", (int)wire, ledger,
		 (int)fault, (int)direction, at);
	reset_money(ledger);
	relay_arm(&world.relay, RELAY_NOTHING, direction, 0);
	struct rig *rig = rig_through_relay();
	rig->catalogue = world.catalogue;
	rig->options.wire = wire;
	rig->options.backoff_base_ms = 1;
	relay_arm(&world.relay, fault, direction, at);
	rig_transfer(rig, &spec);
	bool happened = world.relay.shared->happened;
	if (happened && rig->result.outcome != OUTCOME_UNKNOWN)
		assert_true(rig->result.attempts <= 3);
	wait_until_quiet();
	check_truth(&rig->result, where, ledger);
	world.tries++;
	world.settled += rig->result.settled;
	world.retried += rig->result.attempts > 1;
	world.unknown += rig->result.outcome == OUTCOME_UNKNOWN;
	rig->catalogue = NULL;
	rig_free(rig);
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

/* All travels at once, and the answers come back at once: there is nothing to ask the server for, and the loss cannot be settled. */
static void oneshot_without_ledger(void **state)
{
	(void)state;
	cut_everywhere(WIRE_ONESHOT, false, true);
}

static int set_up(void **state)
{
	(void)state;
	relay_start(&world.relay);
	world.direct = pg_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pg_close(world.direct);
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
