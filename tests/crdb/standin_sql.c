/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a statement does in the stand-in: the states of a transaction by version. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tests/crdb/standin_internal.h"

char sql_letter(enum standin_kind kind)
{
	return "BS<RCrsumifgx=v?"[kind];
}

/* ---- which statement it is ---- */

static const struct {
	const char *text;
	bool whole; /* not only how it begins */
	enum standin_kind kind;
} texts[] = {
	{"BEGIN", false, KIND_BEGIN},
	{"SAVEPOINT cockroach_restart", true, KIND_SAVEPOINT},
	{"ROLLBACK TO SAVEPOINT cockroach_restart", true, KIND_ROLLBACK_TO},
	{"RELEASE SAVEPOINT cockroach_restart", true, KIND_RELEASE},
	{"COMMIT", true, KIND_COMMIT},
	{"ROLLBACK", true, KIND_ROLLBACK},
	{STANDIN_READ, true, KIND_READ},
	{STANDIN_WRITE, true, KIND_UPDATE},
	{STANDIN_MOVE, true, KIND_MOVE},
	{STANDIN_LEDGER, true, KIND_LEDGER},
	{STANDIN_PROBE, true, KIND_PROBE},
	{STANDIN_FIND, true, KIND_FIND},
	{"SELECT crdb_internal.force_retry('1h')", true, KIND_FORCE_RETRY},
	{"SET ", false, KIND_SET},
	{"SELECT version()", false, KIND_VERSION},
};

bool sql_known(const char *sql, struct known_text *text)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].whole ? strcmp(sql, texts[i].text) != 0
				   : strncmp(sql, texts[i].text, strlen(texts[i].text)) != 0)
			continue;
		text->kind = texts[i].kind;
		text->takes_row = text->kind == KIND_READ || text->kind == KIND_FIND ||
				  text->kind == KIND_FORCE_RETRY || text->kind == KIND_VERSION;
		text->is_unsafe_set = strcasecmp(sql, "SET allow_unsafe_internals = on") == 0;
		return true;
	}
	return false;
}

/* ---- errors ---- */

/* An error of the storage that is not about retrying closes the way back to the savepoint. */
static bool closes_way_back(const char *sqlstate)
{
	return strcmp(sqlstate, "40003") == 0 || strncmp(sqlstate, "58", 2) == 0;
}

static void abort_txn(const struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind,
		      const char *sqlstate)
{
	bool retry = strcmp(sqlstate, "40001") == 0;
	if (kind == KIND_RELEASE && !retry)
		txn->savepoint = false; /* a retry error leaves it declared; anything else removes it */
	if (kind == KIND_ROLLBACK_TO && strncmp(sqlstate, "3B", 2) == 0)
		txn->savepoint = false;
	txn->no_way_back |= closes_way_back(sqlstate);
	bool wait = retry && txn->savepoint && sql_ways(shared->version)->restart_wait;
	txn->state = wait ? STATE_RESTART_WAIT : STATE_ABORTED;
}

/* The error is told, and leaves the transaction as this version does. */
void sql_fail(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind, const char *sqlstate,
	      struct reply *reply)
{
	*reply = (struct reply){.sqlstate = sqlstate};
	snprintf(reply->message, sizeof reply->message, "%s", sql_message(sqlstate));
	if (txn->state == STATE_NOTXN || txn->state == STATE_COMMIT_WAIT)
		return;
	if (kind == KIND_RELEASE && strcmp(sqlstate, "25000") == 0)
		txn->state = STATE_COMMIT_WAIT;
	else if (kind == KIND_COMMIT)
		*txn = (struct sql_txn){.unsafe = txn->was_unsafe}; /* a plain COMMIT ends it, however it goes */
	else
		abort_txn(shared, txn, kind, sqlstate);
}

/* ---- transaction statements ---- */

static const char *run_set(struct standin_shared *shared, struct sql_txn *txn, const struct known_text *text,
			   struct reply *reply)
{
	strcpy(reply->tag, "SET");
	if (text->is_unsafe_set && !sql_ways(shared->version)->unsafe_known)
		return "42704";
	txn->unsafe |= text->is_unsafe_set;
	if (txn->state == STATE_NOTXN)
		txn->was_unsafe = txn->unsafe;
	return NULL;
}

static void end(struct sql_txn *txn, bool committed)
{
	bool unsafe = committed ? txn->unsafe : txn->was_unsafe;
	*txn = (struct sql_txn){.unsafe = unsafe, .was_unsafe = unsafe};
}

static const char *run_begin(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (txn->state != STATE_NOTXN)
		return sql_ways(shared->version)->begin_again;
	txn->state = STATE_OPEN;
	strcpy(reply->tag, "BEGIN");
	return NULL;
}

static const char *run_savepoint(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (txn->touched && !txn->rolled_back_to)
		return sql_ways(shared->version)->savepoint_late;
	txn->savepoint = true;
	strcpy(reply->tag, "SAVEPOINT");
	return NULL;
}

/* What was SET since is put back too; the stand-in lets nobody SET between BEGIN and SAVEPOINT and rely on it. */
static const char *run_rollback_to(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	bool clean = txn->state == STATE_OPEN && sql_ways(shared->version)->restart_wait;
	if (!txn->savepoint)
		return sql_ways(shared->version)->no_savepoint;
	if (txn->no_way_back)
		return "0A000";
	txn->state = STATE_OPEN;
	txn->rolled_back_to = true;
	txn->unsafe = txn->was_unsafe;
	txn->work = (struct work){0};
	strcpy(reply->tag, clean ? "SAVEPOINT" : "ROLLBACK");
	return NULL;
}

