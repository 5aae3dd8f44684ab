/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program without a terminal says whom a transfer waits for, and how long, and disturbs nobody by that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define WATCHES "SELECT count(*) FROM pg_stat_activity WHERE starts_with(application_name, 'teller/watch ')"

static struct own_server server;

static int shown_server(void **state)
{
	(void)state;
	static const char *const options[] = {"-c", "max_prepared_transactions=10", NULL};
	own_server_make(&server, options);
	return 0;
}

static int shown_no_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static int shown_bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(5);
	return 0;
}

/* psql has account 7001 in a transaction that is open. */
static struct pg_session *hold(int64_t *pid)
{
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	*pid = pg_ask(holder, "SELECT pg_backend_pid()");
	return holder;
}

static void let_go(struct pg_session *holder)
{
	pg_run(holder, "COMMIT");
	pg_close(holder);
}

static struct proc *move(const char *wire)
{
	const char *const argv[] = {proc_teller(), "--json", "--yes", wire, NULL};
	return proc_start(argv, NULL, "transfer 7001 7002\ncounters\n");
}

static void expect_holder(struct proc *proc, int64_t pid, const char *rest)
{
	char words[200];
	snprintf(words, sizeof words, "waits for psql, pid %lld, teller: %s", (long long)pid, rest);
	proc_wait_output(proc, words);
}

static void expect_end(struct proc *proc, const char *out, const char *err)
{
	proc_expect_status(proc, 0);
	proc_expect_out(proc, out);
	proc_expect_err(proc, err);
}

static void expect_blocked(struct proc *proc)
{
	const char *counter = strstr(buf_text(&proc->out), "\"blocked_us\":");
	assert_non_null(counter);
	assert_true(atoll(counter + strlen("\"blocked_us\":")) >= 250000);
}

static void whom_a_transfer_waits_for(void **state)
{
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		int64_t pid;
		shown_bank(state);
		struct pg_session *holder = hold(&pid);
		struct proc *proc = move(wires[i]);
		expect_holder(proc, pid, "idle in transaction 0 s, holds account 7001");
		assert_int_equal(pg_number(WATCHES), 1);
		let_go(holder);
		proc_wait(proc);
		expect_end(proc, "COMMITTED", "waits no more  [waited ");
		expect_blocked(proc);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
		proc_free(proc);
	}
}

