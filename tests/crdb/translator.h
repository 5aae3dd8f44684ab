/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator: a stand-in for CockroachDB 22.1 that runs any SQL, for it passes it on to the tests' PostgreSQL. */
#ifndef CRDB_TRANSLATOR_H
#define CRDB_TRANSLATOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What clients of a real 22.1 met is made here out of PostgreSQL's answers: cockroach_restart and its tags, 40001 in
 * the words of WriteTooOldError, the retries that the server makes by itself while nothing was handed out, values that
 * are refused as a violation of the protocol, and AS OF SYSTEM TIME, of which two in one implicit transaction fail.
 * Each transaction has PostgreSQL's REPEATABLE READ: a write of a row that was changed since it was read fails, as
 * there, and a locking read that comes first waits and then reads what is there. `serializable` finds write skew too,
 * and conflicts of pages where there are none of rows.
 * Several of them are nodes of one cluster. A node that drains ends its sessions with 57P01, those in a transaction when
 * that is over (DRAIN_IDLE) or at their next statement (DRAIN_ALL), and takes no new ones. `dies` ends a node, with all
 * its sessions, when a commit arrives: before it is done, or done and not answered.
 * CANCEL QUERY and CANCEL SESSION reach the server's process of that session; a COPY is not listed as a query.
 * Of locks and open transactions it lists none.
 * It is not alike in this: nobody waits for a writer only to read, ROLLBACK TO gives the locks back, AS OF SYSTEM TIME
 * reads the present, and int / int is an integer.
 */
enum translator_drain { DRAIN_NOT, DRAIN_IDLE, DRAIN_ALL };
enum translator_death { DIES_NOT, DIES_BEFORE_COMMIT, DIES_AFTER_COMMIT };

struct translator_shared { /* each connection has a process: what they count is atomic */
	volatile bool serializable;
	volatile bool of_2019;     /* 2.2-alpha, which does not know FOR UPDATE */
	volatile bool uncancelled; /* requests to cancel are taken and ignored, as before 22.1 */
	atomic_uint cancels;       /* by SQL */
	volatile bool closed;      /* crdb_internal, as from 26.1 on */
	volatile enum translator_drain drain;
	volatile enum translator_death dies;
	atomic_uint logins;        /* connections that were taken */
	atomic_uint refusals;      /* ... and that were not, because it drains */
	atomic_uint trips;         /* that clients have waited for */
	atomic_uint drains_at;     /* the round trip of a transaction at whose end it drains (DRAIN_ALL); 0: at none */
	atomic_uint most_rows;     /* the most that one transaction has written */
	atomic_uint conflicts;     /* 40001 that clients got */
	atomic_uint own_retries;   /* that no client saw */
	atomic_uint locking_reads; /* SELECT ... FOR UPDATE */
	unsigned node;             /* the number of this node; 0: 1 */
	bool slow_before, slow_after; /* the commit takes its time, or its answer */
	bool uncopied;                /* its data are on one node only */
	char databases[32];           /* the names of its databases begin so on PostgreSQL; "": they are the same */
};

struct translator {
	struct translator_shared *shared;
	int pid;
	char dir[64]; /* of its Unix socket, port 26257 */
};

/* In front of the server of PGHOST and PGPORT (a Unix socket). Any failure fails the test. */
void translator_start(struct translator *translator);
void translator_stop(struct translator *translator);
void translator_reset(struct translator *translator); /* all counts are 0 again */

/* A connection string to it, for the database of PGDATABASE. Static. */
const char *translator_target(const struct translator *translator);
/* ... to `n` nodes. Static. */
const char *translator_cluster(const struct translator *nodes, size_t n);

#endif
