/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in answers as each version is documented to, and as 2.2-alpha and 20.1.5 were measured: tags, status bytes, errors. */
#include "tests/support/check.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/crdb/standin.h"

#define SAVEPOINT "SAVEPOINT cockroach_restart"
#define ROLLBACK_TO "ROLLBACK TO SAVEPOINT cockroach_restart"
#define RELEASE "RELEASE SAVEPOINT cockroach_restart"

static struct standin standin;
static PGconn *conn;
static enum standin_version version;

static PGconn *connect_to_standin(void)
{
	const char *keywords[] = {"host", "port", "user", "dbname", NULL};
	const char *values[] = {standin.dir, "26257", "root", "bank", NULL};
	PGconn *made = PQconnectdbParams(keywords, values, 0);
	if (PQstatus(made) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(made));
	return made;
}

static void ignore(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static int set_up(void **state)
{
	version = *(const enum standin_version *)*state;
	standin_start(&standin, version);
	conn = connect_to_standin();
	PQsetNoticeProcessor(conn, ignore, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	PQfinish(conn);
	standin_stop(&standin);
	return 0;
}

static char status_of(PGconn *c)
{
	switch (PQtransactionStatus(c)) {
	case PQTRANS_IDLE:
		return 'I';
	case PQTRANS_INTRANS:
		return 'T';
	case PQTRANS_INERROR:
		return 'E';
	case PQTRANS_ACTIVE:
	case PQTRANS_UNKNOWN:
		break;
	}
	return '?';
}

static void say_on(PGconn *c, const char *sql, const char *p1, const char *p2, const char *expected, char status)
{
	const char *params[] = {p1, p2};
	PGresult *result = PQexecParams(c, sql, p2 ? 2 : p1 ? 1 : 0, NULL, params, NULL, NULL, 0);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *answer = sqlstate ? sqlstate : PQcmdStatus(result);
	if (strcmp(answer, expected) != 0 || status_of(c) != status)
		fail_msg("%s: answered %s %c, not %s %c (%s)", sql, answer, status_of(c), expected, status,
			 PQresultErrorMessage(result));
	PQclear(result);
}

/* The statement is answered with this tag or SQLSTATE, and then this status byte. */
static void say(const char *sql, const char *expected, char status)
{
	say_on(conn, sql, NULL, NULL, expected, status);
}

static void write_one(const char *balance, const char *expected, char status)
{
	say_on(conn, STANDIN_WRITE, "1", balance, expected, status);
}

static void read_one(const char *expected, char status)
{
	say_on(conn, STANDIN_READ, "1", NULL, expected, status);
}

static long balance_of(int id)
{
	return standin.shared->accounts[id - 1].balance;
}

static void open_txn(void)
{
	say("BEGIN", "BEGIN", 'T');
	say(SAVEPOINT, "SAVEPOINT", 'T');
	read_one("SELECT 1", 'T');
}

static void fault(enum standin_kind kind, enum standin_effect effect, const char *sqlstate)
{
	standin_arm(&standin);
	standin_fault(&standin, kind, 1, effect, sqlstate);
}

static bool is_old(void)
{
	return version == STANDIN_2_2;
}

/* The status byte after 40001 with the savepoint declared. */
static char after_retry_error(void)
{
	return is_old() ? 'T' : 'E';
}

static const char *no_savepoint(void)
{
	return is_old() ? "3B000" : "3B001";
}

/* ---- tests ---- */

static void the_start_tells_what_it_is(void **state)
{
	(void)state;
	bool modern = version >= STANDIN_25_4;
	assert_non_null(strstr(PQparameterStatus(conn, "crdb_version"), "CockroachDB"));
	assert_string_equal(PQparameterStatus(conn, "server_version"), modern ? "13.0.0" : "9.5.0");
	assert_int_equal(PQbackendPID(conn) != 0, modern);
}

static void release_is_the_commit(void **state)
{
	(void)state;
	open_txn();
	write_one("900", "UPDATE 1", 'T');
	assert_int_equal(balance_of(1), 1000);
	say(RELEASE, "COMMIT", 'T');
	assert_int_equal(balance_of(1), 900);
	read_one("25000", 'T');
	say(SAVEPOINT, "25000", 'T');
	say("COMMIT", "COMMIT", 'I');
	assert_int_equal(balance_of(1), 900);
}

static void rollback_after_release_undoes_nothing(void **state)
{
	(void)state;
	open_txn();
	write_one("900", "UPDATE 1", 'T');
	say(RELEASE, "COMMIT", 'T');
	say("ROLLBACK", "COMMIT", 'I');
	assert_int_equal(balance_of(1), 900);
}

static void a_retry_error_leaves_the_way_back(void **state)
{
	(void)state;
	open_txn();
	fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	write_one("900", "40001", after_retry_error());
	read_one("25P02", 'E');
	say(ROLLBACK_TO, "ROLLBACK", 'T');
	read_one("SELECT 1", 'T');
	write_one("900", "UPDATE 1", 'T');
	say(RELEASE, "COMMIT", 'T');
	say("COMMIT", "COMMIT", 'I');
	assert_int_equal(balance_of(1), 900);
}

static void commit_after_a_retry_error_commits_nothing(void **state)
{
	(void)state;
	open_txn();
	write_one("900", "UPDATE 1", 'T');
	fault(KIND_READ, EFFECT_ERROR, "40001");
	read_one("40001", after_retry_error());
	say("COMMIT", is_old() ? "COMMIT" : "ROLLBACK", 'I');
	assert_int_equal(balance_of(1), 1000);
}

static void rollback_to_without_an_error(void **state)
{
	(void)state;
	open_txn();
	write_one("900", "UPDATE 1", 'T');
	say(ROLLBACK_TO, is_old() ? "SAVEPOINT" : "ROLLBACK", 'T');
	say(SAVEPOINT, "SAVEPOINT", 'T');
	say(RELEASE, "COMMIT", 'T');
	say("COMMIT", "COMMIT", 'I');
	assert_int_equal(balance_of(1), 1000);
}

static void savepoint_in_an_aborted_transaction_is_a_way_back(void **state)
{
	(void)state;
	open_txn();
	fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	write_one("900", "40001", after_retry_error());
	if (is_old())
		say(SAVEPOINT, "25P02", 'E');
	else
		say(SAVEPOINT, "SAVEPOINT", 'T');
}

static void the_savepoint_comes_first(void **state)
{
	(void)state;
	say("BEGIN", "BEGIN", 'T');
	read_one("SELECT 1", 'T');
	say(SAVEPOINT, is_old() ? "XX000" : "42601", 'E');
	say("ROLLBACK", "ROLLBACK", 'I');
}

static void a_savepoint_that_was_not_declared(void **state)
{
	(void)state;
	say("BEGIN", "BEGIN", 'T');
	say(ROLLBACK_TO, no_savepoint(), 'E');
	say("COMMIT", "ROLLBACK", 'I');
	say("BEGIN", "BEGIN", 'T');
	say(RELEASE, no_savepoint(), 'E');
	say("BEGIN", "25P02", 'E');
	say("ROLLBACK", "ROLLBACK", 'I');
}

static void outside_a_transaction(void **state)
{
	(void)state;
	static const char *const errors[] = {[STANDIN_2_2] = "XX000", [STANDIN_20_1] = "XXUUU", [STANDIN_26_2] = NULL};
	const char *error = errors[version];
	say("ROLLBACK", error ? error : "ROLLBACK", 'I');
	say(RELEASE, error ? error : "RELEASE", 'I');
	say("COMMIT", error ? error : "COMMIT", 'I');
	say(SAVEPOINT, error ? error : "SAVEPOINT", 'I');
	write_one("7", "UPDATE 1", 'I');
	assert_int_equal(balance_of(1), 7);
}

static void a_commit_that_fails_ends_the_transaction(void **state)
{
	(void)state;
	say("BEGIN", "BEGIN", 'T');
	write_one("900", "UPDATE 1", 'T');
	fault(KIND_COMMIT, EFFECT_ERROR, "40001");
	say("COMMIT", "40001", 'I');
	assert_int_equal(balance_of(1), 1000);
}

static void a_release_that_wants_a_retry_keeps_the_savepoint(void **state)
{
	(void)state;
	open_txn();
	fault(KIND_RELEASE, EFFECT_ERROR, "40001");
	say(RELEASE, "40001", after_retry_error());
	say(ROLLBACK_TO, "ROLLBACK", 'T');
	say(RELEASE, "COMMIT", 'T');
	say("COMMIT", "COMMIT", 'I');
}

static void a_release_that_fails_otherwise_takes_it_away(void **state)
{
	(void)state;
	open_txn();
	write_one("900", "UPDATE 1", 'T');
	fault(KIND_RELEASE, EFFECT_ERROR_DONE, "40003");
	say(RELEASE, "40003", 'E');
	say(ROLLBACK_TO, no_savepoint(), 'E');
	say("ROLLBACK", "ROLLBACK", 'I');
	assert_int_equal(balance_of(1), 900);
}

static void an_ambiguous_statement_closes_the_way_back(void **state)
{
	(void)state;
	open_txn();
	fault(KIND_UPDATE, EFFECT_ERROR, "40003");
	write_one("900", "40003", 'E');
	say(ROLLBACK_TO, "0A000", 'E');
	say("ROLLBACK", "ROLLBACK", 'I');
}

/* 2.2, and 26.2 with its buffered writes, see it at the commit; 20.1 at the UPDATE. */
static void a_conflict_is_seen_where_the_version_sees_it(void **state)
{
	(void)state;
	PGconn *other = connect_to_standin();
	open_txn();
	say_on(other, STANDIN_WRITE, "1", "300", "UPDATE 1", 'I');
	if (version == STANDIN_20_1) {
		write_one("900", "40001", 'E');
	} else {
		write_one("900", "UPDATE 1", 'T');
		say(RELEASE, "40001", after_retry_error());
	}
	say(ROLLBACK_TO, "ROLLBACK", 'T');
	write_one("200", "UPDATE 1", 'T');
	say(RELEASE, "COMMIT", 'T');
	say_on(other, STANDIN_READ, "1", NULL, "SELECT 1", 'I');
	assert_int_equal(balance_of(1), 200);
	PQfinish(other);
}

static void the_ledger_takes_an_id_once(void **state)
{
	(void)state;
	say_on(conn, STANDIN_FENCE, "41", NULL, "INSERT 0 1", 'I');
	say_on(conn, STANDIN_FENCE, "41", NULL, "INSERT 0 0", 'I');
	say_on(conn, STANDIN_LEDGER, "41", NULL, "23505", 'I');
	assert_true(standin_has_id(&standin, "41"));
}

static void a_forced_retry_reaches_who_has_a_result(void **state)
{
	(void)state;
	const char *sql = "SELECT crdb_internal.force_retry('1h')";
	open_txn();
	if (version == STANDIN_26_2) {
		say(sql, "42501", 'E');
		say(ROLLBACK_TO, "ROLLBACK", 'T');
	}
	say("SET allow_unsafe_internals = on", version >= STANDIN_25_4 ? "SET" : "42704",
	    version >= STANDIN_25_4 ? 'T' : 'E');
	if (version < STANDIN_25_4)
		say(ROLLBACK_TO, "ROLLBACK", 'T');
	say(sql, "40001", after_retry_error());
	say("ROLLBACK", "ROLLBACK", 'I');
}

/* The server retries by itself what the client has no result of: for the hour that was asked for, the client waits. */
static void a_forced_retry_is_the_servers_own_at_first(void **state)
{
	(void)state;
	say("BEGIN", "BEGIN", 'T');
	if (version == STANDIN_26_2)
		say("SET allow_unsafe_internals = on", "SET", 'T');
	assert_int_equal(
		PQsendQueryParams(conn, "SELECT crdb_internal.force_retry('1h')", 0, NULL, NULL, NULL, NULL, 0), 1);
	while (!standin.shared->retrying)
		poll(NULL, 0, 1);
	PQconsumeInput(conn);
	assert_true(PQisBusy(conn));
}

static void expect(const char *expected)
{
	PGresult *result = PQgetResult(conn);
	ExecStatusType status = PQresultStatus(result);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	assert_string_equal(sqlstate                           ? sqlstate
			    : status == PGRES_PIPELINE_ABORTED ? "skipped"
			    : status == PGRES_PIPELINE_SYNC    ? "sync"
							       : PQcmdStatus(result),
			    expected);
	PQclear(result);
	if (status != PGRES_PIPELINE_SYNC)
		assert_null(PQgetResult(conn));
}

static void queue(const char *sql)
{
	const char *params[] = {"1", "900"};
	int n = strcmp(sql, STANDIN_WRITE) == 0 ? 2 : 0;
	assert_int_equal(PQsendQueryParams(conn, sql, n, NULL, params, NULL, NULL, 0), 1);
}

static void a_pipeline_skips_to_its_end_after_an_error(void **state)
{
	(void)state;
	open_txn();
	fault(KIND_UPDATE, EFFECT_ERROR, "40001");
	assert_int_equal(PQenterPipelineMode(conn), 1);
	queue(STANDIN_WRITE);
	queue(RELEASE);
	queue("COMMIT");
	PQpipelineSync(conn);
	queue(ROLLBACK_TO);
	queue(STANDIN_WRITE);
	queue(RELEASE);
	queue("COMMIT");
	PQpipelineSync(conn);
	static const char *const answers[] = {"40001",    "skipped", "skipped", "sync", "ROLLBACK",
					      "UPDATE 1", "COMMIT",  "COMMIT",  "sync"};
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		expect(answers[i]);
	assert_int_equal(status_of(conn), 'I');
	assert_int_equal(balance_of(1), 900);
}

static void a_login_is_refused_while_it_drains(void **state)
{
	(void)state;
	const char *keywords[] = {"host", "port", "user", NULL}, *values[] = {standin.dir, "26257", "root", NULL};
	standin.shared->refuse_logins = 1;
	PGconn *refused = PQconnectdbParams(keywords, values, 0);
	assert_int_equal(PQstatus(refused), CONNECTION_BAD);
	assert_non_null(strstr(PQerrorMessage(refused), "try another node"));
	PQfinish(refused);
	PQfinish(connect_to_standin());
}

static enum standin_version versions[] = {STANDIN_2_2, STANDIN_20_1, STANDIN_26_2};

#define ON(name, i, text)                                                                                              \
	{                                                                                                              \
#name ", " text, name, set_up, tear_down, &versions[i]                                                 \
	}
#define EACH(name) ON(name, 0, "2.2"), ON(name, 1, "20.1"), ON(name, 2, "26.2")

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(the_start_tells_what_it_is),
		EACH(release_is_the_commit),
		EACH(rollback_after_release_undoes_nothing),
		EACH(a_retry_error_leaves_the_way_back),
		EACH(commit_after_a_retry_error_commits_nothing),
		EACH(rollback_to_without_an_error),
		EACH(savepoint_in_an_aborted_transaction_is_a_way_back),
		EACH(the_savepoint_comes_first),
		EACH(a_savepoint_that_was_not_declared),
		EACH(outside_a_transaction),
		EACH(a_commit_that_fails_ends_the_transaction),
		EACH(a_release_that_wants_a_retry_keeps_the_savepoint),
		EACH(a_release_that_fails_otherwise_takes_it_away),
		EACH(an_ambiguous_statement_closes_the_way_back),
		EACH(a_conflict_is_seen_where_the_version_sees_it),
		EACH(the_ledger_takes_an_id_once),
		EACH(a_forced_retry_reaches_who_has_a_result),
		EACH(a_forced_retry_is_the_servers_own_at_first),
		EACH(a_pipeline_skips_to_its_end_after_an_error),
		EACH(a_login_is_refused_while_it_drains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
