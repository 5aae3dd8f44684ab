/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a transaction that reads two accounts, and moves nothing. */
#include <stdlib.h>

#include "base/mem.h"
#include "load_internal.h"

struct reading_body {
	struct body body;
	const struct catalogue *catalogue;
	const char *params[2];
	bool sent;
};

static void reading_body_reset(struct body *body, bool together)
{
	(void)together;
	((struct reading_body *)body)->sent = false;
}

static enum body_say reading_body_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				       struct err *reason)
{
	(void)answers, (void)n, (void)reason;
	struct reading_body *reading = (struct reading_body *)body;
	if (reading->sent)
		return BODY_DONE;
	batch->statements[batch->n++] = catalogue_select(reading->catalogue, CAT_READ_TWO, reading->params, 2);
	batch->last = reading->sent = true;
	return BODY_SEND;
}

static const struct body_ops reading_body_ops = {.reset = reading_body_reset, .next = reading_body_next};

struct reading_body *reading_body_new(const struct catalogue *catalogue)
{
	struct reading_body *reading = NEW(struct reading_body);
	reading->body.ops = &reading_body_ops;
	reading->catalogue = catalogue;
	return reading;
}

void reading_body_set(struct reading_body *reading, const char *a, const char *b)
{
	reading->params[0] = a;
	reading->params[1] = b;
}

struct body *reading_body_body(struct reading_body *reading)
{
	return &reading->body;
}
