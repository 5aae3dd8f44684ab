/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's limits as they are unless someone says otherwise, and the exit status of each outcome. */
#include "txn/txn.h"

void txn_options_init(struct txn_options *options)
{
	*options = (struct txn_options){
		.protocol = PROTOCOL_AUTO,
		.wire = WIRE_PIPELINE,
		.max_attempts = 10,
		.max_elapsed_ms = 30000,
		.backoff_base_ms = 20,
		.backoff_cap_ms = 2000,
		.savepoint_retries = 2,
	};
}

const char *txn_isolation_name(enum txn_isolation isolation)
{
	return isolation == ISOLATION_REPEATABLE_READ ? "REPEATABLE READ" : "SERIALIZABLE";
}

enum status txn_status(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_COMMITTED:
		return ST_OK;
	case OUTCOME_REJECTED:
		return ST_REJECTED;
	case OUTCOME_FAILED:
		return ST_STATEMENT;
	case OUTCOME_GAVE_UP:
		return ST_GAVE_UP;
	case OUTCOME_CANCELLED:
		return ST_CANCELLED;
	case OUTCOME_UNKNOWN:
		return ST_UNKNOWN;
	case OUTCOME_NONE:
		break;
	}
	return ST_OWN;
}
