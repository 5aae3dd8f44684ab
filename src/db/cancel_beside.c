/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cancelling by SQL, on a connection of its own, what goes on running after the request of the protocol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

/*
 * CockroachDB before 22.1 takes the protocol's request and does nothing, and a balancer may hand it to a node that does
 * not pass it on. So where a round trip is not over BESIDE_AFTER_MS after it, another connection looks for the session,
 * by the token in its name, and sends CANCEL QUERY with the number of what runs: no other statement ever has that
 * number. Where nothing is listed as running (a COPY, up to some version) it sends CANCEL SESSION; from then until that
 * is answered, the round trip is not over for its owner, who could send a commit next. The end of the round trip ends
 * all of this.
 */
enum { BESIDE_AFTER_MS = 500, BESIDE_LIMIT_MS = 5000 };

struct beside {
	struct db *db;
	struct timer *timer; /* until it begins; then of its end */
	struct ring *ring;   /* what this connection says is of no use to the log */
	struct db *via;      /* NULL before it begins */
	bool over;           /* what is left is to free it, outside the calls of `via` */
	bool sent;
	size_t found; /* rows: sessions of that name, and what they run */
	char session[64], query[64];
};

static void beside_free(struct beside *beside)
{
	timer_free(beside->timer);
	db_free(beside->via);
	ring_free(beside->ring);
	free(beside);
}

static void beside_end(struct beside *beside)
{
	beside->over = true;
	timer_start(beside->timer, 0);
}

static void beside_tell(struct beside *beside, const char *what, const char *more)
{
	char text[400];
	snprintf(text, sizeof text, "what was to be cancelled goes on: %s%.300s", what, more);
	conninfo_hide(text);
	record_session(beside->db, EVENT_NOTICE, NULL, text);
}

/* ---- the statement that cancels ---- */

static void beside_on_cancelled(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	(void)answer; /* whether it helped is seen in the answers of the other connection */
	(void)arg;
}

static void beside_on_idle(void *arg)
{
	beside_end(arg);
}

static void beside_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct beside *beside = arg;
	if (!beside->sent)
		beside_tell(beside, "another connection was lost: ", why->message);
	beside_end(beside);
}

static void beside_cancel(struct beside *beside)
{
	const struct dialect *dialect = db_dialect(beside->db);
	bool query = beside->query[0];
	const char *params[] = {query ? beside->query : beside->session};
	struct statement statement = {.sql = query ? dialect->cancel_query_sql : dialect->cancel_session_sql,
				      .verb = VERB_OTHER,
				      .nparams = 1,
				      .params = params,
				      .once = true};
	struct db_context context = {0};
	struct db_reply reply = {beside_on_cancelled, beside_on_idle, beside_on_lost, beside, NULL};
	beside_tell(beside,
		    query ? "another connection sends CANCEL QUERY " : "another connection sends CANCEL SESSION ",
		    params[0]);
	beside->sent = true;
	timer_start(beside->timer, BESIDE_LIMIT_MS);
	db_send(beside->via, &statement, 1, &context, &reply);
}

/* ---- the session, and what it runs ---- */

static void beside_take(char *to, size_t size, const char *cell)
{
	if (cell && strlen(cell) < size)
		strcpy(to, cell);
}

static void beside_on_found(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct beside *beside = arg;
	if (!answer->ok) {
		beside_tell(beside, "the server does not list its sessions: ", answer->message);
		beside->over = true;
		return;
	}
	beside->found = answer->rows->nrows;
	if (beside->found != 1)
		return;
	beside_take(beside->session, sizeof beside->session, rows_cell(answer->rows, 0, 0));
	beside_take(beside->query, sizeof beside->query, rows_cell(answer->rows, 0, 1));
}

/* Two of one name: one of them is of a connection that was lost, and may be at its commit. */
static void beside_on_look_idle(void *arg)
{
	struct beside *beside = arg;
	if (!beside->over && beside->session[0]) {
		beside_cancel(beside);
		return;
	}
	if (!beside->over)
		beside_tell(beside, beside->found ? "several sessions have its name" : "its session was not found", "");
	beside_end(beside);
}

static void beside_on_connected(void *arg, const struct err *err)
{
	struct beside *beside = arg;
	const struct db *db = beside->db;
	char name[64];
	if (err) {
		beside_tell(beside, "another connection was not made: ", err->text);
		beside_end(beside);
		return;
	}
	snprintf(name, sizeof name, "teller/%.40s %s", db->name, db->token);
	const char *params[] = {name};
	struct statement statement = {.sql = db_dialect(db)->running_sql,
				      .verb = VERB_SELECT,
				      .nparams = 1,
				      .params = params,
				      .shape = {.columns = 2, .filled = SHAPE_FILLED(0)},
				      .once = true};
	struct db_context context = {0};
	struct db_reply reply = {beside_on_found, beside_on_look_idle, beside_on_lost, beside, NULL};
	db_send(beside->via, &statement, 1, &context, &reply);
}

/* ---- its life ---- */

static void beside_on_timer(void *arg)
{
	struct beside *beside = arg;
	struct db *db = beside->db;
	if (beside->via) { /* over, or not answered in time */
		beside_free(beside);
		db->beside = NULL;
		cancel_release(db);
		return;
	}
	beside->ring = ring_new(64, 64 << 10);
	beside->via = db_new(db->loop, beside->ring, db->session, "cancel", NULL);
	timer_start(beside->timer, 2 * BESIDE_LIMIT_MS);
	db_connect(beside->via, &db->info, BESIDE_LIMIT_MS, beside_on_connected, beside);
}

/* A lane's text may have any statement behind the one that runs, a COMMIT too. */
static bool beside_may(const struct db *db)
{
	bool commits = db_lane(db) != NULL || !db_dialect(db)->cancel_query_sql;
	for (size_t i = db->at; i < db->npending; i++)
		commits = commits || db->pending[i].commits || db->pending[i].verb == VERB_COMMIT ||
			  db->pending[i].verb == VERB_RELEASE;
	return !commits;
}

void beside_arm(struct db *db)
{
	if (db->beside || db->setting_up || !beside_may(db))
		return;
	struct beside *beside = NEW(struct beside);
	beside->db = db;
	beside->timer = timer_new(db->loop, beside_on_timer, beside);
	db->beside = beside;
	timer_start(beside->timer, BESIDE_AFTER_MS);
}

bool beside_holds(const struct db *db)
{
	return db->beside && db->beside->sent;
}

void beside_forget(struct db *db)
{
	if (db->beside)
		beside_free(db->beside);
	db->beside = NULL;
}