static const char *run_release(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (!txn->savepoint)
		return sql_ways(shared->version)->no_savepoint;
	const char *sqlstate = bank_commit(shared, &txn->work);
	if (sqlstate)
		return sqlstate;
	txn->state = STATE_COMMIT_WAIT;
	txn->savepoint = false;
	strcpy(reply->tag, "COMMIT");
	return NULL;
}

static const char *run_commit(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	const char *sqlstate = bank_commit(shared, &txn->work);
	if (sqlstate)
		return sqlstate;
	end(txn, true);
	strcpy(reply->tag, "COMMIT");
	return NULL;
}

/* ---- by state ---- */

static const char *run_outside(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind,
			       const struct params *params, struct reply *reply)
{
	struct work work = {0};
	if (kind >= KIND_READ) {
		const char *sqlstate = bank_run(shared, txn, &work, kind, params, reply);
		return sqlstate ? sqlstate : bank_commit(shared, &work);
	}
	if (kind == KIND_BEGIN)
		return run_begin(shared, txn, reply);
	if (sql_ways(shared->version)->outside)
		return sql_ways(shared->version)->outside;
	/* autocommit_before_ddl is on: accepted with a warning. Of ROLLBACK TO that is not documented. */
	if (kind == KIND_ROLLBACK_TO)
		return "25P01";
	reply->warning = true;
	snprintf(reply->tag, sizeof reply->tag, "%s",
		 kind == KIND_COMMIT     ? "COMMIT"
		 : kind == KIND_RELEASE  ? "RELEASE"
		 : kind == KIND_ROLLBACK ? "ROLLBACK"
					 : "SAVEPOINT");
	return NULL;
}

static const char *run_open(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind,
			    const struct params *params, struct reply *reply)
{
	switch ((int)kind) {
	case KIND_BEGIN:
		return run_begin(shared, txn, reply);
	case KIND_SAVEPOINT:
		return run_savepoint(shared, txn, reply);
	case KIND_ROLLBACK_TO:
		return run_rollback_to(shared, txn, reply);
	case KIND_RELEASE:
		return run_release(shared, txn, reply);
	case KIND_COMMIT:
		return run_commit(shared, txn, reply);
	case KIND_ROLLBACK:
		end(txn, false);
		strcpy(reply->tag, "ROLLBACK");
		return NULL;
	default:
		txn->touched = true;
		txn->rolled_back_to = false;
		return bank_run(shared, txn, &txn->work, kind, params, reply);
	}
}

static const char *run_aborted(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind,
			       struct reply *reply)
{
	bool wait = txn->state == STATE_RESTART_WAIT;
	if (kind == KIND_COMMIT || kind == KIND_ROLLBACK) {
		end(txn, false);
		strcpy(reply->tag, wait && kind == KIND_COMMIT ? "COMMIT" : "ROLLBACK");
		return NULL;
	}
	if (kind == KIND_ROLLBACK_TO)
		return run_rollback_to(shared, txn, reply);
	if (kind == KIND_SAVEPOINT && txn->savepoint && !sql_ways(shared->version)->restart_wait) {
		const char *sqlstate = run_rollback_to(shared, txn, reply);
		strcpy(reply->tag, "SAVEPOINT");
		return sqlstate;
	}
	return "25P02";
}

/* There is nothing to undo any more: ROLLBACK says COMMIT. */
static const char *run_committed(struct sql_txn *txn, enum standin_kind kind, struct reply *reply)
{
	if (kind != KIND_COMMIT && kind != KIND_ROLLBACK)
		return "25000";
	end(txn, true);
	strcpy(reply->tag, "COMMIT");
	return NULL;
}

static const char *dispatch(struct standin_shared *shared, struct sql_txn *txn, const struct known_text *text,
			    const struct params *params, struct reply *reply)
{
	bool may_be_free = txn->state == STATE_NOTXN || txn->state == STATE_OPEN;
	if (text->kind == KIND_VERSION && may_be_free) {
		reply->row = true;
		snprintf(reply->cell, sizeof reply->cell, "%s", sql_version(shared->version));
		strcpy(reply->tag, "SELECT 1");
		return NULL;
	}
	if (text->kind == KIND_SET && may_be_free)
		return run_set(shared, txn, text, reply);
	switch (txn->state) {
	case STATE_NOTXN:
		return run_outside(shared, txn, text->kind, params, reply);
	case STATE_OPEN:
		return run_open(shared, txn, text->kind, params, reply);
	case STATE_ABORTED:
	case STATE_RESTART_WAIT:
		return run_aborted(shared, txn, text->kind, reply);
	case STATE_COMMIT_WAIT:
		return run_committed(txn, text->kind, reply);
	}
	return "XX000";
}

void sql_run(struct standin_shared *shared, struct sql_txn *txn, const struct known_text *text,
	     const struct params *params, struct reply *reply)
{
	*reply = (struct reply){0};
	const char *sqlstate = dispatch(shared, txn, text, params, reply);
	if (sqlstate)
		sql_fail(shared, txn, text->kind, sqlstate, reply);
}

void sql_end_silently(struct standin_shared *shared, struct sql_txn *txn)
{
	struct reply reply;
	run_commit(shared, txn, &reply);
}

char sql_status(const struct sql_txn *txn)
{
	if (txn->state == STATE_NOTXN)
		return 'I';
	return txn->state == STATE_ABORTED ? 'E' : 'T';
}
