/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several bodies in one transaction, one after another. */
#include "txn/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct chain {
	struct body body;
	struct body **bodies;
	size_t n, at; /* bodies[at] is the one whose turn it is */
	bool ending;  /* the batch on its way is the last of bodies[at] */
};

static void reset(struct body *body, bool together)
{
	struct chain *chain = (struct chain *)body;
	chain->at = 0;
	chain->ending = false;
	/* Only the last one's last statements can travel with the commit; the others see their answers first. */
	for (size_t i = 0; i < chain->n; i++)
		chain->bodies[i]->ops->reset(chain->bodies[i], together && i + 1 == chain->n);
}

static enum body_say ask(struct chain *chain, const struct answer *answers, size_t n, struct batch *batch,
			 struct err *reason)
{
	struct body *body = chain->bodies[chain->at];
	*batch = (struct batch){0};
	return body->ops->next(body, answers, n, batch, reason);
}

/* A body that is done, or whose last answers it has seen, gives way to the next one. */
static enum body_say next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			  struct err *reason)
{
	struct chain *chain = (struct chain *)body;
	enum body_say say = ask(chain, answers, n, batch, reason);
	while (say != BODY_REJECT && (say == BODY_DONE || chain->ending) && chain->at + 1 < chain->n) {
		chain->at++;
		chain->ending = false;
		say = ask(chain, NULL, 0, batch, reason);
	}
	chain->ending = batch->last;
	if (chain->at + 1 < chain->n)
		batch->last = false;
	return say;
}

static bool refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct chain *chain = (struct chain *)body;
	struct body *current = chain->bodies[chain->at];
	return current->ops->refused && current->ops->refused(current, index, answer, reason);
}

static bool fence(struct body *body, struct fence *fence)
{
	struct chain *chain = (struct chain *)body;
	for (size_t i = chain->n; i-- > 0;)
		if (chain->bodies[i]->ops->fence && chain->bodies[i]->ops->fence(chain->bodies[i], fence))
			return true;
	return false;
}

static const struct body_ops ops = {.reset = reset, .next = next, .refused = refused, .fence = fence};

struct chain *chain_new(struct body *const *bodies, size_t n)
{
	struct chain *chain = NEW(struct chain);
	chain->body.ops = &ops;
	chain->bodies = mem_array(n, sizeof(struct body *));
	memcpy(chain->bodies, bodies, n * sizeof(struct body *));
	chain->n = n;
	return chain;
}

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	free(chain->bodies);
	free(chain);
}

struct body *chain_body(struct chain *chain)
{
	return &chain->body;
}
