/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of several transfers in one transaction: each recorded, or rejected, by itself. */
#include "bank/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "rule.h"

enum { BUNDLE_ACCOUNTS = 2 * BUNDLE_MAX };
enum { IDS, CHANGES, AFTERS, TRANSFERS, SOURCES, DESTINATIONS, AMOUNTS, ARRAYS };

/* One transfer, and the places of its accounts. */
struct piece {
	char id[TRANSFER_ID_SIZE];
	struct rule rule;
	size_t source, destination;
	bool moves;
	int64_t amount;
};

struct bundle {
	struct body body;
	const struct catalogue *catalogue;
	bool locking;
	struct piece pieces[BUNDLE_MAX];
	size_t npieces;
	struct holding accounts[BUNDLE_ACCOUNTS];
	size_t naccounts;

	/* Of the attempt. */
	int64_t before[BUNDLE_ACCOUNTS];
	enum { BUNDLE_START, BUNDLE_READ, BUNDLE_WRITTEN } step;
	struct buf arrays[ARRAYS];
	const char *read[1], *change[4], *record[5];
	char nchanged[24], nrecorded[24];
	const char *probe[LEDGER_WRITTEN];
	char probed[AMOUNT_SIZE];
};

/* ---- arrays as the server reads them ---- */

static void bundle_add_value(struct buf *array, const char *value, bool quoted)
{
	buf_char(array, array->len ? ',' : '{');
	if (!quoted) {
		buf_str(array, value);
		return;
	}
	buf_char(array, '"');
	for (const char *at = value; *at; at++) {
		if (*at == '"' || *at == '\\')
			buf_char(array, '\\');
		buf_char(array, *at);
	}
	buf_char(array, '"');
}

static const char *bundle_array(struct buf *array)
{
	buf_str(array, array->len ? "}" : "{}");
	return array->p;
}

static void bundle_add_account(struct bundle *bundle, size_t array, size_t account)
{
	bundle_add_value(&bundle->arrays[array], bundle->accounts[account].id, !bundle->catalogue->id_is_number);
}

static void bundle_add_money(struct bundle *bundle, size_t array, int64_t units)
{
	bundle_add_value(&bundle->arrays[array], amount_show(units, bundle->catalogue->balance_scale).text, false);
}

/* ---- reading and deciding ---- */

static enum body_say bundle_ask(struct bundle *bundle, struct batch *batch)
{
	for (size_t i = 0; i < bundle->naccounts; i++)
		bundle_add_account(bundle, IDS, i);
	bundle->read[0] = bundle_array(&bundle->arrays[IDS]);
	batch->statements[batch->n++] =
		catalogue_select(bundle->catalogue, bundle->locking ? CAT_LOCK_MANY : CAT_READ_MANY, bundle->read, 1);
	bundle->step = BUNDLE_READ;
	return BODY_SEND;
}

static size_t bundle_find(const struct bundle *bundle, const char *id)
{
	size_t i = 0;
	while (i < bundle->naccounts && strcmp(bundle->accounts[i].id, id) != 0)
		i++;
	return i;
}

/* A balance that cannot be counted is as one that is not known. */
static void bundle_take_rows(struct bundle *bundle, const struct rows *rows)
{
	const struct rule *rule = &bundle->pieces[0].rule;
	for (size_t r = 0; rows && r < rows->nrows; r++) {
		size_t i = bundle_find(bundle, rows_cell(rows, r, ACCOUNT_ID));
		const char *balance = rows_cell(rows, r, ACCOUNT_BALANCE);
		if (i == bundle->naccounts)
			continue;
		struct holding *holding = &bundle->accounts[i];
		holding->found = true;
		holding->null = !balance || !rule_number(rule, balance, &holding->balance);
		bundle->before[i] = holding->balance;
	}
}

/* What an account changes by in all is written as one number; with an overdraft it may be too large for one. */
static bool bundle_counts(const struct bundle *bundle, const struct piece *piece, struct err *reason)
{
	size_t from = piece->source, to = piece->destination;
	int64_t change;
	if (!__builtin_sub_overflow(bundle->accounts[from].balance - piece->amount, bundle->before[from], &change) &&
	    !__builtin_sub_overflow(bundle->accounts[to].balance + piece->amount, bundle->before[to], &change))
		return true;
	err_set(reason, ST_REJECTED, "one account would change by more in one transaction than can be counted");
	return false;
}

