/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transaction of a worker: its accounts are drawn, and its body is made. */
#include <stdlib.h>
#include <string.h>

#include "load_internal.h"

/* Two that differ. */
static void op_pair(const struct load *load, struct op *op, size_t at, struct rng *rng)
{
	op->accounts[at] = draw_account(load, rng);
	do
		op->accounts[at + 1] = draw_account(load, rng);
	while (op->accounts[at] == op->accounts[at + 1]);
}

static struct transfer_spec op_spec(const struct load *load, const struct op *op, size_t at, const char *id)
{
	return (struct transfer_spec){.source = load->crowd.ids[op->accounts[at]],
				      .destination = load->crowd.ids[op->accounts[at + 1]],
				      .rule = load->spec.rule,
				      .amount = load->spec.amount,
				      .id = id,
				      .fresh = true,
				      .locking = load->spec.way.kind == LOAD_LOCK ||
						 txn_locks(load->spec.txn.locking, db_dialect(load->control)),
				      .alone = load->spec.in_flight > 1,
				      .ordered = load->spec.way.kind == LOAD_ORDERED};
}

static void op_transfer(struct load *load, struct op *op, struct rng *rng)
{
	char id[TRANSFER_ID_SIZE];
	op_pair(load, op, 0, rng);
	draw_next_id(load, id);
	struct transfer_spec spec = op_spec(load, op, 0, id);
	transfer_free(op->transfer);
	op->transfer = transfer_new(load->catalogue, &spec);
}

/* Two that write many accounts in orders of their own wait for each other, unless they lock them in one order first. */
static bool op_can_lock(const struct load *load)
{
	const struct dialect *dialect = db_dialect(load->control);
	return db_version_at_least(load->control, dialect->locking_major, dialect->locking_minor);
}

static void op_bundle(struct load *load, struct op *op, struct rng *rng)
{
	char id[TRANSFER_ID_SIZE];
	op->bundle = op->bundle ? op->bundle : bundle_new(load->catalogue, op_can_lock(load));
	bundle_clear(op->bundle);
	for (size_t i = 0; i < op->n; i++) {
		op_pair(load, op, 2 * i, rng);
		draw_next_id(load, id);
		struct transfer_spec spec = op_spec(load, op, 2 * i, id);
		bundle_add(op->bundle, &spec);
	}
}

static void op_reading(struct load *load, struct op *op, struct rng *rng)
{
	op_pair(load, op, 0, rng);
	op->reading = op->reading ? op->reading : reading_body_new(load->catalogue);
	reading_body_set(op->reading, load->crowd.ids[op->accounts[0]], load->crowd.ids[op->accounts[1]]);
}

/* Of a count that was asked for, no more than what is left of it. */
static size_t op_size(const struct load *load)
{
	uint64_t begun = load->report.outcomes.begun, count = load->spec.count, batch = load->spec.way.batch;
	return count && count - begun < batch ? (size_t)(count - begun) : (size_t)batch;
}

void op_draw(struct load *load, struct op *op, struct rng *rng)
{
	bool reads = load->spec.read_share && rng_below(rng, 100) < load->spec.read_share;
	op->kind = reads ? OP_READ : load->spec.way.kind == LOAD_BATCH ? OP_BUNDLE : OP_TRANSFER;
	op->n = op->kind == OP_BUNDLE ? op_size(load) : 1;
	load->report.outcomes.begun += op->n;
	load->second.outcomes.begun += op->n;
	if (op->kind == OP_READ)
		op_reading(load, op, rng);
	else if (op->kind == OP_BUNDLE)
		op_bundle(load, op, rng);
	else
		op_transfer(load, op, rng);
}

void op_again(struct load *load, struct op *op)
{
	char id[TRANSFER_ID_SIZE];
	if (op->kind != OP_TRANSFER)
		return;
	memcpy(id, op_id(op, 0), sizeof id);
	struct transfer_spec spec = op_spec(load, op, 0, id);
	spec.fresh = false;
	transfer_free(op->transfer);
	op->transfer = transfer_new(load->catalogue, &spec);
}

struct body *op_body(const struct op *op)
{
	switch (op->kind) {
	case OP_TRANSFER:
		return transfer_body(op->transfer);
	case OP_BUNDLE:
		return bundle_body(op->bundle);
	case OP_READ:
		break;
	}
	return reading_body_body(op->reading);
}

const char *op_id(const struct op *op, size_t i)
{
	switch (op->kind) {
	case OP_TRANSFER:
		return transfer_facts(op->transfer).id;
	case OP_BUNDLE:
		return bundle_id(op->bundle, i);
	case OP_READ:
		break;
	}
	return NULL;
}

bool op_moved(const struct op *op, size_t i, int64_t *amount)
{
	*amount = 0;
	if (op->kind == OP_BUNDLE)
		return bundle_moved(op->bundle, i, amount);
	if (op->kind == OP_TRANSFER)
		*amount = transfer_facts(op->transfer).amount;
	return true;
}

void op_free(struct op *op)
{
	transfer_free(op->transfer);
	bundle_free(op->bundle);
	free(op->reading);
	*op = (struct op){0};
}
