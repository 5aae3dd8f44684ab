/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of a transfer as a record, for programs. */
#include "bank/amount.h"
#include "event/show.h"
#include "verb_internal.h"

static void add_amount(struct record *record, const struct app *app, const char *name, bool known, int64_t units)
{
	record_add(record, name, known ? amount_show(units, app->catalogue->balance_scale).text : NULL);
}

void transfer_record(struct app *app)
{
	const struct app_transfer *transfer = &app->transfer;
	const struct txn_result *result = &transfer->result;
	struct transfer_facts facts = transfer_facts(transfer->body);
	bool dry = transfer_run_was_dry(app);
	bool moved = facts.decided && (dry || result->outcome == OUTCOME_COMMITTED);
	bool recorded = facts.recorded && result->outcome == OUTCOME_COMMITTED;
	struct record record = {0};
	struct err err = {0};
	record_add(&record, "id", app->catalogue->ledger && !dry ? facts.id : NULL);
	record_add(&record, "outcome", dry ? "DRY RUN" : show_outcome(result->outcome));
	record_add(&record, "before", facts.again ? "true" : "false");
	record_add(&record, "source", transfer->source);
	record_add(&record, "destination", transfer->destination);
	add_amount(&record, app, "amount", moved || recorded, facts.amount);
	add_amount(&record, app, "source_balance", moved, facts.source_after);
	add_amount(&record, app, "destination_balance", moved, facts.destination_after);
	record_number(&record, "attempts", result->attempts);
	record_add(&record, "sqlstate", result->sqlstate[0] ? result->sqlstate : NULL);
	record_add(&record, "reason", result->reason.text[0] ? result->reason.text : NULL);
	record_add(&record, "durability",
		   result->outcome != OUTCOME_COMMITTED ? NULL
		   : result->warning[0]                 ? "unconfirmed"
							: durability_name(result->durability));
	if (record_write(&record, transfer->run, &err) && err.text[0])
		app_say(app, err.status, "%s", err.text);
}
