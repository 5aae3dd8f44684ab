/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends a transaction at once, waiting for nobody: what is certain by then is its outcome, and the rest is UNKNOWN. */
#include "engine.h"

/* With a commit on its way nobody can know, unless the server has refused a statement before it: then the commit is skipped. */
static enum outcome when_sent(struct txn *txn)
{
	const struct attempt *attempt = &txn->attempt;
	if (attempt->durable)
		return OUTCOME_COMMITTED;
	if (!attempt_holds_commit(txn, attempt->first_sent, attempt->next) ||
	    (attempt->fault.set && !attempt->fault.commit))
		return OUTCOME_CANCELLED;
	txn->counters.ambiguous++;
	txn->counters.unsettled++;
	err_set(&txn->result.reason, ST_UNKNOWN, "the commit was sent and its answer was not waited for");
	return OUTCOME_UNKNOWN;
}

static enum outcome still_asking(struct txn *txn)
{
	txn->counters.unsettled++;
	txn->result.reason = txn->settle.doubt;
	return OUTCOME_UNKNOWN;
}

static enum outcome by_now(struct txn *txn)
{
	switch (txn->state) {
	case TXN_SENT:
		return when_sent(txn);
	case TXN_SETTLING:
		return still_asking(txn);
	case TXN_CLEANING:
		if (txn->after == AFTER_END)
			return txn->outcome;
		if (txn->after == AFTER_SETTLE)
			return still_asking(txn);
		break;
	case TXN_IDLE:
	case TXN_READY:
	case TXN_WAITING:
	case TXN_DIALING:
		break;
	}
	return txn->attempt.durable ? OUTCOME_COMMITTED : OUTCOME_CANCELLED;
}

void txn_abandon(struct txn *txn)
{
	if (!txn_running(txn))
		return;
	enum outcome outcome = by_now(txn);
	if (txn->settle.open && outcome != OUTCOME_COMMITTED && outcome != OUTCOME_UNKNOWN) {
		txn->counters.ambiguous++;
		outcome = still_asking(txn);
	}
	txn->settle.open = false;
	timer_stop(txn->timer);
	db_close(txn->db);
	txn_finish(txn, outcome);
}
