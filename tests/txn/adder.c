/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A body that reads account 1 of txn_test and writes what it read plus one, so that a lost update would show. */
#include "tests/txn/adder.h"

#include <stdio.h>
#include <stdlib.h>

static void add_reset(struct body *body, bool together)
{
	(void)together;
	((struct adder *)body)->resets++;
}

static struct statement ledger_insert(struct adder *add, const char *sql)
{
	add->ledger_params[0] = add->run;
	return (struct statement){.sql = sql, .verb = VERB_INSERT, .nparams = 1, .params = add->ledger_params};
}

static enum body_say add_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			      struct err *reason)
{
	struct adder *add = (struct adder *)body;
	if (n == 0) {
		batch->statements[batch->n++] =
			(struct statement){.sql = "SELECT v FROM txn_test WHERE id = 1", .verb = VERB_SELECT};
		return BODY_SEND;
	}
	if (!answers[0].rows) /* the end: what was written last */
		return BODY_DONE;
	add->reads++;
	add->seen = atol(rows_cell(answers[0].rows, 0, 0));
	if (add->reject_after_read || add->seen < 0) {
		err_set(reason, ST_REJECTED, "the test says no");
		return BODY_REJECT;
	}
	snprintf(add->next_value, sizeof add->next_value, "%ld", add->seen + 1);
	add->params[0] = add->next_value;
	batch->statements[batch->n++] = (struct statement){
		.sql = add->forbidden ? add->forbidden : "UPDATE txn_test SET v = $1 WHERE id = 1",
		.verb = VERB_UPDATE,
		.nparams = add->forbidden ? 0 : 1,
		.params = add->params,
	};
	if (add->ledger)
		batch->statements[batch->n++] = ledger_insert(add, "INSERT INTO txn_ledger VALUES ($1)");
	batch->last = true;
	return BODY_SEND;
}

/* The whole work at once; it fails where the value is negative. int / int is no integer on CockroachDB. */
static bool add_oneshot(struct body *body, struct batch *batch)
{
	(void)body;
	batch->statements[batch->n++] = (struct statement){
		.sql = "UPDATE txn_test SET v = CASE WHEN v >= 0 THEN v + 1 ELSE CAST(1 / (v - v) AS INT) END WHERE id "
		       "= 1",
		.verb = VERB_UPDATE,
	};
	return true;
}

static bool add_ledger_probe(struct body *body, struct ledger_probe *probe)
{
	struct adder *add = (struct adder *)body;
	if (!add->ledger)
		return false;
	probe->write = ledger_insert(add, "INSERT INTO txn_ledger VALUES ($1) ON CONFLICT DO NOTHING");
	probe->find = ledger_insert(add, "SELECT * FROM txn_ledger WHERE id = $1");
	probe->find.verb = VERB_SELECT;
	return true;
}

const struct body_ops adder_ops = {add_reset, add_next, NULL, add_oneshot, add_ledger_probe, NULL};
