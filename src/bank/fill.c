/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that fills the table with accounts of random ids and balances, as the tutorial does. */
#include "bank/fill.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rng.h"
#include "draw.h"

enum {
	ROWS = 100,  /* of an INSERT */
	ROUNDS = 50, /* of draws; more means that there are hardly any ids left */
};

struct fill {
	struct body body;
	const struct catalogue *catalogue;
	unsigned wanted;
	uint64_t seed;

	/* Of the attempt. */
	struct rng rng;
	unsigned added, rounds;
	char (*cells)[DRAW_SIZE]; /* id, balance, id, balance ... */
	const char **params;      /* [2 * wanted], to the cells */
	struct buf full, rest;    /* an INSERT of 100 rows, and of fewer */
};

/* ---- drawing ---- */

static void draw(struct fill *fill, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		draw_id(fill->cells[2 * i], fill->catalogue, &fill->rng);
		draw_balance(fill->cells[2 * i + 1], fill->catalogue, &fill->rng);
	}
}

/* ---- statements ---- */

static void write_sql(const struct fill *fill, struct buf *sql, unsigned rows)
{
	buf_clear(sql);
	buf_str(sql, fill->catalogue->sql_insert_rows);
	for (unsigned i = 0; i < rows; i++)
		buf_fmt(sql, "%s($%u, $%u)", i ? ", " : "", 2 * i + 1, 2 * i + 2);
	buf_str(sql, fill->catalogue->sql_insert_end);
}

static void add_insert(struct fill *fill, struct batch *batch, unsigned first, unsigned rows)
{
	struct buf *sql = rows == ROWS ? &fill->full : &fill->rest;
	if (rows < ROWS || sql->len == 0)
		write_sql(fill, sql, rows);
	batch->statements[batch->n++] = (struct statement){.sql = sql->p,
							   .verb = VERB_INSERT,
							   .nparams = 2 * rows,
							   .params = fill->params + (size_t)2 * first,
							   .once = rows < ROWS};
}

static enum body_say insert_missing(struct fill *fill, struct batch *batch, struct err *reason)
{
	unsigned missing = fill->wanted - fill->added;
	if (fill->rounds++ == ROUNDS) {
		err_set(reason, ST_REJECTED,
			"no free ids were found for %u of %u accounts: nearly all that %s can hold are taken", missing,
			fill->wanted, fill->catalogue->name);
		return BODY_REJECT;
	}
	draw(fill, missing);
	for (unsigned first = 0; first < missing; first += ROWS)
		add_insert(fill, batch, first, missing - first < ROWS ? missing - first : ROWS);
	return BODY_SEND;
}

/* ---- the body ---- */

static void reset(struct body *body, bool together)
{
	(void)together;
	struct fill *fill = (struct fill *)body;
	rng_seed(&fill->rng, fill->seed);
	fill->added = fill->rounds = 0;
}

static enum body_say next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			  struct err *reason)
{
	struct fill *fill = (struct fill *)body;
	for (size_t i = 0; i < n; i++)
		fill->added += answers[i].affected > 0 ? (unsigned)answers[i].affected : 0;
	if (fill->added >= fill->wanted)
		return BODY_DONE;
	return insert_missing(fill, batch, reason);
}

static const struct body_ops ops = {.reset = reset, .next = next};

struct fill *fill_new(const struct catalogue *catalogue, unsigned accounts, uint64_t seed)
{
	struct fill *fill = NEW(struct fill);
	fill->body.ops = &ops;
	fill->catalogue = catalogue;
	fill->wanted = accounts < FILL_MAX ? accounts : FILL_MAX;
	fill->seed = seed;
	fill->cells = mem_array((size_t)2 * fill->wanted, sizeof *fill->cells);
	fill->params = mem_array((size_t)2 * fill->wanted, sizeof *fill->params);
	for (size_t i = 0; i < (size_t)2 * fill->wanted; i++)
		fill->params[i] = fill->cells[i];
	return fill;
}

void fill_free(struct fill *fill)
{
	if (!fill)
		return;
	free(fill->cells);
	free(fill->params);
	buf_free(&fill->full);
	buf_free(&fill->rest);
	free(fill);
}

struct body *fill_body(struct fill *fill)
{
	return &fill->body;
}
