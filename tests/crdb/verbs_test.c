/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program on the translator: what its verbs do where CockroachDB answers otherwise than PostgreSQL. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct translator translator;

static int bank(void **state)
{
	(void)state;
	pg_bank(20);
	translator_start(&translator);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

/* teller on the translator. */
#define crdb(...) teller_run(translator_target(&translator), __VA_ARGS__)

static void it_is_taken_for_cockroach(void **state)
{
	(void)state;
	struct proc *proc = crdb("-c", "conninfo");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "CockroachDB");
	proc_expect_out(proc, "22.1.0");
	proc_free(proc);
}

static void transfers_in_every_wire_mode(void **state)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc *proc = crdb(wires[i], "transfer", "7001", "7002", "10", "--yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1030);
	struct proc *proc = crdb("verify");
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* A lever keeps its promise: the read that it comes behind does not lock. */
static void the_rival_comes_in_between(void **state)
{
	(void)state;
	struct proc *proc = crdb("--echo=plain", "-c", "rival on", "-c", "transfer 7003 7004 half --yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "WriteTooOldError");
	proc_expect_err(proc, "ROLLBACK TO SAVEPOINT cockroach_restart");
	proc_expect_out(proc, ", 2 attempts");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 20000);
}

/* A value that its type does not take is refused there as a violation of the protocol. */
static void values_that_are_none_are_no_accounts(void **state)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc *proc = crdb(wires[i], "transfer", "7001", "99999999999999999999999", "1", "--yes");
		proc_expect_status(proc, 3);
		proc_expect_err(proc, "there is no account 99999999999999999999999: ids of this table go up to");
		proc_free(proc);
	}
	struct proc *proc = crdb("show", "99999999999999999999999");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there is no account 99999999999999999999999\n");
	proc_free(proc);
	proc = crdb("delete", "99999999999999999999999", "--yes");
	proc_expect_err(proc, "there is no account 99999999999999999999999: ids of this table go up to");
	proc_free(proc);
}

static void an_import_leaves_bad_values_out(void **state)
{
	(void)state;
	const char *import[] = {proc_teller(), translator_target(&translator), "import", "--skip-bad", "-", NULL};
	struct proc *proc =
		proc_run(import, NULL, "id,balance\n8001,5\n8002,much\n99999999999999999999999,1\n8003,6\n");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "imported 2 accounts");
	proc_expect_err(proc, "line 3");
	proc_expect_err(proc, "line 4");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts WHERE id IN (8001, 8003)"), 11);
	pg_exec("DELETE FROM accounts WHERE id >= 8000");
}

static const char *const both[] = {"--wire=step", "--wire=pipeline"};

/* What a transaction reads back of its own it waits for there: the writes' own answers are looked at instead. */
static void what_was_written_is_not_read_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc *proc = crdb(both[i], "--echo=plain", "transfer", "7005", "7006", "10", "--yes");
		proc_expect_status(proc, 0);
		proc_expect_err(proc, "WITH changed AS (UPDATE accounts SET balance = balance - 10 WHERE id = 7005 "
				      "RETURNING balance)");
		proc_expect_err(proc, "WITH changed AS (UPDATE accounts SET balance = balance + 10 WHERE id = 7006 "
				      "RETURNING balance)");
		assert_null(strstr(buf_text(&proc->err), "(SELECT balance FROM accounts"));
		proc_free(proc);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7006"), 1020);
}

/* Round trips that the server counts, of a program that makes so many transfers. */
static unsigned trips_of(const char *wire, unsigned transfers)
{
	static const char line[] = "transfer 7009 7010 1 --yes";
	const char *argv[12] = {proc_teller(), translator_target(&translator), wire};
	for (unsigned i = 0; i < transfers; i++) {
		argv[3 + 2 * i] = "-c";
		argv[4 + 2 * i] = line;
	}
	translator_reset(&translator);
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	return translator.shared->trips;
}

