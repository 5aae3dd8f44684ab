/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dry run: a body that reads and decides as it would, and is held before its first write. */
#include "txn/dry.h"

#include <stdlib.h>

#include "base/mem.h"
#include "event/show.h"

struct dry {
	struct body body;
	struct body *inner;
	struct buf held;
};

static void dry_reset(struct body *body, bool together)
{
	struct dry *dry = (struct dry *)body;
	buf_clear(&dry->held);
	dry->inner->ops->reset(dry->inner, together);
}

static bool only_reads(const struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->statements[i].verb != VERB_SELECT)
			return false;
	return !batch->last;
}

/* With its parameters, in the form that events have them. */
static void dry_keep(struct dry *dry, const struct statement *statement)
{
	struct buf params = {0};
	statement_show_params(&params, statement);
	show_statement(&dry->held, statement->sql, buf_text(&params));
	buf_char(&dry->held, '\n');
	buf_free(&params);
}

static enum body_say dry_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			      struct err *reason)
{
	struct dry *dry = (struct dry *)body;
	enum body_say say = dry->inner->ops->next(dry->inner, answers, n, batch, reason);
	if (say != BODY_SEND || only_reads(batch))
		return say;
	for (size_t i = 0; i < batch->n; i++)
		dry_keep(dry, &batch->statements[i]);
	err_set(reason, ST_REJECTED, "a dry run: nothing was written");
	return BODY_REJECT;
}

static bool dry_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct dry *dry = (struct dry *)body;
	return dry->inner->ops->refused && dry->inner->ops->refused(dry->inner, index, answer, reason);
}

/* Nothing is written, so no commit can be lost that would have to be looked up. */
static const struct body_ops ops = {.reset = dry_reset, .next = dry_next, .refused = dry_refused};

struct dry *dry_new(struct body *body)
{
	struct dry *dry = NEW(struct dry);
	dry->body.ops = &ops;
	dry->inner = body;
	return dry;
}

void dry_free(struct dry *dry)
{
	if (!dry)
		return;
	buf_free(&dry->held);
	free(dry);
}

struct body *dry_body(struct dry *dry)
{
	return &dry->body;
}

const char *dry_held(const struct dry *dry)
{
	return dry->held.len ? dry->held.p : NULL;
}
