/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that fills the table with accounts of random ids and balances, as the tutorial does. */
#include "bank/fill_body.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rng.h"
#include "draw.h"
#include "src/bank/sql/part.h"

enum {
	ROWS = 100, /* of an INSERT */
	ROWS_AT_ONCE = ROWS * BODY_MAX_STATEMENTS,
	ROUNDS = 50, /* of draws without one free id; more means that there are hardly any left */
	MANY_IDS = 1000000000,
	PIECE = 32 << 10, /* of a COPY */
};

struct fill {
	struct body body;
	const struct catalogue *catalogue;
	struct fill_spec spec;
	struct feed feed;

	/* Of the attempt. */
	struct rng rng;
	unsigned added, rounds;
	bool asked;               /* the first statements were sent */
	unsigned copied;          /* rows that the COPY was fed with */
	char (*cells)[DRAW_SIZE]; /* id, balance, id, balance ... */
	const char **params;      /* to the cells */
	struct buf full, rest;    /* an INSERT of 100 rows, and of fewer */
};

/* ---- by INSERT ---- */

static void fill_write_sql(const struct fill *fill, struct buf *sql, unsigned rows)
{
	buf_clear(sql);
	buf_str(sql, fill->catalogue->sql[CAT_INSERT_ROWS]);
	char *fixed = part_values(fill->catalogue, 2 * rows);
	for (unsigned i = 0; i < rows; i++)
		buf_fmt(sql, "%s($%u, $%u%s)", i ? ", " : "", 2 * i + 1, 2 * i + 2, fixed);
	free(fixed);
	buf_str(sql, fill->catalogue->sql[CAT_INSERT_END]);
}

static void add_insert(struct fill *fill, struct batch *batch, unsigned first, unsigned rows)
{
	struct buf *sql = rows == ROWS ? &fill->full : &fill->rest;
	if (rows < ROWS || sql->len == 0)
		fill_write_sql(fill, sql, rows);
	struct statement *statement = &batch->statements[batch->n++];
	*statement = (struct statement){.sql = sql->p,
					.verb = VERB_INSERT,
					.nparams = 2 * rows,
					.params = fill->params + (size_t)2 * first,
					.once = rows < ROWS};
	catalogue_bind(fill->catalogue, statement);
}

static void draw(struct fill *fill, unsigned rows)
{
	for (unsigned i = 0; i < rows; i++) {
		draw_id(fill->cells[2 * i], fill->catalogue, &fill->rng);
		draw_balance(fill->cells[2 * i + 1], fill->catalogue, &fill->rng);
	}
}

/* Ids that are drawn from so many are free; what takes nothing then is a trigger or a rule. */
static void insert_refuse(const struct fill *fill, unsigned missing, struct err *reason)
{
	if (fill->catalogue->triggers || draw_has_parts(fill->catalogue, MANY_IDS))
		err_set(reason, ST_REJECTED,
			"%s did not take %u of %u accounts, though new ids were tried: a trigger or a rule keeps them "
			"out",
			fill->catalogue->name, missing, fill->spec.accounts);
	else
		err_set(reason, ST_REJECTED,
			"no free ids were found for %u of %u accounts: nearly all that %s can hold are taken", missing,
			fill->spec.accounts, fill->catalogue->name);
}

static enum body_say insert_missing(struct fill *fill, struct batch *batch, struct err *reason)
{
	unsigned missing = fill->spec.accounts - fill->added;
	if (fill->rounds++ == ROUNDS) {
		insert_refuse(fill, missing, reason);
		return BODY_REJECT;
	}
	if (missing > ROWS_AT_ONCE)
		missing = ROWS_AT_ONCE;
	draw(fill, missing);
	for (unsigned first = 0; first < missing; first += ROWS)
		add_insert(fill, batch, first, missing - first < ROWS ? missing - first : ROWS);
	return BODY_SEND;
}

/* ---- by COPY ---- */

static bool fill_more_rows(void *arg, struct buf *out)
{
	struct fill *fill = arg;
	while (fill->copied < fill->spec.accounts && out->len < PIECE) {
		uint64_t n = fill->spec.before + fill->copied++;
		draw_id_of_part(out, fill->catalogue, &fill->rng, n, fill->spec.total);
		buf_char(out, '\t');
		draw_add_balance(out, fill->catalogue, &fill->rng);
		part_add_cells(out, fill->catalogue);
		buf_char(out, '\n');
	}
	return fill->copied < fill->spec.accounts;
}

static enum body_say fill_copy(struct fill *fill, struct batch *batch)
{
	batch->statements[batch->n++] =
		(struct statement){.sql = fill->catalogue->sql[CAT_COPY], .verb = VERB_INSERT, .feed = &fill->feed};
	return BODY_SEND;
}

/* ---- the body ---- */

static void fill_reset(struct body *body, bool together)
{
	(void)together;
	struct fill *fill = (struct fill *)body;
	rng_seed(&fill->rng, fill->spec.seed);
	fill->added = fill->rounds = fill->copied = 0;
	fill->asked = false;
}

/* A COPY that a trigger or rule took rows from is made up for by INSERT. */
static enum body_say fill_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			       struct err *reason)
{
	struct fill *fill = (struct fill *)body;
	for (size_t i = 0; i < n; i++) {
		fill->added += answers[i].affected > 0 ? (unsigned)answers[i].affected : 0;
		if (answers[i].affected > 0)
			fill->rounds = 0;
	}
	if (fill->added >= fill->spec.accounts)
		return BODY_DONE;
	bool first = !fill->asked;
	fill->asked = true;
	return first && fill->spec.copy && draw_has_parts(fill->catalogue, fill->spec.total)
		       ? fill_copy(fill, batch)
		       : insert_missing(fill, batch, reason);
}

static const struct body_ops ops = {.reset = fill_reset, .next = fill_next};

struct fill *fill_new(const struct catalogue *catalogue, const struct fill_spec *spec)
{
	struct fill *fill = NEW(struct fill);
	fill->body.ops = &ops;
	fill->catalogue = catalogue;
	fill->spec = *spec;
	fill->feed = (struct feed){fill_more_rows, fill};
	size_t cells = (size_t)2 * (spec->accounts < ROWS_AT_ONCE ? spec->accounts : ROWS_AT_ONCE);
	fill->cells = mem_array(cells, sizeof *fill->cells);
	fill->params = mem_array(cells, sizeof *fill->params);
	for (size_t i = 0; i < cells; i++)
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
