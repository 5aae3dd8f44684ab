/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns libpq's results into answers, and what happens on a connection into events. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"
#include "event/show.h"

enum { VALUES_MAX = 240 };

/* CockroachDB has the severity only in English, PostgreSQL has it so beside the translated one. */
static const char *severity_of(const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	return severity ? severity : PQresultErrorField(result, PG_DIAG_SEVERITY);
}

bool result_is_fatal(const PGresult *result)
{
	const char *severity = severity_of(result);
	return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

bool result_is_error(const PGresult *result)
{
	const char *severity = severity_of(result);
	return severity && strcmp(severity, "ERROR") == 0;
}

bool result_is_copy(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

static int64_t affected_rows(const PGresult *result)
{
	if (PQresultStatus(result) == PGRES_TUPLES_OK)
		return PQntuples(result);
	const char *tag = PQcmdStatus((PGresult *)result); /* libpq forgot the const */
	size_t n = strlen(tag);
	if (n == 0 || !isdigit((unsigned char)tag[n - 1]))
		return -1; /* BEGIN, COMMIT and the like, which are most */
	const char *text = PQcmdTuples((PGresult *)result);
	return text[0] ? strtoll(text, NULL, 10) : -1;
}

static void answers_add_line(struct buf *text, const char *label, const char *value)
{
	if (value && value[0])
		buf_fmt(text, "%s%s: %s", text->len ? "\n" : "", label, value);
}

static void error_from(struct answer *answer, struct buf *text, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	if (state && sqlstate_valid(state))
		memcpy(answer->sqlstate, state, 6);
	const char *spoken = severity_of(result);
	answer->clean = answer->sqlstate[0] && spoken && strcmp(spoken, "ERROR") == 0;
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY);
	answer->severity = severity ? severity : "";
	answer->text = PQresultErrorMessage(result);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	answer->message = message ? message : PQresultErrorMessage(result);
	if (!answer->message[0])
		answer->message = result_is_copy(result)
					  ? "COPY from or to the client has no place here: name a file on the "
					    "server, or use INSERT and SELECT"
					  : "the connection is gone";
	answers_add_line(text, "DETAIL", PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
	answers_add_line(text, "HINT", PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
	answers_add_line(text, "CONTEXT", PQresultErrorField(result, PG_DIAG_CONTEXT));
	answers_add_line(text, "CONSTRAINT", PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
	answer->detail = buf_text(text);
}

void answer_tell(struct err *err, enum status status, const struct answer *answer, const char *what, ...)
{
	const char *state = answer->sqlstate;
	va_list ap;
	va_start(ap, what);
	vsnprintf(err->text, sizeof err->text, what, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	snprintf(err->text + n, sizeof err->text - n, ": %s%s%s%s", answer->message, state[0] ? " (" : "", state,
		 state[0] ? ")" : "");
	err->status = status;
}

/* The answer borrows from `result` and `text`; its rows are made by the caller, who frees them. */
void answer_from(struct answer *answer, struct buf *text, const PGresult *result)
{
	*answer = (struct answer){.affected = -1, .tag = "", .message = "", .detail = "", .severity = "", .text = ""};
	if (!result) {
		answer->message = "the connection is gone";
		return;
	}
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_PIPELINE_ABORTED) {
		answer->skipped = true;
	} else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
		answer->ok = true;
		answer->tag = PQcmdStatus((PGresult *)result);
		answer->affected = affected_rows(result);
	} else {
		error_from(answer, text, result);
	}
}

void answer_refuse(struct answer *answer, struct buf *text, const char *sqlstate, const char *message)
{
	buf_clear(text);
	buf_fmt(text, "ERROR:  %s\n", message);
	buf_char(text, '\0');
	size_t said = text->len;
	buf_str(text, message);
	*answer = (struct answer){.tag = "",
				  .affected = -1,
				  .severity = "ERROR",
				  .message = text->p + said,
				  .text = text->p,
				  .detail = "",
				  .warning = answer->warning,
				  .duration_us = answer->duration_us};
	memcpy(answer->sqlstate, sqlstate, 6);
}

/* What asked for these rows reads them by the places of their columns: it never sees others. */
void answer_check(struct answer *answer, struct buf *text, const struct shape *shape)
{
	struct err wrong, err;
	if (!answer->ok || !rows_check(answer->rows, shape, &wrong))
		return;
	err_set(&err, ST_CHECK,
		"the answer is not what was asked for: %s; do not trust this server, or what is in "
		"between",
		wrong.text);
	answer_refuse(answer, text, "08P01", err.text);
}

const char *params_text(struct db *db, struct arena *arena, const struct statement *statement)
{
	struct buf *text = &db->scratch;
	buf_clear(text);
	statement_show_params(text, statement);
	return text->len ? arena_dup_n(arena, text->p, text->len) : NULL;
}

static struct event event_of(const struct db *db, enum event_kind kind, const struct pending *pending)
{
	return (struct event){
		.kind = kind,
		.session = db->session,
		.lane = db_lane(db),
		.txn = db->context.txn,
		.attempt = db->context.attempt,
		.statement = db->context.first_statement ? db->context.first_statement + (unsigned)pending->index : 0,
		.round_trip = db->context.round_trip,
		.verb = pending->verb,
		.rows = -1,
		.sql = pending->sql,
		.params = pending->params,
	};
}

void record_sent(struct db *db, const struct pending *pending)
{
	struct event event = event_of(db, EVENT_SENT, pending);
	ring_append(db->ring, &event);
}

void record_unanswered_one(struct db *db, const struct pending *pending)
{
	struct event event = event_of(db, EVENT_RESULT, pending);
	event.skipped = event.unanswered = true;
	ring_append(db->ring, &event);
}

/* In order, before the loss of the connection is written down. */
void record_unanswered(struct db *db)
{
	for (size_t i = 0; i < db->npending; i++) {
		const struct pending *pending = &db->pending[i];
		if (pending->kind == PENDING_STATEMENT && pending->index >= db->answered)
			record_unanswered_one(db, pending);
	}
}

static void answers_add_row(struct buf *out, const struct rows *rows, size_t row)
{
	for (size_t c = 0; c < rows->ncols && out->len < VALUES_MAX; c++) {
		const char *cell = rows_cell(rows, row, c);
		size_t n = cell ? rows_length(rows, row, c) : 0;
		buf_str(out, c ? ", " : "");
		if (cell)
			buf_add(out, cell, n < VALUES_MAX ? n : VALUES_MAX);
		else
			buf_str(out, "NULL");
	}
}

/* "104, 1250; 107, 310": as many rows as fit a line or two. */
static void answers_add_rows(struct buf *out, const struct rows *rows)
{
	for (size_t r = 0; rows && r < rows->nrows && out->len < VALUES_MAX; r++) {
		buf_str(out, r ? "; " : "");
		answers_add_row(out, rows, r);
	}
}

void record_answer(struct db *db, const struct pending *pending, const struct answer *answer)
{
	struct event event = event_of(db, EVENT_RESULT, pending);
	struct buf *values = &db->scratch;
	buf_clear(values);
	answers_add_rows(values, answer->rows);
	event.duration_us = answer->duration_us;
	event.rows = answer->affected;
	event.skipped = answer->skipped;
	bool committed = pending->alone || (pending->commits && strcmp(answer->tag, "COMMIT") == 0);
	event.durable = answer->ok && committed;
	event.weak = event.durable && (answer->warning || durability_doubt(db->who.durability));
	memcpy(event.sqlstate, answer->sqlstate, sizeof event.sqlstate);
	event.tag = answer->tag;
	event.values = values->len ? values->p : NULL;
	event.message = answer->ok || answer->skipped ? NULL : answer->message;
	event.detail = answer->detail[0] ? answer->detail : NULL;
	ring_append(db->ring, &event);
}

void record_session(struct db *db, enum event_kind kind, const char *sqlstate, const char *message)
{
	struct event event = {
		.kind = kind, .session = db->session, .lane = db_lane(db), .rows = -1, .message = message};
	if (sqlstate && sqlstate_valid(sqlstate))
		memcpy(event.sqlstate, sqlstate, 6);
	ring_append(db->ring, &event);
}
