/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a transfer: read both balances, decide, move, write the ledger. */
#include "bank/transfer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uuid/uuid.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "say.h"
#include "transfer_internal.h"

/* ---- statements ---- */

static void transfer_add(struct transfer *transfer, struct batch *batch, enum verb verb, enum catalogue_sql which,
			 unsigned nparams, const char *const *params)
{
	const char **kept = transfer->params[batch->n];
	memcpy(kept, params, nparams * sizeof *kept);
	struct statement *statement = &batch->statements[batch->n++];
	*statement = catalogue_select(transfer->catalogue, which, kept, nparams);
	statement->verb = verb;
	statement->few = true;
}

/* A transfer whose id was given may have happened already. */
static void transfer_ask(struct transfer *transfer, struct batch *batch)
{
	const char *both[] = {transfer->asked_source, transfer->asked_destination};
	const char *id[] = {transfer->id};
	transfer_add(transfer, batch, VERB_SELECT, transfer->locking ? CAT_LOCK_TWO : CAT_READ_TWO, 2, both);
	if (transfer->id_was_given && transfer->catalogue->ledger)
		transfer_add(transfer, batch, VERB_SELECT, CAT_LEDGER_FIND, 1, id);
}

/* Each write is checked by what it returns, unless a trigger may run after it. */
static bool checks_itself(const struct transfer *transfer)
{
	return transfer->catalogue->returning && !transfer->catalogue->triggers;
}

static void add_record(struct transfer *transfer, struct batch *batch)
{
	const struct catalogue *c = transfer->catalogue;
	const char *from = transfer->source, *to = transfer->destination;
	const char *now[] = {transfer->source_after.text, transfer->destination_after.text};
	const char *record[] = {transfer->id, from, to, transfer->amount.text, now[0], now[1]};
	const char *check[] = {from, to, now[0], now[1]};
	if (c->ledger && checks_itself(transfer))
		transfer_add(transfer, batch, VERB_INSERT, CAT_LEDGER_WRITTEN, LEDGER_WRITTEN, record);
	else if (c->ledger)
		transfer_add(transfer, batch, VERB_INSERT, CAT_LEDGER_CHECKED, COUNT_OF(record), record);
	else if (!checks_itself(transfer))
		transfer_add(transfer, batch, VERB_SELECT, CAT_CHECK_TWO, COUNT_OF(check), check);
	else
		return;
	transfer->record = batch->n;
}

/* In an order that is the same for every transfer of this program, whatever the server's own may be. */
static bool comes_before(const struct catalogue *catalogue, const char *a, const char *b)
{
	if (catalogue->id_is_number)
		return strtoll(a, NULL, 10) < strtoll(b, NULL, 10);
	return strcmp(a, b) < 0;
}

/* Which of the two writes has this place. */
static bool is_credit(const struct transfer *transfer, size_t index)
{
	return (index == CREDIT) != transfer->credit_first;
}

static void add_changes(struct transfer *transfer, struct batch *batch)
{
	bool checked = checks_itself(transfer);
	enum catalogue_sql take = checked ? CAT_DEBIT_CHECKED : CAT_DEBIT,
			   give = checked ? CAT_CREDIT_CHECKED : CAT_CREDIT;
	const char *debit[] = {transfer->amount.text, transfer->source, transfer->source_after.text},
		   *credit[] = {transfer->amount.text, transfer->destination, transfer->destination_after.text};
	transfer->credit_first =
		transfer->ordered && comes_before(transfer->catalogue, transfer->destination, transfer->source);
	for (size_t i = DEBIT; i <= CREDIT; i++) {
		bool in = is_credit(transfer, i);
		transfer_add(transfer, batch, VERB_UPDATE, in ? give : take, checked ? 3 : 2, in ? credit : debit);
	}
}

