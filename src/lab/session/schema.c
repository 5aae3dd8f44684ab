/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of one player: made before the set-ups, first in every session's search_path, dropped behind the teardown. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "src/lab/stage_internal.h"

/*
 * Two players on one database each have tables of their own, though the lesson's file names them alike.
 *
 * A player that died cannot drop its schema: the next one does, if it is proved that nobody plays there any more.
 * PostgreSQL: each session of the player, the control connection first, shares the advisory lock whose key is the
 * schema's name (documentation, "Advisory Locks": the server lets it go when the session ends, however it ends). Who
 * gets that lock alone knows that none of them is left. CockroachDB has these functions, and they do nothing there
 * (documentation, "Functions and Operators", compatibility), so the schema is named after the control connection's
 * session, and nobody plays there when SHOW CLUSTER SESSIONS, where a role always sees its own sessions, has none of
 * that id; only schemas of the same role are looked at. Up to SCHEMA_SWEEPS are dropped at a time.
 */
#define SCHEMA_PREFIX "teller_lesson_"
#define SCHEMA_COMMENT "made by teller for a lesson that is being played"
enum { SCHEMA_RANDOM_DIGITS = 16, SCHEMA_SWEEPS = 16 };

#define SCHEMA_KEY(name) "pg_catalog.hashtextextended(" name ", 0)"
#define SCHEMA_HEAD "'^" SCHEMA_PREFIX "[0-9a-z]+(, *|$)'"

/* What stood first is taken off before, and the path of the role stays behind it. */
static const char enter_sql[] =
	"SELECT pg_catalog.set_config('search_path', pg_catalog.regexp_replace(pg_catalog.concat($1::pg_catalog.text, "
	"', ', pg_catalog.regexp_replace(pg_catalog.current_setting('search_path'), " SCHEMA_HEAD
	", '')), ', *$', ''), false), pg_catalog.pg_advisory_lock_shared(" SCHEMA_KEY("$1::pg_catalog.text") ")";

/* CASE, because the lock must be tried last. */
static const char left_sql[] =
	"SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE CASE WHEN n.nspname OPERATOR(pg_catalog.~) $1 AND "
	"pg_catalog.obj_description(n.oid, 'pg_namespace') OPERATOR(pg_catalog.=) '" SCHEMA_COMMENT
	"'::pg_catalog.text "
	"AND pg_catalog.pg_has_role(n.nspowner, 'USAGE') THEN pg_catalog.pg_try_advisory_lock(" SCHEMA_KEY(
		"n.nspname::pg_catalog.text") ") ELSE false END LIMIT 16";
static const char unlock_sql[] = "SELECT pg_catalog.pg_advisory_unlock(" SCHEMA_KEY("$1::pg_catalog.text") ")";

static const char left_by_session_sql[] =
	"SELECT n.nspname FROM pg_catalog.pg_namespace AS n WHERE n.nspname ~ $1 AND "
	"pg_catalog.pg_get_userbyid(n.nspowner) = current_user AND NOT EXISTS (SELECT 1 FROM [SHOW CLUSTER SESSIONS] "
	"AS s WHERE s.session_id = substr(n.nspname::STRING, 15)) LIMIT 16";

static bool schema_locks(const struct stage *stage)
{
	return db_dialect(stage->control.db)->advisory_locks;
}

/* A name of ours, and of nothing else: it goes into SQL as it is. */
static bool schema_is_ours(const char *name)
{
	size_t prefix = sizeof SCHEMA_PREFIX - 1;
	if (!name || strncmp(name, SCHEMA_PREFIX, prefix) != 0)
		return false;
	size_t n = strspn(name + prefix, "0123456789abcdefghijklmnopqrstuvwxyz");
	return n > 0 && prefix + n < SCHEMA_NAME_SIZE && !name[prefix + n];
}

static void schema_ask(struct stage *stage, const char *before, const char *name, const char *behind,
		       stage_answer_fn *answer)
{
	struct buf sql = {0};
	buf_fmt(&sql, "%s%s%s", before, name, behind);
	stage_ask(stage, sql.p, answer, stage);
	buf_free(&sql);
}

static void schema_ignore(void *arg, const struct stage_word *word)
{
	(void)arg;
	(void)word;
}

/* ---- why there is none ---- */

static void schema_refuse(struct stage *stage, const struct stage_word *word)
{
	struct buf text = {0};
	bool may_not = strcmp(word->sqlstate, "42501") == 0;
	buf_fmt(&text, "a lesson is played in a schema of its own, which cannot be made: %s%s", word->message,
		may_not ? "; GRANT CREATE ON DATABASE, by its owner, lets this role make one" : "");
	stage_fail(stage, &(struct stage_fact){.fail = FAIL_SCHEMA, .lane = -1, .text = text.p});
	buf_free(&text);
}

/* False where the set-up was left meanwhile, or ends here. */
static bool schema_goes_on(struct stage *stage, const struct stage_word *word)
{
	if (stage->state != STAGE_SETUP)
		return false;
	if (word->kind == WORD_ERROR)
		schema_refuse(stage, word);
	return word->kind != WORD_ERROR;
}

/* ---- sessions ---- */

static void schema_enter_by_lock(struct lane *lane, const char *name)
{
	struct buf shown = {0};
	const char *params[] = {name};
	buf_fmt(&shown, "SET search_path = %s, ...", name);
	struct statement statement = {
		.sql = enter_sql, .verb = VERB_OTHER, .nparams = 1, .params = params, .shown = shown.p, .once = true};
	lane_send_statement(lane, &statement);
	buf_free(&shown);
}

