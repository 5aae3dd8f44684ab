/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what an engine does; the equations between the counters are in txn/txn.h. */
#include <stddef.h>

#include "base/mem.h"
#include "txn_internal.h"

#define COUNTER(name)                                                                                                  \
	{                                                                                                              \
#name, offsetof(struct txn_counters, name)                                                             \
	}

static const struct {
	const char *name;
	size_t at;
} counter_table[] = {
	COUNTER(transactions),     COUNTER(committed),         COUNTER(rejected),          COUNTER(failed),
	COUNTER(gave_up),          COUNTER(cancelled),         COUNTER(unknown),           COUNTER(unstarted),
	COUNTER(attempts),         COUNTER(retries),           COUNTER(savepoint_retries), COUNTER(restarts),
	COUNTER(by_serialization), COUNTER(by_deadlock),       COUNTER(by_connection),     COUNTER(by_other),
	COUNTER(ambiguous),        COUNTER(settled_committed), COUNTER(settled_aborted),   COUNTER(unsettled),
	COUNTER(round_trips),      COUNTER(statements),        COUNTER(work_us),           COUNTER(backoff_us),
	COUNTER(blocked_us),
};

_Static_assert(COUNT_OF(counter_table) == TXN_COUNTERS, "every counter has its name");

const char *txn_counter_name(size_t i)
{
	return i < COUNT_OF(counter_table) ? counter_table[i].name : NULL;
}

uint64_t *txn_counter_at(struct txn_counters *counters, size_t i)
{
	return (uint64_t *)(void *)((char *)counters + counter_table[i].at);
}

const struct txn_counters *txn_counters(const struct txn *txn)
{
	return &txn->counters;
}

void txn_blocked(struct txn *txn, uint64_t us)
{
	txn->counters.blocked_us += us;
}

void counters_cause(struct txn *txn)
{
	struct txn_counters *c = &txn->counters;
	uint64_t *const by_conflict[] = {
		[CONFLICT_NONE] = &c->by_other,
		[CONFLICT_SERIALIZATION] = &c->by_serialization,
		[CONFLICT_DEADLOCK] = &c->by_deadlock,
	};
	const struct fault *fault = &txn->attempt.fault;
	txn->retry_cause = fault->lost ? &c->by_connection : by_conflict[sqlstate_conflict(fault->sqlstate)];
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
