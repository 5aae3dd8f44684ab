/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small questions that find out what a server can do. */
#include "tests/cluster/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

/* ---- asking ---- */

static void ignore(void *arg, const char *notice)
{
	(void)arg;
	(void)notice;
}

PGconn *probe_connect(void)
{
	PGconn *conn = PQconnectdb("application_name=tests");
	if (PQstatus(conn) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(conn));
	PQsetNoticeProcessor(conn, ignore, NULL);
	return conn;
}

static bool went_well(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool probe_try(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);
	bool well = went_well(result);
	PQclear(result);
	return well;
}

char *probe_cell(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);
	char *cell = NULL;
	if (went_well(result) && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
		cell = mem_dup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return cell;
}

/* The question is answered at all. */
static bool answers(const char *sql)
{
	PGconn *conn = probe_connect();
	bool well = probe_try(conn, sql);
	PQfinish(conn);
	return well;
}

static bool cell_is(const char *sql, const char *expected)
{
	PGconn *conn = probe_connect();
	char *cell = probe_cell(conn, sql);
	bool same = cell && strcmp(cell, expected) == 0;
	free(cell);
	PQfinish(conn);
	return same;
}

/* ---- the questions ---- */

static bool release_commits(void)
{
	PGconn *conn = probe_connect();
	probe_try(conn, "BEGIN");
	probe_try(conn, "SAVEPOINT cockroach_restart");
	PGresult *result = PQexec(conn, "RELEASE SAVEPOINT cockroach_restart");
	bool committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
	PQclear(result);
	PQfinish(conn);
	return committed;
}

static bool column_is_int8(const char *type)
{
	char sql[100];
	snprintf(sql, sizeof sql, "CREATE TABLE probe_type (c %s)", type);
	PGconn *conn = probe_connect();
	bool made = probe_try(conn, "DROP TABLE IF EXISTS probe_type") && probe_try(conn, sql);
	PQfinish(conn);
	return made && cell_is("SELECT t.typname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON "
			       "t.oid = a.atttypid "
			       "JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid "
			       "WHERE c.relname = 'probe_type' AND a.attname = 'c'",
			       "int8");
}

static bool serial_is_8_bytes(void)
{
	return column_is_int8("SERIAL");
}

static bool integer_is_8_bytes(void)
{
	return column_is_int8("INTEGER");
}

static void make_row(PGconn *conn)
{
	if (!probe_try(conn, "DROP TABLE IF EXISTS probe_row") ||
	    !probe_try(conn, "CREATE TABLE probe_row (id int PRIMARY KEY, v int)") ||
	    !probe_try(conn, "INSERT INTO probe_row VALUES (1, 0)"))
		fail_msg("%s", PQerrorMessage(conn));
}

static bool conflict_at_write(void)
{
	PGconn *one = probe_connect(), *two = probe_connect();
	make_row(one);
	probe_try(one, "BEGIN ISOLATION LEVEL SERIALIZABLE");
	probe_try(one, "SELECT v FROM probe_row WHERE id = 1");
	probe_try(two, "UPDATE probe_row SET v = v + 1 WHERE id = 1");
	bool refused = !probe_try(one, "UPDATE probe_row SET v = 5 WHERE id = 1");
	probe_try(one, "ROLLBACK");
	PQfinish(one);
	PQfinish(two);
	return refused;
}

/* Where they do not pass, the time limit of the statement ends the waiting. */
static bool readers_pass(void)
{
	PGconn *one = probe_connect(), *two = probe_connect();
	make_row(one);
	probe_try(one, "BEGIN ISOLATION LEVEL SERIALIZABLE");
	probe_try(one, "UPDATE probe_row SET v = 5 WHERE id = 1");
	bool passes = probe_try(two, "SET statement_timeout = '500ms'") &&
		      probe_try(two, "SELECT v FROM probe_row WHERE id = 1");
	probe_try(one, "ROLLBACK");
	PQfinish(one);
	PQfinish(two);
	return passes;
}

static bool ends_sessions(void)
{
	return answers("SELECT pg_terminate_backend(0)"); /* nobody's number */
}

static bool numbers_its_txns(void)
{
	return answers("SELECT pg_current_xact_id()");
}

static bool shows_activity(void)
{
	return cell_is("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%this very question%'", "t");
}

static bool shows_queries(void)
{
	return cell_is("SELECT count(*) > 0 FROM [SHOW CLUSTER QUERIES] WHERE query LIKE '%this very question%'", "t");
}

static bool cancels(void)
{
	PGconn *conn = probe_connect();
	bool has = PQbackendPID(conn) != 0;
	PQfinish(conn);
	return has;
}

static bool updates_in_with(void)
{
	PGconn *conn = probe_connect();
	make_row(conn);
	bool well = probe_try(conn,
			      "WITH m AS (SELECT v FROM probe_row), w AS (UPDATE probe_row AS p SET v = m.v + 1 FROM m "
			      "WHERE p.id = 1 RETURNING p.v AS v) SELECT v FROM w");
	PQfinish(conn);
	return well;
}

static bool takes_copy(void)
{
	PGconn *conn = probe_connect();
	make_row(conn);
	PGresult *result = PQexec(conn, "COPY probe_row (id, v) FROM STDIN");
	bool takes = PQresultStatus(result) == PGRES_COPY_IN;
	PQclear(result);
	PQfinish(conn);
	return takes;
}

static bool has_triggers(void)
{
	PGconn *conn = probe_connect();
	make_row(conn);
	bool has = probe_try(conn, "CREATE FUNCTION probe_trigger() RETURNS trigger LANGUAGE plpgsql AS "
				   "$$BEGIN RETURN NEW; END$$") &&
		   probe_try(conn, "CREATE TRIGGER probe BEFORE UPDATE ON probe_row FOR EACH ROW "
				   "EXECUTE FUNCTION probe_trigger()");
	PQfinish(conn);
	return has;
}

const struct probe probes[FEATURES] = {
	[RELEASE_COMMITS] = {"RELEASE SAVEPOINT cockroach_restart is the commit", release_commits},
	[SERIAL_IS_8_BYTES] = {"SERIAL is 8 bytes wide", serial_is_8_bytes},
	[INTEGER_IS_8_BYTES] = {"INTEGER is 8 bytes wide", integer_is_8_bytes},
	[CONFLICT_AT_WRITE] = {"a conflict is told at the write", conflict_at_write},
	[READERS_PASS] = {"who reads does not wait for who writes", readers_pass},
	[ENDS_SESSIONS] = {"pg_terminate_backend ends a session", ends_sessions},
	[NUMBERS_ITS_TXNS] = {"transactions have a number: pg_current_xact_id", numbers_its_txns},
	[SHOWS_ACTIVITY] = {"pg_stat_activity shows what runs", shows_activity},
	[SHOWS_QUERIES] = {"SHOW CLUSTER QUERIES shows what runs", shows_queries},
	[CANCELS] = {"a session has a number to cancel by", cancels},
	[UPDATES_IN_WITH] = {"WITH may hold an UPDATE ... FROM ... RETURNING", updates_in_with},
	[TAKES_COPY] = {"COPY FROM STDIN is taken", takes_copy},
	[HAS_TRIGGERS] = {"tables can have triggers in PL/pgSQL", has_triggers},
};
