/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of the rival's move: find a third account, then a transfer like any other. */
#include "unit_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "transfer_internal.h"

struct unit {
	struct body body;
	const struct catalogue *catalogue;
	char *source, *destination;
	char id[TRANSFER_ID_SIZE];
	void (*moves)(void *arg);
	void *arg;

	/* Of the attempt. */
	bool together;
	bool asked; /* for a third account */
	char *third;
	struct transfer *transfer; /* NULL until it is known */
	const char *params[2];
};

static void unit_forget(struct unit *unit)
{
	transfer_free(unit->transfer);
	free(unit->third);
	unit->transfer = NULL;
	unit->third = NULL;
	unit->asked = false;
}

static void unit_reset(struct body *body, bool together)
{
	struct unit *unit = (struct unit *)body;
	unit_forget(unit);
	unit->together = together;
}

static enum body_say unit_ask(struct unit *unit, struct batch *batch)
{
	unit->asked = true;
	unit->params[0] = unit->source;
	unit->params[1] = unit->destination;
	batch->statements[batch->n++] = catalogue_select(unit->catalogue, CAT_THIRD, unit->params, 2);
	return BODY_SEND;
}

/* From here on the transfer is asked. */
static bool find(struct unit *unit, const struct rows *rows, struct err *reason)
{
	const char *third = rows_cell(rows, 0, 0);
	if (!third) {
		err_set(reason, ST_REJECTED, "there is no third account to move a unit to");
		return false;
	}
	unit->third = mem_dup(third);
	struct transfer_spec spec = {
		.source = unit->source, .destination = unit->third, .rule = TRANSFER_AMOUNT, .amount = 1};
	unit->transfer = transfer_new(unit->catalogue, &spec);
	memcpy(unit->transfer->id, unit->id,
	       sizeof unit->id); /* of every attempt, so that only one of them can happen */
	struct body *body = transfer_body(unit->transfer);
	body->ops->reset(body, unit->together);
	return true;
}

static enum body_say unit_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			       struct err *reason)
{
	struct unit *unit = (struct unit *)body;
	if (!unit->asked)
		return unit_ask(unit, batch);
	if (!unit->transfer) {
		if (!find(unit, answers[0].rows, reason))
			return BODY_REJECT;
		n = 0;
	}
	struct body *transfer = transfer_body(unit->transfer);
	enum body_say say = transfer->ops->next(transfer, answers, n, batch, reason);
	if (say == BODY_SEND && batch->last && unit->moves) {
		unit->moves(unit->arg);
		unit->moves = NULL;
	}
	return say;
}

static bool unit_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct unit *unit = (struct unit *)body;
	if (!unit->transfer)
		return false;
	struct body *transfer = transfer_body(unit->transfer);
	return transfer->ops->refused(transfer, index, answer, reason);
}

/* Asked before the third account is known only to learn whether there is a ledger. */
static bool unit_ledger_probe(struct body *body, struct ledger_probe *probe)
{
	struct unit *unit = (struct unit *)body;
	if (!unit->transfer) {
		*probe = (struct ledger_probe){
			.write = {.sql = unit->catalogue->sql[CAT_LEDGER_PROBE], .verb = VERB_INSERT},
			.find = catalogue_select(unit->catalogue, CAT_LEDGER_FIND, NULL, 0)};
		return unit->catalogue->ledger;
	}
	struct body *transfer = transfer_body(unit->transfer);
	return transfer->ops->ledger_probe(transfer, probe);
}

static void unit_found(struct body *body, const struct rows *row)
{
	struct unit *unit = (struct unit *)body;
	if (unit->transfer)
		transfer_found(unit->transfer, row);
}

static const struct body_ops ops = {.reset = unit_reset,
				    .next = unit_next,
				    .refused = unit_refused,
				    .ledger_probe = unit_ledger_probe,
				    .found = unit_found};

struct unit *unit_new(const struct catalogue *catalogue, const char *source, const char *destination,
		      void (*moves)(void *arg), void *arg)
{
	struct unit *unit = NEW(struct unit);
	*unit = (struct unit){.body = {&ops}, .catalogue = catalogue, .moves = moves, .arg = arg};
	unit->source = mem_dup(source);
	unit->destination = mem_dup(destination);
	uuid_draw(unit->id);
	return unit;
}

void unit_free(struct unit *unit)
{
	if (!unit)
		return;
	unit_forget(unit);
	free(unit->source);
	free(unit->destination);
	free(unit);
}

struct body *unit_body(struct unit *unit)
{
	return &unit->body;
}

const char *unit_third(const struct unit *unit)
{
	return unit->third ? unit->third : "";
}

const char *unit_id(const struct unit *unit)
{
	return unit->id;
}
