/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that adds given accounts, and finds out which of them the server does not take. */
#include "bank/insert_body.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/part.h"

enum { PIECE = 32 << 10, ROOM = 128 };

struct row {
	enum insert_fate fate; /* of the latest attempt */
	char *refusal;         /* of any attempt */
};

struct insert {
	struct body body;
	size_t ncolumns;
	size_t id; /* the column */
	bool skip;
	const struct catalogue *catalogue;
	char *sql_copy, *sql_row;
	struct feed feed;

	struct buf text;  /* the cells, each ended by a byte 0 ... */
	size_t *cells;    /* ... and where each begins there; SIZE_MAX for NULL */
	struct row *rows; /* [n] */
	size_t n, room;
	size_t from, to; /* those of the transaction */

	bool parted;         /* a statement a row */
	bool again;          /* a row was refused, and left out since */
	const char **params; /* of a batch */

	/* Of the attempt. */
	bool missing; /* a statement added fewer rows than it has */
	size_t at;    /* the next row */
	size_t sent[BODY_MAX_STATEMENTS], sent_rows;
	size_t open[BODY_MAX_STATEMENTS], nopen; /* rows that were not inserted, and are asked for */
	bool asking;
};

/* ---- all rows at once ---- */

static const char *cell_of(const struct insert *insert, size_t row, size_t column)
{
	size_t cell = insert->cells[row * insert->ncolumns + column];
	return cell == SIZE_MAX ? NULL : insert->text.p + cell;
}

static bool insert_more_rows(void *arg, struct buf *out)
{
	struct insert *insert = arg;
	for (; insert->at < insert->to && out->len < PIECE; insert->at++) {
		for (size_t i = 0; i < insert->ncolumns; i++) {
			if (i > 0)
				buf_char(out, '\t');
			copy_add_cell(out, cell_of(insert, insert->at, i));
		}
		part_add_cells(out, insert->catalogue);
		buf_char(out, '\n');
	}
	return insert->at < insert->to;
}

static enum body_say insert_copy(struct insert *insert, struct batch *batch)
{
	insert->sent_rows = insert->to - insert->from;
	batch->statements[batch->n++] =
		(struct statement){.sql = insert->sql_copy, .verb = VERB_INSERT, .feed = &insert->feed};
	return BODY_SEND;
}

/* ---- a statement a row ---- */

static void insert_add_row(struct insert *insert, struct batch *batch)
{
	const char **params = insert->params + batch->n * insert->ncolumns;
	for (size_t i = 0; i < insert->ncolumns; i++)
		params[i] = cell_of(insert, insert->at, i);
	insert->sent[batch->n] = insert->at;
	struct statement *statement = &batch->statements[batch->n++];
	*statement = (struct statement){
		.sql = insert->sql_row, .verb = VERB_INSERT, .nparams = (unsigned)insert->ncolumns, .params = params};
	catalogue_bind(insert->catalogue, statement);
}

static enum body_say insert_add_rows(struct insert *insert, struct batch *batch)
{
	insert->sent_rows = 1;
	for (; batch->n < BODY_MAX_STATEMENTS && insert->at < insert->to; insert->at++)
		if (!insert->rows[insert->at].refusal)
			insert_add_row(insert, batch);
	return batch->n > 0 ? BODY_SEND : BODY_DONE;
}

/* ---- the body ---- */

static void insert_reset(struct body *body, bool together)
{
	(void)together;
	struct insert *insert = (struct insert *)body;
	insert->at = insert->from;
	insert->missing = insert->again = insert->asking = false;
	insert->nopen = 0;
	for (size_t i = insert->from; i < insert->to; i++)
		insert->rows[i].fate = INSERT_TAKEN;
}

/* What a statement that takes no row leaves open: whether its id is there, or a trigger or a rule did it. */
static enum body_say ask_for_open(struct insert *insert, struct batch *batch)
{
	size_t n = insert->skip ? insert->nopen : 1;
	insert->asking = true;
	for (size_t i = 0; i < n; i++) {
		insert->params[i] = cell_of(insert, insert->open[i], insert->id);
		batch->statements[batch->n++] = catalogue_select(insert->catalogue, CAT_ONE, &insert->params[i], 1);
	}
	return BODY_SEND;
}

static void insert_take_asked(struct insert *insert, const struct answer *answers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool there = answers[i].rows && answers[i].rows->nrows > 0;
		insert->rows[insert->open[i]].fate = there ? INSERT_THERE : INSERT_SWALLOWED;
	}
}

static void insert_find_open(struct insert *insert, const struct answer *answers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (answers[i].affected == (int64_t)insert->sent_rows)
			continue;
		insert->missing = true;
		insert->open[insert->nopen++] = insert->sent[i];
	}
}

static enum body_say insert_next(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
				 struct err *reason)
{
	struct insert *insert = (struct insert *)body;
	if (insert->asking)
		insert_take_asked(insert, answers, n);
	else
		insert_find_open(insert, answers, n);
	if (insert->nopen > 0 && insert->parted && !insert->asking)
		return ask_for_open(insert, batch);
	insert->asking = false;
	if (insert->missing && !(insert->parted && insert->skip)) {
		err_set(reason, ST_REJECTED, "an account was not taken");
		return BODY_REJECT;
	}
	insert->nopen = 0;
	if (insert->parted)
		return insert_add_rows(insert, batch);
	return n == 0 ? insert_copy(insert, batch) : BODY_DONE;
}

