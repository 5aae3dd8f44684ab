/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rival: a conflict that the server itself finds, a retry that reads anew, and a unit that comes back. */
#include "bank/rival.h"

#include <stdlib.h>
#include <string.h>

#include "bank/transfer.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

struct scene {
	struct rig *rig;
	struct db *db;
	struct txn *txn;
	struct rival *rival;
	struct transfer *transfer;
	bool cancel; /* the transfer, as soon as the gate holds */
	unsigned held, released, ended;
};

static void release(void *arg)
{
	struct scene *s = arg;
	s->released++;
	txn_go(s->rig->txn);
}

static void cancel(void *arg)
{
	struct scene *s = arg;
	assert_true(txn_cancel(s->rig->txn));
}

static bool gate(void *arg, const struct txn_gate *next)
{
	struct scene *s = arg;
	bool holds = rival_gate(s->rival, next, release, s);
	s->held += holds;
	if (holds && s->cancel)
		loop_soon(s->rig->loop, cancel, s);
	return holds;
}

static int setup(void **state)
{
	struct scene *s = NEW(struct scene);
	struct rig *rig = s->rig = rig_new();
	s->db = rig_connect(rig, SESSION_RIVAL, "rival");
	s->txn = txn_new(rig->loop, rig->ring, s->db, SESSION_RIVAL, 8);
	txn_set_gate(rig->txn, gate, s);
	pg_bank(4);
	rig_read(rig, NULL);
	s->rival = rival_new(rig->loop, rig->ring, s->txn, rig->catalogue);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;
	rival_free(s->rival);
	transfer_free(s->transfer);
	txn_free(s->txn);
	db_free(s->db);
	rig_free(s->rig);
	free(s);
	return 0;
}

static void ended(void *arg)
{
	struct scene *s = arg;
	s->ended++;
	loop_stop(s->rig->loop);
}

static void on_done(void *arg, const struct txn_result *result)
{
	struct scene *s = arg;
	s->rig->result = *result;
	rival_transfer_ended(s->rival, ended, s);
}

static enum outcome run(struct scene *s, const struct transfer_spec *spec)
{
	transfer_free(s->transfer);
	s->transfer = transfer_new(s->rig->catalogue, spec);
	rival_watch(s->rival, spec->source, spec->destination);
	txn_start(s->rig->txn, transfer_body(s->transfer), "test", &s->rig->options, on_done, s);
	loop_run(s->rig->loop);
	assert_int_equal(s->ended, 1);
	assert_false(rival_busy(s->rival));
	s->ended = 0;
	return s->rig->result.outcome;
}

static const struct transfer_spec half = {.source = "7001", .destination = "7002"};

static unsigned levers(const struct scene *s, const char *words)
{
	struct cursor cursor = {0};
	struct event event;
	unsigned n = 0;
	while (cursor_read(&cursor, s->rig->ring, &event))
		n += event.kind == EVENT_LEVER && event.session == SESSION_RIVAL && strstr(event.message, words);
	return n;
}

static int64_t balance(int id)
{
	return pg_number("SELECT balance FROM accounts WHERE id = %d", id);
}

/* Ledger and balances agree, and nothing was lost. */
static void check_books(int64_t total)
{
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), total);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts a WHERE balance <> 1000"
				   " + (SELECT coalesce(sum(amount), 0) FROM transfers WHERE destination = a.id)"
				   " - (SELECT coalesce(sum(amount), 0) FROM transfers WHERE source = a.id)"),
			 0);
}

static void a_real_conflict(struct scene *s)
{
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 2);
	assert_int_equal(transfer_facts(s->transfer).source_before, 999);
	assert_int_equal(transfer_facts(s->transfer).amount, 499);
	assert_int_equal(s->held, 1);
	assert_int_equal(s->released, 1);
	assert_false(rival_armed(s->rival));
	assert_int_equal(balance(7001), 501); /* 999 - 499, and the unit back */
	assert_int_equal(balance(7002), 1499);
	assert_int_equal(balance(7003), 1000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 3);
	check_books(4000);
	assert_int_equal(levers(s, "the rival moves 1 unit from 7001 to 7003 between the read and the write"), 1);
	assert_int_equal(levers(s, "the rival moves its unit back from 7003 to 7001"), 1);
}

