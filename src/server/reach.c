/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the nodes of a new cluster for an answer, one after another, until each has given one. */
#include "src/server/reach.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/db.h"
#include "event/ring.h"
#include "src/server/guardian.h"
#include "src/server/server_internal.h"

enum { REACH_MS = 120000, REACH_TRY_MS = 10000, REACH_AGAIN_MS = 100 };

struct reach {
	struct loop *loop;
	const struct server *server;
	size_t at, end;
	bool makes;
	uint64_t until_us;
	void (*step)(void *arg, size_t node);
	void (*done)(void *arg, const struct err *err);
	void *arg;
	struct ring *ring; /* of its own: the log is the bank's */
	struct db *db;
	struct timer *again;
	struct err why; /* what the node last failed with */
	bool over;
	struct err failure; /* why it is over; no text: all have answered */
	unsigned failed;
};

/* The end is told from the timer, where the connection can be freed. */
static void reach_later(struct reach *r)
{
	if (clock_us() >= r->until_us) {
		r->over = true;
		err_set(&r->failure, ST_OWN, "node %zu does not answer within %d s: %.400s", r->at + 1, REACH_MS / 1000,
			r->why.text);
	}
	timer_start(r->again, r->over ? 0 : REACH_AGAIN_MS);
}

static void reach_next(struct reach *r)
{
	db_close(r->db);
	r->at++;
	r->makes = false;
	r->over = r->at == r->end;
	timer_start(r->again, 0);
}

/* ---- what is asked ---- */

static void reach_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct reach *r = arg;
	(void)index;
	if (answer->ok)
		return;
	r->failed++;
	answer_tell(&r->why, ST_OWN, answer, "it was asked");
}

static void reach_on_idle(void *arg)
{
	struct reach *r = arg;
	if (!r->failed) {
		reach_next(r);
		return;
	}
	db_close(r->db);
	reach_later(r);
}

static void reach_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct reach *r = arg;
	answer_tell(&r->why, ST_OWN, why, "it was asked");
	reach_later(r);
}

/* Each is a transaction of its own: neither a database nor a setting of the cluster is made inside of another one. */
static void reach_on_connected(void *arg, const struct err *err)
{
	static const struct statement asked[] = {
		{.sql = "SELECT 1", .verb = VERB_SELECT, .once = true, .apart = true},
		{.sql = "CREATE DATABASE IF NOT EXISTS " SERVER_DBNAME, .verb = VERB_DDL, .once = true, .apart = true},
		{.sql = "SET CLUSTER SETTING diagnostics.reporting.enabled = false",
		 .verb = VERB_SET,
		 .once = true,
		 .apart = true},
	};
	static const struct db_context context = {.first_statement = 1, .round_trip = 1};
	struct reach *r = arg;
	struct db_reply reply = {.answer = reach_on_answer, .idle = reach_on_idle, .lost = reach_on_lost, .arg = r};
	if (err) {
		r->why = *err;
		reach_later(r);
		return;
	}
	r->failed = 0;
	db_send(r->db, asked, r->makes ? COUNT_OF(asked) : 1, &context, &reply);
}

static void reach_try(void *arg)
{
	struct reach *r = arg;
	struct conninfo info = {0};
	if (r->over) {
		r->done(r->arg, r->failure.text[0] ? &r->failure : NULL);
		return;
	}
	r->step(r->arg, r->at);
	nodes_conninfo(r->server, r->at, 1, "defaultdb", &info);
	db_connect(r->db, &info, REACH_TRY_MS, reach_on_connected, r);
	conninfo_free(&info);
}

/* ---- its life ---- */

struct reach *reach_new(struct loop *loop, const struct server *server, size_t first, size_t n, bool makes,
			void (*step)(void *arg, size_t node), void (*done)(void *arg, const struct err *err), void *arg)
{
	struct reach *r = NEW(struct reach);
	*r = (struct reach){.loop = loop,
			    .server = server,
			    .at = first,
			    .end = first + n,
			    .makes = makes,
			    .until_us = clock_us() + (uint64_t)REACH_MS * 1000,
			    .step = step,
			    .done = done,
			    .arg = arg};
	r->ring = ring_new(64, 1 << 14);
	r->db = db_new(loop, r->ring, SESSION_NONE, "demo", NULL);
	r->again = timer_new(loop, reach_try, r);
	timer_start(r->again, 0);
	return r;
}

void reach_free(struct reach *r)
{
	if (!r)
		return;
	timer_free(r->again);
	db_free(r->db);
	ring_free(r->ring);
	free(r);
}
