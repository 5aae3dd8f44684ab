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

/* The same process number may be another session's by now; its start tells. */
#define THAT_SESSION                                                                                                   \
	"FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a WHERE "                                        \
	"COALESCE(" START "::pg_catalog.text, '') OPERATOR(pg_catalog.=) $2::pg_catalog.text"

static const char cancel_sql[] = "SELECT pg_catalog.pg_cancel_backend(a.pid) AS sent " THAT_SESSION;
static const char end_sql[] = "SELECT pg_catalog.pg_terminate_backend(a.pid) AS sent " THAT_SESSION;

static void signalling_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct signalling *signalling = arg;
	const char *cell = answer->ok ? rows_cell(answer->rows, 0, 0) : NULL;
	signalling->sent = cell && *cell == 't';
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

void session_signal(struct db *db, enum session_signal which, const struct signalled *session, session_signal_fn *done,
		    void *arg)
{
	struct signalling *signalling = NEW(struct signalling);
	signalling->done = done;
	signalling->arg = arg;
	char pid[16];
	snprintf(pid, sizeof pid, "%d", session->pid);
	const char *const params[] = {pid, session->start_us};
	struct statement statement = {.sql = which == SIGNAL_END ? end_sql : cancel_sql,
				      .verb = VERB_SELECT,
				      .nparams = 2,
				      .params = params,
				      .shape = {.columns = 1}};
	struct db_context context = {0};
	struct db_reply reply = {signalling_on_answer, signalling_on_idle, signalling_on_lost, signalling, free};
	db_send(db, &statement, 1, &context, &reply);
}
