/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cancelling a statement: by a call of libpq that blocks, so it is made aside, holding nothing but what it needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

/*
 * PQcancel() goes to the server's address without TLS, whatever the connection does: a proxy that takes nothing else
 * drops it, and it says that all went well. From version 17 on libpq has a cancel that goes the connection's own way.
 */
#ifdef LIBPQ_HAS_ASYNC_CANCEL
typedef PGcancelConn pg_request;

static pg_request *request_new(PGconn *conn)
{
	return PQcancelCreate(conn);
}

static bool request_send(pg_request *request, char *error, size_t size)
{
	bool sent = PQcancelBlocking(request) == 1;
	if (!sent)
		snprintf(error, size, "%s", PQcancelErrorMessage(request));
	return sent;
}

static void request_free(pg_request *request)
{
	PQcancelFinish(request);
}
#else
typedef PGcancel pg_request;

static pg_request *request_new(PGconn *conn)
{
	return PQgetCancel(conn);
}

static bool request_send(pg_request *request, char *error, size_t size)
{
	return PQcancel(request, error, (int)size) == 1;
}

static void request_free(pg_request *request)
{
	PQfreeCancel(request);
}
#endif

struct cancel_job {
	struct db *db; /* NULL once the connection does not care any more */
	pg_request *request;
	bool sent; /* whether it helped is seen in the answers */
	char error[256];
};

static void cancel_work(void *arg)
{
	struct cancel_job *job = arg;
	job->sent = request_send(job->request, job->error, sizeof job->error);
}

static void cancel_tell_failed(struct db *db, char *why)
{
	char text[400];
	for (char *c = why; *c; c++)
		*c = *c == '\n' || *c == '\t' ? ' ' : *c;
	size_t n = strlen(why);
	while (n > 0 && why[n - 1] == ' ')
		why[--n] = '\0';
	snprintf(text, sizeof text, "the request to cancel did not reach the server: %s", n ? why : "no reason given");
	conninfo_hide(text);
	record_session(db, EVENT_NOTICE, NULL, text);
	if (db->on_uncancelled)
		db->on_uncancelled(db->on_uncancelled_arg, text);
}

static void cancel_done(void *arg)
{
	struct cancel_job *job = arg;
	struct db *db = job->db;
	request_free(job->request);
	if (db && !job->sent)
		cancel_tell_failed(db, job->error);
	db = job->db; /* it may have been closed by who was told */
	free(job);
	if (!db)
		return;
	db->cancel = NULL;
	cancel_release(db);
}

bool cancel_holds(const struct db *db)
{
	return db->cancel || beside_holds(db);
}

void cancel_release(struct db *db)
{
	if (!db->idle_due || cancel_holds(db))
		return;
	db->idle_due = false;
	beside_forget(db);
	db_move(db, DB_IDLE);
	db->reply.idle(db->reply.arg);
}

void db_cancel(struct db *db)
{
	if (db->state != DB_BUSY || db->idle_due || db->cancel)
		return;
	beside_arm(db);
	pg_request *request = request_new(db->conn);
	if (!request)
		return;
	struct cancel_job *job = NEW(struct cancel_job);
	*job = (struct cancel_job){.db = db, .request = request};
	db->cancel = job;
	loop_work(db->loop, cancel_work, cancel_done, job);
}

void db_on_uncancelled(struct db *db, void (*fn)(void *arg, const char *why), void *arg)
{
	db->on_uncancelled = fn;
	db->on_uncancelled_arg = arg;
}

void cancel_forget(struct db *db)
{
	if (db->cancel)
		db->cancel->db = NULL;
	db->cancel = NULL;
	db->idle_due = false;
	beside_forget(db);
}
