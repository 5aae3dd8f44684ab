/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cancelling a statement: libpq connects to the server once more and asks for it, in steps of the loop from version 17 on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

/* PQcancel() goes to the server's address without TLS, whatever the connection does: a proxy that takes nothing else
 * drops it, and it says that all went well. From version 17 on libpq has a cancel that goes the connection's own way. */
#ifdef LIBPQ_HAS_ASYNC_CANCEL
typedef PGcancelConn pg_request;
#else
typedef PGcancel pg_request;
#endif

/* So long the answer to a request is waited for; the server has one without delay. */
enum { CANCEL_LIMIT_MS = 5000 };

struct cancel_job {
	struct db *db; /* NULL once the connection does not care any more */
	pg_request *request;
	struct watch *watch; /* of the request's own socket, while it is made in steps */
	bool sent;           /* whether it helped is seen in the answers */
	char error[256];
};

static void cancel_tell(struct db *db, char *text)
{
	conninfo_hide(text);
	record_session(db, EVENT_NOTICE, NULL, text);
	if (db->on_uncancelled)
		db->on_uncancelled(db->on_uncancelled_arg, text);
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
	cancel_tell(db, text);
}

static void request_free(pg_request *request);

static void cancel_done(void *arg)
{
	struct cancel_job *job = arg;
	struct db *db = job->db;
	request_free(job->request);
	if (db)
		timer_stop(db->cancel_limit);
	if (db && !job->sent)
		cancel_tell_failed(db, job->error);
	db = job->db; /* it may have been closed by who was told */
	free(job);
	if (!db)
		return;
	db->cancel = NULL;
	cancel_release(db);
}

/* ---- the request ---- */

#ifdef LIBPQ_HAS_ASYNC_CANCEL
static pg_request *request_new(PGconn *conn)
{
	return PQcancelCreate(conn);
}

static void request_free(pg_request *request)
{
	PQcancelFinish(request);
}

static void request_ended(struct cancel_job *job, bool sent)
{
	job->sent = sent;
	if (!sent)
		snprintf(job->error, sizeof job->error, "%s", PQcancelErrorMessage(job->request));
}

static void cancel_on_ready(void *arg, int events);

/* libpq may have closed the socket and opened another one, of the same number. */
static void cancel_await(struct cancel_job *job, int events)
{
	job->watch = watch_new(job->db->loop, PQcancelSocket(job->request), cancel_on_ready, job);
	watch_set(job->watch, events);
}

static void cancel_on_ready(void *arg, int events)
{
	struct cancel_job *job = arg;
	(void)events;
	watch_free(job->watch);
	job->watch = NULL;
	PostgresPollingStatusType next = PQcancelPoll(job->request);
	if (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
		cancel_await(job, next == PGRES_POLLING_READING ? WATCH_READ : WATCH_WRITE);
		return;
	}
	request_ended(job, next == PGRES_POLLING_OK);
	cancel_done(job);
}

static void cancel_begin(struct cancel_job *job)
{
	if (PQcancelStart(job->request)) {
		cancel_await(job, WATCH_WRITE);
		return;
	}
	request_ended(job, false);
	loop_soon(job->db->loop, cancel_done, job);
}

static void cancel_work(void *arg)
{
	struct cancel_job *job = arg;
	job->sent = PQcancelBlocking(job->request) == 1;
}

/* What was asked for is asked for all the same: the server does not look whether its client is still there. */
static void cancel_go_on(struct loop *loop, struct cancel_job *job)
{
	if (!job->watch)
		return;
	watch_free(job->watch);
	job->watch = NULL;
	PQcancelReset(job->request);
	loop_work(loop, cancel_work, cancel_done, job);
}
#else
static pg_request *request_new(PGconn *conn)
{
	return PQgetCancel(conn);
}

static void request_free(pg_request *request)
{
	PQfreeCancel(request);
}

static void cancel_work(void *arg)
{
	struct cancel_job *job = arg;
	job->sent = PQcancel(job->request, job->error, sizeof job->error) == 1;
}

/* It blocks, so it is made aside, holding nothing but what it needs. */
static void cancel_begin(struct cancel_job *job)
{
	loop_work(job->db->loop, cancel_work, cancel_done, job);
}

static void cancel_go_on(struct loop *loop, struct cancel_job *job)
{
	(void)loop, (void)job; /* it does */
}
#endif

/* ---- no answer ---- */

/* A request that nobody answered may still arrive, and would hit what is sent next. So nothing is: the connection is left
 * when what it has under way is answered. */
static void cancel_leave(struct db *db)
{
	db->idle_due = false;
	free(db->end);
	db->end = mem_dup("left by us: a request to cancel was not answered, and could have hit the next statement");
	db_lose(db, NULL);
}

static void cancel_on_limit(void *arg)
{
	struct db *db = arg;
	struct cancel_job *job = db->cancel;
	if (job) {
		char text[80];
		snprintf(text, sizeof text, "the request to cancel was not answered within %d s",
			 CANCEL_LIMIT_MS / 1000);
		cancel_tell(db, text);
		if (!job->db) /* it was closed by who was told */
			return;
		job->db = NULL;
		db->cancel = NULL;
		db->cancel_stray = true;
		cancel_go_on(db->loop, job);
	}
	if (db->cancel_stray && db->idle_due)
		cancel_leave(db);
}

static void cancel_limit(struct db *db, uint64_t ms)
{
	if (!db->cancel_limit)
		db->cancel_limit = timer_new(db->loop, cancel_on_limit, db);
	timer_start(db->cancel_limit, ms);
}

/* ---- for the connection ---- */

bool cancel_holds(const struct db *db)
{
	return db->cancel || db->cancel_stray || beside_holds(db);
}

void cancel_hold(struct db *db)
{
	db->idle_due = true;
	if (db->cancel_stray)
		cancel_limit(db, 0);
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
	cancel_limit(db, CANCEL_LIMIT_MS);
	cancel_begin(job);
}

void db_on_uncancelled(struct db *db, void (*fn)(void *arg, const char *why), void *arg)
{
	db->on_uncancelled = fn;
	db->on_uncancelled_arg = arg;
}

void cancel_forget(struct db *db)
{
	struct cancel_job *job = db->cancel;
	db->cancel = NULL;
	if (job) {
		job->db = NULL;
		cancel_go_on(db->loop, job);
	}
	timer_free(db->cancel_limit);
	db->cancel_limit = NULL;
	db->cancel_stray = false;
	db->idle_due = false;
	beside_forget(db);
}
