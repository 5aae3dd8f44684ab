/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server to cancel another session's statement, or to end that session. */
#include "watch/signal.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "db/sql.h"

struct signalling {
	bool sent;
	struct err err;
	session_signal_fn *done;
	void *arg;
};

#define START SQL_MICROSECONDS("a.backend_start")
#define XACT_START SQL_MICROSECONDS("a.xact_start")

/* The same process number may be another session's by now; its start tells. */
#define THAT_SESSION                                                                                                   \
	"FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a WHERE "                                        \
	"COALESCE(" START "::pg_catalog.text, '') OPERATOR(pg_catalog.=) $2::pg_catalog.text "                         \
	"AND ($3::pg_catalog.text IS NULL OR "                                                                         \
	"COALESCE(" XACT_START "::pg_catalog.text, '') OPERATOR(pg_catalog.=) $3::pg_catalog.text)"

static const char cancel_sql[] = "SELECT pg_catalog.pg_cancel_backend(a.pid) AS sent " THAT_SESSION;
static const char end_sql[] = "SELECT pg_catalog.pg_terminate_backend(a.pid) AS sent " THAT_SESSION;

/* On CockroachDB a session's id is never another's, and what is not there is an error, or cancels nothing. */
static const char cockroach_end_sql[] = "CANCEL SESSION $1";
static const char cockroach_cancel_sql[] = "CANCEL QUERIES IF EXISTS (SELECT q.query_id "
					   "FROM [SHOW CLUSTER QUERIES] AS q WHERE q.session_id = $1)";

static void signalling_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct signalling *signalling = arg;
	const char *cell = answer->ok && answer->rows ? rows_cell(answer->rows, 0, 0) : NULL;
	signalling->sent = answer->ok && answer->rows ? cell && *cell == 't' : answer->ok;
	if (!answer->ok)
		answer_tell(&signalling->err, ST_STATEMENT, answer, "the server did not do it");
}

static void signalling_finish(struct signalling *signalling)
{
	struct signalling ended = *signalling;
	free(signalling);
	ended.done(ended.arg, ended.sent, ended.err.status ? &ended.err : NULL);
}

static void signalling_on_idle(void *arg)
{
	signalling_finish(arg);
}

static void signalling_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct signalling *signalling = arg;
	if (answered == 0)
		err_set(&signalling->err, ST_LOST,
			"the connection was lost before the server said that it was done: %s", why->message);
	signalling_finish(signalling);
}

static void signalling_send(struct db *db, const struct statement *statement, struct signalling *signalling)
{
	struct db_context context = {0};
	struct db_reply reply = {signalling_on_answer, signalling_on_idle, signalling_on_lost, signalling, free};
	db_send(db, statement, 1, &context, &reply);
}

void session_signal(struct db *db, enum session_signal which, const struct signalled *session, session_signal_fn *done,
		    void *arg)
{
	struct signalling *signalling = NEW(struct signalling);
	bool end = which == SIGNAL_END, cockroach = db_server(db) == SERVER_COCKROACH;
	signalling->done = done;
	signalling->arg = arg;
	char pid[16];
	snprintf(pid, sizeof pid, "%d", session->pid);
	const char *const params[] = {pid, session->start_us, session->xact_start_us};
	struct statement process = {.sql = end ? end_sql : cancel_sql,
				    .verb = VERB_SELECT,
				    .nparams = 3,
				    .params = params,
				    .shape = {.columns = 1}};
	struct statement by_id = {.sql = end ? cockroach_end_sql : cockroach_cancel_sql,
				  .verb = VERB_OTHER,
				  .nparams = 1,
				  .params = &session->id,
				  .once = true};
	signalling_send(db, cockroach ? &by_id : &process, signalling);
}
