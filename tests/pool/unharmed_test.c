/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever teller does through a transaction-mode pool, the pool's other clients find their sessions as if it had never
 * been there. */
#include <errno.h>
#include <libpq-fe.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/spawn.h"

enum { MOST = 4, SESSIONS = 8 /* a lesson has several, beside teller's own */ };

static struct pooled pooled;
static int pool_size;

/* ---- an application ---- */

/* What a session says of itself in one line. What PgBouncer itself sets for each client it takes from one to the next
 * is left out of the list of settings: application_name, client_encoding and the like are asked for one by one, and
 * have to be this client's own. */
static const char state_sql[] =
	"SELECT concat_ws(', ',"
	" 'settings of the session: ' || (SELECT string_agg(name || ' = ' || setting, ', ') FROM pg_settings"
	"  WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone',"
	"  'standard_conforming_strings')),"
	" 'default_transaction_read_only ' || nullif(current_setting('default_transaction_read_only'), 'off'),"
	" 'search_path ' || nullif(current_setting('search_path'), '\"$user\", public'),"
	" 'isolation ' || nullif(current_setting('default_transaction_isolation'), 'read committed'),"
	" 'client_encoding ' || nullif(current_setting('client_encoding'), 'LATIN1'),"
	" 'application_name ' || nullif(current_setting('application_name'), 'shop'),"
	" 'jit ' || nullif(current_setting('jit'), 'on'),"
	" 'role ' || nullif(current_setting('role'), 'none'),"
	" 'statement_timeout ' || nullif(current_setting('statement_timeout'), '0'),"
	" 'lock_timeout ' || nullif(current_setting('lock_timeout'), '0'),"
	" 'prepared: ' || (SELECT string_agg(name || ' ' || statement, '; ') FROM pg_prepared_statements),"
	" 'cursors: ' || (SELECT string_agg(name, ', ') FROM pg_cursors WHERE is_holdable),"
	" 'listens: ' || (SELECT string_agg(c, ', ') FROM pg_listening_channels() AS c),"
	" 'temporary: ' || (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = pg_my_temp_schema()),"
	" 'advisory locks: ' || (SELECT nullif(count(*), 0) FROM pg_locks WHERE locktype = 'advisory'))";

static PGresult *ask(PGconn *conn, const char *sql, const char *after)
{
	PGresult *result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("after %s an application gets: %s", after, PQerrorMessage(conn));
	return result;
}

static void tell(PGconn *conn, const char *sql, const char *after)
{
	PQclear(ask(conn, sql, after));
}

/* As many transactions at once as the pool has backends: each of them is on another one. */
static void expect_unharmed(const char *after)
{
	PGconn *shop[SESSIONS];
	char target[300];
	snprintf(target, sizeof target, "%s application_name=shop client_encoding=LATIN1 connect_timeout=10",
		 pooled_target(&pooled));
	for (int i = 0; i < pool_size; i++) {
		shop[i] = PQconnectdb(target);
		tell(shop[i], "BEGIN", after);
	}
	for (int i = 0; i < pool_size; i++) {
		PGresult *result = ask(shop[i], state_sql, after);
		if (PQgetvalue(result, 0, 0)[0])
			fail_msg("after %s an application finds: %s", after, PQgetvalue(result, 0, 0));
		PQclear(result);
		tell(shop[i], "INSERT INTO orders VALUES (default)", after);
	}
	for (int i = 0; i < pool_size; i++) {
		tell(shop[i], "COMMIT", after);
		PQfinish(shop[i]);
	}
}

/* ---- what teller does ---- */

struct command {
	const char *words[8]; /* behind teller, ended by NULL */
	int status;           /* that it has to end with; -1: it may want something, or be refused */
};

static const struct command commands[] = {
	{{"list", "--limit", "5"}, 0},
	{{"list", "--sort", "balance", "--where", "balance > 10"}, 0},
	{{"show", "7001"}, 0},
	{{"count"}, 0},
	{{"count", "--about"}, 0},
	{{"conninfo"}, 0},
	{{"doctor"}, 6}, /* the suite's server does not force its writes to disk */
	{{"transfer", "7001", "7002", "5", "--yes"}, 0},
	{{"transfer", "7001", "7002", "5", "--yes", "--wire=step"}, 0},
	{{"transfer", "7001", "7002", "5", "--yes", "--wire=oneshot"}, 0},
	{{"transfer", "7001", "7002", "5", "--dry-run"}, 0},
	{{"transfer", "7001", "7002", "999999", "--yes"}, 3},
	{{"-c", "inject 1", "-c", "transfer 7001 7002 5 --yes"}, 0},
	{{"ledger"}, 0},
	{{"settle", "01234567-89ab-cdef-0123-456789abcdef"},
	 -1}, /* 3, or 5 where an idle session of the pool still has a teller's name */
	{{"export", "-"}, 0},
	{{"verify"}, 0},
	{{"create", "5", "--yes"}, 0},
	{{"create", "5", "--copy", "--yes"}, 0},
	{{"--read-only", "list"}, 0},
};

