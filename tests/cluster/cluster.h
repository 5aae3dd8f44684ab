/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any server, PostgreSQL or CockroachDB: a throw-away database there, and what the server itself says it can do. */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include <stdbool.h>

/*
 * What servers differ in and tests ask about. Each is found out by a small question over SQL, never from a version
 * number.
 */
enum feature {
	RELEASE_COMMITS,    /* RELEASE SAVEPOINT cockroach_restart answers COMMIT */
	SERIAL_IS_8_BYTES,  /* a SERIAL column is int8 */
	INTEGER_IS_8_BYTES, /* so is INTEGER */
	CONFLICT_AT_WRITE,  /* of two that read and write the same row the second is told so at its write */
	READERS_PASS,       /* who reads does not wait for who has written and not committed */
	ENDS_SESSIONS,      /* pg_terminate_backend */
	NUMBERS_ITS_TXNS,   /* pg_current_xact_id */
	SHOWS_ACTIVITY,     /* pg_stat_activity holds the statements that run */
	SHOWS_QUERIES,      /* SHOW CLUSTER QUERIES does */
	CANCELS,            /* sessions have a number to cancel by */
	UPDATES_IN_WITH,    /* WITH ... (UPDATE ... FROM ... RETURNING ...), which the wire mode oneshot needs */
	TAKES_COPY,         /* COPY FROM STDIN, by the simple protocol */
	HAS_TRIGGERS,       /* CREATE TRIGGER with a function in PL\/pgSQL */
	FEATURES
};

/*
 * For cmocka's group: the server that TELLER_TEST_URL names, or that of the environment. Makes a database
 * teller_test_<random> there and turns PGHOST, PGDATABASE and the like to it, for this process and its children; asks
 * for all features. The database is dropped at the end, also where this process is killed. Nothing else of the server
 * is touched.
 */
int cluster_setup(void **state);
int cluster_teardown(void **state);

bool cluster_has(enum feature feature);
void cluster_need(enum feature feature); /* skips the running test where the server has it not */
void cluster_skip(const char *why);      /* skips it, and says why */
void cluster_tell(void);                 /* the table of features, where a server was named: for people */

/* A statement that holds this word runs. Skips the test where the server does not show what runs. */
bool cluster_runs(const char *word);

#endif