void schema_enter(struct lane *lane)
{
	const char *name = lane_home(lane)->schema.name;
	if (schema_locks(lane_home(lane))) {
		schema_enter_by_lock(lane, name);
		return;
	}
	struct buf sql = {0};
	buf_fmt(&sql, "SET search_path = %s, \"$user\", public", name);
	lane_send(lane, sql.p, 0);
	buf_free(&sql);
}

static void schema_enter_control(struct stage *stage, stage_answer_fn *answer)
{
	const char *name = stage->schema.name;
	if (schema_locks(stage))
		control_ask(stage, enter_sql, mem_dup(name), NULL, answer, stage);
	else
		schema_ask(stage, "SET search_path = ", name, ", \"$user\", public", answer);
}

/* True when all of them have it. */
static bool schema_all_in(struct stage *stage)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (stage->lanes[i].busy)
			return false;
	for (size_t i = 0; i < stage->spec->nsessions && stage->state == STAGE_SETUP; i++) {
		struct lane *lane = &stage->lanes[i];
		const struct stage_word *word = lane_result(lane);
		if (word && word->kind == WORD_ERROR)
			schema_refuse(stage, word);
		else
			lane_clear(lane);
	}
	return stage->state == STAGE_SETUP;
}

/* ---- it is made ---- */

static void schema_on_made(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (schema_goes_on(stage, word))
		stage->schema.at = SCHEMA_STANDS;
	stage_stir(stage);
}

static void schema_make(struct stage *stage)
{
	struct buf comment = {0};
	const char *name = stage->schema.name;
	if (schema_locks(stage))
		buf_fmt(&comment, "; COMMENT ON SCHEMA %s IS '" SCHEMA_COMMENT "'", name);
	stage->schema.made = true;
	schema_ask(stage, "CREATE SCHEMA ", name, buf_text(&comment), schema_on_made);
	buf_free(&comment);
}

/* Somebody else may still hold a table of it. */
static void schema_sweep(struct stage *stage, const char *name)
{
	bool locks = schema_locks(stage);
	schema_ask(stage, locks ? "SET LOCAL lock_timeout = '1s'; DROP SCHEMA IF EXISTS " : "DROP SCHEMA IF EXISTS ",
		   name, " CASCADE", schema_ignore);
	if (locks)
		control_ask(stage, unlock_sql, mem_dup(name), NULL, schema_ignore, stage);
}

/* That leftovers cannot be looked for keeps nobody from playing. */
static void schema_on_left(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (stage->state != STAGE_SETUP)
		return;
	for (size_t row = 0; word->kind == WORD_ROWS && row < word->rows->nrows && row < SCHEMA_SWEEPS; row++)
		if (schema_is_ours(rows_cell(word->rows, row, 0)))
			schema_sweep(stage, rows_cell(word->rows, row, 0));
	schema_make(stage);
}

static void schema_on_entered(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	if (!schema_goes_on(stage, word))
		return;
	if (stage->control.entered) {
		schema_make(stage);
		return;
	}
	stage->control.entered = true;
	control_ask(stage, schema_locks(stage) ? left_sql : left_by_session_sql,
		    mem_dup("^" SCHEMA_PREFIX "[0-9a-z]+$"), NULL, schema_on_left, stage);
}

static void schema_build(struct stage *stage)
{
	schema_enter_control(stage, schema_on_entered);
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (!stage->lanes[i].guest)
			schema_enter(&stage->lanes[i]);
}

/* ---- its name ---- */

static void schema_name(struct stage *stage, const char *suffix)
{
	snprintf(stage->schema.name, sizeof stage->schema.name, SCHEMA_PREFIX "%s", suffix);
}

static void schema_on_session(void *arg, const struct stage_word *word)
{
	static const struct stage_word odd = {.kind = WORD_ERROR, .message = "the server does not name its session"};
	struct stage *stage = arg;
	if (!schema_goes_on(stage, word))
		return;
	schema_name(stage, word->kind == WORD_ROWS ? rows_cell(word->rows, 0, 0) : "");
	if (schema_is_ours(stage->schema.name))
		schema_build(stage);
	else
		schema_refuse(stage, &odd);
}

static void schema_draw(struct stage *stage)
{
	char uuid[UUID_SIZE], digits[SCHEMA_RANDOM_DIGITS + 1];
	size_t n = 0;
	uuid_draw(uuid);
	for (const char *c = uuid; *c && n < SCHEMA_RANDOM_DIGITS; c++)
		if (*c != '-')
			digits[n++] = *c;
	digits[n] = '\0';
	schema_name(stage, digits);
}

static void schema_start(struct stage *stage)
{
	const char *ask = db_dialect(stage->control.db)->own_session_sql;
	stage->schema.at = SCHEMA_COMES;
	if (!stage->control.entered && ask) {
		stage_ask(stage, ask, schema_on_session, stage);
		return;
	}
	if (!stage->control.entered)
		schema_draw(stage);
	schema_build(stage);
}

bool schema_set_up(struct stage *stage)
{
	switch (stage->schema.at) {
	case SCHEMA_NONE:
		schema_start(stage);
		return false;
	case SCHEMA_COMES:
		return false;
	case SCHEMA_STANDS:
		return schema_all_in(stage);
	}
	return false;
}

/* ---- it is dropped ---- */

void schema_reenter(struct stage *stage)
{
	schema_enter_control(stage, schema_ignore);
}

void schema_drop(struct stage *stage, stage_answer_fn *answer)
{
	schema_ask(stage, "DROP SCHEMA IF EXISTS ", stage->schema.name, " CASCADE", answer);
}

void schema_forget(struct stage *stage)
{
	stage->schema.made = false;
	stage->schema.at = SCHEMA_NONE;
}