static const struct command lessons[] = {
	{{"lab", "run", "first-transfer"}, -1},
	{{"lab", "run", "lost-update"}, -1},
	{{"lab", "run", "deadlock"}, -1},
};

static void run_one(const struct command *command)
{
	const char *argv[12] = {proc_teller()};
	char after[160] = "";
	for (size_t i = 0; command->words[i]; i++) {
		argv[i + 1] = command->words[i];
		snprintf(after + strlen(after), sizeof after - strlen(after), "%s%s", i ? " " : "", command->words[i]);
	}
	printf("# teller %s\n", after);
	struct proc *proc = proc_run(argv, NULL, NULL);
	expect_unharmed(after);
	if (command->status >= 0)
		proc_expect_status(proc, command->status);
	proc_free(proc);
}

static void run_verbs(void)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		run_one(&commands[i]);
	assert_int_equal(pg_ask(pooled.direct, "SELECT sum(amount) FROM transfers WHERE amount = 5") % 5, 0);
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM orders"),
			 (int64_t)(pool_size * (int)(sizeof commands / sizeof *commands)));
}

static void the_verbs(void **state)
{
	(void)state;
	run_verbs();
}

static void the_lessons(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++)
		run_one(&lessons[i]);
}

/* Each alone, so that one that does harm does not hide the next. */
static void list_alone(void **state)
{
	(void)state;
	run_one(&(struct command){{"list"}, 0});
}

static void conninfo_alone(void **state)
{
	(void)state;
	run_one(&(struct command){{"conninfo"}, 0});
}

static void transfer_alone(void **state)
{
	(void)state;
	run_one(&(struct command){{"transfer", "7001", "7002", "5", "--yes"}, 0});
	pooled_expect_balance(&pooled, "accounts", 7002, 1005);
}

static void read_only_alone(void **state)
{
	(void)state;
	run_one(&(struct command){{"--read-only", "list"}, 0});
}

/* Ended while it reads, by each way out. */
static void ended_by_signals(void **state)
{
	(void)state;
	static const int signals[] = {SIGINT, SIGTERM, SIGKILL};
	for (size_t i = 0; i < 3; i++) {
		struct pg_session *locker = pg_open();
		pg_run(locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
		const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "5", "--yes", NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		while (pg_ask(pooled.direct, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") ==
		       0)
			if (spawn_ended(proc->pid, &proc->status)) {
				proc->pid = 0;
				break;
			}
		if (proc->pid)
			proc_signal(proc, signals[i]);
		pg_run(locker, "ROLLBACK");
		pg_close(locker);
		proc_wait(proc);
		proc_free(proc);
		expect_unharmed(strsignal(signals[i]));
	}
}

/* The console stays, and what it reads again is read beside the others. */
static void the_console(void **state)
{
	struct term *term = console_open(state, 24, 80);
	expect_unharmed("the console's start");
	term_type(term, "<End><Home><Down>");
	term_expect(term, "> 7002");
	expect_unharmed("browsing");
	term_type(term, ":transfer 7001 7002 5 --yes<Enter>");
	term_expect(term, "moved 5 from 7001 to 7002");
	expect_unharmed("a transfer in the console");
	term_type(term, ":conninfo<Enter>");
	term_type(term, ":ledger<Enter>");
	term_settle(term);
	expect_unharmed("the ledger in the console");
	term_type(term, ":quit<Enter>");
	term_expect_exit(term, 0);
	expect_unharmed("the console");
}

/* What the others say about a pool where teller never was, and where the pooler itself resets sessions. */
static void no_harm_without_teller(void **state)
{
	(void)state;
	expect_unharmed("nothing");
}

/* ---- around the tests ---- */

static int setup(const char *mode, int size)
{
	pool_size = size;
	pooled_open(&pooled, 30,
		    &(struct pooler_options){.mode = mode, .size = size, .more = "query_wait_timeout = 10"});
	pg_run(pooled.direct, "CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY)");
	return 0;
}

static int of_one(void **state)
{
	(void)state;
	return setup("transaction", 1);
}

static int of_four(void **state)
{
	(void)state;
	return setup("transaction", MOST);
}

static int of_sessions(void **state)
{
	(void)state;
	return setup("session", SESSIONS);
}

static int teardown(void **state)
{
	(void)state;
	pooled_close(&pooled);
	return 0;
}

static int teardown_console(void **state)
{
	term_teardown(state);
	return teardown(state);
}

#define TEST(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		TEST(no_harm_without_teller, of_four),
		TEST(list_alone, of_one),
		TEST(conninfo_alone, of_one),
		TEST(transfer_alone, of_one),
		TEST(read_only_alone, of_one),
		{"the_verbs_in_a_pool_of_four", the_verbs, of_four, teardown, NULL},
		{"the_verbs_in_a_pool_of_one", the_verbs, of_one, teardown, NULL},
		{"the_verbs_in_session_mode", the_verbs, of_sessions, teardown, NULL},
		TEST(the_lessons, of_four),
		TEST(ended_by_signals, of_four),
		cmocka_unit_test_setup_teardown(the_console, of_four, teardown_console),
	};
	return cmocka_run_group_tests_name("pool/unharmed", tests, NULL, NULL);
}
