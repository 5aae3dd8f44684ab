/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection as a non-blocking machine: round trips out, and what to do when it is lost. */
#include "db/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "db_internal.h"

void db_move(struct db *db, enum db_state state)
{
	db->state = state;
}

/* Tells our sessions from those of another teller. */
static void draw_token(char token[9])
{
	unsigned char bytes[4];
	rng_bytes(bytes, sizeof bytes);
	snprintf(token, 9, "%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void db_on_deferred(void *arg)
{
	db_lose(arg, NULL);
}

struct db *db_new(struct loop *loop, struct ring *ring, enum session session, const char *name,
		  const struct db_setting *settings)
{
	struct db *db = NEW(struct db);
	db->loop = loop;
	db->ring = ring;
	db->session = session;
	db->name = mem_dup(name);
	db->settings = settings;
	draw_token(db->token);
	db->fd = -1;
	db->deadline = timer_new(loop, connect_deadline, db);
	db->soon = timer_new(loop, db_on_deferred, db);
	db->facts = (struct db_facts){.place = "",
				      .product = "",
				      .short_product = dialect_of(SERVER_POSTGRES)->short_product,
				      .version = "",
				      .tls = ""};
	return db;
}

void pending_show(struct db *db, struct pending *pending, const char *sql)
{
	if (!pending->sql)
		pending->sql = arena_dup(trips_kept(db, pending), sql);
}

void db_forget_pending(struct db *db)
{
	if (db->shared)
		trips_forget(db);
	arena_clear(&db->kept);
	db->npending = db->at = 0;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	db_close(db);
	db_forget_pending(db);
	free(db->pending);
	arena_free(&db->kept);
	timer_free(db->deadline);
	timer_free(db->soon);
	conninfo_free(&db->info);
	buf_free(&db->place);
	buf_free(&db->scratch);
	balance_forget(db);
	free(db->moved);
	free(db->setup_error);
	free(db->name);
	free(db);
}

/* ---- losing the connection ---- */

/* The reason, best first: the answer that ended it, the server's last words, libpq's. What it borrows lives in
 * `text` or dies with the PGconn. */
static void answer_lost(struct db *db, const PGresult *why, struct answer *answer, struct buf *text)
{
	answer_from(answer, text, why);
	answer->ok = answer->clean = false;
	answer->lost = true;
	answer->contradicted = db->contradicted;
	if (why)
		return;
	answer->text = db->end ? db->end : db->conn ? PQerrorMessage(db->conn) : "";
	if (db->fatal) {
		answer->message = db->fatal;
		memcpy(answer->sqlstate, db->fatal_sqlstate, sizeof answer->sqlstate);
	} else if (answer->text[0]) {
		answer->message = answer->text;
	}
}

/* libpq writes what happened, and below it hints, and what came of asking it again. Its words have no SQLSTATE. */
static char *said_of_end(const struct answer *answer)
{
	size_t from = strspn(answer->message, " \t\r\n"), n = strcspn(answer->message + from, "\r\n");
	bool own = !answer->sqlstate[0] && n > 0;
	return own ? mem_dup_n(answer->message + from, n) : mem_dup(answer->message);
}

/* The queue of several round trips outlives the connection until all have heard of it. */
static struct pending *db_take_pending(struct db *db, size_t *n)
{
	struct pending *taken = db->pending;
	*n = db->npending;
	db->pending = NULL;
	db->npending = db->at = db->room = 0;
	db->shared = false;
	return taken;
}

/* An idle session whose node goes is made anew at another: one event tells both, when it is there. */
static void db_end_lost(struct db *db, struct answer *answer)
{
	bool waiting = db->state == DB_BUSY;
	size_t answered = db->answered;
	answer->elsewhere = balance_leave(db) && db->moves && !waiting && sqlstate_goes(answer->sqlstate);
	bool shared = db->shared;
	size_t nleft = 0;
	struct pending *left = NULL;
	if (shared)
		trips_record_lost(db);
	else if (waiting)
		record_unanswered(db);
	free(db->moved);
	db->moved = answer->elsewhere ? mem_dup(answer->message) : NULL;
	if (!answer->elsewhere)
		record_session(db, EVENT_LOST, answer->sqlstate, answer->message);
	connect_close(db);
	if (shared)
		left = db_take_pending(db, &nleft);
	db_forget_pending(db);
	db_move(db, DB_DOWN);
	if (shared)
		trips_lost(left, nleft, answer);
	else if (waiting)
		db->reply.lost(db->reply.arg, answered, answer);
	else if (db->on_lost)
		db->on_lost(db->on_lost_arg, answer);
}

void db_lose(struct db *db, const PGresult *why)
{
	struct buf text = {0};
	struct answer answer;
	answer_lost(db, why, &answer, &text);
	char *message = said_of_end(&answer), *detail = mem_dup(answer.detail), *whole = mem_dup(answer.text);
	answer.message = message;
	answer.detail = detail;
	answer.text = whole;
	answer.tag = answer.severity = "";
	if (db->setting_up)
		connect_failed(db, answer.sqlstate, message);
	else
		db_end_lost(db, &answer);
	free(message);
	free(detail);
	free(whole);
	buf_free(&text);
}
void db_notice(void *arg, const PGresult *result)
{
	struct db *db = arg;
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	message = message ? message : PQresultErrorMessage(result);
	/* CockroachDB calls it an ERROR, and closes the connection. */
	bool last = result_is_fatal(result) || (sqlstate && sqlstate_goes(sqlstate) && result_is_error(result));
	if (sqlstate && strncmp(sqlstate, "01", 2) == 0 && !db->warning)
		db->warning = mem_dup(message);
	record_session(db, EVENT_NOTICE, sqlstate, message);
	if (db->on_notice) {
		const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY);
		struct db_notice notice = {
			.severity = severity ? severity : "",
			.fatal = last,
			.sqlstate = sqlstate ? sqlstate : "",
			.message = message,
			.text = PQresultErrorMessage(result),
		};
		db->on_notice(db->on_notice_arg, &notice);
	}
	if (!last || db->fatal)
		return;
	db->fatal = mem_dup(message);
	if (sqlstate && sqlstate_valid(sqlstate))
		memcpy(db->fatal_sqlstate, sqlstate, 6);
}

/* ---- a round trip out ---- */

struct pending *db_pend(struct db *db, enum pending_kind kind)
{
	struct pending *pending = &db->pending[db->npending++];
	*pending = (struct pending){.kind = kind};
	return pending;
}

static bool send_prepare(struct db *db, struct prepared *prepared, size_t index)
{
	struct pending *pending = db_pend(db, PENDING_PREPARE);
	pending->index = index;
	pending->prepared = prepared->number;
	return PQsendPrepare(db->conn, prepared->name, prepared->sql, 0, NULL) == 1;
}

static void db_pend_statement(struct db *db, const struct statement *statement, size_t index,
			      const struct prepared *prepared)
{
	struct pending *pending = db_pend(db, PENDING_STATEMENT);
	pending->index = index;
	pending->prepared = prepared ? prepared->number : 0;
	pending->sql = prepared && !statement->shown ? prepared->kept : NULL;
	pending->verb = statement->verb;
	pending->commits = statement->commits;
	pending->alone = statement->alone;
	pending->few = statement->few;
}

bool db_send_statement(struct db *db, const struct statement *statement, size_t index)
{
	bool once = statement->once || db->who.pooled;
	struct prepared *prepared = once ? NULL : prepared_find(db, statement->sql);
	bool ok = true;
	if (!prepared && !once) {
		prepared = prepared_add(db, statement->sql);
		ok = !prepared || send_prepare(db, prepared, index);
	}
	db_pend_statement(db, statement, index, prepared);
	struct params all = params_all(statement);
	int n = (int)all.n;
	int sent = prepared ? PQsendQueryPrepared(db->conn, prepared->name, n, all.values, NULL, NULL, 0)
			    : PQsendQueryParams(db->conn, statement->sql, n, NULL, all.values, NULL, NULL, 0);
	params_done(&all);
	return sent == 1 && ok;
}

/* Statements that no Sync parts are one transaction, where no other is open. */
bool db_send_sync(struct db *db)
{
	db_pend(db, PENDING_SYNC);
	return PQpipelineSync(db->conn) == 1;
}

/* The server is at work meanwhile: what is kept for the answers and written down delays nobody. */
void db_keep_sent(struct db *db, size_t from, const struct statement *statements)
{
	ring_moment_begin(db->ring);
	for (size_t i = from; i < db->npending; i++) {
		struct pending *pending = &db->pending[i];
		if (pending->kind != PENDING_STATEMENT)
			continue;
		const struct statement *statement = &statements[pending->index];
		struct arena *kept = trips_kept(db, pending);
		pending->shape = shape_copy(kept, &statement->shape);
		pending_show(db, pending, statement->shown ? statement->shown : statement->sql);
		pending->params = params_text(db, kept, statement);
		record_sent(db, pending);
	}
	ring_moment_end(db->ring);
}

void db_flush(struct db *db)
{
	int left = PQflush(db->conn);
	if (left < 0)
		timer_start(db->soon, 0);
	else
		watch_socket(db, left ? WATCH_READ | WATCH_WRITE : WATCH_READ);
}

void db_begin(struct db *db, size_t npending, const struct db_context *context, const struct db_reply *reply)
{
	assert(db->state != DB_BUSY && db->state != DB_CONNECTING);
	db->context = *context;
	db->reply = *reply;
	db->answered = 0;
	db->cut_due = false;
	free(db->warning);
	db->warning = NULL;
	db->read_us = 0;
	db->last_us = clock_us(); /* libpq sends on the way, and the server may have answered before it is through */
	db_forget_pending(db);
	if (db->room < npending || !db->pending) {
		db->pending = mem_resize(db->pending, npending, sizeof *db->pending);
		db->room = npending;
	}
	db_move(db, DB_BUSY);
}

void db_sent(struct db *db, bool ok)
{
	if (ok)
		db_flush(db);
	else
		timer_start(db->soon, 0);
}

void db_send(struct db *db, const struct statement *statements, size_t n, const struct db_context *context,
	     const struct db_reply *reply)
{
	if (statements[0].feed) {
		copy_send(db, statements, context, reply);
		return;
	}
	/* A connection that is down answers with `lost`, as one that goes down now would. */
	if (db->state == DB_IDLE)
		text_leave(db);
	bool ok = db->state == DB_IDLE && PQenterPipelineMode(db->conn) == 1;
	db_begin(db, 3 * n, context, reply);
	for (size_t i = 0; i < n && ok; i++) {
		ok = db_send_statement(db, &statements[i], i);
		if (ok && (i + 1 == n || statements[i].apart))
			ok = db_send_sync(db);
	}
	receive_row_by_row(db);
	db_sent(db, ok);
	db_keep_sent(db, 0, statements);
}

void db_leave(struct db *db)
{
	balance_leave(db);
	db_close(db);
}

/* ---- what others ask ---- */

void db_on_lost(struct db *db, db_lost_fn *fn, void *arg)
{
	db->on_lost = fn;
	db->on_lost_arg = arg;
}

void db_on_notice(struct db *db, void (*fn)(void *arg, const struct db_notice *notice), void *arg)
{
	db->on_notice = fn;
	db->on_notice_arg = arg;
}

void db_on_notify(struct db *db, void (*fn)(void *arg, const struct db_notification *notification), void *arg)
{
	db->on_notify = fn;
	db->on_notify_arg = arg;
}

void db_set_moving(struct db *db)
{
	db->moves = true;
}

void db_set_bare(struct db *db)
{
	db->bare = true;
}

enum db_state db_state(const struct db *db)
{
	return db->setting_up ? DB_CONNECTING : db->state;
}

uint64_t db_dialled_us(const struct db *db)
{
	return db->dialed_us;
}

bool db_in_transaction(const struct db *db)
{
	return db->in_transaction;
}

bool db_needs_password(const struct db *db)
{
	return db->needs_password;
}

const char *db_refusal(const struct db *db)
{
	return db->refusal;
}

const struct dialect *db_dialect(const struct db *db)
{
	return dialect_of(db->server);
}

enum session db_session(const struct db *db)
{
	return db->session;
}

struct db_waiting db_waiting(const struct db *db)
{
	if (db->state != DB_BUSY || db->idle_due)
		return (struct db_waiting){0};
	unsigned first = db->context.first_statement;
	return (struct db_waiting){.since_us = db->last_us,
				   .context = db->context,
				   .statement = first ? first + (unsigned)db->answered : 0};
}

const char *db_lane(const struct db *db)
{
	return db->session >= SESSION_LANE ? db->name : NULL;
}

enum sql_server db_server(const struct db *db)
{
	return db->server;
}

const struct db_facts *db_facts(const struct db *db)
{
	return &db->facts;
}

const struct who *db_who(const struct db *db)
{
	return &db->who;
}

const char *db_token(const struct db *db)
{
	return db->token;
}

bool db_pooled(const struct db *db)
{
	return db->who.pooled;
}

bool db_standby(const struct db *db)
{
	const char *now = db->conn ? PQparameterStatus(db->conn, "in_hot_standby") : NULL;
	return db->who.recovery && !(now && strcmp(now, "off") == 0);
}

bool db_version_at_least(const struct db *db, int major, int minor)
{
	int have_major = 0, have_minor = 0;
	sscanf(db->version, "%d.%d", &have_major, &have_minor);
	return have_major > major || (have_major == major && have_minor >= minor);
}

void db_cut(struct db *db)
{
	int fd = db->conn ? PQsocket(db->conn) : -1;
	char unread[4096];
	if (fd < 0)
		return;
	shutdown(fd, SHUT_RDWR);
	while (recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0)
		; /* an answer that was quicker than the cut is lost as well */
}

void db_cut_answered(struct db *db)
{
	db->cut_due = db->state == DB_BUSY;
}

bool db_outdated(struct db *db)
{
	bool outdated = db->outdated;
	db->outdated = false;
	return outdated;
}
