/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Injected faults for teaching: real faults on request, each named in the log. */
#include "txn_internal.h"

struct txn_inject *txn_inject(struct txn *txn)
{
	return &txn->inject;
}

static void inject_add(struct txn *txn, const char *sql, enum verb verb)
{
	struct statement statement = {.sql = sql, .verb = verb, .once = true};
	attempt_add(&txn->attempt, ITEM_INJECT, 0, &statement);
}

/* The server itself raises the error: between the read and the write, so that what was read is thrown away. */
void inject_add_failure(struct txn *txn)
{
	const struct dialect *dialect = db_dialect(txn->db);
	if (txn->inject.fail == 0 || (txn->attempt.batches == 1 && dialect->retries_first))
		return;
	txn->inject.fail--;
	txn_say(txn, EVENT_LEVER, "inject: the server fails this attempt");
	if (dialect->fail_allow_sql &&
	    db_version_at_least(txn->db, dialect->fail_allow_major, dialect->fail_allow_minor))
		inject_add(txn, dialect->fail_allow_sql, VERB_SET);
	inject_add(txn, dialect->fail_sql, VERB_OTHER);
}

bool inject_cuts_before(struct txn *txn)
{
	if (!txn->inject.cut_before)
		return false;
	txn->inject.cut_before = false;
	txn_say(txn, EVENT_LEVER, "inject: cut before the commit is sent");
	struct answer lost = {.lost = true, .message = "our own connection was dropped on request", .detail = ""};
	db_close(txn->db);
	txn_say(txn, EVENT_LOST, lost.message);
	fault_keep(&txn->attempt.fault, &lost);
	txn->attempt.opened = false;
	txn->attempt.fault.lost = true;
	retry_decide(txn);
	return true;
}

void inject_cut_after(struct txn *txn, bool commit)
{
	if (!commit || txn->attempt.durable)
		return;
	void (*strike)(void *arg) = txn->inject.strike;
	txn->inject.strike = NULL;
	if (strike)
		strike(txn->inject.strike_arg);
	if (!txn->inject.cut)
		return;
	txn->inject.cut = false;
	txn_say(txn, EVENT_LEVER, "inject: cut with the commit in flight");
	db_cut(txn->db);
}
