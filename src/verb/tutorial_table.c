/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's table: looked for, made where it is missing, and used as it is where it is there. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tutorial_internal.h"

/* ---- the table ---- */

static void on_looked(void *arg)
{
	struct teaching *teaching = arg;
	struct app *app = teaching->run->app;
	teaching_pass_over(teaching);
	if (!app->catalogue) {
		teaching_fail(teaching, ST_STATEMENT, "at its table",
			      app->no_bank ? app->no_bank : "it cannot be read");
		return;
	}
	tutorial_sql_make(&teaching->sql, app->catalogue);
	teaching->ids = ids_new(); /* what was made a moment ago is empty */
	teaching_add_accounts(teaching);
}

static void created(struct teaching *teaching)
{
	teaching_print(teaching, true);
	open_bank_again(teaching->run->app, on_looked, teaching);
}

static void on_created(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	teaching_keep_error(arg, answer);
}

static void commit(struct teaching *teaching)
{
	static const struct statement statement = {.sql = "COMMIT", .verb = VERB_COMMIT};
	teaching_send(teaching, &statement, 1, on_created, created);
}

static void create(struct teaching *teaching)
{
	static const struct statement statements[] = {
		{.sql = "BEGIN", .verb = VERB_BEGIN},
		{.sql = tutorial_sql_create, .verb = VERB_DDL, .once = true},
	};
	teaching_send(teaching, statements, COUNT_OF(statements), on_created, commit);
}

/* A table that is there is used as it is, whoever made it. */
static void know_table(struct teaching *teaching)
{
	struct app *app = teaching->run->app;
	if (app->catalogue) {
		tutorial_sql_make(&teaching->sql, app->catalogue);
		teaching_read_ids(teaching);
	} else if (teaching->listed) {
		teaching_fail(teaching, ST_STATEMENT, "at its table",
			      app->no_bank ? app->no_bank : "it cannot be read");
	} else {
		create(teaching);
	}
}

static void tutorial_table_on_tables(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct teaching *teaching = arg;
	teaching_keep_error(teaching, answer);
	for (size_t i = 0; answer->rows && i < answer->rows->nrows; i++) {
		const char *name = rows_cell(answer->rows, i, 0);
		teaching->listed |= name && strcmp(name, "accounts") == 0;
	}
}

static void on_schema(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct teaching *teaching = arg;
	teaching_keep_error(teaching, answer);
	teaching->schema = answer->rows ? mem_dup(rows_cell(answer->rows, 0, 0)) : NULL;
}

/* Names may not find what they seem to. */
static bool is_unsure(const struct teaching *teaching)
{
	const struct db *db = teaching->run->app->work;
	return db_dialect(db)->qualifies && (!db_who(db)->safe_path || db_pooled(db));
}

static void ask_owned(struct teaching *teaching, char *sql, const char *param, teaching_answer_fn *answer,
		      teaching_next_fn *next)
{
	teaching_ask(teaching, sql, param, answer, next);
	free(sql);
}

static void list_tables(struct teaching *teaching)
{
	if (teaching->schema)
		ask_owned(teaching, tutorial_sql_tables(is_unsure(teaching)), teaching->schema,
			  tutorial_table_on_tables, know_table);
	else
		teaching_fail(teaching, ST_STATEMENT, "before its table",
			      "there is no schema to make it in; see `SHOW search_path`");
}

void teaching_begin(struct teaching *teaching)
{
	ask_owned(teaching, tutorial_sql_schema(is_unsure(teaching)), NULL, on_schema, list_tables);
}