/* What waits for COMMIT would come after the check: it is called for. */
static void call_deferred(struct transfer *transfer, struct batch *batch)
{
	if (transfer->catalogue->deferred)
		batch->statements[batch->n++] =
			(struct statement){.sql = "SET CONSTRAINTS ALL IMMEDIATE", .verb = VERB_SET};
}

static void write(struct transfer *transfer, struct batch *batch)
{
	const struct transfer_facts *facts = &transfer->facts;
	unsigned scale = transfer->rule.scale;
	transfer->amount = amount_show(facts->amount, scale);
	transfer->source_after = amount_show(facts->source_after, scale);
	transfer->destination_after = amount_show(facts->destination_after, scale);
	transfer->record = 0;
	add_changes(transfer, batch);
	call_deferred(transfer, batch);
	add_record(transfer, batch);
	batch->last = true;
}

/* ---- what was read ---- */

static enum body_say transfer_decide(struct transfer *transfer, const struct answer *answers, size_t n,
				     struct batch *batch, struct err *reason)
{
	struct holding source = {.id = transfer->asked_source}, destination = {.id = transfer->asked_destination};
	int64_t amount;
	if (transfer_read_rows(transfer, answers[READ_TWO].rows, &source, &destination, reason))
		return BODY_REJECT;
	const struct rows *ledger = n > READ_LEDGER ? answers[READ_LEDGER].rows : NULL;
	if (ledger && ledger->nrows > 0)
		return transfer_again(transfer, ledger, &source, &destination, reason);
	if (rule_decide(&transfer->rule, &source, &destination, &amount, reason))
		return BODY_REJECT;
	transfer->facts.amount = amount;
	transfer_decided(transfer, &source, &destination, amount);
	transfer->step = STEP_WRITTEN;
	write(transfer, batch);
	return BODY_SEND;
}

/* ---- what was written ---- */

/* Where the commit travels with the writes the server has checked already, and it is too late to say no. */
static enum body_say verify(const struct transfer *transfer, const struct answer *answers, size_t n, struct err *reason)
{
	for (size_t i = DEBIT; i <= CREDIT && i < n && !transfer->together; i++) {
		if (answers[i].affected == 1)
			continue;
		err_set(reason, ST_REJECTED,
			"the update of account %s touched %" PRId64 " rows, not one: a rule or trigger "
			"of the table does not let it be changed",
			say_id(is_credit(transfer, i) ? transfer->destination : transfer->source).text,
			answers[i].affected);
		return BODY_REJECT;
	}
	return BODY_DONE;
}

/* ---- the body ---- */

static void transfer_reset(struct body *body, bool together)
{
	struct transfer *transfer = (struct transfer *)body;
	free(transfer->source);
	free(transfer->destination);
	transfer->source = transfer->destination = NULL;
	transfer->facts = (struct transfer_facts){0};
	transfer->together = together;
	transfer->attempts++;
	transfer->step = STEP_START;
}

static enum body_say transfer_start(struct transfer *transfer, struct batch *batch, struct err *reason)
{
	uuid_t uuid;
	transfer->step = STEP_READ;
	if (strcmp(transfer->asked_source, transfer->asked_destination) == 0) {
		rule_same(transfer->asked_source, reason);
		return BODY_REJECT;
	}
	if (transfer->id_was_given && uuid_parse(transfer->id, uuid) != 0) {
		err_set(reason, ST_REJECTED, "\"%s\" is not a valid transfer id: use a UUID",
			say_id(transfer->id).text);
		return BODY_REJECT;
	}
	transfer_ask(transfer, batch);
	return BODY_SEND;
}

static enum body_say transfer_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				   struct err *reason)
{
	struct transfer *transfer = (struct transfer *)body;
	switch (transfer->step) {
	case STEP_START:
		return transfer_start(transfer, batch, reason);
	case STEP_READ:
		return transfer_decide(transfer, answers, n, batch, reason);
	case STEP_WRITTEN:
		break;
	case STEP_ONESHOT:
		transfer_read_oneshot(transfer, n ? answers[0].rows : NULL);
		return BODY_DONE;
	}
	return verify(transfer, answers, n, reason);
}