static size_t bundle_decide(struct bundle *bundle, struct err *reason)
{
	size_t moving = 0;
	for (size_t i = 0; i < bundle->npieces; i++) {
		struct piece *piece = &bundle->pieces[i];
		struct holding *from = &bundle->accounts[piece->source], *to = &bundle->accounts[piece->destination];
		enum status status = from == to ? rule_same(from->id, reason)
						: rule_decide(&piece->rule, from, to, &piece->amount, reason);
		piece->moves = status == ST_OK && bundle_counts(bundle, piece, reason);
		if (!piece->moves)
			continue;
		from->balance -= piece->amount;
		to->balance += piece->amount;
		moving++;
	}
	return moving;
}

/* ---- writing ---- */

static void bundle_change(struct bundle *bundle, struct batch *batch)
{
	size_t changed = 0;
	buf_clear(&bundle->arrays[IDS]);
	for (size_t i = 0; i < bundle->naccounts; i++) {
		const struct holding *holding = &bundle->accounts[i];
		if (!holding->found || holding->balance == bundle->before[i])
			continue;
		bundle_add_account(bundle, IDS, i);
		bundle_add_money(bundle, CHANGES, holding->balance - bundle->before[i]);
		bundle_add_money(bundle, AFTERS, holding->balance);
		changed++;
	}
	if (!changed) /* they took from each other what they gave */
		return;
	snprintf(bundle->nchanged, sizeof bundle->nchanged, "%zu", changed);
	for (size_t i = 0; i < 3; i++)
		bundle->change[i] = bundle_array(&bundle->arrays[IDS + i]);
	bundle->change[3] = bundle->nchanged;
	struct statement *statement = &batch->statements[batch->n++];
	*statement = catalogue_select(bundle->catalogue, CAT_CHANGE_MANY, bundle->change, COUNT_OF(bundle->change));
	statement->verb = VERB_UPDATE;
}

static void bundle_record(struct bundle *bundle, struct batch *batch, size_t moving)
{
	for (size_t i = 0; i < bundle->npieces; i++) {
		const struct piece *piece = &bundle->pieces[i];
		if (!piece->moves)
			continue;
		bundle_add_value(&bundle->arrays[TRANSFERS], piece->id, false);
		bundle_add_account(bundle, SOURCES, piece->source);
		bundle_add_account(bundle, DESTINATIONS, piece->destination);
		bundle_add_money(bundle, AMOUNTS, piece->amount);
	}
	snprintf(bundle->nrecorded, sizeof bundle->nrecorded, "%zu", moving);
	for (size_t i = 0; i < 4; i++)
		bundle->record[i] = bundle_array(&bundle->arrays[TRANSFERS + i]);
	bundle->record[4] = bundle->nrecorded;
	batch->statements[batch->n++] = (struct statement){.sql = bundle->catalogue->sql[CAT_LEDGER_MANY],
							   .verb = VERB_INSERT,
							   .nparams = COUNT_OF(bundle->record),
							   .params = bundle->record};
}

static enum body_say bundle_write(struct bundle *bundle, const struct rows *rows, struct batch *batch,
				  struct err *reason)
{
	bundle_take_rows(bundle, rows);
	size_t moving = bundle_decide(bundle, reason);
	if (!moving)
		return BODY_REJECT;
	bundle_change(bundle, batch);
	if (bundle->catalogue->ledger)
		bundle_record(bundle, batch, moving);
	batch->last = true;
	bundle->step = BUNDLE_WRITTEN;
	return batch->n ? BODY_SEND : BODY_DONE;
}

/* ---- the body ---- */

static void bundle_reset(struct body *body, bool together)
{
	struct bundle *bundle = (struct bundle *)body;
	(void)together;
	for (size_t i = 0; i < ARRAYS; i++)
		buf_clear(&bundle->arrays[i]);
	for (size_t i = 0; i < bundle->naccounts; i++)
		bundle->accounts[i] = (struct holding){.id = bundle->accounts[i].id};
	memset(bundle->before, 0, sizeof bundle->before);
	bundle->step = BUNDLE_START;
}

