/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection as a non-blocking machine: connect, send statements in one round trip, read their answers, cancel. */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "db/dialect.h"
#include "db/rows.h"
#include "db/sqlstate.h"
#include "db/who.h"
#include "event/ring.h"

struct db;

enum db_state {
	DB_OFF,        /* never connected, or closed by us */
	DB_CONNECTING, /* looking up, dialling, logging in, preparing the session */
	DB_IDLE,       /* connected, nothing in flight */
	DB_BUSY,       /* statements in flight */
	DB_DOWN,       /* failed or lost; db_connect() may be called again */
};

/*
 * The data of a COPY ... FROM STDIN. more() appends the next piece, some ten thousand bytes, and says whether there
 * will be another. It is called from the loop while the answer is awaited, as fast as the server takes the pieces.
 */
struct feed {
	bool (*more)(void *arg, struct buf *out);
	void *arg;
};

/*
 * A statement of a round trip. `sql` is a constant text with $1 ... for parameters: it is prepared once a connection
 * under a name of ours. Parameters are text; NULL is SQL NULL. All of it is borrowed for the time of the call only.
 */
struct statement {
	const char *sql;
	enum verb verb;
	unsigned nparams;
	const char *const *params;
	unsigned nmore; /* further parameters, behind those: the same for many statements */
	const char *const *more;
	bool commits;       /* durable once its answer carries the tag COMMIT */
	const char *shown;  /* stands for a long text in the events; NULL: the text itself */
	bool once;          /* not worth preparing (DDL, a text made for this one use) */
	bool apart;         /* a Sync follows: outside a transaction, it is one of its own */
	bool alone;         /* the only one of its round trip, and a transaction; where db_takes_alone() */
	bool few;           /* its answer is a few short rows, and is taken whole; others are taken row by row */
	struct shape shape; /* what its answer must be; another one is refused as an error of the server would be */
	const struct feed *feed; /* of a COPY FROM STDIN, which has no parameters and travels alone; NULL else */
};

/* All parameters of a statement as events have them (event/show.h). */
void statement_show_params(struct buf *out, const struct statement *statement);

/* A cell, NULL for SQL NULL, in the text format of COPY: a backslash before what would end a field or a row, and \N for
 * NULL. */
void copy_add_cell(struct buf *out, const char *cell);

/* The answer to one statement. Borrowed for the time of the callback. */
struct answer {
	bool ok;
	bool skipped;      /* not run, because an earlier statement of the round trip failed; ok is false */
	bool lost;         /* the connection is gone */
	bool clean;        /* an ERROR that the server itself gave with an SQLSTATE, and after which it goes on */
	bool at_commit;    /* of one that is `alone`: it was done, and then its transaction could not be committed */
	bool outdated;     /* what was prepared for it is of no use any more: the same text will do, sent again */
	char sqlstate[6];  /* "" for no error, or for an error of libpq itself */
	const char *tag;   /* command tag; "" on an error */
	int64_t affected;  /* rows touched or returned; -1 where the tag has no count */
	bool elsewhere;    /* lost idle, because its node goes, and there are others that are alike */
	bool contradicted; /* lost, because the server's answers contradict those before, which may be false, too */
	const struct rows *rows; /* NULL where the statement returns none */
	const char *message;     /* "" where ok */
	const char
		*severity;   /* "ERROR", "FATAL", in the server's language; "" where ok, or where libpq itself failed */
	const char *text;    /* all of the error as libpq writes it, lines with their newlines; "" where ok */
	const char *detail;  /* DETAIL and HINT, one a line, or "" */
	const char *warning; /* a WARNING that came before it; NULL for none */
	uint64_t duration_us; /* from the send of the round trip, or from the answer before it */
};

/* "WHAT: what the server or libpq said (SQLSTATE)", without a code where there is none. */
void answer_tell(struct err *err, enum status status, const struct answer *answer, const char *what, ...)
	PRINTF_LIKE(4, 5);

/* Who waits for the answers of a round trip. `answer` is called once for each statement, in order; then `idle`,
 * once, when the connection can be used again, or `lost`, once, when it cannot: `why` holds the first thing that was
 * said about it, and the statements from `answered` on have no answer. No callback comes from inside db_send(). A
 * callback may call db_send() only from `idle`. */
