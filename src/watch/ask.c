/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server once for its sessions and for who waits for whom: a conversation of two round trips. */
#include "watch/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch_internal.h"

/*
 * First the locks that are waited for, who waits for whom, and the prepared transactions. Then the sessions, all of
 * them or those that were named, and the accounts behind the rows that are waited for. Where the text of statements
 * cannot be converted, because they are of databases of other encodings, they are asked for again without it.
 */
struct asking {
	struct db *db;
	bool all, remembered, no_texts;
	unsigned text;
	bool cluster; /* CockroachDB: one round trip */
	char *account_sql, *schema, *table;
	struct ours *ours;
	size_t nours;
	enum answer_kind kinds[ANSWER_KINDS]; /* of this round trip */
	size_t nkinds;
	struct rows *rows[ANSWER_KINDS];
	bool second, garbled;
	struct err err;
	sessions_fn *done;
	void *arg;
};

enum { ASK_ACCOUNTS_MAX = 64 }; /* rows that are looked up */

static void asking_free(struct asking *asking)
{
	for (size_t i = 0; i < ANSWER_KINDS; i++)
		rows_free(asking->rows[i]);
	free(asking->account_sql);
	free(asking->schema);
	free(asking->table);
	free(asking->ours);
	free(asking);
}

static void asking_finish(struct asking *asking)
{
	struct sessions *sessions = NULL;
	struct err err = asking->err;
	sessions_fn *done = asking->done;
	void *arg = asking->arg;
	if (!err.status) {
		struct answers answers = {
			.schema = asking->schema, .table = asking->table, .ours = asking->ours, .nours = asking->nours};
		memcpy((void *)answers.rows, (const void *)asking->rows, sizeof answers.rows);
		sessions = asking->cluster ? cockroach_build(&answers, asking->all) : sessions_build(&answers);
		memset((void *)asking->rows, 0, sizeof asking->rows);
	}
	asking_free(asking);
	done(arg, sessions, err.status ? &err : NULL);
}

/* ---- answers ---- */

/* Bytes that are not text in the encoding of the database or of ours. */
static bool asking_is_garbled(const struct answer *answer)
{
	return strcmp(answer->sqlstate, "22021") == 0 || strcmp(answer->sqlstate, "22P05") == 0;
}

/* Some are asked for in both round trips. */
static void asking_take(struct asking *asking, enum answer_kind kind, const struct rows *rows)
{
	rows_free(asking->rows[kind]);
	asking->rows[kind] = rows_copy(rows);
}

static void asking_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct asking *asking = arg;
	enum answer_kind kind = asking->kinds[index];
	if (answer->ok)
		asking_take(asking, kind, answer->rows);
	else if (kind == ANSWER_ACCOUNTS || answer->skipped)
		; /* the row is named instead */
	else if (kind == ANSWER_SESSIONS && !asking->no_texts && asking_is_garbled(answer))
		asking->garbled = true;
	else if (!asking->err.status)
		answer_tell(&asking->err, ST_STATEMENT, answer, "the sessions of this server cannot be listed");
}

static void asking_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct asking *asking = arg;
	err_set(&asking->err, ST_LOST, "the connection was lost while the sessions were listed: %s", why->message);
	asking_finish(asking);
}

static void asking_on_dropped(void *arg)
{
	asking_free(arg);
}

static void asking_on_idle(void *arg);

/* What is sent in one round trip. */
struct trip {
	struct statement statements[ANSWER_KINDS];
	struct asking *asking;
};

static struct statement *trip_add(struct trip *trip, enum answer_kind kind, const char *const *params)
{
	struct asking *asking = trip->asking;
	struct statement *statement = &trip->statements[asking->nkinds];
	*statement = asking->cluster ? cockroach_question(kind)
				     : postgres_question(kind, !db_version_at_least(asking->db, 14, 0));
	statement->params = params;
	asking->kinds[asking->nkinds++] = kind;
	return statement;
}

static struct trip trip_begin(struct asking *asking)
{
	struct trip trip = {.asking = asking};
	asking->nkinds = 0;
	trip_add(&trip, ANSWER_LIMITS, NULL);
	return trip;
}

static void trip_send(const struct trip *trip)
{
	struct asking *asking = trip->asking;
	struct db_context context = {0};
	struct db_reply reply = {asking_on_answer, asking_on_idle, asking_on_lost, asking, asking_on_dropped};
	db_send(asking->db, trip->statements, asking->nkinds, &context, &reply);
}

/* ---- the first round trip ---- */

static void asking_send_cluster(struct asking *asking)
{
	struct trip trip = {.asking = asking};
	char limit[16];
	const char *const params[] = {limit};
	snprintf(limit, sizeof limit, "%d", SESSIONS_LOCKS);
	asking->second = true;
	trip_add(&trip, ANSWER_LOCKS, params);
	trip_add(&trip, ANSWER_WAITS, params);
	trip_add(&trip, ANSWER_SESSIONS, params);
	trip_send(&trip);
}

