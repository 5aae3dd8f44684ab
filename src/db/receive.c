/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes in over a connection: answers, message by message, to those who wait for them. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"

static const char receive_endless[] =
	"the server answers with more than 32 MB; no question of teller's has such an answer";

static void finish_prepare(struct db *db, const struct pending *pending)
{
	bool ok = db->current && PQresultStatus(db->current) == PGRES_COMMAND_OK;
	if (ok)
		return;
	prepared_drop(db, pending->prepared);
	/* The statement behind it will come back as skipped: the error is its own. */
	if (db->current && PQresultStatus(db->current) == PGRES_FATAL_ERROR) {
		db->prepare_error = db->current;
		db->current = NULL;
	}
}

/* A text that the server has run fails where its result has another shape than before: 0A000. */
static bool changed_shape(struct db *db, const struct pending *pending, const struct answer *answer)
{
	struct prepared *prepared = prepared_numbered(db, pending->prepared);
	if (prepared && answer->ok)
		prepared->used = true;
	return prepared && prepared->used && strcmp(answer->sqlstate, "0A000") == 0;
}

/*
 * What was prepared for a table as it was is prepared anew at its next use, under other names: the server keeps the old
 * ones. A name that the server does not know any more, or knows already: this is another session than the one before,
 * or it was emptied. Then no name is worth anything.
 */
static void forget_stale(struct db *db, const struct pending *pending, struct answer *answer)
{
	answer->outdated = changed_shape(db, pending, answer);
	if (!answer->sqlstate[0])
		return;
	db->outdated = db->outdated || answer->outdated || sqlstate_missing(answer->sqlstate);
	if (answer->outdated) {
		prepared_clear(db);
		db->generation++;
	}
	if (strcmp(answer->sqlstate, "26000") != 0 && strcmp(answer->sqlstate, "42P05") != 0)
		return;
	prepared_clear(db);
	db->who.pooled = true;
}

/* The time since the answer before this one, or since it was sent. What one read has brought came at one time. */
static uint64_t receive_since_last(struct db *db)
{
	if (!db->read_us)
		db->read_us = clock_us();
	uint64_t last_us = db->last_us;
	db->last_us = db->read_us;
	return db->read_us > last_us ? db->read_us - last_us : 0;
}

static void finish_statement(struct db *db, struct pending *pending)
{
	struct buf text = {0};
	struct answer answer;
	PGresult *result = db->prepare_error ? db->prepare_error : db->current;
	trips_enter(db, pending);
	gather_end(&db->gathered, result);
	answer_from(&answer, &text, result);
	answer.at_commit = db->alone >= ALONE_REFUSED;
	answer.duration_us = receive_since_last(db);
	struct rows *rows = db->gathered.rows;
	db->gathered.rows = NULL;
	answer.rows = rows;
	answer.affected = rows ? (int64_t)rows->nrows : answer.affected;
	answer.warning = db->warning;
	db->warning = NULL;
	if (db->gathered.refused && answer.ok)
		gather_refuse(&answer, &text);
	answer_check(&answer, &text, &pending->shape);
	forget_stale(db, pending, &answer);
	record_answer(db, pending, &answer);
	db->answered++;
	trips_leave(db, pending);
	db->reply.answer(db->reply.arg, pending->index, &answer);
	rows_free(rows);
	free((char *)answer.warning);
	buf_free(&text);
	PQclear(db->prepare_error);
	db->prepare_error = NULL;
}

void db_finish_round_trip(struct db *db)
{
	PGTransactionStatusType status = PQtransactionStatus(db->conn);
	db->in_transaction = status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
	db_forget_pending(db);
	if (cancel_holds(db)) {
		cancel_hold(db); /* a cancel on its way could hit the next statement */
		return;
	}
	beside_forget(db);
	db_move(db, DB_IDLE);
	db->reply.idle(db->reply.arg);
}

/* Keeps the first error of the message whose answer is being read, else its last result. */
static void receive_keep(struct db *db, PGresult *result)
{
	bool have_error = db->current && PQresultStatus(db->current) == PGRES_FATAL_ERROR;
	if (have_error) {
		PQclear(result);
		return;
	}
	PQclear(db->current);
	db->current = result;
}