struct db_reply {
	void (*answer)(void *arg, size_t index, const struct answer *answer);
	void (*idle)(void *arg);
	void (*lost)(void *arg, size_t answered, const struct answer *why);
	void *arg;
	/* May be NULL. The connection was closed or freed by us meanwhile, and none of the others will come: frees
	 * what waited. */
	void (*dropped)(void *arg);
};

/* What the events of a round trip belong to. */
struct db_context {
	uint32_t txn;
	unsigned attempt;
	unsigned first_statement; /* number of the first statement of this round trip */
	unsigned round_trip;
};

/* A session's own setting. It is made only where the session is ours alone: behind a pooler it would stay for
 * others. */
struct db_setting {
	const char *name, *value;
};

/* `name` follows "teller/" in application_name. `settings` (may be NULL) ends with {0}; they are made after each
 * connect. */
struct db *db_new(struct loop *loop, struct ring *ring, enum session session, const char *name,
		  const struct db_setting *settings);
void db_free(struct db *db); /* closes; callbacks that are still due do not come */

/* Starts connecting; done(arg, err) comes from the loop: err NULL when connected. On a failure its sentence says
 * what was tried and why it failed. `limit_ms` bounds the whole of it unless the connection string has
 * connect_timeout. Of several hosts in the connection string the next is tried, whatever is wrong with one (but not
 * where it does not let us in), each with its share of the limit, not less than 2 s. They are tried in their order;
 * where they are nodes of a cluster, or load_balance_hosts=random is given, at random, the one that was lost last. */
typedef void db_connected_fn(void *arg, const struct err *err);
void db_connect(struct db *db, const struct conninfo *info, uint64_t limit_ms, db_connected_fn *done, void *arg);

/* After a failure: the server wants a password, and there was none. Who has asked for one connects again. */
bool db_needs_password(const struct db *db);

/* After a failure: the SQLSTATE with which the server did not let us in; "" where no server answered. */
const char *db_refusal(const struct db *db);

void db_set_place(struct db *db, const struct conninfo *info); /* where db_reconnect() goes to; copied */
/* Connects again to where it was told to last. */
void db_reconnect(struct db *db, uint64_t limit_ms, db_connected_fn *done, void *arg);
/* Closes it, and of several nodes that are alike the next one to connect to is another. */
void db_leave(struct db *db);
void db_close(struct db *db); /* to DB_OFF, whatever it was doing; callbacks that are still due do not come */

/* Called when an idle connection is lost. */
typedef void db_lost_fn(void *arg, const struct answer *why);
void db_on_lost(struct db *db, db_lost_fn *fn, void *arg);

/* Whoever is told of a loss (db_on_lost()) connects again at once where it is `elsewhere`: then the log has one event
 * for both, when that is done. */
void db_set_moving(struct db *db);

/* Sends n > 0 statements as one round trip (n = 1 where it has a feed). The connection must be DB_IDLE. */
void db_send(struct db *db, const struct statement *statements, size_t n, const struct db_context *context,
	     const struct db_reply *reply);

/*
 * As db_send(), while other round trips of this kind may be under way: any number of them, answered in the order in
 * which they were sent. Each must leave no transaction open, whatever becomes of its statements: a COMMIT behind a
 * Sync (`apart` of the statement before it) is run whether that one failed or not. The connection is DB_IDLE, or has
 * nothing but such round trips under way. `idle` is the end of this one, and may send the next; where the connection is
 * lost, each hears of it.
 */
void db_send_more(struct db *db, const struct statement *statements, size_t n, const struct db_context *context,
		  const struct db_reply *reply);

/*
 * A statement may be a transaction by itself, without BEGIN and COMMIT: its answer is given once the Sync behind it is
 * answered, too, so that `ok` means committed, at the isolation level that the session has. False behind a pooler,
 * where a server commits earlier, and with a libpq that takes an error of the commit for the answer to what is behind.
 */
bool db_takes_alone(const struct db *db);

