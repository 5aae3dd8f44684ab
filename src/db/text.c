/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of several statements by the simple protocol, outside any pipeline: sent whole, answered result by result. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "machine.h"

void db_send_text(struct db *db, const char *sql, const struct db_context *context, const struct db_reply *reply)
{
	bool ok = db->state == DB_IDLE && PQexitPipelineMode(db->conn) == 1;
	db_begin(db, 1, context, reply);
	record_sent(db, db_pend(db, (struct pending){.kind = PENDING_TEXT, .sql = mem_dup(sql)}));
	db_sent(db, ok && PQsendQuery(db->conn, sql) == 1);
}

/* Takes the result: it is kept until the next one, because the last one stands for the whole text in the events. */
static void deliver(struct db *db, PGresult *result)
{
	struct buf text = {0};
	struct answer answer;
	uint64_t now = clock_us();
	PQclear(db->current);
	db->current = result;
	answer_from(&answer, &text, result);
	answer.duration_us = now - db->last_us;
	struct rows *rows = PQresultStatus(result) == PGRES_TUPLES_OK ? rows_from_result(result) : NULL;
	answer.rows = rows;
	db->reply.answer(db->reply.arg, db->answered++, &answer);
	rows_free(rows);
	buf_free(&text);
}

static void record_last(struct db *db)
{
	struct buf text = {0};
	struct answer answer;
	answer_from(&answer, &text, db->current);
	answer.duration_us = clock_us() - db->last_us;
	struct rows *rows = PQresultStatus(db->current) == PGRES_TUPLES_OK ? rows_from_result(db->current) : NULL;
	answer.rows = rows;
	record_answer(db, &db->pending[0], &answer);
	rows_free(rows);
	buf_free(&text);
}

static bool is_copy(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/* An error of libpq's own over a dead connection is no answer; it is what db_lose() tells. */
static bool is_own(const struct db *db, const PGresult *result)
{
	return PQresultStatus(result) == PGRES_FATAL_ERROR && !PQresultErrorField(result, PG_DIAG_SQLSTATE) &&
	       PQstatus(db->conn) == CONNECTION_BAD;
}

bool text_read(struct db *db)
{
	while (!PQisBusy(db->conn)) {
		PGresult *result = PQgetResult(db->conn);
		if (!result && PQstatus(db->conn) == CONNECTION_BAD) {
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
		if (is_copy(result) || is_own(db, result)) {
			bool copy = is_copy(result);
			PQclear(db->current);
			db->current = result;
			db_lose(db, copy ? result : NULL);
			return false;
		}
		deliver(db, result);
	}
	return true;
}
