/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits until the data of a new cluster are on as many nodes as they shall be: before that one node may hold some alone. */
#include "src/server/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db/db.h"
#include "event/ring.h"
#include "src/server/server_internal.h"

enum { COPIES_MS = 120000, COPIES_TRY_MS = 5000, COPIES_AGAIN_MS = 500 };

struct copies {
	const struct server *server;
	uint64_t until_us;
	void (*done)(void *arg);
	void *arg;
	struct ring *ring; /* of its own: the log is the bank's */
	struct db *db;
	struct timer *again;
	bool over;
};

/* The end is told from the timer, where the connection can be freed. */
static void copies_later(struct copies *c)
{
	db_close(c->db);
	c->over |= clock_us() >= c->until_us;
	timer_start(c->again, c->over ? 0 : COPIES_AGAIN_MS);
}

/* The first may fail: versions before 25.4 know no such setting. The second is the count of what is not copied yet; a
 * server that refuses to tell it is not waited for. */
static void copies_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct copies *c = arg;
	if (index == 0)
		return;
	const char *left = answer->ok && answer->rows ? rows_cell(answer->rows, 0, 0) : NULL;
	c->over |= (!answer->ok && !answer->lost) || (left && strcmp(left, "0") == 0);
}

static void copies_on_idle(void *arg)
{
	copies_later(arg);
}

static void copies_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	(void)why;
	copies_later(arg);
}

static void copies_on_connected(void *arg, const struct err *err)
{
	static const char *const names[] = {"count"};
	static const struct statement asked[] = {
		{.sql = "SET allow_unsafe_internals = on", .verb = VERB_SET, .once = true, .apart = true},
		{.sql = "SELECT count(*) AS count FROM crdb_internal.ranges_no_leases "
			"WHERE array_length(replicas, 1) < 3",
		 .verb = VERB_SELECT,
		 .once = true,
		 .apart = true,
		 .shape = {.columns = 1, .names = names, .filled = SHAPE_FILLED(0), .one_row = true}},
	};
	static const struct db_context context = {.first_statement = 1, .round_trip = 1};
	struct copies *c = arg;
	struct db_reply reply = {.answer = copies_on_answer, .idle = copies_on_idle, .lost = copies_on_lost, .arg = c};
	if (err)
		copies_later(c);
	else
		db_send(c->db, asked, COUNT_OF(asked), &context, &reply);
}

static void copies_try(void *arg)
{
	struct copies *c = arg;
	struct conninfo info = {0};
	if (c->over) {
		c->done(c->arg);
		return;
	}
	nodes_conninfo(c->server, 0, c->server->n, "defaultdb", &info);
	db_connect(c->db, &info, COPIES_TRY_MS, copies_on_connected, c);
	conninfo_free(&info);
}

struct copies *copies_new(struct loop *loop, const struct server *server, void (*done)(void *arg), void *arg)
{
	struct copies *c = NEW(struct copies);
	c->server = server;
	c->until_us = clock_us() + (uint64_t)COPIES_MS * 1000;
	c->done = done;
	c->arg = arg;
	c->ring = ring_new(64, 1 << 14);
	c->db = db_new(loop, c->ring, SESSION_NONE, "demo", NULL);
	c->again = timer_new(loop, copies_try, c);
	timer_start(c->again, 0);
	return c;
}

void copies_free(struct copies *c)
{
	if (!c)
		return;
	timer_free(c->again);
	db_free(c->db);
	ring_free(c->ring);
	free(c);
}
