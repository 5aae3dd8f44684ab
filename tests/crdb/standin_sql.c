/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a statement does in the stand-in: the states of a transaction by version, and a bank that changes at commits only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/crdb/standin_in.h"

/* Where the versions differ. */
static const struct ways {
	const char *version;        /* of crdb_version and version() */
	const char *outside;        /* SQLSTATE of transaction statements outside a transaction; NULL: a warning */
	const char *begin_again;    /* of BEGIN in a transaction */
	const char *no_savepoint;   /* of ROLLBACK TO and RELEASE of what was not declared */
	const char *savepoint_late; /* of SAVEPOINT behind a statement that used data */
	bool restart_wait;          /* T after 40001 with the savepoint declared, and COMMIT is then answered COMMIT */
	bool late_conflicts;        /* a conflicting write is seen at the commit, not at the UPDATE */
	bool unsafe_known, unsafe_off; /* allow_unsafe_internals exists, and is off at first */
} ways[] = {
	[STANDIN_2_2] = {"CockroachDB OSS v2.2.0-alpha.20190211 (x86_64-unknown-linux-gnu, built 2019/02/11, go1.11.4)",
			 "XX000", "XX000", "3B000", "XX000", true, true, false, false},
	[STANDIN_20_1] = {"CockroachDB CCL v20.1.5 (x86_64-unknown-linux-gnu, built 2020/08/24 19:52:08, go1.13.9)",
			  "XXUUU", "25001", "3B001", "42601", false, false, false, false},
	[STANDIN_25_4] = {"CockroachDB CCL v25.4.1 (x86_64-pc-linux-gnu, built 2025/11/24, go1.23.12)", NULL, "25001",
			  "3B001", "42601", false, false, true, false},
	/* Buffered writes: a conflict surfaces at the commit. */
	[STANDIN_26_2] = {"CockroachDB CCL v26.2.0 (x86_64-pc-linux-gnu, built 2026/05/04, go1.25.5)", NULL, "25001",
			  "3B001", "42601", false, true, true, true},
};

const char *sql_version(enum standin_version version)
{
	return ways[version].version;
}

char sql_letter(enum standin_kind kind)
{
	return "BS<RCrsumifx=v?"[kind];
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
	{STANDIN_FENCE, true, KIND_FENCE},
	{"SELECT crdb_internal.force_retry('1h')", true, KIND_FORCE_RETRY},
	{"SET ", false, KIND_SET},
	{"SELECT version()", true, KIND_VERSION},
};

bool sql_known(const char *sql, struct known_text *text)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].whole ? strcmp(sql, texts[i].text) != 0
				   : strncmp(sql, texts[i].text, strlen(texts[i].text)) != 0)
			continue;
		text->kind = texts[i].kind;
		text->takes_row =
			text->kind == KIND_READ || text->kind == KIND_FORCE_RETRY || text->kind == KIND_VERSION;
		text->is_unsafe_set = strcasecmp(sql, "SET allow_unsafe_internals = on") == 0;
		return true;
	}
	return false;
}

/* ---- errors ---- */

static const char *message_of(const char *sqlstate)
{
	static const char *const known[][2] = {
		{"40001",
		 "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry txn "
		 "(RETRY_SERIALIZABLE)"},
		{"40003", "result is ambiguous: replica unavailable"},
		{"57014", "query execution canceled"},
		{"57P01", "server is shutting down"},
		{"25P02", "current transaction is aborted, commands ignored until end of transaction block"},
		{"25000", "current transaction is committed, commands ignored until end of transaction block"},
		{"3B001", "savepoint \"cockroach_restart\" does not exist"},
		{"3B000", "savepoint cockroach_restart has not been used"},
		{"23505", "duplicate key value violates unique constraint \"transfers_pkey\""},
		{"22012", "division by zero"},
		{"25001", "there is already a transaction in progress"},
		{"42704", "unrecognized configuration parameter \"allow_unsafe_internals\""},
		{"42501", "Access to crdb_internal and system is restricted."},
		{"0A000", "cannot rollback to savepoint after error"},
		{"42601", "SAVEPOINT \"cockroach_restart\" needs to be the first statement in a transaction"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i][0], sqlstate) == 0)
			return known[i][1];
	return "an error of the stand-in";
}

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
	bool wait = retry && txn->savepoint && ways[shared->version].restart_wait;
	txn->state = wait ? STATE_RESTART_WAIT : STATE_ABORTED;
}