/* With all that checks it: two where it travels together, one where it is one statement, one for each else. */
static void a_transfer_takes_few_round_trips(void **state)
{
	(void)state;
	assert_int_equal(trips_of("--wire=step", 3) - trips_of("--wire=step", 1), 2 * 8);
	assert_int_equal(trips_of("--wire=pipeline", 3) - trips_of("--wire=pipeline", 1), 2 * 2);
	assert_int_equal(trips_of("--wire=oneshot", 3) - trips_of("--wire=oneshot", 1), 2 * 1);
}

/* A trigger of which nothing was known when the table was looked up. The server refuses the write that it changed. */
static void check_refused_with(const char *wire, const char *trigger, const char *on, const char *told)
{
	char url[300], option[40];
	snprintf(url, sizeof url, "DATABASE_URL=%s", translator_target(&translator));
	snprintf(option, sizeof option, "%s", wire);
	const char *const env[] = {url, "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", NULL};
	int script;
	long total = pg_number("SELECT sum(balance) FROM accounts"), rows = pg_number("SELECT count(*) FROM transfers");
	struct proc *proc = proc_scripted(option, env, &script);
	assert_int_equal(write(script, "conninfo\n", 9), 9);
	proc_wait_output(proc, "CockroachDB");
	pg_exec("CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN new; END $$;"
		"CREATE TRIGGER meddle BEFORE %s FOR EACH ROW EXECUTE FUNCTION meddle()",
		trigger, on);
	static const char line[] = "transfer 7007 7008 10 --yes\n";
	assert_int_equal(write(script, line, sizeof line - 1), sizeof line - 1);
	close(script);
	proc_wait(proc);
	pg_exec("DROP FUNCTION meddle() CASCADE");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, told);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), total);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), rows);
}

static void a_write_that_came_out_otherwise_is_refused(void **state)
{
	static const char accounts[] = "the balances of 7007 and 7008 are not what they must be after this transfer";
	static const char ledger[] = "the ledger does not hold what was written there of this transfer";
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		check_refused_with(both[i], "IF new.balance < old.balance THEN new.balance := new.balance - 1; END IF",
				   "UPDATE ON accounts", accounts);
		check_refused_with(both[i], "IF new.balance > old.balance THEN RETURN NULL; END IF",
				   "UPDATE ON accounts", accounts);
		check_refused_with(both[i], "new.amount := new.amount + 1", "INSERT ON transfers", ledger);
		check_refused_with(both[i], "RETURN NULL", "INSERT ON transfers", ledger);
	}
}

/* Rights there are given for a table, not for a column. */
static void advice_is_in_its_own_sql(void **state)
{
	(void)state;
	char target[300];
	pg_exec("DROP ROLE IF EXISTS crdb_reader; CREATE ROLE crdb_reader LOGIN; "
		"GRANT SELECT ON accounts, transfers TO crdb_reader");
	snprintf(target, sizeof target, "cockroachdb://crdb_reader@/%s?host=%s&port=26257&sslmode=disable",
		 getenv("PGDATABASE"), translator.dir);
	struct proc *proc = teller_run(target, "transfer", "7001", "7002", "1", "--yes");
	proc_expect_err(proc, "ask its owner to GRANT UPDATE ON it to you");
	proc_free(proc);
	pg_exec("DROP OWNED BY crdb_reader; DROP ROLE crdb_reader");
}

static void the_tables_estimate_is_told(void **state)
{
	(void)state;
	pg_exec("ANALYZE accounts");
	struct proc *proc = crdb("count", "--about", "--csv");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "about\n20\n");
	proc_free(proc);
	proc = crdb("count", "--about", "--where", "balance > 5");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "CockroachDB gives no estimate for a filter; count --exact counts");
	proc_free(proc);
}