/* The server does not say which of the two ids it could not read. */
static bool refused_read(const struct transfer *transfer, const struct answer *answer, struct err *reason)
{
	bool first = say_id_is_odd(transfer->catalogue, transfer->asked_source) ||
		     !say_id_is_odd(transfer->catalogue, transfer->asked_destination);
	return say_no_such_id(transfer->catalogue, first ? transfer->asked_source : transfer->asked_destination, answer,
			      reason);
}

static void say_changed(const struct transfer *transfer, struct err *reason)
{
	err_set(reason, ST_REJECTED,
		"the balances of %s and %s are not what they must be after this transfer: a rule or trigger of the "
		"table changes them",
		say_id(transfer->source).text, say_id(transfer->destination).text);
}

static bool refused_record(const struct transfer *transfer, const struct answer *answer, struct err *reason)
{
	bool ledger = transfer->catalogue->ledger, null = strcmp(answer->sqlstate, "23502") == 0,
	     zero = strcmp(answer->sqlstate, "22012") == 0, known = strcmp(answer->sqlstate, "23505") == 0,
	     swapped = ledger && strcmp(answer->sqlstate, "42703") == 0; /* undefined_column */
	if (ledger && zero)
		err_set(reason, ST_REJECTED,
			"the ledger does not hold what was written there of this transfer: a rule or trigger of %s "
			"changes "
			"it",
			say_id(transfer->catalogue->ledger_name).text);
	else if (null || zero)
		say_changed(transfer, reason);
	else if (swapped)
		err_set(reason, ST_REJECTED, "%s is not a table any more: it was replaced by something else",
			say_id(transfer->catalogue->ledger_name).text);
	else if (known)
		err_set(reason, ST_REJECTED,
			"transfer id %s is in the ledger already; ask again with it to see what it did", transfer->id);
	return null || zero || known || swapped;
}

static bool refused_update(const struct transfer *transfer, size_t index, const struct answer *answer,
			   struct err *reason)
{
	bool credit = is_credit(transfer, index);
	struct holding destination = {.id = transfer->destination, .balance = transfer->facts.destination_before};
	if (strcmp(answer->sqlstate, "23514") == 0) { /* check_violation */
		err_set(reason, ST_REJECTED, "account %s may not hold %s: %s",
			say_id(credit ? transfer->destination : transfer->source).text,
			credit ? transfer->destination_after.text : transfer->source_after.text, answer->message);
		return true;
	}
	if (checks_itself(transfer) && strcmp(answer->sqlstate, "22012") == 0) { /* division_by_zero */
		say_changed(transfer, reason);
		return true;
	}
	if (!credit || strcmp(answer->sqlstate, "22003") != 0) /* numeric_value_out_of_range */
		return false;
	rule_overflow(&transfer->rule, &destination, transfer->facts.amount, reason);
	return true;
}

static bool transfer_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct transfer *transfer = (struct transfer *)body;
	if (transfer->step == STEP_READ)
		return index == READ_TWO && refused_read(transfer, answer, reason);
	if (index + 1 == transfer->record)
		return refused_record(transfer, answer, reason);
	return index <= CREDIT && refused_update(transfer, index, answer, reason);
}

/* One statement; what the rules refuse comes back as an error of the server, and next() is asked for the reason. */
static bool oneshot(struct body *body, struct batch *batch)
{
	struct transfer *transfer = (struct transfer *)body;
	const struct catalogue *c = transfer->catalogue;
	const char *params[LEDGER_WRITTEN] = {transfer->asked_source, transfer->asked_destination};
	unsigned n = 2;
	if (transfer->rule.rule == TRANSFER_AMOUNT && transfer->rule.amount <= 0)
		return false; /* nothing to move: next() says so */
	if (c->triggers)
		return false; /* one that runs after the statement is seen only by the next one */
	transfer->amount = amount_show(transfer->rule.amount, transfer->rule.scale);
	if (c->ledger)
		params[n++] = transfer->id;
	if (transfer->rule.rule == TRANSFER_AMOUNT)
		params[n++] = transfer->amount.text;
	transfer->step = STEP_ONESHOT;
	batch->alone = transfer->alone && c->sql[CAT_ALONE + transfer->rule.rule];
	transfer_add(transfer, batch, VERB_UPDATE, (batch->alone ? CAT_ALONE : CAT_ONESHOT) + transfer->rule.rule, n,
		     params);
	return true;
}

