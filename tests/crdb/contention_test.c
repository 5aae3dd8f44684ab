/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many who write the same four accounts on the translator: with the locking read no transfer has to begin again. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { TELLERS = 4, OTHERS = 2, EACH = 40 };

static struct translator translator;

static int bank(void **state)
{
	(void)state;
	pg_fresh_database("crdb_contention", NULL);
	pg_bank(4);
	pg_exec("UPDATE accounts SET balance = 1000000");
	translator_start(&translator);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

/* ---- clients like pgbench: a unit from one account to another, again and again, begun anew after each conflict ---- */

static bool say(PGconn *conn, const char *sql)
{
	PGresult *result = PQexec(conn, sql);
	bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return ok;
}

static _Noreturn void move_units(unsigned seed)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	char uri[300];
	snprintf(uri, sizeof uri, "postgresql%s", strchr(translator_target(&translator), ':'));
	PGconn *conn = PQconnectdb(uri);
	if (PQstatus(conn) != CONNECTION_OK)
		_exit(1);
	for (;;) {
		char from[100], to[100];
		unsigned a = 7001 + (unsigned)rand_r(&seed) % 4, b = 7001 + (unsigned)rand_r(&seed) % 4;
		snprintf(from, sizeof from, "UPDATE accounts SET balance = balance - 1 WHERE id = %u", a);
		snprintf(to, sizeof to, "UPDATE accounts SET balance = balance + 1 WHERE id = %u", b);
		bool done = say(conn, "BEGIN") && say(conn, from) && say(conn, to) && say(conn, "COMMIT");
		if (!done && !say(conn, "ROLLBACK"))
			_exit(1);
	}
}

static pid_t start_other(unsigned seed)
{
	pid_t pid = fork();
	if (pid == 0)
		move_units(seed);
	return pid;
}

/* ---- tellers ---- */

/* Each goes round the four accounts from another one on, both ways. */
static char *script(unsigned first)
{
	struct buf lines = {0};
	for (unsigned i = 0; i < EACH; i++) {
		unsigned from = (first + i) % 4, to = (from + 1 + i % 3) % 4;
		buf_fmt(&lines, "transfer %u %u 1 --yes\n", 7001 + from, 7001 + to);
	}
	return buf_take(&lines);
}

static struct proc *start_teller(unsigned first, const char *locking)
{
	char *lines = script(first);
	const char *argv[] = {proc_teller(), translator_target(&translator), locking, "--max-attempts=3", "-f", "-",
			      NULL};
	struct proc *proc = proc_start(argv, NULL, lines);
	free(lines);
	return proc;
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

/* Four tellers beside two others. How many transfers were made in a single attempt. */
static unsigned made_at_once(const char *locking)
{
	struct proc *tellers[TELLERS];
	pid_t others[OTHERS];
	unsigned at_once = 0;
	for (unsigned i = 0; i < OTHERS; i++)
		others[i] = start_other(i);
	for (unsigned i = 0; i < TELLERS; i++)
		tellers[i] = start_teller(i, locking);
	for (unsigned i = 0; i < TELLERS; i++) {
		proc_wait(tellers[i]);
		at_once += count(buf_text(&tellers[i]->out), ", 1 attempt");
		if (strcmp(locking, "--locking=off") != 0)
			proc_expect_status(tellers[i], 0);
		proc_free(tellers[i]);
	}
	for (unsigned i = 0; i < OTHERS; i++) {
		kill(others[i], SIGKILL);
		waitpid(others[i], NULL, 0);
	}
	return at_once;
}

static void who_locks_what_is_read_never_begins_again(void **state)
{
	(void)state;
	translator_reset(&translator);
	assert_int_equal(made_at_once("--locking=auto"), TELLERS * EACH);
	assert_true(translator.shared->locking_reads >= TELLERS * EACH);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 4000000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), TELLERS * EACH);
}

/* What it is good for: the same without it. */
static void who_does_not_lock_begins_again(void **state)
{
	(void)state;
	translator_reset(&translator);
	assert_in_range(made_at_once("--locking=off"), 0, TELLERS * EACH - 1);
	assert_int_equal(translator.shared->locking_reads, 0);
	assert_true(translator.shared->conflicts > 0);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 4000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_locks_what_is_read_never_begins_again),
		cmocka_unit_test(who_does_not_lock_begins_again),
	};
	return cmocka_run_group_tests(tests, bank, no_bank);
}
