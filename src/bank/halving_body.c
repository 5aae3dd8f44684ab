/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's second transaction: half of one balance to another account, the first written back, the second added to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "bank/tutorial.h"
#include "base/mem.h"
#include "say.h"

enum { BALANCE = 1 }; /* column of the read */

struct halving {
	struct body body;
	const struct tutorial_sql *sql;
	const char *source, *destination;

	/* Of the attempt. */
	enum { READ, WRITE, CHECK } step;
	struct amount_text amount, rest;
	const char *read[1], *debit[2], *credit[2];
};

static void halving_body_reset(struct body *body, bool together)
{
	(void)together;
	struct halving *halving = (struct halving *)body;
	halving->step = READ;
}

static enum status halving_body_decide(struct halving *halving, const struct rows *rows, struct err *err)
{
	struct said source = say_id(halving->source);
	int64_t balance;
	if (!rows || rows->nrows != 1)
		return err_set(err, ST_REJECTED, "there is no account %s any more", source.text);
	const char *text = rows_cell(rows, 0, BALANCE);
	if (!text)
		return err_set(err, ST_REJECTED, "the balance of account %s is NULL", source.text);
	unsigned scale = amount_decimals(text);
	if (amount_parse(text, scale, &balance))
		return err_set(err, ST_REJECTED, "the balance of account %s is %s, which cannot be counted",
			       source.text, say_id(text).text);
	if (balance < 2)
		return err_set(err, ST_REJECTED, "account %s has %s: there is nothing to halve", source.text,
			       say_id(text).text);
	halving->amount = amount_show(amount_half(balance), scale);
	halving->rest = amount_show(balance - amount_half(balance), scale);
	return ST_OK;
}

static enum body_say halving_body_check(const struct halving *halving, const struct answer *answers, size_t n,
					struct err *reason)
{
	for (size_t i = 0; i < n; i++) {
		if (answers[i].affected == 1)
			continue;
		const char *id = i == 0 ? halving->source : halving->destination;
		err_set(reason, ST_REJECTED, "the update of account %s touched %" PRId64 " rows, not one",
			say_id(id).text, answers[i].affected);
		return BODY_REJECT;
	}
	return BODY_DONE;
}

static void halving_body_add(const struct halving *halving, struct batch *batch, const char *sql, enum verb verb,
			     const char *const *params, unsigned nparams)
{
	struct statement *statement = &batch->statements[batch->n++];
	*statement = (struct statement){.sql = sql, .verb = verb, .nparams = nparams, .params = params};
	tutorial_sql_bind(halving->sql, statement);
}

static enum body_say halving_body_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				       struct err *reason)
{
	struct halving *halving = (struct halving *)body;
	switch (halving->step) {
	case READ:
		halving_body_add(halving, batch, halving->sql->read, VERB_SELECT, halving->read, 1);
		batch->statements[batch->n - 1].shape = (struct shape){.columns = BALANCE + 1};
		halving->step = WRITE;
		return BODY_SEND;
	case WRITE:
		if (halving_body_decide(halving, answers[0].rows, reason))
			return BODY_REJECT;
		halving_body_add(halving, batch, halving->sql->debit, VERB_UPDATE, halving->debit, 2);
		halving_body_add(halving, batch, halving->sql->credit, VERB_UPDATE, halving->credit, 2);
		halving->step = CHECK;
		return BODY_SEND;
	case CHECK:
		return halving_body_check(halving, answers, n, reason);
	}
	return BODY_DONE;
}

/* The destination can hold no more. */
static bool halving_body_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct halving *halving = (struct halving *)body;
	(void)index;
	if (halving->step != CHECK || strcmp(answer->sqlstate, "22003") != 0)
		return false;
	err_set(reason, ST_REJECTED, "account %s cannot hold %s more", say_id(halving->destination).text,
		halving->amount.text);
	return true;
}

static const struct body_ops ops = {
	.reset = halving_body_reset, .next = halving_body_next, .refused = halving_body_refused};

struct halving *halving_new(const struct tutorial_sql *sql, const char *source, const char *destination)
{
	struct halving *halving = NEW(struct halving);
	*halving = (struct halving){.body.ops = &ops,
				    .sql = sql,
				    .source = source,
				    .destination = destination,
				    .read = {source},
				    .debit = {halving->rest.text, source},
				    .credit = {halving->amount.text, destination}};
	return halving;
}

void halving_free(struct halving *halving)
{
	free(halving);
}

struct body *halving_body(struct halving *halving)
{
	return &halving->body;
}

const char *halving_amount(const struct halving *halving)
{
	return halving->amount.text;
}