static void a_retry_at_will(void **state)
{
	a_real_conflict(*state);
}

static void also_step_by_step(void **state)
{
	struct scene *s = *state;
	s->rig->options.wire = WIRE_STEP;
	a_real_conflict(s);
}

static void without_a_ledger(void **state)
{
	struct scene *s = *state;
	pg_exec("DROP TABLE transfers");
	rival_free(s->rival);
	rig_read(s->rig, NULL);
	s->rival = rival_new(s->rig->loop, s->rig->ring, s->txn, s->rig->catalogue);
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 2);
	assert_int_equal(balance(7001), 501);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 4000);
}

static void only_the_armed_transfer(void **state)
{
	struct scene *s = *state;
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 1);
	rival_arm(s->rival, true);
	rival_arm(s->rival, false);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 1);
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 2);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 1);
	assert_int_equal(s->held, 1);
	check_books(4000);
}

/* The last unit goes: the second attempt finds nothing to move, and the unit comes back all the same. */
static void the_last_unit(void **state)
{
	struct scene *s = *state;
	struct transfer_spec all = {.source = "7001", .destination = "7002", .rule = TRANSFER_ALL};
	pg_exec("UPDATE accounts SET balance = 1 WHERE id = 7001");
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &all), OUTCOME_REJECTED);
	assert_int_equal(s->rig->result.attempts, 2);
	assert_int_equal(balance(7001), 1);
	assert_int_equal(balance(7002), 1000);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3001);
}

static void no_third_account(void **state)
{
	struct scene *s = *state;
	pg_exec("DELETE FROM accounts WHERE id = 7003; UPDATE accounts SET balance = -5 WHERE id = 7004");
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(s->rig->result.attempts, 1);
	assert_int_equal(s->released, 1);
	assert_int_equal(balance(7001), 500);
	assert_int_equal(levers(s, "the rival moves nothing: there is no third account"), 1);
}

static void a_transfer_that_is_rejected_first_leaves_it_armed(void **state)
{
	struct scene *s = *state;
	struct transfer_spec none = {.source = "7001", .destination = "4711"};
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &none), OUTCOME_REJECTED);
	assert_true(rival_armed(s->rival));
	assert_int_equal(s->held, 0);
}

/*
 * Cancelled while the gate holds: the transfer ends, and the unit is back or never went. The rival may have moved
 * before the server has answered the transfer's ROLLBACK; the gate that it opens then leads nowhere.
 */
static void a_transfer_that_is_cancelled_meanwhile(void **state)
{
	struct scene *s = *state;
	s->cancel = true;
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_CANCELLED);
	assert_true(s->released <= 1);
	assert_int_equal(balance(7001), 1000);
	assert_int_equal(balance(7002), 1000);
	check_books(4000);
	s->cancel = false;
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	assert_int_equal(balance(7001), 500);
}

static void without_a_connection(void **state)
{
	struct scene *s = *state;
	db_close(s->db);
	rival_arm(s->rival, true);
	assert_int_equal(run(s, &half), OUTCOME_COMMITTED);
	check_books(4000);
	assert_true(balance(7001) == 500 || balance(7001) == 501); /* it may connect again by itself */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_retry_at_will, setup, teardown),
		cmocka_unit_test_setup_teardown(also_step_by_step, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_ledger, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_armed_transfer, setup, teardown),
		cmocka_unit_test_setup_teardown(the_last_unit, setup, teardown),
		cmocka_unit_test_setup_teardown(no_third_account, setup, teardown),
		cmocka_unit_test_setup_teardown(a_transfer_that_is_rejected_first_leaves_it_armed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_transfer_that_is_cancelled_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_connection, setup, teardown),
	};
	return cmocka_run_group_tests_name("bank/rival", tests, pg_own_database, NULL);
}
