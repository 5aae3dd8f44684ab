/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The throw-away database of a test on any server, and the guard that drops it whatever becomes of the test. */
#include "tests/cluster/cluster.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/conninfo.h"
#include "tests/cluster/probe.h"
#include "tests/support/check.h"

static struct {
	char name[40]; /* of the database */
	char home[80]; /* the database that we connect to in order to make and drop it */
	pid_t guard;
	int alive; /* closed by our end, whatever it is: the guard then drops the database */
	bool has[FEATURES];
} cluster;

/* libpq, the engine and the program under test all read the environment: it is the one door through which they are
 * told. */
static void export_url(const char *url)
{
	struct conninfo info = {0};
	struct err err = {0};
	char *why = NULL;
	if (conninfo_target(&info, url, &err))
		fail_msg("TELLER_TEST_URL: %s", err.text);
	PQconninfoOption *options = PQconninfoParse(info.target, &why);
	if (!options)
		fail_msg("TELLER_TEST_URL: %s", why);
	for (PQconninfoOption *o = options; o->keyword; o++)
		if (o->envvar && o->val)
			setenv(o->envvar, o->val, 1);
	PQconninfoFree(options);
	conninfo_free(&info);
}

static void read_home(void)
{
	PGconn *conn = PQconnectdb("");
	if (PQstatus(conn) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(conn));
	snprintf(cluster.home, sizeof cluster.home, "%s", PQdb(conn));
	PQfinish(conn);
}

/* PostgreSQL ends the sessions that are left by FORCE; CockroachDB has CASCADE for what is in it, and needs it. */
static bool drop_database(void)
{
	char sql[100];
	setenv("PGDATABASE", cluster.home, 1);
	PGconn *conn = probe_connect();
	snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s CASCADE", cluster.name);
	bool dropped = probe_try(conn, sql);
	snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", cluster.name);
	dropped = dropped || probe_try(conn, sql);
	PQfinish(conn);
	return dropped;
}

/* In a session of its own, so that no signal to the test's group ends it as well. */
static void start_guard(void)
{
	int ends[2];
	char byte;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	cluster.guard = fork();
	assert_true(cluster.guard >= 0);
	if (cluster.guard == 0) {
		setsid();
		close(ends[1]);
		while (read(ends[0], &byte, 1) > 0)
			;
		_exit(drop_database() ? 0 : 1);
	}
	close(ends[0]);
	cluster.alive = ends[1];
}

static void make_database(void)
{
	unsigned long long number;
	char sql[100];
	assert_int_equal(getrandom(&number, sizeof number, 0), sizeof number);
	snprintf(cluster.name, sizeof cluster.name, "teller_test_%016llx", number);
	start_guard();
	PGconn *conn = probe_connect();
	snprintf(sql, sizeof sql, "CREATE DATABASE %s", cluster.name);
	bool made = probe_try(conn, sql);
	char *why = strdup(PQerrorMessage(conn));
	PQfinish(conn);
	if (!made)
		fail_msg("%s: %s", sql, why);
	free(why);
	setenv("PGDATABASE", cluster.name, 1);
}

int cluster_setup(void **state)
{
	(void)state;
	const char *url = getenv("TELLER_TEST_URL");
	if (url)
		export_url(url);
	read_home();
	make_database();
	for (enum feature i = 0; i < FEATURES; i++)
		cluster.has[i] = probes[i].ask();
	return 0;
}

int cluster_teardown(void **state)
{
	(void)state;
	int raw = 1;
	close(cluster.alive);
	assert_int_equal(waitpid(cluster.guard, &raw, 0), cluster.guard);
	if (raw != 0)
		printf("# the database %s could not be dropped\n", cluster.name);
	return raw;
}

bool cluster_has(enum feature feature)
{
	return cluster.has[feature];
}

void cluster_skip(const char *why)
{
	printf("# skipped: %s\n", why);
	skip();
}

void cluster_need(enum feature feature)
{
	if (cluster.has[feature])
		return;
	char why[160];
	snprintf(why, sizeof why, "this server lacks it: %s", probes[feature].words);
	cluster_skip(why);
}

void cluster_tell(void)
{
	if (!getenv("TELLER_TEST_URL"))
		return;
	PGconn *conn = probe_connect();
	char *version = probe_cell(conn, "SELECT version()");
	printf("# measured: %s\n", version ? version : "a server without version()");
	for (enum feature i = 0; i < FEATURES; i++)
		printf("# measured: %-58s %s\n", probes[i].words, cluster.has[i] ? "yes" : "no");
	free(version);
	PQfinish(conn);
}

bool cluster_runs(const char *word)
{
	char sql[160];
	if (!cluster.has[SHOWS_ACTIVITY])
		cluster_need(SHOWS_QUERIES);
	/* The word is not in this question itself. */
	snprintf(sql, sizeof sql,
		 cluster.has[SHOWS_ACTIVITY]
			 ? "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%%.1s' "
			   "|| '%s%%'"
			 : "SELECT count(*) > 0 FROM [SHOW CLUSTER QUERIES] WHERE query LIKE '%%%.1s' || '%s%%'",
		 word, word + 1);
	PGconn *conn = probe_connect();
	char *cell = probe_cell(conn, sql);
	bool runs = cell && *cell == 't';
	free(cell);
	PQfinish(conn);
	return runs;
}