/* Without a conflict the transfer is over with the wait: the counters that are asked for next have it all the same. */
static void a_wait_without_a_retry(void **state)
{
	(void)state;
	int64_t pid;
	struct pg_session *holder = hold(&pid);
	const char *const argv[] = {proc_teller(), "--yes", "-c", "transfer 7001 7002", "-c", "counters --json", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	expect_holder(proc, pid, "idle in transaction 0 s, holds account 7001");
	pg_run(holder, "ROLLBACK");
	pg_close(holder);
	proc_wait(proc);
	expect_end(proc, "1 attempt\n", "waits no more");
	expect_blocked(proc);
	proc_free(proc);
}

/* Whoever has the account waits as well: the one who keeps them all is named, too. */
static void whom_the_holder_waits_for(void **state)
{
	(void)state;
	int64_t pid, root;
	struct pg_session *first = pg_open_at("application_name=lunch"), *holder = hold(&pid);
	char words[100];
	pg_run(first, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7003");
	root = pg_ask(first, "SELECT pg_backend_pid()");
	pg_send(holder, "UPDATE accounts SET balance = balance WHERE id = 7003");
	struct proc *proc = move("--wire=step");
	expect_holder(proc, pid, "active ");
	snprintf(words, sizeof words, "holds account 7001; which waits for lunch, pid %lld, teller: idle in",
		 (long long)root);
	proc_wait_output(proc, words);
	pg_run(first, "COMMIT");
	pg_close(first);
	pg_receive(holder);
	let_go(holder);
	proc_wait(proc);
	expect_end(proc, "COMMITTED", "waits no more");
	proc_free(proc);
}

static void a_prepared_transaction_has_no_process(void **state)
{
	(void)state;
	int64_t pid;
	struct pg_session *holder = hold(&pid);
	pg_run(holder, "PREPARE TRANSACTION 'pay-7'");
	struct proc *proc = move("--wire=pipeline");
	proc_wait_output(proc, "waits for prepared transaction pay-7 of teller: prepared 0 s, holds account 7001");
	pg_run(holder, "COMMIT PREPARED 'pay-7'");
	pg_close(holder);
	proc_wait(proc);
	expect_end(proc, "COMMITTED", "waits no more");
	proc_free(proc);
}

/* What it may not see is not invented. */
static void a_role_that_may_not_see(void **state)
{
	(void)state;
	int64_t pid;
	pg_exec("CREATE ROLE clerk LOGIN; GRANT SELECT, UPDATE ON accounts TO clerk; "
		"GRANT SELECT, INSERT ON transfers TO clerk");
	struct pg_session *holder = hold(&pid);
	const char *const env[] = {"PGUSER=clerk", NULL};
	const char *const argv[] = {proc_teller(), "--yes", "transfer", "7001", "7002", NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	expect_holder(proc, pid, "state hidden, holds account 7001");
	let_go(holder);
	proc_wait(proc);
	expect_end(proc, "moved 500", "waits no more");
	proc_free(proc);
	pg_exec("DROP OWNED BY clerk; DROP ROLE clerk");
}

/* There is no connection left to ask over: that is said once, and the transfer is made. */
static void no_connection_to_ask_over(void **state)
{
	(void)state;
	int64_t pid;
	pg_exec("CREATE ROLE clerk LOGIN CONNECTION LIMIT 2; GRANT SELECT, UPDATE ON accounts TO clerk; "
		"GRANT SELECT, INSERT ON transfers TO clerk");
	struct pg_session *holder = hold(&pid);
	const char *const env[] = {"PGUSER=clerk", NULL};
	const char *const argv[] = {proc_teller(), "--yes", "transfer", "7001", "7002", NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	proc_wait_output(proc, "who waits for whom cannot be asked: ");
	let_go(holder);
	proc_wait(proc);
	expect_end(proc, "moved 500", "too many connections");
	const char *said = strstr(buf_text(&proc->err), "cannot be asked");
	assert_null(strstr(said + 1, "cannot be asked"));
	proc_free(proc);
	pg_exec("DROP OWNED BY clerk; DROP ROLE clerk");
}

/* Waiting for ourselves is not waiting for the server: no third session is asked for, which would be refused. */
static void nobody_is_asked_without_a_wait(void **state)
{
	(void)state;
	pg_exec("CREATE ROLE clerk LOGIN CONNECTION LIMIT 2; GRANT SELECT, UPDATE ON accounts TO clerk; "
		"GRANT SELECT, INSERT ON transfers TO clerk");
	const char *const env[] = {"PGUSER=clerk", NULL};
	const char *const argv[] = {proc_teller(), "--json", "--yes", "--wire=step", NULL};
	struct proc *proc = proc_run(argv, env, "delay 400\ntransfer 7001 7002\ncounters\n");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"blocked_us\":0}");
	assert_null(strstr(buf_text(&proc->err), "cannot be asked"));
	proc_free(proc);
	pg_exec("DROP OWNED BY clerk; DROP ROLE clerk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(whom_a_transfer_waits_for, shown_bank),
		cmocka_unit_test_setup(a_wait_without_a_retry, shown_bank),
		cmocka_unit_test_setup(whom_the_holder_waits_for, shown_bank),
		cmocka_unit_test_setup(a_prepared_transaction_has_no_process, shown_bank),
		cmocka_unit_test_setup(a_role_that_may_not_see, shown_bank),
		cmocka_unit_test_setup(no_connection_to_ask_over, shown_bank),
		cmocka_unit_test_setup(nobody_is_asked_without_a_wait, shown_bank),
	};
	return cmocka_run_group_tests(tests, shown_server, shown_no_server);
}