/* The error is told, and leaves the transaction as this version does. */
void sql_fail(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind, const char *sqlstate,
	      struct reply *reply)
{
	*reply = (struct reply){.sqlstate = sqlstate};
	snprintf(reply->message, sizeof reply->message, "%s", message_of(sqlstate));
	if (txn->state == STATE_NOTXN || txn->state == STATE_COMMIT_WAIT)
		return;
	if (kind == KIND_RELEASE && strcmp(sqlstate, "25000") == 0)
		txn->state = STATE_COMMIT_WAIT;
	else if (kind == KIND_COMMIT)
		*txn = (struct sql_txn){.unsafe = txn->was_unsafe}; /* a plain COMMIT ends it, however it goes */
	else
		abort_txn(shared, txn, kind, sqlstate);
}

/* ---- the bank ---- */

static bool has_id(const struct standin_shared *shared, const struct work *work, const char *id)
{
	for (size_t i = 0; i < shared->nids; i++)
		if (strcmp(shared->ids[i], id) == 0)
			return true;
	for (size_t i = 0; work && i < work->nids; i++)
		if (strcmp(work->ids[i], id) == 0)
			return true;
	return false;
}

/* The index of an account; -1 where there is none. Its version is remembered at its first use. */
static int use(const struct standin_shared *shared, struct work *work, const char *id)
{
	int at = atoi(id) - 1;
	if (at < 0 || at >= STANDIN_ACCOUNTS)
		return -1;
	if (!work->read[at] && !work->wrote[at])
		work->seen[at] = shared->accounts[at].version;
	return at;
}

static long balance(const struct standin_shared *shared, const struct work *work, int at)
{
	return work->wrote[at] ? work->balance[at] : shared->accounts[at].balance;
}

static const char *put_balance(const struct standin_shared *shared, struct work *work, int at, long value)
{
	if (work->seen[at] != shared->accounts[at].version && !ways[shared->version].late_conflicts)
		return "40001";
	work->wrote[at] = true;
	work->balance[at] = value;
	return NULL;
}

/* Serializable: what was used must still be as it was. Returns the SQLSTATE, NULL where it is committed. */
static const char *commit(struct standin_shared *shared, const struct work *work)
{
	for (int i = 0; i < STANDIN_ACCOUNTS; i++)
		if ((work->read[i] || work->wrote[i]) && work->seen[i] != shared->accounts[i].version)
			return "40001";
	for (size_t i = 0; i < work->nids; i++)
		if (has_id(shared, NULL, work->ids[i]) || shared->nids == STANDIN_IDS)
			return "40001";
	for (int i = 0; i < STANDIN_ACCOUNTS; i++)
		if (work->wrote[i]) {
			shared->accounts[i].balance = work->balance[i];
			shared->accounts[i].version++;
		}
	for (size_t i = 0; i < work->nids; i++)
		memcpy(shared->ids[shared->nids++], work->ids[i], PARAM_BYTES);
	return NULL;
}

static const char *read_balance(struct standin_shared *shared, struct work *work, const struct params *params,
				struct reply *reply)
{
	int at = use(shared, work, params->value[0]);
	snprintf(reply->tag, sizeof reply->tag, "SELECT %d", at >= 0);
	if (at < 0)
		return NULL;
	work->read[at] = true;
	reply->row = true;
	snprintf(reply->cell, sizeof reply->cell, "%ld", balance(shared, work, at));
	return NULL;
}

static const char *write_balance(struct standin_shared *shared, struct work *work, const struct params *params,
				 struct reply *reply)
{
	int at = use(shared, work, params->value[0]);
	snprintf(reply->tag, sizeof reply->tag, "UPDATE %d", at >= 0);
	return at < 0 ? NULL : put_balance(shared, work, at, atol(params->value[1]));
}