/* A server that does not take a COPY (0A000) gets the rows one by one as well. */
static bool is_copy_refused(const char *sqlstate)
{
	return strcmp(sqlstate, "0A000") == 0;
}

/* What a value or a trigger made of it is to blame for: 22 data exception, 23 integrity constraint, P0001 raised by
 * a trigger. */
static bool blames_a_row(const char *sqlstate, const char *message)
{
	return sqlstate_value(sqlstate, message) || strncmp(sqlstate, "22", 2) == 0 ||
	       strncmp(sqlstate, "23", 2) == 0 || strcmp(sqlstate, "P0001") == 0;
}

static bool insert_refused(struct body *body, size_t index, const struct answer *answer, struct err *reason)
{
	struct insert *insert = (struct insert *)body;
	if (!insert->parted || insert->asking || !blames_a_row(answer->sqlstate, answer->message))
		return false;
	struct row *row = &insert->rows[insert->sent[index]];
	err_set(reason, ST_REJECTED, "%s (%s)", answer->message, answer->sqlstate);
	row->refusal = mem_dup(reason->text);
	insert->again = insert->skip;
	return true;
}

static const struct body_ops ops = {.reset = insert_reset, .next = insert_next, .refused = insert_refused};

struct body *insert_body(struct insert *insert)
{
	return &insert->body;
}

/* ---- what it found out ---- */

bool insert_must_part(const struct insert *insert, const char *sqlstate)
{
	return !insert->parted && (insert->missing || blames_a_row(sqlstate, "") || is_copy_refused(sqlstate));
}

void insert_part(struct insert *insert)
{
	insert->parted = true;
}

bool insert_again(const struct insert *insert)
{
	return insert->again;
}

enum insert_fate insert_fate(const struct insert *insert, size_t row, const char **why)
{
	*why = insert->rows[row].refusal;
	return *why ? INSERT_REFUSED : insert->rows[row].fate;
}

/* ---- rows, and its life ---- */

static void insert_write_sql(struct insert *insert, const struct catalogue *catalogue, const char *const *columns)
{
	struct buf names = {0}, copy_rows = {0}, row = {0};
	for (size_t i = 0; i < insert->ncolumns; i++) {
		buf_str(&names, i ? ", " : "");
		ident_add(&names, columns[i]);
	}
	char *fixed = part_columns(catalogue), *values = part_values(catalogue, (unsigned)insert->ncolumns);
	buf_str(&names, fixed);
	buf_fmt(&copy_rows, "COPY %s (%s) FROM STDIN", catalogue->sql[CAT_TABLE], names.p);
	buf_fmt(&row, "INSERT INTO %s (%s)%s VALUES (", catalogue->sql[CAT_TABLE], names.p,
		catalogue->id_drawn ? " OVERRIDING SYSTEM VALUE" : "");
	for (size_t i = 0; i < insert->ncolumns; i++)
		buf_fmt(&row, "%s$%zu", i ? ", " : "", i + 1);
	buf_fmt(&row, "%s)%s", values, catalogue->sql[CAT_INSERT_END]);
	free(fixed);
	free(values);
	insert->sql_copy = buf_take(&copy_rows);
	insert->sql_row = buf_take(&row);
	buf_free(&names);
}

struct insert *insert_new(const struct catalogue *catalogue, const char *const *columns, size_t ncolumns, bool skip)
{
	struct insert *insert = NEW(struct insert);
	insert->body.ops = &ops;
	insert->ncolumns = ncolumns;
	insert->skip = skip;
	insert->catalogue = catalogue;
	while (insert->id + 1 < ncolumns && strcmp(columns[insert->id], catalogue->columns[ACCOUNT_ID]) != 0)
		insert->id++;
	insert_write_sql(insert, catalogue, columns);
	insert->feed = (struct feed){insert_more_rows, insert};
	insert->params = mem_array(BODY_MAX_STATEMENTS * ncolumns, sizeof *insert->params);
	return insert;
}

void insert_add(struct insert *insert, const char *const *cells)
{
	if (insert->n == insert->room) {
		insert->room = insert->room ? 2 * insert->room : ROOM;
		insert->rows = mem_resize(insert->rows, insert->room, sizeof *insert->rows);
		insert->cells = mem_resize(insert->cells, insert->room * insert->ncolumns, sizeof *insert->cells);
	}
	for (size_t i = 0; i < insert->ncolumns; i++) {
		insert->cells[insert->n * insert->ncolumns + i] = cells[i] ? insert->text.len : SIZE_MAX;
		if (cells[i])
			buf_add(&insert->text, cells[i], strlen(cells[i]) + 1);
	}
	insert->rows[insert->n++] = (struct row){0};
}

void insert_clear(struct insert *insert)
{
	for (size_t i = 0; i < insert->n; i++)
		free(insert->rows[i].refusal);
	insert->n = insert->from = insert->to = 0;
	buf_clear(&insert->text);
}

void insert_take(struct insert *insert, size_t from, size_t n)
{
	insert->from = from;
	insert->to = from + n;
	insert->parted = insert->again = false;
}

size_t insert_count(const struct insert *insert)
{
	return insert->n;
}

size_t insert_bytes(const struct insert *insert)
{
	return insert->text.len;
}

void insert_free(struct insert *insert)
{
	if (!insert)
		return;
	insert_clear(insert);
	free(insert->sql_copy);
	free(insert->sql_row);
	free(insert->cells);
	free(insert->rows);
	free(insert->params);
	buf_free(&insert->text);
	free(insert);
}
