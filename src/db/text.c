/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of several statements by the simple protocol, outside any pipeline: sent whole, answered result by result. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"

void db_send_text(struct db *db, const char *sql, const struct db_context *context, const struct db_reply *reply)
{
	bool ok = db->state == DB_IDLE && PQexitPipelineMode(db->conn) == 1;
	db_begin(db, 1, context, reply);
	struct pending *pending = db_pend(db, PENDING_TEXT);
	pending_show(db, pending, sql);
	record_sent(db, pending);
	db_sent(db, ok && PQsendQuery(db->conn, sql) == 1 && PQsetSingleRowMode(db->conn) == 1);
}

/* libpq 15 takes the first statement of the next pipeline row by row, too, unless a simple query begins: one without
 * a text ends there. */
void text_leave(struct db *db)
{
	if (PQpipelineStatus(db->conn) == PQ_PIPELINE_OFF)
		PQsendQuery(db->conn, NULL);
}

/* The answer that the last result is; it borrows from `text` and from the connection. */
static void last_answer(const struct db *db, struct answer *answer, struct buf *text)
{
	answer_from(answer, text, db->current);
	if (db->gathered.refused)
		gather_refuse(answer, text);
	if (db->gathered.rows) {
		answer->rows = db->gathered.rows;
		answer->affected = (int64_t)answer->rows->nrows;
	}
	answer->duration_us = clock_us() - db->last_us;
}

/* Takes the result: it is kept until the next one, because the last one stands for the whole text in the events. */
static void deliver(struct db *db, PGresult *result)
{
	struct buf text = {0};
	struct answer answer;
	PQclear(db->current);
	db->current = result;
	gather_end(&db->gathered, result);
	last_answer(db, &answer, &text);
	db->reply.answer(db->reply.arg, db->answered++, &answer);
	buf_free(&text);
}

static void record_last(struct db *db)
{
	struct buf text = {0};
	struct answer answer;
	last_answer(db, &answer, &text);
	record_answer(db, &db->pending[0], &answer);
	gather_forget(&db->gathered);
	buf_free(&text);
}

/* A row of more than there is room for has the server asked to stop. */
static void take_row(struct db *db, PGresult *row)
{
	if (!gather_row(&db->gathered, row))
		db_cancel(db);
	PQclear(row);
}

/* An error of libpq's own is no answer; it is what db_lose() tells. */
static bool is_own(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_FATAL_ERROR && !PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

bool text_read(struct db *db)
{
	while (!PQisBusy(db->conn)) {
		PGresult *result = PQgetResult(db->conn);
		if (!result && PQstatus(db->conn) == CONNECTION_BAD) {
			db_lose(db, NULL);
			return false;
		}
		if (!result && !db->answered) { /* even to nothing there is an answer */
			free(db->end);
			db->end = mem_dup("the server ended the round trip without an answer");
			db_lose(db, NULL);
			return false;
		}
		if (!result) {
			record_last(db);
			PQclear(db->current);
			db->current = NULL;
			db_read_notifications(db); /* those of this text are in before it is over */
			db_finish_round_trip(db);
			return true;
		}
		if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
			take_row(db, result);
			continue;
		}
		if (result_is_copy(result) || is_own(result)) {
			bool copy = result_is_copy(result);
			PQclear(db->current);
			db->current = result;
			db_lose(db, copy ? result : NULL);
			return false;
		}
		deliver(db, result);
	}
	return true;
}
