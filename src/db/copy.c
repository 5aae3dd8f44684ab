/* SPDX-License-Identifier: GPL-3.0-or-later */
/* COPY FROM STDIN: one statement outside the pipeline, and its data as fast as the server takes them. */
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

/*
 * libpq cannot copy in pipeline mode, so that mode is left for the time of one statement. It goes by the simple
 * protocol, the only one by which CockroachDB takes a COPY (pgwire: "CopyFrom not supported in extended protocol
 * mode"). What arrives while the data go out waits for their end: a server that has refused them reads on and throws
 * the rest away, so a piece too many does no harm.
 */
void copy_send(struct db *db, const struct statement *statement, const struct db_context *context,
	       const struct db_reply *reply)
{
	bool ok = db->state == DB_IDLE && PQexitPipelineMode(db->conn) == 1;
	db->feed = *statement->feed;
	db_begin(db, 1, context, reply);
	struct pending *pending = db_pend(db, PENDING_COPY);
	pending->verb = statement->verb;
	pending_show(db, pending, statement->sql);
	record_sent(db, pending);
	db_sent(db, ok && PQsendQuery(db->conn, statement->sql) == 1);
}

/* False where the connection is gone. */
static bool put_piece(struct db *db)
{
	buf_clear(&db->piece);
	bool more = db->feed.more(db->feed.arg, &db->piece);
	if (PQputCopyData(db->conn, buf_text(&db->piece), (int)db->piece.len) != 1)
		return false;
	db->feeding = more;
	return more || PQputCopyEnd(db->conn, NULL) == 1;
}

/* A piece a turn of the loop, and none while the last one is still in libpq's hands: that bounds the memory. */
void copy_feed(struct db *db)
{
	int left = PQflush(db->conn);
	bool ok = left != 0 || put_piece(db);
	if (left == 0 && ok)
		left = PQflush(db->conn);
	if (left < 0 || !ok)
		timer_start(db->soon, 0);
	else
		watch_socket(db, left || db->feeding ? WATCH_READ | WATCH_WRITE : WATCH_READ);
}

void copy_begin(struct db *db)
{
	db->feeding = true;
	copy_feed(db);
}

void copy_forget(struct db *db)
{
	db->feeding = false;
	buf_free(&db->piece);
}

void copy_add_cell(struct buf *out, const char *cell)
{
	if (!cell) {
		buf_str(out, "\\N");
		return;
	}
	for (;;) {
		size_t plain = strcspn(cell, "\\\t\n\r");
		buf_add(out, cell, plain);
		cell += plain;
		if (!*cell)
			return;
		buf_char(out, '\\');
		buf_char(out, *cell == '\t' ? 't' : *cell == '\n' ? 'n' : *cell == '\r' ? 'r' : '\\');
		cell++;
	}
}
