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
	size_t n;
	size_t sent, answered; /* ids[answered .. sent) are on their way */
};

static void erase_reset(struct body *body, bool together)
{
	(void)together;
	struct erase *erase = (struct erase *)body;
	erase->sent = erase->answered = 0;
	for (size_t i = 0; i < erase->n; i++) {
		free(erase->held[i]);
		erase->held[i] = NULL;
	}
}

/* A statement an account, so that each answer is about one id, however the server spells it. */
static enum body_say erase_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				struct err *reason)
{
	(void)reason;
	struct erase *erase = (struct erase *)body;
	for (size_t i = 0; i < n; i++) {
		const struct rows *rows = answers[i].rows;
		const char *held = rows_cell(rows, 0, 0);
		if (rows && rows->nrows > 0)
			erase->held[erase->answered + i] = mem_dup(held ? held : "NULL");
	}
	erase->answered = erase->sent;
	while (batch->n < BODY_MAX_STATEMENTS && erase->sent < erase->n)
		batch->statements[batch->n++] =
			(struct statement){.sql = erase->catalogue->sql[CAT_DELETE],
					   .verb = VERB_DELETE,
					   .nparams = 1,
					   .params = (const char *const *)&erase->ids[erase->sent++],
					   .shape = erase->catalogue->shape[CAT_DELETE]};
	return batch->n > 0 ? BODY_SEND : BODY_DONE;
}

static bool erase_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct erase *erase = (struct erase *)body;
	return say_no_such_id(erase->catalogue, erase->ids[erase->answered + index], answer, reason);
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

const char *erase_held(const struct erase *erase, size_t i)
{
	return erase->held[i];
}
