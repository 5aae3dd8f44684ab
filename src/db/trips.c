/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several round trips under way on one connection, each with those who wait for its answers. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"

enum { TRIPS_KEPT = 192 };

/* While one of its answers is taken, the connection speaks for this round trip, and then for the next. */
struct trip {
	struct db_context context;
	struct db_reply reply;
	size_t answered;
	uint64_t last_us;
	struct arena kept; /* for its statements */
};

static void trip_free(struct trip *trip)
{
	arena_free(&trip->kept);
	free(trip);
}

struct arena *trips_kept(struct db *db, const struct pending *pending)
{
	return pending->trip ? &pending->trip->kept : &db->kept;
}

static const struct db_reply trips_nobody; /* each has its own */

static void trips_begin(struct db *db)
{
	struct db_context none = {0};
	text_leave(db);
	db_begin(db, 1, &none, &trips_nobody);
	db->shared = true;
}

/* Round trips that are over have nothing to be freed; of one that is answered in part, all is kept until its end. */
static void trips_make_room(struct db *db, size_t more)
{
	size_t over = db->at;
	while (over > 0 && db->pending[over - 1].trip)
		over--;
	if (over > TRIPS_KEPT) {
		memmove(db->pending, db->pending + over, (db->npending - over) * sizeof *db->pending);
		db->npending -= over;
		db->at -= over;
	}
	if (db->room < db->npending + more) {
		db->room = 2 * (db->npending + more);
		db->pending = mem_resize(db->pending, db->room, sizeof *db->pending);
	}
}

static bool trips_send(struct db *db, const struct statement *statements, size_t n, struct trip *trip)
{
	size_t first = db->npending;
	bool ok = true;
	for (size_t i = 0; i < n && ok; i++) {
		ok = db_send_statement(db, &statements[i], i);
		if (ok && (i + 1 == n || statements[i].apart))
			ok = db_send_sync(db);
	}
	for (size_t i = first; i < db->npending; i++)
		db->pending[i].trip = trip;
	db->pending[db->npending - 1].last = true;
	return ok;
}

void db_send_more(struct db *db, const struct statement *statements, size_t n, const struct db_context *context,
		  const struct db_reply *reply)
{
	assert(db->state == DB_IDLE || db->shared);
	bool ok = db->shared || PQenterPipelineMode(db->conn) == 1, first = !db->shared;
	if (first)
		trips_begin(db);
	trips_make_room(db, 3 * n);
	struct trip *trip = NEW(struct trip);
	trip->context = *context;
	trip->reply = *reply;
	trip->last_us = clock_us();
	db->read_us = 0;
	size_t from = db->npending;
	ok = trips_send(db, statements, n, trip) && ok;
	if (first)
		receive_row_by_row(db);
	db_sent(db, ok);
	db->context = *context;
	db_keep_sent(db, from, statements);
}

void trips_enter(struct db *db, const struct pending *pending)
{
	const struct trip *trip = pending->trip;
	if (!trip)
		return;
	db->context = trip->context;
	db->reply = trip->reply;
	db->answered = trip->answered;
	db->last_us = trip->last_us;
}

/* Its callback has not sent anything: only `idle` may. */
void trips_leave(struct db *db, struct pending *pending)
{
	if (pending->trip) {
		pending->trip->answered = db->answered;
		pending->trip->last_us = db->last_us;
	}
}

static void trips_idle(struct db *db)
{
	db->in_transaction = false;
	db_forget_pending(db);
	db_move(db, DB_IDLE);
}

/* What was left open would swallow the round trips behind it. While there are some libpq does not tell. */
static bool trips_left_open(struct db *db)
{
	PGTransactionStatusType status = PQtransactionStatus(db->conn);
	if (status != PQTRANS_INTRANS && status != PQTRANS_INERROR)
		return false;
	free(db->end);
	db->end = mem_dup("a transaction was left open, and others are behind it on this connection");
	return true;
}

/* A Sync of it is answered. False where the connection is of no use any more. */
bool trips_synced(struct db *db)
{
	struct pending *pending = &db->pending[db->at++];
	struct trip *trip = pending->trip;
	if (!pending->last)
		return true;
	if (trips_left_open(db))
		return false;
	for (size_t i = db->at; i-- > 0 && db->pending[i].trip == trip;)
		db->pending[i] = (struct pending){.kind = PENDING_SYNC};
	struct db_reply reply = trip->reply;
	trip_free(trip);
	if (db->at == db->npending)
		trips_idle(db);
	reply.idle(reply.arg);
	return true;
}

void trips_record_lost(struct db *db)
{
	for (size_t i = 0; i < db->npending; i++) {
		const struct pending *pending = &db->pending[i];
		trips_enter(db, pending);
		if (pending->trip && pending->kind == PENDING_STATEMENT && pending->index >= db->answered)
			record_unanswered_one(db, pending);
	}
}

/* Each hears of the loss. */
void trips_lost(struct pending *pending, size_t n, const struct answer *why)
{
	for (size_t i = 0; i < n; i++) {
		struct trip *trip = pending[i].trip;
		if (trip && (i + 1 == n || pending[i + 1].trip != trip)) {
			trip->reply.lost(trip->reply.arg, trip->answered, why);
			trip_free(trip);
		}
	}
	free(pending);
}

/* Nobody is told. */
void trips_forget(struct db *db)
{
	for (size_t i = 0; i < db->npending; i++)
		if (db->pending[i].trip && (i + 1 == db->npending || db->pending[i + 1].trip != db->pending[i].trip))
			trip_free(db->pending[i].trip);
	db->shared = false;
	db->reply = trips_nobody;
}
