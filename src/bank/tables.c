/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes the tables of the bank where they are missing, a statement at a time. */
#include "bank/fill_body.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "src/bank/sql/ident.h"

enum { STATEMENTS_MAX = 4 };

struct making {
	struct db *db;
	char *statements[STATEMENTS_MAX];
	size_t n, at;
	struct err err;
	fill_tables_fn *done;
	void *arg;
};

static void tables_send_next(struct making *making);

static void tables_finish(struct making *making)
{
	struct making made = *making;
	for (size_t i = 0; i < made.n; i++)
		free(made.statements[i]);
	free(making);
	made.done(made.arg, made.err.status ? &made.err : NULL);
}

static void tables_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct making *making = arg;
	if (!answer->ok)
		answer_tell(&making->err, ST_STATEMENT, answer, "the tables cannot be made");
}

static void tables_on_idle(void *arg)
{
	struct making *making = arg;
	if (making->err.status)
		tables_finish(making);
	else
		tables_send_next(making);
}

static void tables_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct making *making = arg;
	err_set(&making->err, ST_LOST, "the connection was lost while the tables were made: %s", why->message);
	tables_finish(making);
}

/* Of our own file: the next paragraph without its comment lines, and without the semicolon at its end; false at the
 * end. */
static bool tables_next_paragraph(const char **text, struct buf *sql)
{
	buf_clear(sql);
	while (**text) {
		size_t n = strcspn(*text, "\n");
		if (n == 0 && sql->len > 0)
			break;
		if (n > 0 && strncmp(*text, "--", 2) != 0)
			buf_fmt(sql, "%s%.*s", sql->len ? "\n" : "", (int)n, *text);
		*text += n + ((*text)[n] == '\n');
	}
	if (sql->len > 0 && sql->p[sql->len - 1] == ';')
		sql->p[--sql->len] = '\0';
	return sql->len > 0;
}

static void tables_send_next(struct making *making)
{
	if (making->at == making->n) {
		tables_finish(making);
		return;
	}
	struct statement statement = {.sql = making->statements[making->at++], .verb = VERB_DDL, .once = true};
	struct db_context context = {0};
	struct db_reply reply = {tables_on_answer, tables_on_idle, tables_on_lost, making, NULL};
	db_send(making->db, &statement, 1, &context, &reply);
}

/* Adds a statement, owned. */
static void tables_add(struct making *making, char *sql)
{
	assert(making->n < STATEMENTS_MAX);
	making->statements[making->n++] = sql;
}

static struct making *tables_new(struct db *db, fill_tables_fn *done, void *arg)
{
	struct making *making = NEW(struct making);
	*making = (struct making){.db = db, .done = done, .arg = arg};
	return making;
}

void fill_tables(struct db *db, const struct catalogue *accounts, fill_tables_fn *done, void *arg)
{
	struct making *making = tables_new(db, done, arg);
	struct buf sql = {0};
	const char *text = asset_schema_sql;
	if (accounts)
		tables_add(making, mem_dup(accounts->sql[CAT_MAKE_LEDGER]));
	while (!accounts && tables_next_paragraph(&text, &sql))
		tables_add(making, mem_dup(sql.p));
	buf_free(&sql);
	tables_send_next(making);
}

bool fill_makes(const char *table)
{
	char *schema, *name;
	bool good = ident_split(table, &schema, &name) && strcmp(name, "accounts") == 0;
	free(schema);
	free(name);
	return good;
}

/* The table of the tutorial, in the schema that was named. SERIAL and INTEGER are words of the grammar: they find
 * nobody's types. */
void fill_accounts(struct db *db, const char *table, fill_tables_fn *done, void *arg)
{
	struct making *making = tables_new(db, done, arg);
	struct buf sql = {0}, first = {0};
	const char *text = asset_schema_sql;
	char *schema = NULL, *name = NULL;
	ident_split(table, &schema, &name);
	tables_next_paragraph(&text, &first);
	size_t head = (size_t)(strstr(first.p, "accounts") - first.p);
	buf_add(&sql, first.p, head);
	if (schema) {
		ident_add(&sql, schema);
		buf_char(&sql, '.');
	}
	buf_str(&sql, first.p + head);
	buf_free(&first);
	free(schema);
	free(name);
	tables_add(making, buf_take(&sql));
	tables_send_next(making);
}
