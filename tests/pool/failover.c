/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sample of cuts, each with the death of its primary. */
#include "tests/pool/failover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

enum { NUMBERS = 40, POLL_MS = 1 };

/* One transfer. */
struct turn {
	enum failover_mode mode;
	enum txn_wire wire;
	bool ledger, busy, failed_over;
	struct rig *rig;
	struct timer *timer;
	char where[160];
};

static struct replica replica;
static struct relay relay; /* to the primary */
static struct cuts cuts;
static unsigned lost, told[OUTCOME_UNKNOWN + 1];

static const char *mode_name(enum failover_mode mode)
{
	static const char *const names[] = {
		[FAILOVER_SYNC] = "synchronous", [FAILOVER_ASYNC] = "asynchronous", [FAILOVER_LAGGING] = "lagging"};
	return names[mode];
}

/* ---- a primary and its way ---- */

static char target[400];

static void open_way(void)
{
	own_server_use(&replica.primary);
	relay_start(&relay);
	snprintf(target, sizeof target,
		 "host=%s,%s port=5432,%d user=teller dbname=bank target_session_attrs=read-write", relay.dir,
		 replica.standby.dir, replica.standby.port);
	cuts_open(&cuts, &relay, pg_open_at(own_server_target(&replica.primary, "bank")), "failover");
	cuts.via = (struct conninfo){.target = target};
}

static void close_way(void)
{
	pg_close(cuts.direct);
	cuts_close(&cuts);
	relay_stop(&relay);
}

int failover_setup(void **state)
{
	(void)state;
	replica_make(&replica);
	open_way();
	return 0;
}

int failover_teardown(void **state)
{
	(void)state;
	close_way();
	replica_remove(&replica);
	return 0;
}

/* What follows the loss of a server. The catalogue stays, as it does in a teller that goes on. */
static void start_again(void)
{
	struct catalogue *catalogue = cuts.catalogue;
	cuts.catalogue = NULL;
	close_way();
	replica_turn(&replica);
	open_way();
	cuts.catalogue = catalogue;
}

/* ---- the failover ---- */

static void use_up_numbers(void)
{
	struct pg_session *other = pg_open_at(own_server_target(&replica.standby, "bank"));
	for (int i = 0; i < NUMBERS; i++)
		pg_run(other, "SELECT pg_current_xact_id()");
	pg_close(other);
}

/* teller stands still meanwhile: afterwards there is one server, and it takes writes. */
static void on_timer(void *arg)
{
	struct turn *turn = arg;
	if (relay.shared->happened && !turn->failed_over) {
		turn->failed_over = true;
		relay.shared->refuse = true;
		replica_fail_over(&replica);
		if (turn->busy)
			use_up_numbers();
	}
	if (!turn->failed_over && !turn->rig->done)
		timer_start(turn->timer, POLL_MS);
}

static struct txn_result transfer(struct turn *turn, enum relay_fault fault, enum relay_direction direction,
				  unsigned at)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	relay_arm(&relay, RELAY_NOTHING, direction, 0);
	struct rig *rig = turn->rig = rig_new_at(&cuts.via);
	rig->catalogue = cuts.catalogue;
	rig->options.wire = turn->wire;
	rig->options.backoff_base_ms = 1;
	rig->options.max_elapsed_ms = 5000;
	turn->timer = timer_new(rig->loop, on_timer, turn);
	struct transfer *body = transfer_new(rig->catalogue, &spec);
	relay_arm(&relay, fault, direction, at);
	timer_start(turn->timer, POLL_MS);
	rig_start(rig, transfer_body(body), "test");
	rig_wait(rig);
	if (relay.shared->happened && !turn->failed_over)
		on_timer(turn);
	struct txn_result result = rig->result;
	transfer_free(body);
	timer_free(turn->timer);
	rig->catalogue = NULL;
	rig_free(rig);
	return result;
}

/* What was answered by a primary that then died is not false where its standby never had it, only lost. What was found
 * out, or made again, afterwards has to be so. */
static bool may_be_lost(const struct turn *turn, const struct txn_result *result)
{
	return turn->mode != FAILOVER_SYNC && result->outcome == OUTCOME_COMMITTED && !result->settled &&
	       result->attempts == 1;
}

static void check_survivor(const struct turn *turn, const struct txn_result *result)
{
	struct txn_result kept = *result;
	struct pg_session *survivor = pg_open_at(own_server_target(&replica.standby, "bank"));
	if (may_be_lost(turn, result) &&
	    pg_ask(survivor, "SELECT balance FROM cut.accounts WHERE id = 1") == CUTS_TOTAL) {
		lost++;
		kept.outcome = OUTCOME_UNKNOWN;
	}
	cuts_check_truth(survivor, &kept, turn->where, turn->ledger);
	pg_close(survivor);
	told[result->outcome]++;
}

static void prepare(const struct turn *turn)
{
	if (turn->mode != FAILOVER_SYNC)
		replica_set_synchronous(&replica, false);
	cuts_reset_money(&cuts, turn->ledger);
	if (turn->mode == FAILOVER_SYNC)
		replica_set_synchronous(&replica, true);
	replica_catch_up(&replica);
	if (turn->mode == FAILOVER_LAGGING)
		replica_detach(&replica);
}

/* False once the fault did not happen. */
static bool try(struct turn turn, enum relay_fault fault, enum relay_direction direction, unsigned at)
{
	snprintf(turn.where, sizeof turn.where, "%s standby, %s, ledger %d, fault %d, direction %d, message %u",
		 mode_name(turn.mode), cuts_wire_name(turn.wire), turn.ledger, (int)fault, (int)direction, at);
	prepare(&turn);
	struct txn_result result = transfer(&turn, fault, direction, at);
	if (!turn.failed_over) {
		if (turn.mode == FAILOVER_LAGGING) {
			replica_promote(&replica);
			start_again(); /* a standby that was detached follows no more */
		}
		return false;
	}
	check_survivor(&turn, &result);
	cuts.tries++;
	start_again();
	return true;
}

void failover_sample(void **state)
{
	const struct failover_case *c = *state;
	static const enum relay_fault faults[] = {RELAY_CUT_AFTER, RELAY_CUT_DEAF};
	unsigned tries = 0;
	lost = 0;
	memset(told, 0, sizeof told);
	cuts_make_bank(&cuts, c->ledger);
	for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++)
		for (unsigned at = 1 + (unsigned)d, f = 0;; at += c->stride, f = !f, tries++)
			if (!try((struct turn){.mode = c->mode, .wire = c->wire, .ledger = c->ledger, .busy = c->busy},
				 faults[f], d, at))
				break;
	printf("# measured: %s standby promoted, %s %s%s: %u cuts, %u committed, %u unknown, %u others, %u lost\n",
	       mode_name(c->mode), cuts_wire_name(c->wire), c->ledger ? "with ledger" : "without ledger",
	       c->busy ? ", busy" : "", tries, told[OUTCOME_COMMITTED], told[OUTCOME_UNKNOWN],
	       tries - told[OUTCOME_COMMITTED] - told[OUTCOME_UNKNOWN], lost);
	assert_true(tries > 3);
}