/* libpq wants to be told for each statement, before its first row. */
void receive_row_by_row(struct db *db)
{
	const struct pending *next = db->at < db->npending ? &db->pending[db->at] : NULL;
	db->reads = 0;
	db->arrived = 0;
	if (next && next->kind == PENDING_STATEMENT && !next->few)
		PQsetSingleRowMode(db->conn);
}

/* NULL from libpq: the answer to pending[at] is complete. */
static void finish_message(struct db *db)
{
	struct pending *pending = &db->pending[db->at++];
	if (pending->kind == PENDING_STATEMENT && pending->alone) {
		alone_hold(db);
		return;
	}
	if (pending->kind == PENDING_PREPARE)
		finish_prepare(db, pending);
	else if (pending->kind == PENDING_STATEMENT || pending->kind == PENDING_COPY)
		finish_statement(db, pending);
	PQclear(db->current);
	db->current = NULL;
	receive_row_by_row(db);
}

/* The end of the round trip is the answer to our last Sync, and comes behind all others. What says so earlier is no
 * server to be believed. */
static bool answers_missing(struct db *db)
{
	if (db->pending[db->at].kind == PENDING_SYNC)
		return false;
	db->contradicted = true;
	free(db->end);
	db->end = mem_dup("the server ended the round trip before it had answered all of it");
	return true;
}

/* The Sync behind it is answered, and so is the statement that it has committed, or not. */
static void receive_alone(struct db *db)
{
	if (db->alone == ALONE_NONE)
		return;
	db->current = db->held;
	db->held = NULL;
	finish_statement(db, &db->pending[db->at - 1]);
	PQclear(db->current);
	db->current = NULL;
	alone_forget(db);
}

/* The answer to a Sync. False where the connection is of no use any more. */
static bool receive_sync(struct db *db)
{
	if (answers_missing(db))
		return false;
	receive_alone(db);
	if (db->shared && !trips_synced(db))
		return false;
	if (!db->shared && ++db->at == db->npending)
		db_finish_round_trip(db);
	if (db->state == DB_BUSY)
		receive_row_by_row(db);
	return true;
}

/* Rows that nobody asked for are not waited for: there may be no end of them. */
static bool receive_row(struct db *db, PGresult *row)
{
	bool room = gather_row(&db->gathered, row);
	PQclear(row);
	if (room)
		return true;
	free(db->end);
	db->end = mem_dup(receive_endless);
	return false;
}

/* Of what is taken whole libpq tells nothing before it is all there. What arrives is counted, often twice, and no
 * answer that is meant comes near: nearly all are there at the first read, before which the system is not asked. */
static bool receive_too_much(struct db *db)
{
	int there = 0;
	bool whole = db->state == DB_BUSY && db->at < db->npending && db->pending[db->at].few;
	if (!whole || db->reads++ == 0 || ioctl(db->fd, FIONREAD, &there) != 0)
		return false;
	db->arrived += there > 0 ? (size_t)there : 0;
	if (db->arrived <= GATHER_MAX)
		return false;
	free(db->end);
	db->end = mem_dup(receive_endless);
	return true;
}

static bool is_our_copy(const struct db *db)
{
	return db->pending[0].kind == PENDING_COPY;
}

/*
 * Results after which the connection is not spoken to any more: a FATAL one; libpq's own error, which is no answer to
 * anything, and after which its answers and our statements may not belong together any more; and a COPY that nobody
 * has data for.
 */
