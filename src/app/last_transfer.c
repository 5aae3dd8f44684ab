/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last transfer that was made here, as `undo` takes it back. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/app_private.h"
#include "bank/amount.h"
#include "base/mem.h"

static void forget_last(struct last *last)
{
	free(last->id);
	free(last->source);
	free(last->destination);
	free(last->amount);
	*last = (struct last){0};
}

bool last_is_undo(const struct run *run)
{
	return run->app->private->undoing && run->arg == run->app->private->undoing;
}

void last_begin(struct app *app, const struct run *run)
{
	free(app->private->undoes);
	app->private->undoes = last_is_undo(run) ? mem_dup(app->private->undoing->args[0]) : NULL;
}

/* An undoing is not undone in its turn: repeated, that would swing the money to and fro. */
void last_ended(struct app *app, bool known)
{
	struct last *last = &app->private->last;
	const char *undoes = app->private->undoes;
	struct transfer_facts facts = transfer_facts(app->transfer.body);
	if (undoes) {
		bool mine = last->id && strcasecmp(last->id, undoes) == 0;
		last->undone |= mine && known;
		last->unsure |= mine && !known;
		return;
	}
	if (facts.again || !facts.id)
		return;
	forget_last(last);
	last->unsure = !known;
	last->id = mem_dup(facts.id);
	last->source = mem_dup(app->transfer.source);
	last->destination = mem_dup(app->transfer.destination);
	last->amount = mem_dup(amount_show(facts.amount, app->catalogue->balance_scale).text);
}
