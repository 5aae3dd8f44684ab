/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are looked at and in which order, and the statements that read a page of them. */
#include "bank/query.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "order.h"
#include "query_internal.h"
#include "src/bank/sql/ident.h"
#include "src/bank/sql/qualify.h"
#include "src/bank/sql/statements.h"

static const char key_name[] = "sort_key";

/* The names of what is selected: those of an account, then that of the key where it is apart. */
static void query_name_columns(struct query *query)
{
	const struct catalogue *c = query->catalogue;
	memcpy(query->columns, c->columns, c->ncolumns * sizeof *c->columns);
	memcpy(query->places, c->columns, ACCOUNT_EXTRA * sizeof *c->columns);
	query->columns[c->ncolumns] = query->places[ACCOUNT_EXTRA] = key_name;
}

struct query *query_new(const struct catalogue *catalogue, const struct dialect *dialect, struct sort sort,
			struct filter *filter, const char *as_of)
{
	struct query *query = NEW(struct query);
	*query = (struct query){
		.catalogue = catalogue,
		.dialect = dialect,
		.sort = sort,
		.key = order_key_of(catalogue, sort.by),
		.filter = filter,
		.as_of = dialect->reads_past && as_of ? mem_dup(as_of) : NULL,
	};
	query_name_columns(query);
	return query;
}

void query_free(struct query *query)
{
	if (!query)
		return;
	filter_free(query->filter);
	free(query->key.sql);
	free(query->as_of);
	free(query);
}

bool query_is_past(const struct query *query)
{
	return query->as_of != NULL;
}

struct sort query_sort(const struct query *query)
{
	return query->sort;
}

const struct filter *query_filter(const struct query *query)
{
	return query->filter;
}

/* ---- one statement ---- */

static void draft_keep_to_part(struct draft *draft)
{
	const struct catalogue *c = draft->query->catalogue;
	for (size_t i = 0; i < c->nfixed; i++) {
		char *column = ident_quoted(c->fixed[i]);
		draft_and(draft);
		draft_compare(draft, column, "=");
		draft_param(draft, c->fixed_value[i]);
		free(column);
	}
}

struct draft draft_begin(const struct query *query, const char *head, const char *columns, struct shape shape)
{
	struct draft draft = {.query = query, .shape = shape};
	const char *const *params;
	buf_fmt(&draft.sql, "%sSELECT %s FROM %s", head, columns, query->catalogue->sql[CAT_TABLE]);
	if (query->as_of)
		buf_fmt(&draft.sql, " AS OF SYSTEM TIME %s", query->as_of);
	if (query->filter) {
		params = filter_params(query->filter, &draft.nparams);
		memcpy(draft.params, params, draft.nparams * sizeof *params);
		draft.conditions = 1;
		buf_fmt(&draft.sql, " WHERE (%s)", filter_sql(query->filter));
	}
	draft_keep_to_part(&draft);
	return draft;
}

/* `columns`, and the key where it is apart. */
static struct draft draft_with_key(const struct query *query, const char *columns, const char *const *names, size_t n)
{
	const struct order_key *key = &query->key;
	struct buf all = {0};
	buf_str(&all, columns);
	if (key->apart)
		buf_fmt(&all, ", %s AS %s", key->sql, key_name);
	struct shape shape = statements_account(query->catalogue, n + key->apart);
	shape.names = names;
	struct draft draft = draft_begin(query, "", buf_text(&all), shape);
	buf_free(&all);
	return draft;
}

struct draft draft_page(const struct query *query)
{
	const struct catalogue *c = query->catalogue;
	return draft_with_key(query, c->sql[CAT_COLUMNS], query->columns, c->ncolumns);
}

struct draft draft_place(const struct query *query)
{
	return draft_with_key(query, query->catalogue->sql[CAT_ALWAYS], query->places, ACCOUNT_EXTRA);
}

const char *query_key(const struct query *query, const struct rows *rows, size_t row)
{
	return rows_cell(rows, row, query->key.apart ? rows->ncols - 1 : ACCOUNT_BALANCE);
}

void draft_and(struct draft *draft)
{
	buf_str(&draft->sql, draft->conditions++ ? " AND " : " WHERE ");
}

