/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer after another against the stand-in, with faults on the way; after each the told outcome, the events and
 * the counters are true. */
#include "tests/crdb/drill.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

enum { PATIENCE_MS = 5000 };

long drill_balance(const struct drill *drill, int id)
{
	return drill->standin.shared->accounts[id - 1].balance;
}

/* Another session takes 100 between the read and the write. */
static bool gate(void *arg, const struct txn_gate *next)
{
	struct drill *drill = arg;
	bool writes = next->body_batch == 1 && !next->commit == (drill->rig->options.wire == WIRE_STEP);
	if (writes && next->attempt <= drill->conflicts && drill->gift > -100 * (long)next->attempt) {
		standin_write(&drill->standin, 1, drill_balance(drill, 1) - 100);
		drill->gift -= 100;
	}
	return false;
}

int drill_setup(void **state)
{
	struct drill *drill = NEW(struct drill);
	standin_start(&drill->standin, *(const enum standin_version *)*state);
	struct conninfo info = {
		.host = drill->standin.dir, .port = (char *)"26257", .user = (char *)"root", .dbname = (char *)"bank"};
	drill->rig = rig_new_at(&info);
	drill->body.body.ops = &mover_ops;
	drill->body.ledger = true;
	strcpy(drill->body.run, "41");
	drill->rig->options.backoff_base_ms = 1;
	txn_set_gate(drill->rig->txn, gate, drill);
	standin_arm(&drill->standin);
	*state = drill;
	return 0;
}

int drill_teardown(void **state)
{
	struct drill *drill = *state;
	rig_free(drill->rig);
	standin_stop(&drill->standin);
	free(drill);
	return 0;
}

/* ---- what holds after every run ---- */

/* Nobody waits while a transaction is open, and only a RELEASE is marked as what makes it durable. */
static void check_events(struct drill *drill)
{
	struct cursor cursor = drill->cursor;
	struct event event;
	bool open = false;
	unsigned durable = 0;
	while (cursor_read(&cursor, drill->rig->ring, &event)) {
		bool answered = event.kind == EVENT_RESULT && !event.skipped && !event_failed(&event);
		if (answered && event.verb == VERB_BEGIN)
			open = true;
		if ((answered && (event.verb == VERB_ROLLBACK || event.verb == VERB_COMMIT)) ||
		    event.kind == EVENT_LOST)
			open = false;
		if (event.kind == EVENT_BACKOFF && open)
			fail_msg("it waits while the transaction is open");
		if (event.durable)
			assert_int_equal(event.verb, VERB_RELEASE);
		durable += event.durable;
	}
	assert_true(durable <= 1);
	if (drill->rig->result.outcome == OUTCOME_COMMITTED && !drill->rig->result.settled && !drill->elsewhere)
		assert_int_equal(durable, 1);
}

/* The outcome told is what the stand-in's memory says. */
static void check_truth(struct drill *drill)
{
	long moved = drill_balance(drill, 2) - drill->before;
	assert_int_equal(drill_balance(drill, 1) + drill_balance(drill, 2), drill->total + drill->gift);
	if (drill->body.ledger)
		assert_int_equal(standin_has_id(&drill->standin, drill->body.run), moved != 0);
	if (drill->body.half && moved && !drill->elsewhere)
		assert_int_equal(moved, drill->body.half);
	if (drill->rig->result.outcome == OUTCOME_UNKNOWN ||
	    (drill->rig->result.outcome == OUTCOME_COMMITTED) == (moved != 0))
		return;
	fail_msg("the outcome told is %d, but %ld were moved: %s\n%s", (int)drill->rig->result.outcome, moved,
		 drill->rig->result.reason.text, drill->standin.shared->log);
}

/* ---- runs ---- */

void drill_wait(struct drill *drill)
{
	const struct standin_shared *server = drill->standin.shared;
	if (!rig_wait_ms(drill->rig, PATIENCE_MS))
		fail_msg("no end: %s; the server ran %s%s", txn_word(drill->rig->txn), server->log,
			 server->retrying ? ", and retries by itself" : "");
	check_truth(drill);
	check_events(drill);
	rig_check_counters(drill->rig->txn);
}

void drill_start(struct drill *drill)
{
	drill->before = drill_balance(drill, 2);
	drill->total = drill->before + drill_balance(drill, 1);
	drill->gift = 0;
	drill->cursor.next = ring_next(drill->rig->ring);
	rig_start(drill->rig, &drill->body.body, "move half");
}

void drill_run(struct drill *drill)
{
	drill_start(drill);
	drill_wait(drill);
}

void drill_run_again(struct drill *drill)
{
	standin_arm(&drill->standin);
	strcpy(drill->body.run, "42");
	drill_run(drill);
	assert_int_equal(drill->rig->result.outcome, OUTCOME_COMMITTED);
	assert_int_equal(drill->rig->result.attempts, 1);
}

void drill_fault(struct drill *drill, enum standin_kind kind, unsigned nth, enum standin_effect effect,
		 const char *sqlstate)
{
	standin_fault(&drill->standin, kind, nth, effect, sqlstate);
}

void drill_check(struct drill *drill, enum outcome outcome, unsigned attempts, const char *ran)
{
	if (drill->rig->result.outcome != outcome || drill->rig->result.attempts != attempts ||
	    strcmp(drill->standin.shared->log, ran) != 0)
		fail_msg("outcome %d after %u attempts, not %d after %u; the server ran %s, not %s: %s",
			 (int)drill->rig->result.outcome, drill->rig->result.attempts, (int)outcome, attempts,
			 drill->standin.shared->log, ran, drill->rig->result.reason.text);
	assert_int_equal(drill->standin.shared->happened, drill->standin.shared->nfaults);
}

enum standin_version drill_version(const struct drill *drill)
{
	return drill->standin.shared->version;
}
