/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the stand-in sends: messages are collected, and leave at a Sync or a Flush. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/crdb/standin_internal.h"

enum { OID_INT8 = 20, OID_TEXT = 25 };

void wire_put32(struct buf *out, uint32_t value)
{
	uint32_t net = htonl(value);
	buf_add(out, (const char *)&net, 4);
}

static void put16(struct buf *out, unsigned value)
{
	uint16_t net = htons((uint16_t)value);
	buf_add(out, (const char *)&net, 2);
}

void wire_put_text(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

void wire_message(struct conn *conn, char type, struct buf *body)
{
	buf_char(&conn->out, type);
	wire_put32(&conn->out, (uint32_t)body->len + 4);
	if (body->len)
		buf_add(&conn->out, body->p, body->len);
	buf_free(body);
}

void wire_message_empty(struct conn *conn, char type)
{
	struct buf body = {0};
	wire_message(conn, type, &body);
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
	wire_put_text(&body, severity);
	if (server->shared->version >= STANDIN_25_4) {
		buf_char(&body, 'V');
		wire_put_text(&body, severity);
	}
	buf_char(&body, 'C');
	wire_put_text(&body, sqlstate);
	buf_char(&body, 'M');
	wire_put_text(&body, text);
	buf_char(&body, '\0');
	wire_message(conn, type, &body);
}

void wire_error(struct server *server, struct conn *conn, const char *severity, const char *sqlstate, const char *text)
{
	put_error(server, conn, 'E', severity, sqlstate, text);
	conn->skipping = true;
}

void wire_parameter(struct conn *conn, const char *name, const char *value)
{
	struct buf body = {0};
	wire_put_text(&body, name);
	wire_put_text(&body, value);
	wire_message(conn, 'S', &body);
}

void wire_ready(struct conn *conn)
{
	struct buf body = {0};
	buf_char(&body, sql_status(&conn->txn));
	wire_message(conn, 'Z', &body);
}

void wire_description(struct conn *conn, enum standin_kind kind)
{
	struct buf body = {0};
	put16(&body, 1);
	wire_put_text(&body, kind == KIND_VERSION ? "version"
			     : kind == KIND_READ  ? "balance"
			     : kind == KIND_FIND  ? "id"
						  : "crdb_internal.force_retry");
	wire_put32(&body, 0);
	put16(&body, 0);
	bool text = kind == KIND_VERSION || kind == KIND_FIND;
	wire_put32(&body, text ? OID_TEXT : OID_INT8);
	put16(&body, text ? 0xffff : 8);
	wire_put32(&body, 0xffffffff);
	put16(&body, 0);
	wire_message(conn, 'T', &body);
}

static void put_row(struct conn *conn, const char *cell)
{
	struct buf body = {0};
	put16(&body, 1);
	wire_put32(&body, (uint32_t)strlen(cell));
	buf_str(&body, cell);
	wire_message(conn, 'D', &body);
}

void wire_reply(struct server *server, struct conn *conn, const struct reply *reply)
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
	wire_put_text(&body, reply->tag);
	wire_message(conn, 'C', &body);
}