/* An id that was given may be another transfer's: then the ledger's row with it says nothing of this one. */
static bool transfer_ledger_probe(struct body *body, struct ledger_probe *probe)
{
	struct transfer *transfer = (struct transfer *)body;
	if (!transfer->catalogue->ledger)
		return false;
	const struct catalogue *c = transfer->catalogue;
	const char *values[] = {transfer->id, transfer_source(transfer), transfer_destination(transfer),
				transfer->facts.decided ? transfer->amount.text : "0"};
	bool amount = transfer->rule.rule == TRANSFER_AMOUNT, given = transfer->id_was_given;
	memcpy(transfer->probe, values, sizeof values);
	memcpy(transfer->same, values, sizeof values);
	transfer->asked_amount = amount_show(transfer->rule.amount, transfer->rule.scale);
	transfer->same[3] = amount ? transfer->asked_amount.text : NULL;
	probe->write = (struct statement){.sql = c->sql[CAT_LEDGER_PROBE],
					  .verb = VERB_INSERT,
					  .nparams = LEDGER_WRITTEN,
					  .params = transfer->probe};
	probe->find = catalogue_select(c, given ? CAT_LEDGER_SAME : CAT_LEDGER_FIND, transfer->same,
				       given ? LEDGER_WRITTEN : 1);
	return true;
}

static void found(struct body *body, const struct rows *row)
{
	transfer_found((struct transfer *)body, row);
}

static const struct body_ops ops = {.reset = transfer_reset,
				    .next = transfer_next,
				    .refused = transfer_refused,
				    .oneshot = oneshot,
				    .ledger_probe = transfer_ledger_probe,
				    .found = found};

struct transfer *transfer_new(const struct catalogue *catalogue, const struct transfer_spec *spec)
{
	size_t from = strlen(spec->source) + 1, to = strlen(spec->destination) + 1;
	struct transfer *transfer = mem_new(sizeof *transfer + from + to); /* one block, with what was asked for */
	transfer->body.ops = &ops;
	transfer->catalogue = catalogue;
	transfer->asked_source = memcpy(transfer + 1, spec->source, from);
	transfer->asked_destination = memcpy(transfer->asked_source + from, spec->destination, to);
	transfer->rule = rule_of(catalogue, spec);
	transfer->id_was_given = spec->id && !spec->fresh;
	transfer->locking = spec->locking;
	transfer->ordered = spec->ordered;
	transfer->alone = spec->alone;
	if (spec->id)
		memcpy(transfer->id, spec->id, strnlen(spec->id, sizeof transfer->id - 1));
	else
		uuid_draw(transfer->id);
	return transfer;
}

void transfer_free(struct transfer *transfer)
{
	if (!transfer)
		return;
	free(transfer->source);
	free(transfer->destination);
	free(transfer);
}

struct body *transfer_body(struct transfer *transfer)
{
	return &transfer->body;
}

struct transfer_facts transfer_facts(const struct transfer *transfer)
{
	struct transfer_facts facts = transfer->facts;
	facts.id = transfer->id;
	return facts;
}

const char *transfer_source(const struct transfer *transfer)
{
	return transfer->source ? transfer->source : transfer->asked_source;
}

const char *transfer_destination(const struct transfer *transfer)
{
	return transfer->destination ? transfer->destination : transfer->asked_destination;
}
