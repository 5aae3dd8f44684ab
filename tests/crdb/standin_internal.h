/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of the stand-in: a connection, its transaction, and what its parts call of each other. */
#ifndef CRDB_STANDIN_INTERNAL_H
#define CRDB_STANDIN_INTERNAL_H

#include <stdint.h>

#include "base/buf.h"
#include "tests/crdb/standin.h"

enum { CONNS_MAX = 16, TEXTS_MAX = 160, PARAMS_MAX = 4, PARAM_BYTES = 40, OWN_IDS = 4 };

/*
 * NOTXN        no transaction: status byte I.
 * OPEN         T.
 * ABORTED      E: an error ended it; only the end of the transaction, or a way back to the savepoint, is accepted.
 * RESTART_WAIT T: 2.2's state after 40001 with the savepoint declared.
 * COMMIT_WAIT  T: RELEASE has committed; only COMMIT and ROLLBACK are accepted, and mean the same.
 */
enum standin_state { STATE_NOTXN, STATE_OPEN, STATE_ABORTED, STATE_RESTART_WAIT, STATE_COMMIT_WAIT };

/* What a transaction has read, and what it would change. */
struct work {
	bool read[STANDIN_ACCOUNTS], wrote[STANDIN_ACCOUNTS];
	unsigned seen[STANDIN_ACCOUNTS]; /* version of the row at its first use */
	long balance[STANDIN_ACCOUNTS];  /* where it wrote */
	char ids[OWN_IDS][PARAM_BYTES];
	size_t nids;
};

struct sql_txn {
	enum standin_state state;
	bool savepoint;          /* cockroach_restart is declared */
	bool rolled_back_to;     /* nothing was touched since the last ROLLBACK TO */
	bool no_way_back;        /* an error that is no retry error came from the storage: ROLLBACK TO is refused */
	bool touched;            /* a statement of this transaction used data */
	bool row_due;            /* a row was answered, and not sent yet */
	bool delivered;          /* a result went to the client: the server cannot retry by itself any more */
	bool unsafe, was_unsafe; /* allow_unsafe_internals now, and as it is put back to by a rollback */
	struct work work;
};

/* A statement's answer. */
struct reply {
	const char *sqlstate; /* NULL where there was no error */
	char message[200];
	char tag[32];
	bool row; /* one row of one column: `cell` */
	char cell[120];
	bool warning; /* 01000, told before the tag */
	bool forever; /* the server retries by itself, and does not answer */
};

struct params {
	size_t n;
	char value[PARAMS_MAX][PARAM_BYTES];
};

struct known_text {
	char name[64]; /* of the prepared statement, "" for the unnamed one */
	enum standin_kind kind;
	bool takes_row, is_unsafe_set;
};

struct conn {
	int fd; /* -1: not used, or the client is gone and only `late` keeps it */
	bool started;
	bool skipping; /* until the next Sync, because of an error */
	bool stalled;
	bool stall_over; /* the statement at hand has stalled already */
	bool late;       /* goes on when another connection rolls back */
	bool closing;
	unsigned key; /* process number and secret of BackendKeyData */
	struct buf in, out;
	size_t taken; /* bytes of `in` that were dealt with */
	struct known_text texts[TEXTS_MAX];
	size_t ntexts;
	struct known_text portal;
	struct params params;
	struct sql_txn txn;
};

struct server {
	struct standin_shared *shared;
	int listener, wake;
	unsigned keys; /* given out */
	struct conn conns[CONNS_MAX];
};

/* standin_ways.c: where the versions differ */
struct ways {
	const char *version;        /* of crdb_version and version() */
	const char *outside;        /* SQLSTATE of transaction statements outside a transaction; NULL: a warning */
	const char *begin_again;    /* of BEGIN in a transaction */
	const char *no_savepoint;   /* of ROLLBACK TO and RELEASE of what was not declared */
	const char *savepoint_late; /* of SAVEPOINT behind a statement that used data */
	bool restart_wait;          /* T after 40001 with the savepoint declared, and COMMIT is then answered COMMIT */
	bool late_conflicts;        /* a conflicting write is seen at the commit, not at the UPDATE */
	bool unsafe_known, unsafe_off; /* allow_unsafe_internals exists, and is off at first */
};
const struct ways *sql_ways(enum standin_version version);
const char *sql_version(enum standin_version version);
const char *sql_message(const char *sqlstate);

/* standin_bank.c: statements that use data, and the commit; both return the SQLSTATE, NULL where it went well */
const char *bank_run(struct standin_shared *shared, struct sql_txn *txn, struct work *work, enum standin_kind kind,
		     const struct params *params, struct reply *reply);
const char *bank_commit(struct standin_shared *shared, const struct work *work);

/* standin_sql.c: what a statement does */
bool sql_known(const char *sql, struct known_text *text);
char sql_letter(enum standin_kind kind);
void sql_run(struct standin_shared *shared, struct sql_txn *txn, const struct known_text *text,
	     const struct params *params, struct reply *reply);
void sql_fail(struct standin_shared *shared, struct sql_txn *txn, enum standin_kind kind, const char *sqlstate,
	      struct reply *reply);
void sql_end_silently(struct standin_shared *shared, struct sql_txn *txn);
char sql_status(const struct sql_txn *txn);

/* standin_put.c: messages out. A body is taken, and freed. */
void wire_put32(struct buf *out, uint32_t value);
void wire_put_text(struct buf *out, const char *text);
void wire_message(struct conn *conn, char type, struct buf *body);
void wire_message_empty(struct conn *conn, char type);
void wire_parameter(struct conn *conn, const char *name, const char *value);
void wire_ready(struct conn *conn);
void wire_description(struct conn *conn, enum standin_kind kind);
void wire_reply(struct server *server, struct conn *conn, const struct reply *reply);
void wire_error(struct server *server, struct conn *conn, const char *severity, const char *sqlstate,
		const char *message);
void wire_flush(struct conn *conn);

/* standin_fault.c: the statement at hand; false where it is not over, because the connection stalls or ends */
bool wire_execute(struct server *server, struct conn *conn);
void wire_note(struct standin_shared *shared, char c); /* in the log of what was run */

/* standin_wire.c: messages in */
void wire_read(struct server *server, struct conn *conn); /* deals with the whole messages that are there */

/* standin.c: what the protocol asks of the process */
void conn_close(struct conn *conn);
void server_cancel(struct server *server, unsigned key);
void server_rolled_back(struct server *server, const struct conn *by);

#endif