void draft_param(struct draft *draft, const char *value)
{
	draft->params[draft->nparams++] = value;
	buf_fmt(&draft->sql, "$%u", draft->nparams);
}

/* Left of a comparison: what follows is its right side. */
void draft_compare(struct draft *draft, const char *left, const char *operator)
{
	bool guarded = draft->query->catalogue->guarded;
	buf_fmt(&draft->sql, guarded ? "%s OPERATOR(pg_catalog.%s) " : "%s %s ", left, operator);
}

/* A text with a filter in it is used once or twice, and its plan is best made for its values. */
void draft_end(struct draft *draft, struct ask *ask)
{
	size_t i = ask->n++;
	ask->texts[i] = buf_take(&draft->sql);
	memcpy(ask->params[i], draft->params, sizeof draft->params);
	ask->statements[i] = (struct statement){
		.sql = ask->texts[i],
		.verb = VERB_SELECT,
		.nparams = draft->nparams,
		.params = ask->params[i],
		.once = draft->query->filter != NULL,
		.apart = draft->query->as_of != NULL, /* each moment of the past is one transaction's */
		.shape = draft->shape,
	};
}

void ask_free(struct ask *ask)
{
	for (size_t i = 0; i < ask->n; i++)
		free(ask->texts[i]);
	ask->n = 0;
}

/* ---- pages ---- */

/*
 * All accounts stand in one ascending order, by id, or by a key (the balance, another column) and then id, with the
 * NULL keys where the server's indexes have them; a descending query reads it downwards. So there are two directions
 * and, by a key, two parts of the order: accounts with a key, compared as rows, which an index on the key alone serves
 * well enough, and those without, by their id. A key that is apart is ordered by its place: its name alone would be
 * taken for the column of a page, which is cut.
 */
struct step {
	bool up, including; /* the place itself */
	const char *text;   /* only accounts that hold it; NULL: all */
};

static struct draft query_begin_page(const struct query *query, struct step step)
{
	struct draft draft = draft_page(query);
	if (step.text)
		draft_holds(&draft, step.text);
	return draft;
}

static const char *operator_of(struct step step)
{
	return step.up ? step.including ? ">=" : ">" : step.including ? "<=" : "<";
}

static void end_page(struct draft *draft, struct ask *ask, bool by_key, bool up)
{
	const struct catalogue *c = draft->query->catalogue;
	const struct order_key *key = &draft->query->key;
	const char *down = up ? "" : " DESC";
	buf_str(&draft->sql, " ORDER BY ");
	if (by_key)
		buf_fmt(&draft->sql, "%s%s, ", key->place[0] ? key->place : key->sql, down);
	buf_fmt(&draft->sql, "%s%s LIMIT ", c->sql[CAT_ID], down);
	draft_param(draft, ask->limit);
	draft_end(draft, ask);
}

static void id_condition(struct draft *draft, struct step step, const struct spot *place)
{
	draft_and(draft);
	draft_compare(draft, draft->query->catalogue->sql[CAT_ID], operator_of(step));
	draft_param(draft, place->id);
}

static void page_by_id(struct ask *ask, const struct query *query, struct step step, const struct spot *place)
{
	struct draft draft = query_begin_page(query, step);
	if (place)
		id_condition(&draft, step, place);
	end_page(&draft, ask, false, step.up);
}

static void page_with_key(struct ask *ask, const struct query *query, struct step step, const struct spot *place)
{
	struct draft draft = query_begin_page(query, step);
	if (place) {
		draft_and(&draft);
		struct buf both = {0};
		buf_fmt(&both, "(%s, %s)", query->key.sql, query->catalogue->sql[CAT_ID]);
		draft_compare(&draft, both.p, operator_of(step));
		buf_free(&both);
		buf_char(&draft.sql, '(');
		draft_param(&draft, place->key);
		buf_str(&draft.sql, ", ");
		draft_param(&draft, place->id);
		buf_char(&draft.sql, ')');
	} else if (query->key.nullable) {
		draft_and(&draft);
		buf_fmt(&draft.sql, "%s IS NOT NULL", query->key.sql);
	}
	end_page(&draft, ask, true, step.up);
}

