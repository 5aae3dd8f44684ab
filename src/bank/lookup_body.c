/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that looks a transfer up in the ledger, by its id, and knows for certain when it cannot come there any more. */
#include "bank/lookup_body.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "say.h"

enum { ASKED_MAX = 2 };

struct lookup {
	struct body body;
	const struct catalogue *catalogue;
	char *id;
	char *found[FOUND_COLUMNS];
	const char *params[4];
	enum { STEP_START, STEP_FIND, STEP_PROBE, STEP_OTHERS } step;
	unsigned asked; /* how often, in this attempt */
	bool swallowed, open;
	const char *others_sql;
};

static void lookup_forget(struct lookup *lookup)
{
	for (size_t i = 0; i < FOUND_COLUMNS; i++) {
		free(lookup->found[i]);
		lookup->found[i] = NULL;
	}
}

static void lookup_reset(struct body *body, bool together)
{
	(void)together;
	struct lookup *lookup = (struct lookup *)body;
	lookup->step = STEP_START;
	lookup->asked = 0;
	lookup->swallowed = lookup->open = false;
	lookup_forget(lookup);
}

static const char *lookup_text_of(const struct rows *rows)
{
	const char *cell = rows_cell(rows, 0, 0);
	return cell ? cell : "0";
}

static enum body_say lookup_ask(struct lookup *lookup, struct batch *batch)
{
	lookup->step = STEP_FIND;
	lookup->asked++;
	lookup->params[0] = lookup->id;
	batch->statements[batch->n++] = catalogue_select(lookup->catalogue, CAT_LEDGER_FIND, lookup->params, 1);
	return BODY_SEND;
}

static void lookup_keep(struct lookup *lookup, const struct rows *rows)
{
	for (size_t i = 0; i < FOUND_COLUMNS; i++) {
		const char *cell = rows_cell(rows, 0, i);
		lookup->found[i] = cell ? mem_dup(cell) : NULL;
	}
}

/* Accounts that the columns can hold, whatever their type; the row is never committed. */
static enum body_say write_id(struct lookup *lookup, struct batch *batch)
{
	const char *account = lookup->catalogue->id_is_number ? "0" : lookup->id;
	lookup->step = STEP_PROBE;
	lookup->params[1] = lookup->params[2] = account;
	lookup->params[3] = "0";
	batch->statements[batch->n++] = (struct statement){.sql = lookup->catalogue->sql[CAT_LEDGER_PROBE],
							   .verb = VERB_INSERT,
							   .nparams = COUNT_OF(lookup->params),
							   .params = lookup->params};
	return BODY_SEND;
}

/* Neither is it there nor can it be written, whatever the reason: nothing follows from that. */
static enum body_say swallow(struct lookup *lookup, struct err *reason)
{
	lookup->swallowed = true;
	err_set(reason, ST_REJECTED,
		"transfer %s cannot be settled: it is not in %s, and what is written there does not arrive; a rule or "
		"trigger of it swallows or changes it",
		lookup->id, say_id(lookup->catalogue->ledger_name).text);
	return BODY_REJECT;
}

/* Whoever sent it may not have been heard by the server yet. */
static enum body_say ask_others(struct lookup *lookup, struct batch *batch)
{
	lookup->step = STEP_OTHERS;
	batch->statements[batch->n++] = (struct statement){
		.sql = lookup->others_sql, .verb = VERB_SELECT, .shape = {.columns = 1, .one_row = true}};
	return BODY_SEND;
}

static enum body_say lookup_refuse(struct lookup *lookup, long others, struct err *reason)
{
	lookup->open = others > 0;
	if (others > 0)
		err_set(reason, ST_REJECTED,
			"it is not in the ledger, but %ld other %s of teller may still bring it there; the same "
			"transfer with "
			"--id %s moves the money once at most",
			others, text_plural((size_t)others, "session", "sessions"), lookup->id);
	else
		err_set(reason, ST_REJECTED, "transfer %s did not commit; nothing was moved", lookup->id);
	return BODY_REJECT;
}

static enum body_say lookup_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				 struct err *reason)
{
	struct lookup *lookup = (struct lookup *)body;
	if (n == 0)
		return lookup_ask(lookup, batch);
	if (lookup->step == STEP_FIND && answers[0].rows && answers[0].rows->nrows > 0) {
		lookup_keep(lookup, answers[0].rows);
		return BODY_DONE;
	}
	if (lookup->step == STEP_FIND)
		return write_id(lookup, batch);
	if (lookup->step == STEP_OTHERS)
		return lookup_refuse(lookup, strtol(lookup_text_of(answers[0].rows), NULL, 10), reason);
	if (answers[0].affected == 0 && lookup->asked < ASKED_MAX) /* it came between the two statements: ask again */
		return lookup_ask(lookup, batch);
	if (answers[0].affected == 0)
		return swallow(lookup, reason);
	return lookup->others_sql ? ask_others(lookup, batch) : lookup_refuse(lookup, 0, reason);
}

static const struct body_ops ops = {.reset = lookup_reset, .next = lookup_next};

struct lookup *lookup_new(const struct catalogue *catalogue, const char *id, const char *others_sql)
{
	struct lookup *lookup = NEW(struct lookup);
	lookup->body.ops = &ops;
	lookup->catalogue = catalogue;
	lookup->id = mem_dup(id);
	lookup->others_sql = others_sql;
	return lookup;
}

void lookup_free(struct lookup *lookup)
{
	if (!lookup)
		return;
	lookup_forget(lookup);
	free(lookup->id);
	free(lookup);
}

struct body *lookup_body(struct lookup *lookup)
{
	return &lookup->body;
}

struct lookup_facts lookup_facts(const struct lookup *lookup)
{
	return (struct lookup_facts){lookup->id,
				     lookup->found[FOUND_SOURCE],
				     lookup->found[FOUND_DESTINATION],
				     lookup->found[FOUND_AMOUNT],
				     lookup->swallowed,
				     lookup->open};
}
