/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions to CockroachDB about its sessions and locks, and what is made of the answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "watch_internal.h"

/*
 * cluster_locks is there from v22.1 on (release notes); it has the locks of the whole cluster, those that are held and
 * those that are waited for, by transaction (crdb_internal in the documentation). A transaction's session is in
 * cluster_transactions.
 */
#define AGE_US(time) "((extract(epoch FROM now()) - extract(epoch FROM " time ")) * 1000000)::INT8"

#define TXN_FOR AGE_US("start")
#define QUERY_FOR AGE_US("oldest_query_start")

static const char locks_sql[] = "SELECT txn_id::STRING, lock_key_pretty, granted, schema_name, table_name, "
				"lock_strength, (extract(epoch FROM duration) * 1000000)::INT8 AS age "
				"FROM crdb_internal.cluster_locks WHERE contended AND txn_id IS NOT NULL LIMIT $1";

static const char transactions_sql[] =
	"SELECT id::STRING, session_id, " TXN_FOR " AS age FROM crdb_internal.cluster_transactions LIMIT $1";

static const char cluster_sessions_sql[] =
	"SELECT session_id, user_name, application_name, client_address, left(active_queries, 1000), "
	"left(last_active_query, 1000), " QUERY_FOR " AS age FROM crdb_internal.cluster_sessions LIMIT $1";

struct statement cockroach_question(enum answer_kind kind)
{
	bool locks = kind == ANSWER_LOCKS, sessions = kind == ANSWER_SESSIONS;
	struct shape shape = {.columns = locks      ? CLUSTER_LOCK_COLUMNS
					 : sessions ? CLUSTER_SESSION_COLUMNS
						    : CLUSTER_TXN_COLUMNS,
			      .filled = SHAPE_FILLED(0)};
	return (struct statement){.sql = locks      ? locks_sql
					 : sessions ? cluster_sessions_sql
						    : transactions_sql,
				  .verb = VERB_SELECT,
				  .nparams = 1,
				  .shape = shape};
}

/* ---- the model ---- */

struct cluster {
	struct sessions *sessions;
	const struct answers *answers;
	const struct rows *locks, *transactions;
	size_t nlocks;
	long *owners; /* of the locks: sessions, or SESSIONS_NONE */
};

static void cockroach_take(struct server_session *session, const struct rows *rows, size_t row)
{
	const char *active = answer_cell(rows, row, CLUSTER_SESSION_ACTIVE);
	session->id = answer_cell(rows, row, CLUSTER_SESSION_ID);
	session->here = true;
	session->type = "client backend";
	session->user = answer_cell(rows, row, CLUSTER_SESSION_USER);
	session->application = answer_cell(rows, row, CLUSTER_SESSION_APPLICATION);
	session->client = answer_cell(rows, row, CLUSTER_SESSION_CLIENT);
	session->state = active[0] ? "active" : "idle";
	session->statement = active[0] ? active : answer_cell(rows, row, CLUSTER_SESSION_LAST);
	session->statement_us = active[0] ? answer_age(rows, row, CLUSTER_SESSION_QUERY_AGE) : -1;
}

static long cockroach_find(const struct sessions *sessions, const char *id)
{
	for (size_t i = 0; i < sessions->n; i++)
		if (strcmp(sessions->at[i].id, id) == 0)
			return (long)i;
	return SESSIONS_NONE;
}

/* A transaction that is open while nothing runs: how long nothing has is not said. */
static void cockroach_take_transaction(struct cluster *cluster, size_t row)
{
	long at = cockroach_find(cluster->sessions, answer_cell(cluster->transactions, row, CLUSTER_TXN_SESSION));
	if (at == SESSIONS_NONE)
		return;
	struct server_session *session = &cluster->sessions->at[at];
	session->xid = answer_cell(cluster->transactions, row, CLUSTER_TXN_ID);
	session->xact_us = answer_age(cluster->transactions, row, CLUSTER_TXN_AGE);
	if (strcmp(session->state, "idle") == 0)
		session->state = "idle in transaction";
}

static long cockroach_of_txn(const struct sessions *sessions, const char *txn)
{
	for (size_t i = 0; txn[0] && i < sessions->n; i++)
		if (strcmp(sessions->at[i].xid, txn) == 0)
			return (long)i;
	return SESSIONS_NONE;
}

/* "/Table/123/1/104/0": the row of the primary index whose key is 104; NULL where it is not so plain. Owned. */
static char *cockroach_row(const char *key)
{
	unsigned table = 0;
	int id = 0, end = 0;
	if (sscanf(key, "/Table/%u/1/%n%*[^/]%n", &table, &id, &end) != 1 || end <= id || strcmp(key + end, "/0") != 0)
		return NULL;
	bool quoted = key[id] == '"' && end - id > 2 && key[end - 1] == '"';
	char *row = quoted ? mem_dup_n(key + id + 1, (size_t)(end - id - 2)) : mem_dup_n(key + id, (size_t)(end - id));
	if (strchr(row, '\\') || (!quoted && !text_is_integer(row))) { /* bytes, which the key has in another form */
		free(row);
		return NULL;
	}
	return row;
}

