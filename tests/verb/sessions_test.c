/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb sessions: the tree is the server's own, in every format, again and again; one is shown, cancelled, ended. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/watch/crowd.h"

static int sessions_teardown(void **state)
{
	if (pg_number("SELECT count(*) FROM pg_prepared_xacts"))
		pg_exec("ROLLBACK PREPARED 'pay-7'");
	return crowd_teardown(state);
}

/* ---- what the program printed ---- */

/* The text of a member of the object in this line, "" where it is null. */
static char *member_of(const char *line, const char *name)
{
	char start[32];
	snprintf(start, sizeof start, "\"%s\":\"", name);
	const char *at = strstr(line, start);
	if (!at || at > strchr(line, '\n'))
		return strdup("");
	at += strlen(start);
	return strndup(at, strcspn(at, "\""));
}

static int pairs_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "WAITER<HOLDER ..." of the lines below others, sorted. */
static char *pairs_of(const char *jsonl)
{
	char *pairs[64];
	size_t n = 0;
	struct buf out = {0};
	for (const char *line = jsonl; *line; line = strchr(line, '\n') + 1) {
		char *depth = member_of(line, "depth"), *id = member_of(line, "id"),
		     *holder = member_of(line, "waits_for");
		struct buf pair = {0};
		buf_fmt(&pair, "%s<%s", id, holder);
		assert_true(n < COUNT_OF(pairs));
		if (strcmp(depth, "0") != 0)
			pairs[n++] = buf_take(&pair);
		buf_free(&pair);
		free(depth);
		free(id);
		free(holder);
	}
	qsort((void *)pairs, n, sizeof *pairs, pairs_compare);
	for (size_t i = 0; i < n; i++) {
		buf_fmt(&out, "%s%s", i ? " " : "", pairs[i]);
		free(pairs[i]);
	}
	return buf_take(&out);
}

/* What the server itself says, asked in the test's own words. */
static char *true_pairs(void)
{
	return pg_value(
		"SELECT string_agg(pair, ' ' ORDER BY pair COLLATE \"C\") FROM (SELECT DISTINCT a.pid || '<' || "
		"CASE b WHEN 0 THEN (SELECT gid FROM pg_prepared_xacts) ELSE b::text END AS pair "
		"FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) b) x");
}

static void expect_true_tree(void)
{
	char *wanted = true_pairs();
	struct proc *proc = teller_run("sessions", "--tree", "--format=jsonl");
	proc_expect_status(proc, 0);
	char *found = pairs_of(buf_text(&proc->out));
	assert_string_equal(found, wanted);
	free(wanted);
	free(found);
	proc_free(proc);
}

/* The lines of a table that hold these texts stand one behind the other, and begin with these blanks. */
static void expect_line(const char **at, int depth, int pid)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, "\n%*s%d ", 2 * depth, "", pid);
	const char *found = strstr(*at, wanted);
	if (!found)
		fail_msg("no line \"%s\" in: %s", wanted + 1, *at);
	*at = found + 1;
}

/* ---- the tree ---- */

/* a < b < c are three levels, d waits for the row of a behind b, e for the row of a prepared transaction. */
static void three_levels_and_a_prepared_transaction(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c"),
	       d = crowd_add(crowd, "d"), e = crowd_add(crowd, "e"), p = crowd_add(crowd, "p");
	crowd_run(crowd, p, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_run(crowd, p, "PREPARE TRANSACTION 'pay-7'");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_run(crowd, b, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, c, "UPDATE accounts SET balance = balance WHERE id = 7002");
	crowd_wait(crowd, d, "SELECT balance\n\n  FROM accounts WHERE id = 7001 FOR UPDATE");
	crowd_wait(crowd, e, "UPDATE accounts SET balance = balance WHERE id = 7003");
	expect_true_tree();
	struct proc *proc = teller_run("sessions");
	proc_expect_status(proc, 0);
	const char *at = buf_text(&proc->out);
	expect_line(&at, 0, crowd_pid(crowd, a));
	expect_line(&at, 1, crowd_pid(crowd, b));
	proc_expect_out(proc, "SELECT balance FROM accounts WHERE id = 7001 FOR UPDATE\n");
	proc_expect_out(proc, "idle in transaction ");
	proc_expect_out(proc, "account 7001 ");
	assert_non_null(strstr(at, "\npay-7 "));
	at = strstr(at, "\npay-7 ");
	expect_line(&at, 1, crowd_pid(crowd, e));
	expect_line(&at, 0, crowd_pid(crowd, p)); /* the others come behind the tree */
	assert_null(strstr(at, "\npay-7"));
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	proc = teller_run("sessions", "--tree");
	assert_null(strstr(buf_text(&proc->out), "teller/p"));
	proc_free(proc);
}

/* b waits for a, c waits behind b for a lock that b only wants: both are in the tree. */
static void a_queue_for_a_table(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b"), c = crowd_add(crowd, "c");
	crowd_run(crowd, a, "BEGIN; SELECT balance FROM accounts");
	crowd_wait(crowd, b, "BEGIN; LOCK TABLE accounts");
	crowd_wait(crowd, c, "UPDATE accounts SET balance = balance");
	char *wanted = true_pairs();
	/* The program reads the accounts table, too, when it starts, and would wait in that queue. */
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "--table", "nowhere", "sessions", "--format=jsonl", NULL},
			 NULL, NULL);
	proc_expect_status(proc, 0);
	char *found = pairs_of(buf_text(&proc->out));
	assert_string_equal(found, wanted);
	proc_expect_out(proc, "\"held\",\"wants\":\"table accounts\",\"lock\":\"relation AccessExclusiveLock\"");
	proc_expect_out(proc, "\"ahead\",\"wants\":\"table accounts, in its queue\",\"lock\":\"relation "
			      "RowExclusiveLock\"");
	free(wanted);
	free(found);
	proc_free(proc);
}