static void asking_send_first(struct asking *asking)
{
	struct trip trip = trip_begin(asking);
	char limit[16];
	const char *const params[] = {limit};
	snprintf(limit, sizeof limit, "%d", SESSIONS_LOCKS);
	trip_add(&trip, ANSWER_LOCKS, params);
	trip_add(&trip, ANSWER_WAITS, params);
	trip_add(&trip, ANSWER_PREPARED, params);
	if (asking->remembered)
		trip_add(&trip, ANSWER_REMEMBERED, params);
	trip_send(&trip);
}

/* ---- the second ---- */

/* "{1,2}": those that wait, and those that are waited for. */
static void asking_add_pids(struct buf *out, const struct rows *waits)
{
	for (size_t row = 0; row < answer_rows(waits, SESSIONS_WAITS); row++)
		for (size_t column = 0; column < WAITS_COLUMNS; column++)
			for (const char *at = answer_cell(waits, row, column); *at; at++)
				if (*at == ' ')
					buf_char(out, ',');
				else if (*at >= '0' && *at <= '9')
					buf_fmt(out, "%s%c", at == answer_cell(waits, row, column) ? "," : "", *at);
}

static char *asking_pids(const struct asking *asking)
{
	struct buf pids = {0};
	if (asking->all)
		return NULL;
	buf_str(&pids, "{0");
	asking_add_pids(&pids, asking->rows[ANSWER_WAITS]);
	buf_char(&pids, '}');
	return buf_take(&pids);
}

/* Rows of the accounts table that are waited for, as an array; "" where there are none. */
static char *asking_rows(const struct asking *asking)
{
	const struct rows *locks = asking->rows[ANSWER_LOCKS];
	struct buf out = {0};
	size_t n = 0;
	for (size_t row = 0; row < answer_rows(locks, SESSIONS_LOCKS) && n < ASK_ACCOUNTS_MAX; row++)
		if (asking->account_sql && locks_is_row_of(locks, row, asking->schema, asking->table)) {
			buf_fmt(&out, "%s\"%.24s\"", n ? "," : "{", answer_cell(locks, row, LOCK_ROW));
			n++;
		}
	buf_str(&out, n ? "}" : "");
	return buf_take(&out);
}

static void asking_send_second(struct asking *asking)
{
	struct trip trip = trip_begin(asking);
	char limit[16], length[16], *pids = asking_pids(asking), *rows = asking_rows(asking);
	const char *const params[] = {limit, pids, length}, *const row_params[] = {rows};
	snprintf(limit, sizeof limit, "%d", SESSIONS_MAX + 1);
	snprintf(length, sizeof length, "%u", asking->no_texts ? 0 : asking->text);
	trip_add(&trip, ANSWER_SESSIONS, params);
	if (*rows) /* behind the others: it may fail */
		trip_add(&trip, ANSWER_ACCOUNTS, row_params)->sql = asking->account_sql;
	asking->second = true;
	trip_send(&trip);
	free(pids);
	free(rows);
}

/* Nobody waits, and nobody asks for the rest. */
static bool asking_has_all(const struct asking *asking)
{
	return asking->second || (!asking->all && answer_rows(asking->rows[ANSWER_WAITS], 1) == 0);
}

static void asking_on_idle(void *arg)
{
	struct asking *asking = arg;
	bool again = asking->garbled && !asking->no_texts;
	asking->no_texts = asking->no_texts || asking->garbled;
	if (asking->err.status || (asking_has_all(asking) && !again))
		asking_finish(asking);
	else
		asking_send_second(asking);
}

/* ---- from outside ---- */

bool sessions_can_ask(const struct db *db)
{
	return db_dialect(db)->shows_waiters || db_server(db) == SERVER_COCKROACH;
}

static void asking_take_ours(struct asking *asking, const struct sessions_question *question)
{
	asking->nours = question->nours;
	asking->ours = mem_array(question->nours, sizeof *asking->ours);
	for (size_t i = 0; i < question->nours; i++) {
		const struct db *db = question->ours[i];
		snprintf(asking->ours[i].token, sizeof asking->ours[i].token, "%s", db_token(db));
		asking->ours[i].pid = db_pooled(db) ? 0 : db_facts(db)->pid;
	}
}

void sessions_ask(struct db *db, const struct sessions_question *question, sessions_fn *done, void *arg)
{
	struct asking *asking = NEW(struct asking);
	asking->db = db;
	asking->all = question->all;
	asking->remembered = question->remembered;
	asking->text = question->text ? question->text : SESSIONS_TEXT;
	asking->account_sql = mem_dup(question->account_sql);
	asking->schema = mem_dup(question->account_schema);
	asking->table = mem_dup(question->account_table);
	asking->done = done;
	asking->arg = arg;
	asking_take_ours(asking, question);
	asking->cluster = db_server(db) == SERVER_COCKROACH;
	if (asking->cluster)
		asking_send_cluster(asking);
	else
		asking_send_first(asking);
}