static bool cockroach_is_accounts(const struct cluster *cluster, size_t row)
{
	const struct answers *answers = cluster->answers;
	return answers->schema && answers->table &&
	       strcmp(answer_cell(cluster->locks, row, CLUSTER_LOCK_SCHEMA), answers->schema) == 0 &&
	       strcmp(answer_cell(cluster->locks, row, CLUSTER_LOCK_TABLE), answers->table) == 0;
}

static void cockroach_want(struct cluster *cluster, long waiter, size_t row)
{
	struct server_lock *lock = &cluster->sessions->at[waiter].lock;
	char *id = cockroach_row(answer_cell(cluster->locks, row, CLUSTER_LOCK_KEY));
	lock->type = "key";
	lock->mode = answer_cell(cluster->locks, row, CLUSTER_LOCK_STRENGTH);
	lock->object = answer_cell(cluster->locks, row, CLUSTER_LOCK_KEY);
	lock->schema = answer_cell(cluster->locks, row, CLUSTER_LOCK_SCHEMA);
	lock->name = answer_cell(cluster->locks, row, CLUSTER_LOCK_TABLE);
	lock->age_us = answer_age(cluster->locks, row, CLUSTER_LOCK_AGE);
	if (id) {
		lock->row = sessions_make(cluster->sessions, id);
		lock->account = cockroach_is_accounts(cluster, row) ? lock->row : "";
	}
}

static bool cockroach_granted(const struct rows *locks, size_t row)
{
	return answer_cell(locks, row, CLUSTER_LOCK_GRANTED)[0] == 't';
}

/* Whoever waits for a key waits for those who have it. */
static void cockroach_pair(struct cluster *cluster, size_t row)
{
	const char *key = answer_cell(cluster->locks, row, CLUSTER_LOCK_KEY);
	long waiter = cluster->owners[row];
	if (waiter == SESSIONS_NONE || cockroach_granted(cluster->locks, row))
		return;
	cockroach_want(cluster, waiter, row);
	for (size_t i = 0; i < cluster->nlocks; i++) {
		long holder = cluster->owners[i];
		if (holder == SESSIONS_NONE || holder == waiter || !cockroach_granted(cluster->locks, i))
			continue;
		if (strcmp(answer_cell(cluster->locks, i, CLUSTER_LOCK_KEY), key) == 0)
			sessions_add_wait(cluster->sessions, waiter, holder, WAIT_HELD);
	}
}

static void cockroach_read_locks(struct cluster *cluster)
{
	cluster->nlocks = answer_rows(cluster->locks, SESSIONS_LOCKS);
	cluster->owners = mem_array(cluster->nlocks, sizeof *cluster->owners);
	for (size_t row = 0; row < cluster->nlocks; row++)
		cluster->owners[row] =
			cockroach_of_txn(cluster->sessions, answer_cell(cluster->locks, row, CLUSTER_LOCK_TXN));
	for (size_t row = 0; row < cluster->nlocks; row++)
		cockroach_pair(cluster, row);
	free(cluster->owners);
}

/* Only those that wait or are waited for; their places change. */
static void cockroach_keep_some(struct sessions *sessions)
{
	long *to = mem_array(sessions->n, sizeof *to);
	size_t kept = 0;
	for (size_t i = 0; i < sessions->nwaits; i++)
		to[sessions->waits[i].waiter] = to[sessions->waits[i].holder] = 1;
	for (size_t i = 0; i < sessions->n; i++) {
		if (!to[i])
			continue;
		sessions->at[kept] = sessions->at[i];
		to[i] = (long)kept++;
	}
	for (size_t i = 0; i < sessions->nwaits; i++) {
		sessions->waits[i].waiter = to[sessions->waits[i].waiter];
		sessions->waits[i].holder = to[sessions->waits[i].holder];
	}
	sessions->n = kept;
	free(to);
}

struct sessions *cockroach_build(struct answers *answers, bool all)
{
	const struct rows *rows = answers->rows[ANSWER_SESSIONS];
	struct cluster cluster = {.sessions = NEW(struct sessions),
				  .answers = answers,
				  .locks = answers->rows[ANSWER_LOCKS],
				  .transactions = answers->rows[ANSWER_WAITS]};
	cluster.sessions->more = answer_rows(rows, SIZE_MAX) > SESSIONS_MAX;
	for (size_t row = 0; row < answer_rows(rows, SESSIONS_MAX); row++) {
		struct server_session *session = sessions_add(cluster.sessions);
		cockroach_take(session, rows, row);
		sessions_mark(session, answers);
	}
	for (size_t row = 0; row < answer_rows(cluster.transactions, SESSIONS_MAX); row++)
		cockroach_take_transaction(&cluster, row);
	cockroach_read_locks(&cluster);
	if (!all)
		cockroach_keep_some(cluster.sessions);
	sessions_keep(cluster.sessions, answers);
	return cluster.sessions;
}