static void a_holder_in_another_database(void **state)
{
	struct crowd *crowd = *state;
	pg_exec("CREATE ROLE contended");
	struct pg_session *other = pg_open_at("dbname=postgres application_name=elsewhere");
	pg_run(other, "BEGIN; COMMENT ON ROLE contended IS 'a'");
	size_t b = crowd_add(crowd, "b");
	crowd_wait(crowd, b, "COMMENT ON ROLE contended IS 'b'");
	expect_true_tree();
	struct proc *proc = teller_run("sessions", "--tree");
	proc_expect_out(proc, "elsewhere@postgres");
	proc_free(proc);
	pg_close(other);
	crowd_done(crowd, b);
	pg_exec("DROP ROLE contended");
}

/* What a statement holds that would drive a terminal is written out; programs get all of it, as it is. */
static void formats(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a");
	crowd_run(crowd, a, "BEGIN; SELECT '\x1b[2J', repeat('x', 3000) AS \"a\nb\"");
	struct proc *proc = teller_run("sessions");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "BEGIN; SELECT '\\x1b[2J', repeat('x', 3000) AS \"a b\"");
	proc_free(proc);
	proc = teller_run("sessions", "--json");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"state\":\"idle in transaction\"");
	proc_expect_out(proc, "\"statement\":\"BEGIN; SELECT '\\u001B[2J', repeat('x', 3000) AS \\\"a\\nb\\\"\"}");
	proc_expect_out(proc, "\"ours\":null");
	proc_free(proc);
	proc = teller_run("sessions", "--format=jsonl");
	proc_expect_status(proc, 0);
	assert_int_equal(buf_text(&proc->out)[0], '{');
	proc_free(proc);
	proc = teller_run("sessions", "--tree");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "nobody waits");
	proc_free(proc);
	proc_expect_all(teller_run("sessions", "--watch", "0"), 1, "", "--watch");
	proc_expect_all(teller_run("sessions", "ends", "7"), 1, "", "unknown word \"ends\"");
	proc_expect_all(teller_run("sessions", "end"), 1, "", "sessions end needs the PID");
}

/* The names are for all to see; what a session does is not, and the sentence says what would help. */
static void a_role_without_rights(void **state)
{
	struct crowd *crowd = *state;
	static const char *const env[] = {"PGUSER=nobody_at_all", NULL};
	size_t a = crowd_add(crowd, "a");
	crowd_run(crowd, a, "BEGIN; SELECT 'a secret'");
	pg_exec("DO $$BEGIN CREATE ROLE nobody_at_all LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
	struct proc *proc = proc_run((const char *const[]){proc_teller(), "sessions", NULL}, env, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "teller/a ");
	proc_expect_out(proc, "state hidden");
	assert_null(strstr(buf_text(&proc->out), "a secret"));
	proc_expect_err(proc, "that needs pg_read_all_stats");
	proc_expect_err(proc, "GRANT pg_read_all_stats TO nobody_at_all\n");
	proc_free(proc);
	proc = proc_start((const char *const[]){proc_teller(), "sessions", "--watch=1", NULL}, env, NULL);
	proc_wait_output(proc, "GRANT pg_read_all_stats TO nobody_at_all\n"); /* on top of each list */
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	pg_exec("GRANT pg_read_all_stats TO nobody_at_all");
	proc = proc_run((const char *const[]){proc_teller(), "sessions", NULL}, env, NULL);
	proc_expect_out(proc, "a secret");
	proc_free(proc);
	char pid[16];
	snprintf(pid, sizeof pid, "%d", crowd_pid(crowd, a));
	proc = proc_run((const char *const[]){proc_teller(), "sessions", "end", pid, "--yes", NULL}, env, NULL);
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "(42501)");
	proc_free(proc);
	pg_expect("1", "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%a secret%' AND state <> 'active'");
	pg_exec("DROP ROLE nobody_at_all");
}

/* ---- again and again ---- */

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

