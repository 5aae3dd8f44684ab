/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what an engine does; the equations between the counters are in txn/txn.h. */
#include <string.h>

#include "txn_internal.h"

const struct txn_counters *txn_counters(const struct txn *txn)
{
	return &txn->counters;
}

void counters_cause(struct txn *txn)
{
	struct txn_counters *c = &txn->counters;
	const struct fault *fault = &txn->attempt.fault;
	if (fault->lost)
		txn->retry_cause = &c->by_connection;
	else if (strcmp(fault->sqlstate, "40001") == 0)
		txn->retry_cause = &c->by_serialization;
	else if (strcmp(fault->sqlstate, "40P01") == 0)
		txn->retry_cause = &c->by_deadlock;
	else
		txn->retry_cause = &c->by_other;
}

void counters_attempt(struct txn *txn)
{
	struct txn_counters *c = &txn->counters;
	c->attempts++;
	if (txn->result.attempts == 1)
		return;
	c->retries++;
	++*txn->retry_cause;
	++*(txn->by_savepoint ? &c->savepoint_retries : &c->restarts);
}

void counters_end(struct txn *txn)
{
	struct txn_counters *c = &txn->counters;
	const struct txn_result *result = &txn->result;
	uint64_t *const by_outcome[] = {
		[OUTCOME_NONE] = NULL,
		[OUTCOME_COMMITTED] = &c->committed,
		[OUTCOME_REJECTED] = &c->rejected,
		[OUTCOME_FAILED] = &c->failed,
		[OUTCOME_GAVE_UP] = &c->gave_up,
		[OUTCOME_CANCELLED] = &c->cancelled,
		[OUTCOME_UNKNOWN] = &c->unknown,
	};
	c->transactions++;
	c->unstarted += result->attempts == 0;
	++*by_outcome[result->outcome];
	c->round_trips += result->round_trips;
	c->statements += result->statements;
	c->backoff_us += result->backoff_us;
	c->work_us += result->elapsed_us -
		      (result->backoff_us < result->elapsed_us ? result->backoff_us : result->elapsed_us);
}