static enum body_say bundle_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				 struct err *reason)
{
	struct bundle *bundle = (struct bundle *)body;
	switch (bundle->step) {
	case BUNDLE_START:
		return bundle_ask(bundle, batch);
	case BUNDLE_READ:
		return bundle_write(bundle, n ? answers[0].rows : NULL, batch, reason);
	case BUNDLE_WRITTEN:
		break;
	}
	return BODY_DONE;
}

/* One row stands for all: they are written together, or not at all. */
static bool bundle_probe(struct body *body, struct ledger_probe *probe)
{
	struct bundle *bundle = (struct bundle *)body;
	const struct catalogue *c = bundle->catalogue;
	const struct piece *piece = bundle->pieces;
	while (piece < bundle->pieces + bundle->npieces && !piece->moves)
		piece++;
	if (!c->ledger)
		return false;
	if (piece == bundle->pieces + bundle->npieces) /* nothing is decided yet */
		piece = bundle->pieces;
	snprintf(bundle->probed, sizeof bundle->probed, "%s", amount_show(piece->amount, c->balance_scale).text);
	const char *values[LEDGER_WRITTEN] = {piece->id, bundle->accounts[piece->source].id,
					      bundle->accounts[piece->destination].id, bundle->probed};
	memcpy(bundle->probe, values, sizeof values);
	probe->write = (struct statement){.sql = c->sql[CAT_LEDGER_PROBE],
					  .verb = VERB_INSERT,
					  .nparams = LEDGER_WRITTEN,
					  .params = bundle->probe};
	probe->find = catalogue_select(c, CAT_LEDGER_FIND, bundle->probe, 1);
	return true;
}

/* The server does not say of which transfer it speaks: none of them is made. */
static bool bundle_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	(void)body;
	(void)index;
	if (strcmp(answer->sqlstate, "23514") != 0) /* check_violation */
		return false;
	err_set(reason, ST_REJECTED, "the table does not take what these transfers would leave: %s", answer->message);
	return true;
}

static const struct body_ops bundle_ops = {
	.reset = bundle_reset, .next = bundle_next, .refused = bundle_refused, .ledger_probe = bundle_probe};

struct bundle *bundle_new(const struct catalogue *catalogue, bool locking)
{
	struct bundle *bundle = NEW(struct bundle);
	bundle->body.ops = &bundle_ops;
	bundle->catalogue = catalogue;
	bundle->locking = locking;
	return bundle;
}

void bundle_free(struct bundle *bundle)
{
	if (!bundle)
		return;
	for (size_t i = 0; i < ARRAYS; i++)
		buf_free(&bundle->arrays[i]);
	free(bundle);
}

bool bundle_can(const struct catalogue *catalogue)
{
	return !catalogue->triggers && !catalogue->deferred;
}

void bundle_clear(struct bundle *bundle)
{
	bundle->npieces = bundle->naccounts = 0;
}

static size_t bundle_account(struct bundle *bundle, const char *id)
{
	size_t i = bundle_find(bundle, id);
	if (i == bundle->naccounts)
		bundle->accounts[bundle->naccounts++] = (struct holding){.id = id};
	return i;
}

void bundle_add(struct bundle *bundle, const struct transfer_spec *spec)
{
	const struct catalogue *c = bundle->catalogue;
	struct piece *piece = &bundle->pieces[bundle->npieces++];
	*piece = (struct piece){.rule = rule_of(c, spec),
				.source = bundle_account(bundle, spec->source),
				.destination = bundle_account(bundle, spec->destination)};
	snprintf(piece->id, sizeof piece->id, "%s", spec->id);
}

size_t bundle_count(const struct bundle *bundle)
{
	return bundle->npieces;
}

struct body *bundle_body(struct bundle *bundle)
{
	return &bundle->body;
}

bool bundle_moved(const struct bundle *bundle, size_t i, int64_t *amount)
{
	*amount = bundle->pieces[i].amount;
	return bundle->pieces[i].moves;
}

const char *bundle_id(const struct bundle *bundle, size_t i)
{
	return bundle->pieces[i].id;
}
