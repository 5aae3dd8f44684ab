/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in's side of the PostgreSQL wire protocol: start-up, extended queries, pipelines. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/crdb/standin_internal.h"

enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104, CANCEL_REQUEST = 80877102 };

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
		wire_reply(server, conn, &reply);
		return;
	}
	if (!place && conn->ntexts < TEXTS_MAX)
		place = &conn->texts[conn->ntexts++];
	if (place)
		*place = text;
	wire_message_empty(conn, '1');
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
	wire_message_empty(conn, '2');
}

static void do_describe(struct conn *conn)
{
	if (conn->portal.takes_row)
		wire_description(conn, conn->portal.kind);
	else
		wire_message_empty(conn, 'n');
}

static void do_sync(struct server *server, struct conn *conn)
{
	conn->skipping = false;
	conn->txn.delivered |= conn->txn.touched || conn->txn.row_due;
	wire_note(server->shared, '|');
	wire_ready(conn);
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
		return wire_execute(server, conn);
	else
		wire_error(server, conn, "ERROR", "0A000", "the stand-in speaks the extended protocol only");
	return !conn->closing;
}

/* ---- start-up ---- */

static void put_parameters(struct server *server, struct conn *conn)
{
	enum standin_version version = server->shared->version;
	wire_parameter(conn, "client_encoding", "UTF8");
	wire_parameter(conn, "DateStyle", version >= STANDIN_25_4 ? "ISO, MDY" : "ISO");
	wire_parameter(conn, "integer_datetimes", "on");
	wire_parameter(conn, "server_version", version >= STANDIN_25_4 ? "13.0.0" : "9.5.0");
	wire_parameter(conn, "standard_conforming_strings", "on");
	if (!server->shared->hide_version)
		wire_parameter(conn, "crdb_version", sql_version(version));
}

/* 20.1 and older have no number to tell, and nothing to cancel with. */
static void put_key(struct server *server, struct conn *conn)
{
	struct buf body = {0};
	if (server->shared->version < STANDIN_25_4)
		return;
	conn->key = ++server->keys;
	wire_put32(&body, conn->key);
	wire_put32(&body, conn->key);
	wire_message(conn, 'K', &body);
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
	wire_put32(&body, 0);
	wire_message(conn, 'R', &body);
	put_parameters(server, conn);
	put_key(server, conn);
	wire_ready(conn);
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