/* Without a terminal one list follows the other; what is new is in the next one; ^C ends it. */
static void watch_prints_again(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "first");
	struct proc *proc =
		proc_start((const char *const[]){proc_teller(), "sessions", "--watch", "1", NULL}, NULL, NULL);
	proc_wait_output(proc, "teller/first ");
	assert_null(strstr(buf_text(&proc->out), "teller/second"));
	crowd_add(crowd, "second");
	proc_wait_output(proc, "teller/second ");
	assert_true(count_of(buf_text(&proc->out), "  every 1 s  ") >= 2);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	(void)a;
}

/* ---- one of them ---- */

static const char *pid_of(const struct crowd *crowd, size_t session)
{
	static char text[2][16];
	static int next;
	next = !next;
	snprintf(text[next], sizeof text[next], "%d", crowd_pid(crowd, session));
	return text[next];
}

static void one_is_shown(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts\nSET balance = balance WHERE id = 7001");
	struct proc *proc = teller_run("sessions", "show", pid_of(crowd, b));
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "waits for   teller/a ");
	proc_expect_out(proc, "idle in transaction ");
	proc_expect_out(proc, ", holds account 7001\n");
	proc_expect_out(proc, "\nUPDATE accounts\nSET balance = balance WHERE id = 7001\n");
	proc_free(proc);
	proc = teller_run("sessions", "show", pid_of(crowd, a));
	proc_expect_out(proc, "keeps       teller/b ");
	proc_free(proc);
	proc_expect_all(teller_run("sessions", "show", "2147483647"), 3, "", "there is no session 2147483647");
}

/* Nothing is done without a yes, nor to one that runs nothing, nor to another one that has the number. */
static void one_is_cancelled(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	proc_expect_all(teller_run("sessions", "cancel", pid_of(crowd, b)), 1, "", "sessions asks first");
	proc_expect_all(teller_run("sessions", "cancel", pid_of(crowd, b), "--yes", "--read-only"), 3, "",
			"not available with --read-only");
	proc_expect_all(teller_run("sessions", "cancel", pid_of(crowd, a), "--yes"), 3, "", "runs no statement");
	proc_expect_all(teller_run("sessions", "end", pid_of(crowd, a), "--start=1", "--yes"), 3, "",
			"that session has gone, and teller/a ");
	pg_expect("1", "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'");
	struct proc *proc = teller_run("sessions", "cancel", pid_of(crowd, b), "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "the server was asked to cancel the statement of teller/b ");
	proc_free(proc);
	crowd_done(crowd, b);
	assert_true(crowd->failed[b]);
}

/* The holder is ended after a yes, and who waited goes on. */
static void one_is_ended(void **state)
{
	struct crowd *crowd = *state;
	size_t a = crowd_add(crowd, "a"), b = crowd_add(crowd, "b");
	char line[64];
	crowd_run(crowd, a, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	crowd_wait(crowd, b, "UPDATE accounts SET balance = balance WHERE id = 7001");
	snprintf(line, sizeof line, "sessions end %s\nno\n", pid_of(crowd, a));
	struct proc *proc = proc_run((const char *const[]){proc_teller(), NULL}, NULL, line);
	proc_expect_err(proc, "review: end the session teller/a ");
	proc_expect_err(proc, "holds account 7001, 1 session waits for it; statement: BEGIN; UPDATE accounts ");
	proc_expect_err(proc, "What it has not committed is rolled back");
	proc_expect_err(proc, "nothing was changed");
	proc_free(proc);
	snprintf(line, sizeof line, "sessions end %s\nyes\n", pid_of(crowd, a));
	proc = proc_run((const char *const[]){proc_teller(), NULL}, NULL, line);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "the server was asked to end the session teller/a ");
	proc_free(proc);
	crowd_done(crowd, b);
	assert_false(crowd->failed[b]);
}

static void a_prepared_transaction_has_no_session(void **state)
{
	struct crowd *crowd = *state;
	size_t p = crowd_add(crowd, "p");
	crowd_run(crowd, p, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7003");
	crowd_run(crowd, p, "PREPARE TRANSACTION 'pay-7'");
	proc_expect_all(teller_run("sessions", "end", "pay-7", "--yes"), 3, "",
			"pay-7 is a prepared transaction, without a session: COMMIT PREPARED or ROLLBACK PREPARED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(three_levels_and_a_prepared_transaction, crowd_setup,
						sessions_teardown),
		cmocka_unit_test_setup_teardown(a_queue_for_a_table, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(a_holder_in_another_database, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(formats, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(a_role_without_rights, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(watch_prints_again, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(one_is_shown, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(one_is_cancelled, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(one_is_ended, crowd_setup, sessions_teardown),
		cmocka_unit_test_setup_teardown(a_prepared_transaction_has_no_session, crowd_setup, sessions_teardown),
	};
	return cmocka_run_group_tests(tests, crowd_server, crowd_no_server);
}
