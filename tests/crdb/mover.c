/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A body that moves half of account 1 of the stand-in to account 2, and writes what it read less the half, so that a
 * lost update shows. */
#include "tests/crdb/mover.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/crdb/standin.h"

static void mover_reset(struct body *body, bool together)
{
	struct mover *mover = (struct mover *)body;
	(void)together;
	mover->resets++;
}

static void add_statement(struct batch *batch, const char *sql, enum verb verb, unsigned n, const char *const *params)
{
	batch->statements[batch->n++] = (struct statement){.sql = sql, .verb = verb, .nparams = n, .params = params};
}

static void ask_balances(struct mover *mover, struct batch *batch)
{
	mover->reading[0][0] = "1";
	mover->reading[1][0] = "2";
	for (int i = 0; i < 2; i++)
		add_statement(batch, STANDIN_READ, VERB_SELECT, 1, mover->reading[i]);
}

static void add_ledger(struct mover *mover, struct batch *batch)
{
	mover->id[0] = mover->run;
	if (mover->ledger)
		add_statement(batch, STANDIN_LEDGER, VERB_INSERT, 1, mover->id);
}

static bool write_balances(struct mover *mover, const struct answer *answers, struct batch *batch)
{
	long have[2];
	for (int i = 0; i < 2; i++)
		have[i] = atol(rows_cell(answers[i].rows, 0, 0));
	mover->reads++;
	mover->seen = have[0];
	mover->half = have[0] / 2;
	if (mover->half == 0)
		return false;
	for (int i = 0; i < 2; i++) {
		snprintf(mover->values[i], sizeof mover->values[i], "%ld", have[i] + (i ? mover->half : -mover->half));
		mover->writing[i][0] = i ? "2" : "1";
		mover->writing[i][1] = mover->values[i];
	}
	if (mover->extra)
		add_statement(batch, mover->extra, VERB_OTHER, 0, NULL);
	for (int i = 0; i < 2; i++)
		add_statement(batch, STANDIN_WRITE, VERB_UPDATE, 2, mover->writing[i]);
	add_ledger(mover, batch);
	return batch->last = true;
}

static bool mover_oneshot(struct body *body, struct batch *batch)
{
	struct mover *mover = (struct mover *)body;
	mover->moving[0] = "1";
	mover->moving[1] = "2";
	mover->half = 0; /* decided by the server */
	add_statement(batch, STANDIN_MOVE, VERB_UPDATE, 2, mover->moving);
	add_ledger(mover, batch);
	return true;
}

static enum body_say mover_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				struct err *reason)
{
	struct mover *mover = (struct mover *)body;
	if (n > 0 && !answers[0].rows)
		return BODY_DONE;
	if (mover->blind)
		batch->last = mover_oneshot(body, batch);
	else if (n == 0)
		ask_balances(mover, batch);
	else if (!write_balances(mover, answers, batch)) {
		err_set(reason, ST_REJECTED, "there is nothing to move");
		return BODY_REJECT;
	}
	return BODY_SEND;
}

static bool mover_ledger_probe(struct body *body, struct ledger_probe *probe)
{
	struct mover *mover = (struct mover *)body;
	mover->id[0] = mover->run;
	probe->write = (struct statement){.sql = STANDIN_PROBE, .verb = VERB_INSERT, .nparams = 1, .params = mover->id};
	probe->find = (struct statement){.sql = STANDIN_FIND, .verb = VERB_SELECT, .nparams = 1, .params = mover->id};
	return mover->ledger;
}

const struct body_ops mover_ops = {mover_reset, mover_next, NULL, mover_oneshot, mover_ledger_probe, NULL};