static bool is_end(const struct db *db, const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	if (result_is_copy(result) && !(status == PGRES_COPY_IN && is_our_copy(db)))
		return true;
	if (status != PGRES_FATAL_ERROR)
		return false;
	return result_is_fatal(result) || !PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

/* What libpq has kept of NOTIFY; asking also lets it hand notices and a FATAL message to db_notice(). */
void db_read_notifications(struct db *db)
{
	PGnotify *notify;
	while (db->conn && (notify = PQnotifies(db->conn))) {
		struct db_notification notification = {notify->relname, notify->extra, notify->be_pid};
		if (db->on_notify)
			db->on_notify(db->on_notify_arg, &notification);
		PQfreemem(notify);
	}
}

/* Nothing is an answer to our Sync but its end: what else comes there belongs to a statement that was answered already,
 * and then the answers before it are not to be believed either. (After an error, libpq gives the statements behind it
 * answers of its own, and takes what the server says of them for this.) */
static bool is_beside(struct db *db, const PGresult *result)
{
	if (db->pending[db->at].kind != PENDING_SYNC)
		return false;
	db->contradicted = !result_is_fatal(result);
	if (PQresultStatus(result) != PGRES_FATAL_ERROR) {
		free(db->end);
		db->end = mem_dup("the server answered more than it was asked");
	}
	return true;
}

/* Where a result says why the connection is not used any more. */
static bool says_why(const PGresult *result)
{
	return result && (PQresultStatus(result) == PGRES_FATAL_ERROR || result_is_copy(result));
}

/* Takes what has arrived. Returns false once the connection was lost. */
static bool receive_answers(struct db *db)
{
	bool ended = false, beside = false;
	if (db->npending && db->pending[0].kind == PENDING_TEXT)
		return text_read(db);
	while (!ended && db->state == DB_BUSY && db->at < db->npending && !db->feeding && !PQisBusy(db->conn)) {
		PGresult *result = PQgetResult(db->conn);
		if (!result && alone_goes_on(db))
			continue;
		if (!result) {
			if (!db->current) /* libpq has nothing more to give: the connection ended here */
				break;
			finish_message(db);
			if (db->at == db->npending) /* a COPY, which has no sync behind it */
				db_finish_round_trip(db);
		} else if (PQresultStatus(result) == PGRES_COPY_IN && is_our_copy(db)) {
			PQclear(result);
			copy_begin(db);
		} else if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
			PQclear(result);
			ended = !receive_sync(db);
		} else if (PQresultStatus(result) == PGRES_SINGLE_TUPLE &&
			   db->pending[db->at].kind == PENDING_STATEMENT) {
			ended = !receive_row(db, result);
		} else if (db->pending[db->at].kind == PENDING_SYNC && alone_refused(db, result)) {
			;
		} else {
			beside = is_beside(db, result);
			receive_keep(db, result);
			ended = beside || is_end(db, db->current);
		}
	}
	if (db->state == DB_BUSY && (ended || PQstatus(db->conn) == CONNECTION_BAD)) {
		db_lose(db, ended && says_why(db->current) ? db->current : NULL);
		return false;
	}
	return true;
}

static bool receive_read_answers(struct db *db)
{
	struct ring *ring = db->ring;
	db->read_us = 0;
	ring_moment_begin(ring);
	bool lives = receive_answers(db);
	ring_moment_end(ring);
	return lives;
}

/* What libpq says of the end, now: it adds to it with every further question, and it is all behind the server's last
 * words. */
static void keep_end(struct db *db)
{
	const char *said = PQresultErrorMessage(db->current), *all = PQerrorMessage(db->conn);
	size_t n = strlen(said);
	free(db->end);
	db->end = mem_dup(all + (strncmp(all, said, n) == 0 ? n : 0));
}

static void receive_cut(struct db *db)
{
	db_cut(db);
	free(db->end);
	db->end = mem_dup("our own connection was cut on request, before its answer was read");
	db_lose(db, NULL);
}

void db_ready(void *arg, int events)
{
	struct db *db = arg;
	if (db->state == DB_CONNECTING) {
		connect_ready(db);
		return;
	}
	if (db->cut_due && db->state == DB_BUSY && (events & WATCH_READ)) {
		receive_cut(db);
		return;
	}
	if ((events & WATCH_READ) && receive_too_much(db)) {
		db_lose(db, NULL);
		return;
	}
	if ((events & WATCH_READ) && !PQconsumeInput(db->conn)) {
		keep_end(db);
		/* What arrived before the end still counts: a COMMIT may be among it. */
		if (receive_read_answers(db))
			db_lose(db, NULL);
		return;
	}
	if (db->feeding && (events & WATCH_WRITE))
		copy_feed(db);
	else if (db->state == DB_BUSY && (events & WATCH_WRITE))
		db_flush(db);
	if (db->state != DB_BUSY || receive_read_answers(db))
		db_read_notifications(db);
}
