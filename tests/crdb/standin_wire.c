/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in's side of the PostgreSQL wire protocol: start-up, extended queries, pipelines, and the faults of the script. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/crdb/standin_in.h"

enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104, CANCEL_REQUEST = 80877102, OID_INT8 = 20, OID_TEXT = 25 };

/* ---- messages out: collected, and sent at a Sync or a Flush ---- */

static void put32(struct buf *out, uint32_t value)
{
	uint32_t net = htonl(value);
	buf_add(out, (const char *)&net, 4);
}

static void put16(struct buf *out, unsigned value)
{
	uint16_t net = htons((uint16_t)value);
	buf_add(out, (const char *)&net, 2);
}

static void put_text(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

static void message(struct conn *conn, char type, struct buf *body)
{
	buf_char(&conn->out, type);
	put32(&conn->out, (uint32_t)body->len + 4);
	if (body->len)
		buf_add(&conn->out, body->p, body->len);
	buf_free(body);
}

static void message_empty(struct conn *conn, char type)
{
	struct buf body = {0};
	message(conn, type, &body);
}

void wire_flush(struct conn *conn)
{
	size_t at = 0;
	while (conn->fd >= 0 && at < conn->out.len) {
		ssize_t n = send(conn->fd, conn->out.p + at, conn->out.len - at, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* the client is gone: its end is read later */
		at += (size_t)n;
	}
	buf_clear(&conn->out);
}

/* Before 22.1.3 there is no severity that is not localised. */
static void put_error(struct server *server, struct conn *conn, char type, const char *severity, const char *sqlstate,
		      const char *text)
{
	struct buf body = {0};
	buf_char(&body, 'S');
	put_text(&body, severity);
	if (server->shared->version >= STANDIN_25_4) {
		buf_char(&body, 'V');
		put_text(&body, severity);
	}
	buf_char(&body, 'C');
	put_text(&body, sqlstate);
	buf_char(&body, 'M');
	put_text(&body, text);
	buf_char(&body, '\0');
	message(conn, type, &body);
}

void wire_error(struct server *server, struct conn *conn, const char *severity, const char *sqlstate, const char *text)
{
	put_error(server, conn, 'E', severity, sqlstate, text);
	conn->skipping = true;
}

static void put_parameter(struct conn *conn, const char *name, const char *value)
{
	struct buf body = {0};
	put_text(&body, name);
	put_text(&body, value);
	message(conn, 'S', &body);
}

static void put_ready(struct conn *conn)
{
	struct buf body = {0};
	buf_char(&body, sql_status(&conn->txn));
	message(conn, 'Z', &body);
}

static void put_description(struct conn *conn, enum standin_kind kind)
{
	struct buf body = {0};
	put16(&body, 1);
	put_text(&body, kind == KIND_VERSION ? "version" : kind == KIND_READ ? "balance" : "crdb_internal.force_retry");
	put32(&body, 0);
	put16(&body, 0);
	put32(&body, kind == KIND_VERSION ? OID_TEXT : OID_INT8);
	put16(&body, kind == KIND_VERSION ? 0xffff : 8);
	put32(&body, 0xffffffff);
	put16(&body, 0);
	message(conn, 'T', &body);
}

static void put_row(struct conn *conn, const char *cell)
{
	struct buf body = {0};
	put16(&body, 1);
	put32(&body, (uint32_t)strlen(cell));
	buf_str(&body, cell);
	message(conn, 'D', &body);
}

static void put_reply(struct server *server, struct conn *conn, const struct reply *reply)
{
	struct buf body = {0};
	if (reply->sqlstate) {
		wire_error(server, conn, "ERROR", reply->sqlstate, reply->message);
		return;
	}
	if (reply->warning)
		put_error(server, conn, 'N', "WARNING", "01000", "there is no transaction in progress");
	if (reply->row)
		put_row(conn, reply->cell);
	put_text(&body, reply->tag);
	message(conn, 'C', &body);
}

/* ---- messages in ---- */

struct reader {
	const char *p, *end;
};

static uint32_t get32(struct reader *in)
{
	uint32_t net = 0;
	if (in->end - in->p >= 4)
		memcpy(&net, in->p, 4);
	in->p += in->end - in->p >= 4 ? 4 : in->end - in->p;
	return ntohl(net);
}

static unsigned get16(struct reader *in)
{
	uint16_t net = 0;
	if (in->end - in->p >= 2)
		memcpy(&net, in->p, 2);
	in->p += in->end - in->p >= 2 ? 2 : in->end - in->p;
	return ntohs(net);
}

static const char *get_text(struct reader *in)
{
	const char *text = in->p, *nul = memchr(in->p, '\0', (size_t)(in->end - in->p));
	if (!nul)
		return "";
	in->p = nul + 1;
	return text;
}

static struct known_text *find_text(struct conn *conn, const char *name)
{
	for (size_t i = 0; i < conn->ntexts; i++)
		if (strcmp(conn->texts[i].name, name) == 0)
			return &conn->texts[i];
	return NULL;
}

static void do_parse(struct server *server, struct conn *conn, struct reader *in)
{
	const char *name = get_text(in), *sql = get_text(in);
	struct known_text text = {0}, *place = find_text(conn, name);
	struct reply reply;
	snprintf(text.name, sizeof text.name, "%s", name);
	if (!sql_known(sql, &text)) {
		sql_fail(server->shared, &conn->txn, KIND_COUNT, "42601", &reply);
		snprintf(reply.message, sizeof reply.message, "the stand-in does not know: %.120s", sql);
		put_reply(server, conn, &reply);
		return;
	}
	if (!place && conn->ntexts < TEXTS_MAX)
		place = &conn->texts[conn->ntexts++];
	if (place)
		*place = text;
	message_empty(conn, '1');
}

static void do_bind(struct server *server, struct conn *conn, struct reader *in)
{
	get_text(in); /* the portal: only the unnamed one */
	struct known_text *text = find_text(conn, get_text(in));
	for (unsigned n = get16(in); n > 0; n--)
		get16(in); /* formats: all of them text */
	conn->params = (struct params){.n = get16(in)};
	for (size_t i = 0; i < conn->params.n; i++) {
		uint32_t length = get32(in);
		size_t n = length == UINT32_MAX ? 0 : length;
		if (i < PARAMS_MAX && n < PARAM_BYTES && n <= (size_t)(in->end - in->p))
			memcpy(conn->params.value[i], in->p, n);
		in->p += n <= (size_t)(in->end - in->p) ? n : 0;
	}
	if (!text) {
		wire_error(server, conn, "ERROR", "26000", "unknown prepared statement");
		return;
	}
	conn->portal = *text;
	message_empty(conn, '2');
}

static void do_describe(struct conn *conn)
{
	if (conn->portal.takes_row)
		put_description(conn, conn->portal.kind);
	else
		message_empty(conn, 'n');
}

/* ---- running a statement, with the fault that is due at it ---- */

static void note(struct standin_shared *shared, char c)
{
	if (shared->nlog + 1 < STANDIN_LOG)
		shared->log[shared->nlog++] = c;
}

static const struct standin_fault *fault_at(struct standin_shared *shared, enum standin_kind kind)
{
	unsigned nth = ++shared->seen[kind];
	for (size_t i = 0; i < shared->nfaults; i++)
		if (shared->faults[i].kind == kind && shared->faults[i].nth == nth) {
			shared->happened++;
			return &shared->faults[i];
		}
	return NULL;
}

/* A RELEASE that committed, and is answered with an error, leaves the transaction aborted and not in COMMIT_WAIT. */
static void fail_after(struct server *server, struct conn *conn, const char *sqlstate, struct reply *reply)
{
	if (conn->portal.kind == KIND_RELEASE && conn->txn.state == STATE_COMMIT_WAIT)
		conn->txn.state = STATE_OPEN;
	sql_fail(server->shared, &conn->txn, conn->portal.kind, sqlstate, reply);
}

static void apply(struct server *server, struct conn *conn, struct reply *reply)
{
	sql_run(server->shared, &conn->txn, &conn->portal, &conn->params, reply);
}

static void answer(struct server *server, struct conn *conn, const struct reply *reply)
{
	struct standin_shared *shared = server->shared;
	note(shared, sql_letter(conn->portal.kind));
	if (reply->sqlstate)
		note(shared, '!');
	put_reply(server, conn, reply);
	conn->txn.row_due |= reply->row && conn->txn.state == STATE_OPEN;
	if (conn->portal.kind == KIND_ROLLBACK && !reply->sqlstate)
		server_rolled_back(server, conn);
}

static bool run_plainly(struct server *server, struct conn *conn)
{
	struct reply reply;
	apply(server, conn, &reply);
	if (reply.forever) {
		server->shared->retrying = true;
		conn->stalled = true;
		return false;
	}
	answer(server, conn, &reply);
	return true;
}

static bool stall(struct server *server, struct conn *conn)
{
	conn->stalled = conn->stall_over = true;
	server->shared->stalled = true;
	return false;
}

/* The client's side is closed; what it sent is kept. */
static bool hold_back(struct conn *conn)
{
	wire_flush(conn);
	close(conn->fd);
	conn->fd = -1;
	conn->late = conn->stall_over = true;
	return false;
}

static bool end_here(struct server *server, struct conn *conn, const struct standin_fault *fault)
{
	note(server->shared, sql_letter(conn->portal.kind));
	note(server->shared, '/');
	if (fault->effect == EFFECT_FATAL || fault->effect == EFFECT_FATAL_DONE) {
		/* Whether it is called FATAL is not documented: older ones are taken to say ERROR to everything. */
		bool modern = server->shared->version >= STANDIN_25_4;
		wire_error(server, conn, modern ? "FATAL" : "ERROR", fault->sqlstate, "server is shutting down");
	}
	wire_flush(conn);
	conn->closing = true;
	return false;
}

/* Returns false where the statement is not over: the connection stalls, or ends. */
static bool run_with(struct server *server, struct conn *conn, const struct standin_fault *fault)
{
	struct reply reply;
	switch (fault->effect) {
	case EFFECT_ERROR:
		sql_fail(server->shared, &conn->txn, conn->portal.kind, fault->sqlstate, &reply);
		answer(server, conn, &reply);
		return true;
	case EFFECT_ERROR_DONE:
		apply(server, conn, &reply);
		fail_after(server, conn, fault->sqlstate, &reply);
		answer(server, conn, &reply);
		return true;
	case EFFECT_CLOSE_DONE:
	case EFFECT_FATAL_DONE:
		apply(server, conn, &reply);
		return end_here(server, conn, fault);
	case EFFECT_CLOSE:
	case EFFECT_FATAL:
		return end_here(server, conn, fault);
	case EFFECT_LATE:
		return hold_back(conn);
	case EFFECT_STALL:
		return stall(server, conn);
	case EFFECT_ENDS:
		apply(server, conn, &reply);
		sql_end_silently(server->shared, &conn->txn);
		answer(server, conn, &reply);
		return true;
	}
	return true;
}

static bool do_execute(struct server *server, struct conn *conn)
{
	const struct standin_fault *fault = conn->stall_over ? NULL : fault_at(server->shared, conn->portal.kind);
	bool over = fault ? run_with(server, conn, fault) : run_plainly(server, conn);
	if (over)
		conn->stall_over = false;
	return over;
}

static void do_sync(struct server *server, struct conn *conn)
{
	conn->skipping = false;
	conn->txn.delivered |= conn->txn.touched || conn->txn.row_due;
	note(server->shared, '|');
	put_ready(conn);
	wire_flush(conn);
}

/* Returns false where the message must be looked at again later, or never. */
static bool deal_with(struct server *server, struct conn *conn, char type, struct reader *in)
{
	if (type == 'S')
		do_sync(server, conn);
	else if (type == 'X')
		conn->closing = true;
	else if (type == 'H')
		wire_flush(conn);
	else if (conn->skipping)
		return true;
	else if (type == 'P')
		do_parse(server, conn, in);
	else if (type == 'B')
		do_bind(server, conn, in);
	else if (type == 'D')
		do_describe(conn);
	else if (type == 'E')
		return do_execute(server, conn);
	else
		wire_error(server, conn, "ERROR", "0A000", "the stand-in speaks the extended protocol only");
	return !conn->closing;
}

/* ---- start-up ---- */

static void put_parameters(struct server *server, struct conn *conn)
{
	enum standin_version version = server->shared->version;
	put_parameter(conn, "client_encoding", "UTF8");
	put_parameter(conn, "DateStyle", version >= STANDIN_25_4 ? "ISO, MDY" : "ISO");
	put_parameter(conn, "integer_datetimes", "on");
	put_parameter(conn, "server_version", version >= STANDIN_25_4 ? "13.0.0" : "9.5.0");
	put_parameter(conn, "standard_conforming_strings", "on");
	if (!server->shared->hide_version)
		put_parameter(conn, "crdb_version", sql_version(version));
}

/* 20.1 and older have no number to tell, and nothing to cancel with. */
static void put_key(struct server *server, struct conn *conn)
{
	struct buf body = {0};
	if (server->shared->version < STANDIN_25_4)
		return;
	conn->key = ++server->keys;
	put32(&body, conn->key);
	put32(&body, conn->key);
	message(conn, 'K', &body);
}

static void log_in(struct server *server, struct conn *conn)
{
	struct buf body = {0};
	conn->started = true;
	if (server->shared->refuse_logins > 0) {
		server->shared->refuse_logins--;
		wire_error(server, conn, "ERROR", "57P01", "server is not accepting clients, try another node");
		wire_flush(conn);
		conn->closing = true;
		return;
	}
	put32(&body, 0);
	message(conn, 'R', &body);
	put_parameters(server, conn);
	put_key(server, conn);
	put_ready(conn);
	wire_flush(conn);
}

static void start_up(struct server *server, struct conn *conn, struct reader *in)
{
	uint32_t code = get32(in);
	if (code == SSL_REQUEST || code == GSS_REQUEST) {
		buf_char(&conn->out, 'N');
		wire_flush(conn);
	} else if (code == CANCEL_REQUEST) {
		server_cancel(server, get32(in));
		conn->closing = true;
	} else {
		log_in(server, conn);
	}
}

/* One whole message, if it is there. Returns false where there is nothing more to do for now. */
static bool read_message(struct server *server, struct conn *conn)
{
	size_t head = conn->started ? 1 : 0, left = conn->in.len - conn->taken;
	const char *at = conn->in.p + conn->taken;
	uint32_t net;
	if (conn->closing || conn->stalled || left < head + 4)
		return false;
	memcpy(&net, at + head, 4);
	size_t length = head + ntohl(net);
	if (left < length)
		return false;
	struct reader in = {at + head + 4, at + length};
	bool over = true;
	if (conn->started)
		over = deal_with(server, conn, *at, &in);
	else
		start_up(server, conn, &in);
	conn->taken += over ? length : 0;
	return over;
}

void wire_read(struct server *server, struct conn *conn)
{
	while (read_message(server, conn))
		;
	if (conn->closing)
		conn_close(conn);
	else if (conn->taken == conn->in.len) {
		buf_clear(&conn->in);
		conn->taken = 0;
	}
}
