/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the translator: one connection of a client, in a process of its own, and its parts. */
#ifndef CRDB_TRANSLATOR_INTERNAL_H
#define CRDB_TRANSLATOR_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "tests/crdb/translator.h"

enum { LINK_TEXTS = 160, TRANSLATOR_PORT = 26257 };

/* What is asked of a statement beyond passing it on. */
enum link_kind {
	LINK_PLAIN,
	LINK_BEGIN,
	LINK_SAVEPOINT,
	LINK_ROLLBACK_TO,
	LINK_RELEASE,
	LINK_COMMIT,
	LINK_ROLLBACK,
	LINK_FORCE_RETRY,
	LINK_CANCEL, /* CANCEL QUERY, CANCEL SESSION */
	LINK_PAST,   /* AS OF SYSTEM TIME */
};

/* As the client believes: T after RELEASE, E after an error, though PostgreSQL is out of its transaction by then. */
enum link_state { LINK_IDLE, LINK_OPEN, LINK_ABORTED, LINK_COMMITTED };

struct link_text {
	char name[64]; /* of the prepared statement, "" for the unnamed one */
	enum link_kind kind;
	bool locks; /* a locking read */
};

struct link {
	struct translator_shared *shared;
	int client, server;
	struct buf out; /* to the client */

	enum link_state state;
	bool server_open; /* PostgreSQL is in a transaction */
	bool skipping;    /* until the next Sync, because of an error */
	bool touched;     /* the transaction has used data ... */
	bool delivered;   /* ... and its client has some of it: the server cannot run it again by itself */
	bool past;        /* this implicit transaction has read the past */
	char begin[128];  /* how the transaction began */
	unsigned rows;    /* that it has written */
	unsigned trips;   /* that it has taken so far */

	struct link_text texts[LINK_TEXTS];
	size_t ntexts;
	enum link_kind portal;
	struct buf bind; /* the latest Bind, as it came */
	bool describe;
};

/* The end of a conversation with PostgreSQL: the messages but ReadyForQuery are in `messages`, the error is not. */
struct link_answer {
	struct buf messages;
	bool failed, bound; /* bound: the values were taken */
	char sqlstate[6], text[400], detail[400], tag[64];
};

/* translator_wire.c: messages of the protocol. A connection that ends ends the process. */
char link_read(int fd, struct buf *body, bool startup); /* the type; 0 for a start-up message */
void link_write(int fd, const char *bytes, size_t n);
void link_put(struct buf *out, char type, const char *body, size_t n);
void link_put_error(struct link *link, const char *sqlstate, const char *text, const char *detail);
_Noreturn void link_say_goodbye(struct link *link, const char *text); /* 57P01, and the end of the connection */
void link_put_tag(struct link *link, const char *tag);
void link_flush(struct link *link);
void link_say(struct link *link, char type, const char *body, size_t n); /* to PostgreSQL */
void link_collect(struct link *link, struct link_answer *answer);
void link_await(struct link *link);                     /* the next message, or until the node drains */
void link_start(struct link *link, const char *server); /* greets both sides; a cancel is passed on */

/* translator_sql.c: SQL. The text for PostgreSQL is owned by the caller. */
char *link_translate(const char *sql, const struct translator_shared *shared, enum link_kind *kind);

/* translator.c: a client of its own; the process ends with it */
_Noreturn void link_client(struct translator_shared *shared, int client, const char *server);

/* translator_run.c: a statement with its transaction */
void link_serve(struct link *link);

#endif