static void another_isolation_is_said_to_be_serializable(void **state)
{
	static const char said[] = "CockroachDB runs REPEATABLE READ as SERIALIZABLE";
	(void)state;
	struct proc *proc = crdb("--isolation=repeatable-read", "transfer", "7001", "7002", "1", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, said);
	proc_free(proc);
	proc = crdb("-c", "show 7001", "-c", "set isolation repeatable-read");
	proc_expect_out(proc, said);
	proc_free(proc);
	proc = crdb("--isolation=repeatable-read", "doctor"); /* which wraps its lines */
	proc_expect_out(proc, "got serializable; CockroachDB runs");
	proc_free(proc);
	proc = crdb("transfer", "7001", "7002", "1", "--yes");
	assert_null(strstr(buf_text(&proc->err), said));
	proc_free(proc);
}

/* A server that came before locking reads is spared them. */
static void an_old_server_is_not_asked_to_lock(void **state)
{
	(void)state;
	translator.shared->of_2019 = true;
	struct proc *proc = crdb("--echo=plain", "transfer", "7001", "7002", "1", "--yes");
	translator.shared->of_2019 = false;
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "connected to CockroachDB 2.2.0");
	assert_null(strstr(buf_text(&proc->err), "FOR UPDATE"));
	proc_free(proc);
}

/* The number of the process behind the translator that waits for a lock. */
static long waiting_pid(void)
{
	static const char sql[] = "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
				  "AND datname = current_database()";
	long pid = 0;
	for (int tries = 0; (pid = pg_number("%s", sql)) == 0; tries++) {
		assert_true(tries < 2000);
		poll(NULL, 0, 10);
	}
	return pid;
}

static void said_and_done(struct proc *proc, const char *said)
{
	proc_expect_status(proc, 0);
	proc_expect_out(proc, said);
	proc_free(proc);
}

/* There sessions have ids, and no process numbers. */
static void a_session_is_cancelled_and_ended_by_its_id(void **state)
{
	(void)state;
	char id[24];
	struct pg_session *holder = pg_open();
	pg_run(holder, "BEGIN");
	pg_run(holder, "SELECT balance FROM accounts WHERE id = 7001 FOR UPDATE");
	long pid = pg_ask(holder, "SELECT pg_backend_pid()");
	const char *transfer[] = {
		proc_teller(), translator_target(&translator), "transfer", "7001", "7002", "1", "--yes", NULL};
	struct proc *waiter = proc_start(transfer, NULL, NULL);
	snprintf(id, sizeof id, "s%ld", waiting_pid());
	proc_expect_all(crdb("sessions", "cancel", id), 1, "", "sessions asks first");
	said_and_done(crdb("sessions", "cancel", id, "--yes"),
		      "the server was asked to cancel the statement of teller/transfer ");
	proc_wait(waiter);
	proc_expect_err(waiter, "57014");
	proc_free(waiter);
	snprintf(id, sizeof id, "s%ld", pid);
	proc_expect_all(crdb("sessions", "cancel", id, "--yes"), 3, "", "runs no statement");
	said_and_done(crdb("sessions", "end", id, "--yes"), "the server was asked to end the session ");
	for (int tries = 0; pg_number("SELECT count(*) FROM pg_stat_activity WHERE pid = %ld", pid); tries++) {
		assert_true(tries < 2000);
		poll(NULL, 0, 10);
	}
	proc_expect_all(crdb("sessions", "end", id, "--yes"), 3, "", "there is no session ");
	pg_close(holder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_taken_for_cockroach),
		cmocka_unit_test(transfers_in_every_wire_mode),
		cmocka_unit_test(the_rival_comes_in_between),
		cmocka_unit_test(values_that_are_none_are_no_accounts),
		cmocka_unit_test(an_import_leaves_bad_values_out),
		cmocka_unit_test(what_was_written_is_not_read_back),
		cmocka_unit_test(a_transfer_takes_few_round_trips),
		cmocka_unit_test(a_write_that_came_out_otherwise_is_refused),
		cmocka_unit_test(advice_is_in_its_own_sql),
		cmocka_unit_test(the_tables_estimate_is_told),
		cmocka_unit_test(another_isolation_is_said_to_be_serializable),
		cmocka_unit_test(an_old_server_is_not_asked_to_lock),
		cmocka_unit_test(a_session_is_cancelled_and_ended_by_its_id),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