static const char *move_half(struct standin_shared *shared, struct work *work, const struct params *params,
			     struct reply *reply)
{
	int from = use(shared, work, params->value[0]), to = use(shared, work, params->value[1]);
	long half = from < 0 ? 0 : balance(shared, work, from) >> 1;
	if (half <= 0 || to < 0)
		return "22012";
	const char *sqlstate = put_balance(shared, work, from, balance(shared, work, from) - half);
	snprintf(reply->tag, sizeof reply->tag, "UPDATE 2");
	return sqlstate ? sqlstate : put_balance(shared, work, to, balance(shared, work, to) + half);
}

static const char *write_id(struct standin_shared *shared, struct work *work, const struct params *params, bool fence,
			    struct reply *reply)
{
	bool there = has_id(shared, work, params->value[0]);
	if (there && !fence)
		return "23505";
	snprintf(reply->tag, sizeof reply->tag, "INSERT 0 %d", !there);
	if (!there && work->nids < OWN_IDS)
		memcpy(work->ids[work->nids++], params->value[0], PARAM_BYTES);
	return NULL;
}

/* Fails for an hour. The server retries by itself, and the client hears nothing, unless the client has a result already. */
static const char *force_retry(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (ways[shared->version].unsafe_off && !txn->unsafe)
		return "42501";
	if (txn->state != STATE_NOTXN && txn->delivered)
		return "40001";
	reply->forever = true;
	return NULL;
}

static const char *run_data(struct standin_shared *shared, struct sql_txn *txn, struct work *work,
			    enum standin_kind kind, const struct params *params, struct reply *reply)
{
	if (kind == KIND_READ)
		return read_balance(shared, work, params, reply);
	if (kind == KIND_UPDATE)
		return write_balance(shared, work, params, reply);
	if (kind == KIND_MOVE)
		return move_half(shared, work, params, reply);
	if (kind == KIND_FORCE_RETRY)
		return force_retry(shared, txn, reply);
	return write_id(shared, work, params, kind == KIND_FENCE, reply);
}

static const char *run_set(struct standin_shared *shared, struct sql_txn *txn, const struct known_text *text,
			   struct reply *reply)
{
	strcpy(reply->tag, "SET");
	if (text->is_unsafe_set && !ways[shared->version].unsafe_known)
		return "42704";
	txn->unsafe |= text->is_unsafe_set;
	if (txn->state == STATE_NOTXN)
		txn->was_unsafe = txn->unsafe;
	return NULL;
}

/* ---- transaction statements ---- */

static void end(struct sql_txn *txn, bool committed)
{
	bool unsafe = committed ? txn->unsafe : txn->was_unsafe;
	*txn = (struct sql_txn){.unsafe = unsafe, .was_unsafe = unsafe};
}

static const char *run_begin(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (txn->state != STATE_NOTXN)
		return ways[shared->version].begin_again;
	txn->state = STATE_OPEN;
	strcpy(reply->tag, "BEGIN");
	return NULL;
}

static const char *run_savepoint(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (txn->touched && !txn->rolled_back_to)
		return ways[shared->version].savepoint_late;
	txn->savepoint = true;
	strcpy(reply->tag, "SAVEPOINT");
	return NULL;
}

/* What was SET since is put back too; the stand-in lets nobody SET between BEGIN and SAVEPOINT and rely on it. */
static const char *run_rollback_to(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	bool clean = txn->state == STATE_OPEN && ways[shared->version].restart_wait;
	if (!txn->savepoint)
		return ways[shared->version].no_savepoint;
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
		return ways[shared->version].no_savepoint;
	const char *sqlstate = commit(shared, &txn->work);
	if (sqlstate)
		return sqlstate;
	txn->state = STATE_COMMIT_WAIT;
	txn->savepoint = false;
	strcpy(reply->tag, "COMMIT");
	return NULL;
}

static const char *run_commit(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	const char *sqlstate = commit(shared, &txn->work);
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
		const char *sqlstate = run_data(shared, txn, &work, kind, params, reply);
		return sqlstate ? sqlstate : commit(shared, &work);
	}
	if (kind == KIND_BEGIN)
		return run_begin(shared, txn, reply);
	if (ways[shared->version].outside)
		return ways[shared->version].outside;
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
		return run_data(shared, txn, &txn->work, kind, params, reply);
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
	if (kind == KIND_SAVEPOINT && txn->savepoint && !ways[shared->version].restart_wait) {
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
