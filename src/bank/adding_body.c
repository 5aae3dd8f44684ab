/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's first transaction: accounts with random ids and balances, one INSERT each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/tutorial.h"
#include "base/mem.h"
#include "draw.h"

enum { DRAWS = 100000 }; /* for one id; more means that there are hardly any left */

struct adding {
	struct body body;
	const struct catalogue *catalogue;
	const struct tutorial_sql *sql;
	unsigned n;
	struct account_cells {
		char id[DRAW_SIZE], balance[DRAW_SIZE];
	} * accounts;
	bool collided;

	/* Of the attempt. */
	unsigned sent, answered;
	const char *params[BODY_MAX_STATEMENTS][2];
};

static void adding_body_reset(struct body *body, bool together)
{
	(void)together;
	struct adding *adding = (struct adding *)body;
	adding->sent = adding->answered = 0;
	adding->collided = false;
}

static enum body_say adding_body_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				      struct err *reason)
{
	struct adding *adding = (struct adding *)body;
	for (size_t i = 0; i < n; i++, adding->answered++) {
		if (answers[i].affected == 1)
			continue;
		err_set(reason, ST_REJECTED, "account %s was not added: a trigger or a rule of %s keeps it out",
			adding->accounts[adding->answered].id, adding->catalogue->name);
		return BODY_REJECT;
	}
	if (adding->sent == adding->n)
		return BODY_DONE;
	for (; adding->sent < adding->n && batch->n < BODY_MAX_STATEMENTS; adding->sent++) {
		const char **params = adding->params[batch->n];
		params[0] = adding->accounts[adding->sent].id;
		params[1] = adding->accounts[adding->sent].balance;
		struct statement *statement = &batch->statements[batch->n++];
		*statement = (struct statement){
			.sql = adding->sql->insert, .verb = VERB_INSERT, .nparams = 2, .params = params};
		tutorial_sql_bind(adding->sql, statement);
	}
	return BODY_SEND;
}

/* Another session took one of the ids since they were read. */
static bool adding_body_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct adding *adding = (struct adding *)body;
	if (strcmp(answer->sqlstate, "23505") != 0)
		return false;
	adding->collided = true;
	err_set(reason, ST_REJECTED, "id %s was taken meanwhile", adding->accounts[adding->answered + index].id);
	return true;
}

static const struct body_ops ops = {
	.reset = adding_body_reset, .next = adding_body_next, .refused = adding_body_refused};

static enum status draw_all(struct adding *adding, struct ids *ids, struct rng *rng, struct err *err)
{
	for (unsigned i = 0; i < adding->n; i++) {
		struct account_cells *account = &adding->accounts[i];
		unsigned draws = 0;
		do {
			if (draws++ == DRAWS)
				return err_set(err, ST_REJECTED,
					       "no free id was found for account %u of %u: nearly all that %s can "
					       "hold are taken",
					       i + 1, adding->n, adding->catalogue->name);
			draw_id(account->id, adding->catalogue, rng);
		} while (!ids_add(ids, account->id));
		draw_balance(account->balance, adding->catalogue, rng);
	}
	return ST_OK;
}

struct adding *adding_new(const struct catalogue *catalogue, const struct tutorial_sql *sql, struct ids *ids,
			  unsigned n, struct rng *rng, struct err *err)
{
	struct adding *adding = NEW(struct adding);
	*adding = (struct adding){.body.ops = &ops, .catalogue = catalogue, .sql = sql, .n = n};
	adding->accounts = mem_array(n, sizeof *adding->accounts);
	if (draw_all(adding, ids, rng, err)) {
		adding_free(adding);
		return NULL;
	}
	return adding;
}

void adding_free(struct adding *adding)
{
	if (!adding)
		return;
	free(adding->accounts);
	free(adding);
}

struct body *adding_body(struct adding *adding)
{
	return &adding->body;
}

bool adding_collided(const struct adding *adding)
{
	return adding->collided;
}
