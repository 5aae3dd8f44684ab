/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL on the suite's server, so that a test can set a scene and see what is really there. */
#include "tests/support/pg.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/spawn.h"

enum { UNTIL_LIMIT_MS = 60000 };

struct pg_session {
	PGconn *conn;
};

static void ignore(void *arg, const char *notice)
{
	(void)arg;
	(void)notice;
}

struct pg_session *pg_open_at(const char *target)
{
	PGconn *conn = PQconnectdb(target);
	if (PQstatus(conn) != CONNECTION_OK) {
		char why[512];
		snprintf(why, sizeof why, "%s", PQerrorMessage(conn));
		PQfinish(conn);
		fail_msg("no test server (run it through tests/run): %s", why);
	}
	PQsetNoticeProcessor(conn, ignore, NULL);
	struct pg_session *session = NEW(struct pg_session);
	session->conn = conn;
	return session;
}

struct pg_session *pg_open(void)
{
	/* Host, port, user and database come from the environment, as for the program under test. */
	return pg_open_at("application_name=tests");
}

void pg_close(struct pg_session *session)
{
	if (!session)
		return;
	PQfinish(session->conn);
	free(session);
}

/* Runs sql, frees it; the result is owned by the caller. */
static PGresult *run(struct pg_session *session, char *sql)
{
	PGresult *result = PQexec(session->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		fail_msg("%s: %s", sql, PQerrorMessage(session->conn));
	free(sql);
	return result;
}

static PRINTF_LIKE(1, 0) char *format(const char *fmt, va_list ap)
{
	char *sql = NULL;
	if (vasprintf(&sql, fmt, ap) < 0)
		abort();
	return sql;
}

void pg_run(struct pg_session *session, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *sql = format(fmt, ap);
	va_end(ap);
	PQclear(run(session, sql));
}

/* One statement on a connection of its own: a test that fails in between leaves nothing open that holds a lock. */
static PRINTF_LIKE(1, 0) PGresult *run_once(const char *fmt, va_list ap)
{
	struct pg_session *session = pg_open();
	PGresult *result = run(session, format(fmt, ap));
	pg_close(session);
	return result;
}

void pg_exec(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	PQclear(run_once(fmt, ap));
	va_end(ap);
}

/* Owned; the result is freed. */
static char *first_cell(PGresult *result)
{
	char *value = NULL;
	if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0))
		value = mem_dup(PQgetvalue(result, 0, 0));
	PQclear(result);
	return value;
}

static int64_t number_of(const char *sql, char *value)
{
	char *end = NULL;
	int64_t number = value ? strtoll(value, &end, 10) : 0;
	if (!value || *end)
		fail_msg("%s: %s is no whole number", sql, value ? value : "NULL");
	free(value);
	return number;
}

char *pg_value(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = first_cell(run_once(fmt, ap));
	va_end(ap);
	return value;
}

void pg_expect(const char *value, const char *sql)
{
	char *got = pg_value("%s", sql);
	assert_string_equal(got, value);
	free(got);
}

int64_t pg_number(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = first_cell(run_once(fmt, ap));
	va_end(ap);
	return number_of(fmt, value);
}

int pg_major(void)
{
	return (int)(pg_number("SHOW server_version_num") / 10000);
}

int64_t pg_ask(struct pg_session *session, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = first_cell(run(session, format(fmt, ap)));
	va_end(ap);
	return number_of(fmt, value);
}

void pg_sessions(struct pg_session *session)
{
	PGresult *result = run(session, mem_dup("SELECT pid, datname, application_name, state, wait_event, now() - "
						"query_start, pg_blocking_pids(pid), left(query, 80) FROM "
						"pg_stat_activity WHERE backend_type = 'client backend'"));
	for (int row = 0; row < PQntuples(result); row++) {
		struct buf line = {0};
		for (int column = 0; column < PQnfields(result); column++)
			buf_fmt(&line, "%s | ", PQgetvalue(result, row, column));
		check_tell("%s", buf_text(&line));
		buf_free(&line);
	}
	PQclear(result);
}

void pg_until(struct pg_session *session, const char *fmt, ...)
{
	struct pg_session *asking = session ? session : pg_open();
	struct deadline deadline = deadline_in(UNTIL_LIMIT_MS);
	va_list ap;
	va_start(ap, fmt);
	char *sql = format(fmt, ap), *cell;
	va_end(ap);
	while (!(cell = first_cell(run(asking, mem_dup(sql)))) || strcmp(cell, "t") != 0) {
		free(cell);
		if (!deadline_left(deadline)) {
			pg_sessions(asking);
			fail_msg("not within %d s: %s", UNTIL_LIMIT_MS / 1000, sql);
		}
		poll(NULL, 0, 2);
	}
	free(cell);
	free(sql);
	if (!session)
		pg_close(asking);
}

void pg_fresh_database(const char *name, const char *encoding)
{
	setenv("PGDATABASE", "postgres", 1);
	pg_exec("DROP DATABASE IF EXISTS \"%s\" WITH (FORCE)", name);
	pg_exec("CREATE DATABASE \"%s\" TEMPLATE template0 ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'", name,
		encoding ? encoding : "UTF8");
	setenv("PGDATABASE", name, 1);
}

int pg_own_database(void **state)
{
	(void)state;
	pg_fresh_database(program_invocation_short_name, NULL);
	return 0;
}

void pg_bank(int n)
{
	pg_exec("DROP TABLE IF EXISTS transfers, accounts");
	pg_exec("%s", asset_schema_sql);
	pg_exec("INSERT INTO accounts (id, balance) SELECT 7000 + i, 1000 FROM generate_series(1, %d) AS i", n);
}

char *pg_tell(struct pg_session *session, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *value = first_cell(run(session, format(fmt, ap)));
	va_end(ap);
	return value;
}

void pg_send(struct pg_session *session, const char *sql)
{
	if (PQsendQuery(session->conn, sql) != 1)
		fail_msg("%s: %s", sql, PQerrorMessage(session->conn));
}

void pg_receive(struct pg_session *session)
{
	for (PGresult *result; (result = PQgetResult(session->conn)) != NULL; PQclear(result))
		if (PQresultStatus(result) == PGRES_FATAL_ERROR)
			fail_msg("%s", PQresultErrorMessage(result));
}

void pg_end_backend(int pid)
{
	pg_exec("SELECT pg_terminate_backend(%d)", pid);
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %d", pid);
}