/*
 * Sends a text of any number of statements by the simple protocol, in one round trip: one answer for each result that
 * the server makes of them, none where a statement fails before it, and the rest of the text is not run. A FATAL
 * error is an answer, too, before `lost`. COPY is not possible here and ends the connection. The connection must be
 * DB_IDLE.
 */
void db_send_text(struct db *db, const char *sql, const struct db_context *context, const struct db_reply *reply);

/* What the server says aside. Borrowed for the time of the call. */
struct db_notice {
	const char *severity; /* "NOTICE", "WARNING", in the server's language */
	bool fatal;           /* the last words of an idle connection */
	const char *sqlstate, *message;
	const char *text; /* all of it as libpq writes it: "NOTICE:  ...\nDETAIL:  ...\n" */
};
struct db_notification {
	const char *channel, *payload;
	int pid; /* of the process that notified */
};
/* Both are called in the order in which things arrive, among the answers; neither may send or close. NULL stops it. */
void db_on_notice(struct db *db, void (*fn)(void *arg, const struct db_notice *notice), void *arg);
void db_on_notify(struct db *db, void (*fn)(void *arg, const struct db_notification *notification), void *arg);

/* Before the first connect: leaves the session as environment and server make it, without encoding and application
 * name of ours. */
void db_set_bare(struct db *db);

/* Asks the server to cancel what runs, from another thread. The answers are still delivered; `idle` comes only after
 * the request was made, so that it cannot hit a later statement. */
void db_cancel(struct db *db);

/* Called where such a request did not reach the server, which the log says, too. It may close the connection. */
void db_on_uncancelled(struct db *db, void (*fn)(void *arg, const char *why), void *arg);

/* Drops our own connection, as a broken network would: what was sent may arrive, no answer will. */
void db_cut(struct db *db);
/* The same as soon as the server begins to answer what is in flight: that has arrived and was done, and `lost` comes
 * in the place of its answer, which stays unread in the socket. Nothing where nothing is in flight. */
void db_cut_answered(struct db *db);

uint64_t db_dialled_us(const struct db *db); /* clock_us() when it was dialled last */
enum db_state db_state(const struct db *db);
enum session db_session(const struct db *db);

/* What the connection waits for. `since_us` is clock_us() when it was sent, or when the answer before it came; 0: it
 * waits for nothing. `statement` is its number in the transaction, 0 outside of one of the engine. */
struct db_waiting {
	uint64_t since_us;
	struct db_context context;
	unsigned statement;
};
struct db_waiting db_waiting(const struct db *db);
bool db_in_transaction(const struct db *db); /* what the server last said, after the last answer of a round trip */
const struct dialect *db_dialect(const struct db *db); /* borrowed; of the server last connected to, never NULL */
enum sql_server db_server(const struct db *db);
const char *db_lane(const struct db *db); /* the name of the lab's session; NULL for all others */

/* For the title, borrowed until the next connect. */
struct db_facts {
	const char *place;         /* "teller@[private]:5432/bank" user, host or socket directory, port, database */
	const char *product;       /* "PostgreSQL" or "CockroachDB" */
	const char *short_product; /* "PG" or "CRDB" */
	const char *version;       /* "15.20" */
	const char *tls;           /* "TLSv1.3", "no TLS", "local socket" */
	bool remote;               /* neither a Unix socket nor loopback */
	bool verified;             /* sslmode=verify-full in force */
	int pid;                   /* of the server's process that answered the set-up, 0 where it has none to tell */
	bool superuser;            /* the role that it connected as */
};
const struct db_facts *db_facts(const struct db *db);

/* What the server said of itself at the last connect; all empty before the first. Borrowed until the next. */
const struct who *db_who(const struct db *db);

const char *db_token(const struct db *db); /* at the end of this connection's application_name; nobody else has it */

/* A pooler is in between, as far as is known: the server's process changes from one transaction to the next, or may.
 * Nothing may be left in a session there, and statements are not prepared. */
bool db_pooled(const struct db *db);
/* It is a standby, as it said when it was connected to, and has not told us (version 14 and later do) that it was
 * promoted. */
/* A statement failed since this was asked last as it does where a table has changed. */
bool db_outdated(struct db *db);
bool db_standby(const struct db *db);
bool db_version_at_least(const struct db *db, int major, int minor);

#endif
