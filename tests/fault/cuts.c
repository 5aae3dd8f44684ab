/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire of transfers: one fault in each, the outcome told beside what is on the server. */
#include "tests/fault/cuts.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/spawn.h"

enum { QUIET_LIMIT_MS = 60000 };

const enum txn_wire cuts_wires[CUTS_WIRES] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};

const char *cuts_wire_name(enum txn_wire wire)
{
	static const char *const names[] = {
		[WIRE_PIPELINE] = "pipeline", [WIRE_STEP] = "step", [WIRE_ONESHOT] = "oneshot"};
	return names[wire];
}

void cuts_open(struct cuts *cuts, struct relay *relay, struct pg_session *direct, const char *name)
{
	*cuts = (struct cuts){.relay = relay, .name = name, .direct = direct};
	if (relay)
		cuts->via = (struct conninfo){.host = relay->dir, .port = (char *)"5432"};
}

void cuts_close(struct cuts *cuts)
{
	catalogue_free(cuts->catalogue);
	*cuts = (struct cuts){0};
}

/* ---- the bank ---- */

void cuts_read_catalogue(struct cuts *cuts, bool ledger)
{
	catalogue_free(cuts->catalogue);
	if (cuts->relay)
		relay_arm(cuts->relay, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	struct rig *rig = rig_new_at(&cuts->via);
	cuts->catalogue = rig_read(rig, "cut.accounts");
	assert_non_null(cuts->catalogue);
	assert_int_equal(cuts->catalogue->ledger, ledger);
	rig->catalogue = NULL;
	rig_free(rig);
}

void cuts_make_bank(struct cuts *cuts, bool ledger)
{
	pg_run(cuts->direct, "DROP SCHEMA IF EXISTS cut CASCADE; CREATE SCHEMA cut;"
			     "CREATE TABLE cut.accounts (id int PRIMARY KEY, balance int)");
	if (ledger)
		pg_run(cuts->direct, "CREATE TABLE cut.transfers (id uuid PRIMARY KEY, source bigint NOT NULL, "
				     "destination bigint NOT "
				     "NULL, amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
	cuts_read_catalogue(cuts, ledger);
	cuts_reset_money(cuts, ledger);
}

void cuts_reset_money(struct cuts *cuts, bool ledger)
{
	pg_run(cuts->direct, "DELETE FROM cut.accounts; INSERT INTO cut.accounts VALUES (1, %d), (2, 0)", CUTS_TOTAL);
	if (ledger)
		pg_run(cuts->direct, "DELETE FROM cut.transfers");
}

/* ---- the truth ---- */

void cuts_check_truth(struct pg_session *server, const struct txn_result *result, const char *where, bool ledger)
{
	int64_t source = pg_ask(server, "SELECT balance FROM cut.accounts WHERE id = 1");
	int64_t sum = pg_ask(server, "SELECT sum(balance) FROM cut.accounts");
	bool moved = source == CUTS_TOTAL / 2;
	if (sum != CUTS_TOTAL || (!moved && source != CUTS_TOTAL))
		fail_msg("%s: the source holds %lld, both hold %lld", where, (long long)source, (long long)sum);
	if (ledger && pg_ask(server, "SELECT count(*) FROM cut.transfers") != (moved ? 1 : 0))
		fail_msg("%s: the ledger does not agree", where);
	enum outcome outcome = result->outcome;
	if (outcome == OUTCOME_COMMITTED ? !moved : outcome != OUTCOME_UNKNOWN && moved)
		fail_msg("%s: the outcome told is %d, but the money was %s: %s", where, (int)outcome,
			 moved ? "moved" : "not moved", result->reason.text);
}

bool cuts_is_quiet(struct pg_session *direct, const struct pooler *pooler)
{
	struct pooler_counts counts = {0};
	if (pooler) {
		char *database = pg_tell(direct, "SELECT current_database()");
		counts = pooler_count(pooler, database);
		free(database);
	}
	return !counts.clients && !counts.at_work &&
	       pg_ask(direct, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
			      "pid <> pg_backend_pid() AND backend_type = 'client backend'") == counts.servers;
}

void cuts_wait_quiet(const struct cuts *cuts)
{
	struct deadline deadline = deadline_in(QUIET_LIMIT_MS);
	while (!cuts_is_quiet(cuts->direct, cuts->pooler)) {
		if (!deadline_left(deadline)) {
			pg_sessions(cuts->direct);
			fail_msg("%s: a session of teller's is still there", cuts->name);
		}
		poll(NULL, 0, 1);
	}
}

/* ---- one transfer ---- */

static struct txn_result transfer(struct cuts *cuts, enum txn_wire wire, enum relay_fault fault,
				  enum relay_direction direction, unsigned at)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	relay_arm(cuts->relay, RELAY_NOTHING, direction, 0);
	struct rig *rig = rig_new_at(&cuts->via);
	rig->catalogue = cuts->catalogue;
	rig->options.wire = wire;
	rig->options.backoff_base_ms = 1;
	relay_arm(cuts->relay, fault, direction, at);
	rig_transfer(rig, &spec);
	struct txn_result result = rig->result;
	rig->catalogue = NULL;
	rig_free(rig);
	return result;
}

bool cuts_try(struct cuts *cuts, enum txn_wire wire, bool ledger, enum relay_fault fault,
	      enum relay_direction direction, unsigned at)
{
	char where[120];
	snprintf(where, sizeof where, "%s, wire %s, ledger %d, fault %d, direction %d, message %u", cuts->name,
		 cuts_wire_name(wire), ledger, (int)fault, (int)direction, at);
	cuts_reset_money(cuts, ledger);
	struct txn_result result = transfer(cuts, wire, fault, direction, at);
	bool happened = cuts->relay->shared->happened;
	if (happened && result.outcome != OUTCOME_UNKNOWN)
		assert_true(result.attempts <= 3);
	cuts_wait_quiet(cuts);
	cuts_check_truth(cuts->direct, &result, where, ledger);
	cuts->tries++;
	cuts->settled += result.settled;
	cuts->retried += result.attempts > 1;
	cuts->unknown += result.outcome == OUTCOME_UNKNOWN;
	return happened;
}

void cuts_lie(struct cuts *cuts, enum txn_wire wire, bool ledger, enum relay_fault lie)
{
	cuts->tries = cuts->settled = cuts->unknown = cuts->retried = 0;
	cuts_make_bank(cuts, ledger);
	for (unsigned at = 1; cuts_try(cuts, wire, ledger, lie, RELAY_TO_CLIENT, at); at++)
		;
	printf("# measured: %s, %s %s: %u %s, %u settled, %u retried, %u unknown\n", cuts->name, cuts_wire_name(wire),
	       ledger ? "with ledger" : "without ledger", cuts->tries,
	       lie == RELAY_SPOIL ? "spoiled answers" : "forged errors", cuts->settled, cuts->retried, cuts->unknown);
	assert_true(cuts->tries > 10);
}

void cuts_everywhere(struct cuts *cuts, enum txn_wire wire, bool ledger, enum cuts_unknown unknown)
{
	static const enum relay_fault faults[] = {RELAY_CUT_AFTER, RELAY_CUT_BEFORE, RELAY_CUT_DEAF};
	cuts->tries = cuts->settled = cuts->unknown = cuts->retried = 0;
	cuts_make_bank(cuts, ledger);
	for (size_t f = 0; f < sizeof faults / sizeof *faults; f++)
		for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++)
			for (unsigned at = 1; cuts_try(cuts, wire, ledger, faults[f], d, at); at++)
				;
	printf("# measured: %s, %s %s: %u cuts, %u settled, %u retried, %u unknown\n", cuts->name, cuts_wire_name(wire),
	       ledger ? "with ledger" : "without ledger", cuts->tries, cuts->settled, cuts->retried, cuts->unknown);
	assert_true(cuts->tries > 60);
	assert_true(cuts->settled > 0 || unknown == CUTS_MAYBE_UNKNOWN);
	if (unknown == CUTS_NEVER_UNKNOWN)
		assert_int_equal(cuts->unknown, 0);
}

void cuts_in_every_wire(struct cuts *cuts, bool ledger, enum cuts_unknown unknown)
{
	for (size_t i = 0; i < CUTS_WIRES; i++)
		cuts_everywhere(cuts, cuts_wires[i], ledger, unknown);
}
