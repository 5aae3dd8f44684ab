/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in outside of savepoints: its start, conflicts, ledger, forced retries, pipelines, and a login while it
 * drains. */
#include <poll.h>
#include <string.h>

#include "tests/crdb/talk.h"
#include "tests/support/check.h"

static void the_start_tells_what_it_is(void **state)
{
	(void)state;
	bool modern = talk.version >= STANDIN_25_4;
	assert_non_null(strstr(PQparameterStatus(talk.conn, "crdb_version"), "CockroachDB"));
	assert_string_equal(PQparameterStatus(talk.conn, "server_version"), modern ? "13.0.0" : "9.5.0");
	assert_int_equal(PQbackendPID(talk.conn) != 0, modern);
}

static void outside_a_transaction(void **state)
{
	(void)state;
	static const char *const errors[] = {[STANDIN_2_2] = "XX000", [STANDIN_20_1] = "XXUUU", [STANDIN_26_2] = NULL};
	const char *error = errors[talk.version];
	talk_say("ROLLBACK", error ? error : "ROLLBACK", 'I');
	talk_say(RELEASE, error ? error : "RELEASE", 'I');
	talk_say("COMMIT", error ? error : "COMMIT", 'I');
	talk_say(SAVEPOINT, error ? error : "SAVEPOINT", 'I');
	talk_write("7", "UPDATE 1", 'I');
	assert_int_equal(talk_balance(1), 7);
}

/* 2.2, and 26.2 with its buffered writes, see it at the commit; 20.1 at the UPDATE. */
static void a_conflict_is_seen_where_the_version_sees_it(void **state)
{
	(void)state;
	PGconn *other = talk_connect();
	talk_open();
	talk_on(other, STANDIN_WRITE, "1", "300", "UPDATE 1", 'I');
	if (talk.version == STANDIN_20_1) {
		talk_write("900", "40001", 'E');
	} else {
		talk_write("900", "UPDATE 1", 'T');
		talk_say(RELEASE, "40001", talk_after_retry());
	}
	talk_say(ROLLBACK_TO, "ROLLBACK", 'T');
	talk_write("200", "UPDATE 1", 'T');
	talk_say(RELEASE, "COMMIT", 'T');
	talk_on(other, STANDIN_READ, "1", NULL, "SELECT 1", 'I');
	assert_int_equal(talk_balance(1), 200);
	PQfinish(other);
}

static void the_ledger_takes_an_id_once(void **state)
{
	(void)state;
	talk_on(talk.conn, STANDIN_PROBE, "41", NULL, "INSERT 0 1", 'I');
	talk_on(talk.conn, STANDIN_PROBE, "41", NULL, "INSERT 0 0", 'I');
	talk_on(talk.conn, STANDIN_LEDGER, "41", NULL, "23505", 'I');
	assert_true(standin_has_id(&talk.standin, "41"));
}

static void a_forced_retry_reaches_who_has_a_result(void **state)
{
	(void)state;
	const char *sql = "SELECT crdb_internal.force_retry('1h')";
	talk_open();
	if (talk.version == STANDIN_26_2) {
		talk_say(sql, "42501", 'E');
		talk_say(ROLLBACK_TO, "ROLLBACK", 'T');
	}
	talk_say("SET allow_unsafe_internals = on", talk.version >= STANDIN_25_4 ? "SET" : "42704",
		 talk.version >= STANDIN_25_4 ? 'T' : 'E');
	if (talk.version < STANDIN_25_4)
		talk_say(ROLLBACK_TO, "ROLLBACK", 'T');
	talk_say(sql, "40001", talk_after_retry());
	talk_say("ROLLBACK", "ROLLBACK", 'I');
}

/* The server retries by itself what the client has no result of: for the hour that was asked for, the client waits. */
static void a_forced_retry_is_the_servers_own_at_first(void **state)
{
	(void)state;
	talk_say("BEGIN", "BEGIN", 'T');
	if (talk.version == STANDIN_26_2)
		talk_say("SET allow_unsafe_internals = on", "SET", 'T');
	assert_int_equal(
		PQsendQueryParams(talk.conn, "SELECT crdb_internal.force_retry('1h')", 0, NULL, NULL, NULL, NULL, 0),
		1);
	while (!talk.standin.shared->retrying)
		poll(NULL, 0, 1);
	PQconsumeInput(talk.conn);
	assert_true(PQisBusy(talk.conn));
}

static void expect(const char *expected)
{
	PGresult *result = PQgetResult(talk.conn);
	ExecStatusType status = PQresultStatus(result);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	assert_string_equal(sqlstate                           ? sqlstate
			    : status == PGRES_PIPELINE_ABORTED ? "skipped"
			    : status == PGRES_PIPELINE_SYNC    ? "sync"
							       : PQcmdStatus(result),
			    expected);
	PQclear(result);
	if (status != PGRES_PIPELINE_SYNC)
		assert_null(PQgetResult(talk.conn));
}

static void queue(const char *sql)
{
	const char *params[] = {"1", "900"};
	int n = strcmp(sql, STANDIN_WRITE) == 0 ? 2 : 0;
	assert_int_equal(PQsendQueryParams(talk.conn, sql, n, NULL, params, NULL, NULL, 0), 1);
}

static void a_pipeline_skips_to_its_end_after_an_error(void **state)
{
	(void)state;
	talk_open();
	talk_fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	assert_int_equal(PQenterPipelineMode(talk.conn), 1);
	queue(STANDIN_WRITE);
	queue(RELEASE);
	queue("COMMIT");
	PQpipelineSync(talk.conn);
	queue(ROLLBACK_TO);
	queue(STANDIN_WRITE);
	queue(RELEASE);
	queue("COMMIT");
	PQpipelineSync(talk.conn);
	static const char *const answers[] = {"40001",    "skipped", "skipped", "sync", "ROLLBACK",
					      "UPDATE 1", "COMMIT",  "COMMIT",  "sync"};
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		expect(answers[i]);
	assert_int_equal(talk_status(talk.conn), 'I');
	assert_int_equal(talk_balance(1), 900);
}

static void a_login_is_refused_while_it_drains(void **state)
{
	(void)state;
	const char *keywords[] = {"host", "port", "user", NULL}, *values[] = {talk.standin.dir, "26257", "root", NULL};
	talk.standin.shared->refuse_logins = 1;
	PGconn *refused = PQconnectdbParams(keywords, values, 0);
	assert_int_equal(PQstatus(refused), CONNECTION_BAD);
	assert_non_null(strstr(PQerrorMessage(refused), "try another node"));
	PQfinish(refused);
	PQfinish(talk_connect());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALK_EACH(the_start_tells_what_it_is),
		TALK_EACH(outside_a_transaction),
		TALK_EACH(a_conflict_is_seen_where_the_version_sees_it),
		TALK_EACH(the_ledger_takes_an_id_once),
		TALK_EACH(a_forced_retry_reaches_who_has_a_result),
		TALK_EACH(a_forced_retry_is_the_servers_own_at_first),
		TALK_EACH(a_pipeline_skips_to_its_end_after_an_error),
		TALK_EACH(a_login_is_refused_while_it_drains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
