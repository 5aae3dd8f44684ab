/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that deletes accounts by their ids, all of them in one transaction, and knows which were there. */
#include "bank/erase_body.h"

#include <stdlib.h>

#include "base/mem.h"
#include "say.h"

struct erase {
	struct body body;
	const struct catalogue *catalogue;
	char **ids;
	char **held; /* of the attempt */
	bool *kept;
	size_t n;
	size_t which[BODY_MAX_STATEMENTS], sent, asked; /* the ids of the latest batch; so many were sent in all */
};

static void erase_reset(struct body *body, bool together)
{
	(void)together;
	struct erase *erase = (struct erase *)body;
	erase->sent = erase->asked = 0;
	for (size_t i = 0; i < erase->n; i++) {
		free(erase->held[i]);
		erase->held[i] = NULL;
		erase->kept[i] = false;
	}
}

/* A statement an account, so that each answer is about one id, however the server spells it. */
static void erase_add(struct erase *erase, struct batch *batch, enum catalogue_sql which, size_t i)
{
	erase->which[batch->n] = i;
	struct statement *statement = &batch->statements[batch->n++];
	*statement = catalogue_select(erase->catalogue, which, (const char *const *)&erase->ids[i], 1);
	if (which == CAT_DELETE)
		statement->verb = VERB_DELETE;
}

static void erase_take(struct erase *erase, const struct answer *answers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rows *rows = answers[i].rows;
		const char *balance = rows_cell(rows, 0, erase->asked ? ACCOUNT_BALANCE : 0);
		if (!rows || rows->nrows == 0)
			continue;
		if (erase->asked)
			erase->kept[erase->which[i]] = true;
		else
			erase->held[erase->which[i]] = mem_dup(balance ? balance : "NULL");
	}
}

/* Those that were not deleted are asked for behind all others. */
static enum body_say erase_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				struct err *reason)
{
	(void)reason;
	struct erase *erase = (struct erase *)body;
	erase_take(erase, answers, n);
	for (; batch->n < BODY_MAX_STATEMENTS && erase->sent < erase->n; erase->sent++)
		erase_add(erase, batch, CAT_DELETE, erase->sent);
	if (batch->n > 0)
		return BODY_SEND;
	for (; batch->n < BODY_MAX_STATEMENTS && erase->asked < erase->n; erase->asked++)
		if (!erase->held[erase->asked])
			erase_add(erase, batch, CAT_ONE, erase->asked);
	return batch->n > 0 ? BODY_SEND : BODY_DONE;
}

static bool erase_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct erase *erase = (struct erase *)body;
	return say_no_such_id(erase->catalogue, erase->ids[erase->which[index]], answer, reason);
}

static const struct body_ops ops = {.reset = erase_reset, .next = erase_next, .refused = erase_refused};

struct erase *erase_new(const struct catalogue *catalogue, const char *const *ids, size_t n)
{
	struct erase *erase = NEW(struct erase);
	erase->body.ops = &ops;
	erase->catalogue = catalogue;
	erase->n = n;
	erase->ids = mem_array(n, sizeof *erase->ids);
	erase->held = mem_array(n, sizeof *erase->held);
	erase->kept = mem_array(n, sizeof *erase->kept);
	for (size_t i = 0; i < n; i++)
		erase->ids[i] = mem_dup(ids[i]);
	return erase;
}

void erase_free(struct erase *erase)
{
	if (!erase)
		return;
	for (size_t i = 0; i < erase->n; i++) {
		free(erase->ids[i]);
		free(erase->held[i]);
	}
	free(erase->ids);
	free(erase->held);
	free(erase->kept);
	free(erase);
}

struct body *erase_body(struct erase *erase)
{
	return &erase->body;
}

size_t erase_count(const struct erase *erase)
{
	return erase->n;
}

const char *erase_id(const struct erase *erase, size_t i)
{
	return erase->ids[i];
}

bool erase_kept(const struct erase *erase, size_t i)
{
	return erase->kept[i];
}

const char *erase_held(const struct erase *erase, size_t i)
{
	return erase->held[i];
}
