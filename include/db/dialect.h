/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The products there are, and all that differs between them, in one table: another product is an entry of it. */
#ifndef DB_DIALECT_H
#define DB_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

enum { DIALECT_SCHEMES_MAX = 4 };

enum sql_server { SERVER_POSTGRES, SERVER_COCKROACH };

struct dialect {
	enum sql_server server;
	const char *product;       /* "PostgreSQL", "CockroachDB" */
	const char *short_product; /* "PG", "CRDB" */

	/* How it is asked for: schemes of a URI, the first one is the one to use; and the port and the database that
	 * such a URI means where it names none, NULL for libpq's. */
	const char *schemes[DIALECT_SCHEMES_MAX];
	const char *default_port, *default_dbname;

	/* How it is recognised: a parameter that only it reports, a word in its version(), and what stands there
	 * before the number. NULL for the server that all others are taken for. */
	const char *parameter;
	const char *version_word, *version_before;
	int oldest_major; /* older versions are refused; 0: none are */

	/*
	 * Who answers (db/who.h; the columns are in src/db/who.c). With `who_params` 2: $1 the process number that
	 * libpq was told, $2 the milliseconds since it began to connect; a backend that is another one, or older,
	 * belongs to a pooler. who_xid_sql asks for the transaction's number too; NULL where a session is never
	 * moved to another server unseen. who_least_sql is for roles that may not ask for all of it.
	 */
	const char *who_sql, *who_xid_sql, *who_least_sql;
	unsigned who_params;
	const char *set_sql; /* sets $3 to $4 where $1 and $2 show the session to be ours; NULL: it takes no settings */

	bool cluster; /* any node speaks for all: a commit is on a majority's disks, and no node has a history apart */
	bool rollback_to_restarts; /* ROLLBACK TO SAVEPOINT cockroach_restart gives a fresh transaction */
	bool release_commits;      /* RELEASE SAVEPOINT cockroach_restart is the commit */
	bool retries_first;        /* the server retries a transaction's first statement by itself, unseen */
	unsigned rows_at_most;     /* that one transaction should write; 0: as many as one likes */
	bool reads_back_slowly;    /* what a transaction has written, because it waits for its writes first */
	bool grants_columns;       /* GRANT UPDATE (column) */
	bool only_serializable;    /* whatever BEGIN asks for */
	bool readers_wait;         /* for who has written, to its end */
	bool waiters_go_on;        /* at SERIALIZABLE, with what is there after the wait, if nothing was read before */
	bool conflicts_at_commit;  /* what was read and has changed since is found there, by who commits first */
	bool locking_pays;         /* writers meet so often that it is better to lock what is read, ... */
	int locking_major, locking_minor; /* ... from the version on that can */
	bool shows_unreplicated;          /* others see a commit that a synchronous standby may not have */
	bool commits_at_sync; /* a statement outside of BEGIN and COMMIT: what becomes of it is told at the Sync */
	bool cancels_before_commit; /* a cancel ends what is before a COMMIT of its round trip, never the COMMIT */
	bool errors_recur;  /* an error that sqlstate.c does not name comes again when the same is tried again */
	bool shows_waiters; /* says which session waits for which */
	bool shows_reads;   /* says what SERIALIZABLE remembers of reads, in pg_locks (SIReadLock) */
	bool qualifies;     /* names are known to be taken as OPERATOR(pg_catalog.=) and pg_catalog.count() */

	/* A statement that the server answers with 40001, and one that must go before it from some version on; NULL
	 * for none. */
	const char *fail_sql;
	const char *fail_allow_sql;
	int fail_allow_major, fail_allow_minor;

	/*
	 * The number of this transaction, and what became of transaction $1, which is $2 (interval) old: committed,
	 * aborted, in progress, or NULL where that cannot be known. Both NULL where the server has no such numbers.
	 */
	const char *xid_sql;
	const char *xid_status_sql;

	/*
	 * Ends the backend with process $1 and start $2, of the postmaster that started at $3, whose application is
	 * called $4; then whether that backend is gone from that postmaster's server, and what became of the
	 * transaction with number $4 ('' for none). Times are in microseconds since 1970. NULL where there is no way
	 * to.
	 */
	const char *end_session_sql, *end_session_sql_13; /* up to version 13 it is not waited for */
	const char *gone_sql;

	/* The BEGIN of a question that writes, and of one that does not; what limits its waiting for locks, NULL where
	 * nothing does. */
	const char *begin_write_sql, *begin_read_sql;
	const char *wait_limit_sql;

	/* Whether writes are forced to disk: "on" or "off"; NULL where it cannot be asked. */
	const char *fsync_sql;

	/* What a node of a cluster says of itself, each in one cell: its number, the cluster's id, its region, all that
	 * is known of where it stands. NULL where there are no nodes. */
	const char *node_sql, *cluster_sql, *region_sql, *locality_sql;

	/* pg_advisory_lock() locks. Where it does nothing, a session is known by its id, which this asks for. */
	bool advisory_locks;
	const char *own_session_sql;

	/* How many other sessions for transfers are connected to this database, whosever they are; NULL where that
	 * is not known. */
	const char *others_sql;

	/* Whether a trigger may run after a change of the table named by $1 (schema) and $2 (table); and whether one
	 * may wait for COMMIT. */
	const char *triggers_sql;

	/* About how many rows a SELECT has: what goes before it to get its plan as JSON. Where that is NULL: the
	 * estimate for the table named by $1 (schema) and $2 (table); column 1. */
	const char *explain;
	const char *estimate_sql;

	/*
	 * Where the protocol's request to cancel may be ignored: the session whose application is called $1, and the
	 * number of what it runs, NULL for nothing; what cancels that number ($1); and what ends that session ($1). All
	 * NULL where the request is enough.
	 */
	const char *running_sql, *cancel_query_sql, *cancel_session_sql;

	bool nulls_first; /* where an ascending index has them */
	bool reads_past;  /* SELECT ... FROM table AS OF SYSTEM TIME */
};

const struct dialect *dialect_of(enum sql_server server);
size_t dialect_count(void); /* of products: the values of enum sql_server */

/* NULL where the text of version() has no product's word, or `n` bytes are no product's scheme ("crdb+driver" is
 * crdb's). */
const struct dialect *dialect_by_version(const char *version);
const struct dialect *dialect_by_scheme(const char *text, size_t n);

#endif