/* Sorted by the key, which is the same in all of them, an index on it is used even where the planner does not know how
 * few they are. */
static void page_without_key(struct ask *ask, const struct query *query, struct step step, const struct spot *place)
{
	struct draft draft = query_begin_page(query, step);
	draft_and(&draft);
	buf_fmt(&draft.sql, "%s IS NULL", query->key.sql);
	if (place)
		id_condition(&draft, step, place);
	end_page(&draft, ask, query->key.indexed, step.up);
}

static void page_by_key(struct ask *ask, const struct query *query, struct step step, const struct spot *place)
{
	bool nulls_come_last = step.up != query->dialect->nulls_first;
	bool nullable = query->key.nullable;
	if (place && !place->key) {
		page_without_key(ask, query, step, place);
		if (!nulls_come_last)
			page_with_key(ask, query, step, NULL);
		return;
	}
	if (nullable && !place && !nulls_come_last)
		page_without_key(ask, query, step, NULL);
	page_with_key(ask, query, step, place);
	if (nullable && nulls_come_last)
		page_without_key(ask, query, step, NULL);
}

static void ask_in_order(struct ask *ask, const struct query *query, struct step step, const struct spot *place)
{
	if (query->key.sql)
		page_by_key(ask, query, step, place);
	else
		page_by_id(ask, query, step, place);
}

void query_page(struct ask *ask, const struct query *query, enum way way, const struct spot *place,
		unsigned long long limit)
{
	struct step step = {.up = (way == WAY_BEFORE) == query->sort.descending, .including = way == WAY_FROM};
	snprintf(ask->limit, sizeof ask->limit, "%llu", limit);
	ask_in_order(ask, query, step, place);
}

void query_seek(struct ask *ask, const struct query *query, enum way way, const struct spot *place, const char *text)
{
	struct step step = {
		.up = (way == WAY_BEFORE) == query->sort.descending, .including = way == WAY_FROM, .text = text};
	snprintf(ask->limit, sizeof ask->limit, "1");
	ask_in_order(ask, query, step, place);
}

/* ---- how many ---- */

static const struct shape one_number = {.columns = 1, .filled = SHAPE_FILLED(0), .one_row = true};

void query_count(struct ask *ask, const struct query *query)
{
	char *count = qualify(query->catalogue->with_schema, "@count(*)"); /* nothing fits it better, only before it */
	struct draft draft = draft_begin(query, "", count, one_number);
	draft_end(&draft, ask);
	free(count);
}

bool query_estimates(const struct query *query)
{
	return query->dialect->explain || (query->dialect->estimate_sql && !query->filter && !query->catalogue->nfixed);
}

static void ask_table_estimate(struct ask *ask, const struct query *query)
{
	size_t i = ask->n++;
	ask->texts[i] = mem_dup(query->dialect->estimate_sql);
	ask->params[i][0] = query->catalogue->schema;
	ask->params[i][1] = query->catalogue->table;
	ask->statements[i] = (struct statement){.sql = ask->texts[i],
						.verb = VERB_SELECT,
						.nparams = 2,
						.params = ask->params[i],
						.once = true,
						.shape = {.columns = 1}};
}

/* The planner knows how large the table is now, so its guess needs no ANALYZE, and it knows what a filter leaves. */
void query_estimate(struct ask *ask, const struct query *query)
{
	if (!query_estimates(query))
		return;
	if (!query->dialect->explain) {
		ask_table_estimate(ask, query);
		return;
	}
	struct draft draft = draft_begin(query, query->dialect->explain, "1", one_number);
	draft_end(&draft, ask);
	ask->statements[ask->n - 1].once = true;
}

int64_t query_estimated(const struct rows *rows)
{
	static const char name[] = "\"Plan Rows\":";
	const char *plan = rows_cell(rows, 0, 0);
	const char *at = plan ? strstr(plan, name) : NULL;
	double n = at                                        ? strtod(at + sizeof name - 1, NULL)
		   : plan && isdigit((unsigned char)plan[0]) ? strtod(plan, NULL)
							     : -1;
	return n >= 0 && n < 9e18 ? (int64_t)n : -1;
}
