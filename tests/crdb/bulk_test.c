/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create and import on the translator: never more rows in a transaction than CockroachDB takes well, and whole chunks
 * only when they are stopped. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/spawn.h"

enum { AT_MOST = 5000 };

static struct translator translator;

#define crdb(...) teller_run(translator_target(&translator), __VA_ARGS__)

static int database(void **state)
{
	(void)state;
	pg_fresh_database("crdb_bulk", NULL);
	translator_start(&translator);
	return 0;
}

static int no_database(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(0);
	translator_reset(&translator);
	return 0;
}

static void check_made(struct proc *proc, long rows, const char *told)
{
	proc_expect_status(proc, 0);
	proc_expect_err(proc, told);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), rows);
	assert_in_range(translator.shared->most_rows, 1, AT_MOST);
}

static void many_accounts_are_made_in_small_transactions(void **state)
{
	(void)state;
	check_made(crdb("create", "200000"), 200000, "created 200000 accounts");
	assert_int_equal(translator.shared->most_rows, AT_MOST);
}

/* What is asked for is no more than an upper limit, and that it was not followed is said. */
static void a_chunk_that_is_too_large_is_not_followed(void **state)
{
	(void)state;
	static const char said[] = "5000 accounts a transaction, not 20000: CockroachDB is slow with more";
	struct proc *proc = crdb("create", "12000", "--copy", "--chunk", "20000");
	proc_expect_err(proc, said);
	check_made(proc, 12000, "created 12000 accounts");
	proc = crdb("create", "12000", "--insert", "--chunk", "20000");
	proc_expect_err(proc, said);
	check_made(proc, 24000, "created 12000 accounts");
	proc = crdb("create", "900", "--chunk", "300");
	assert_null(strstr(buf_text(&proc->err), "a transaction"));
	check_made(proc, 24900, "created 900 accounts");
}

static void an_import_is_made_in_small_transactions(void **state)
{
	(void)state;
	char path[200];
	snprintf(path, sizeof path, "%s/many.csv", getenv("TMPDIR"));
	FILE *csv = fopen(path, "w");
	assert_non_null(csv);
	fputs("id,balance\n", csv);
	for (int i = 1; i <= 12000; i++)
		fprintf(csv, "%d,1\n", i);
	fclose(csv);
	check_made(crdb("import", "--chunk=20000", path), 12000, "imported 12000 accounts");
}

/* A process of the server that has just lost its client is on its way out; one that waits for the lock is not. */
static void expect_nothing_runs(struct pg_session *holder, int tries_most)
{
	static const char sql[] = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND datname = "
				  "current_database() AND pid <> pg_backend_pid()";
	for (int tries = 0; pg_ask(holder, "%s", sql) != 0; tries++) {
		assert_true(tries < tries_most);
		poll(NULL, 0, 10);
	}
}

/* What was told is what is there, and nothing goes on. `also` is what else the program is asked
 * for, `event` what its log has to say of another connection (NULL: nothing). */
static void check_stopped(struct pg_session *holder, const char *also, const char *event)
{
	const char *create[] = {proc_teller(), translator_target(&translator), "create", "200000", also, "--echo=plain",
				NULL};
	struct proc *proc = proc_start(create, NULL, NULL);
	struct deadline deadline = deadline_in(60000);
	while (pg_ask(holder, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
			      " AND wait_event = 'advisory'") == 0) {
		assert_false(proc_ended(proc, 10)); /* reads what it says, or it would wait for a reader */
		assert_true(deadline_left(deadline));
	}
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	assert_int_equal(proc->status, 130);
	proc_expect_err(proc, "created 10000 of 200000 accounts, which are kept: cancelled");
	assert_int_equal(strstr(buf_text(&proc->err), "what was to be cancelled goes on") != NULL, event != NULL);
	if (event)
		proc_expect_err(proc, event);
	proc_free(proc);
	assert_int_equal(pg_ask(holder, "SELECT count(*) FROM accounts"), 2 * AT_MOST);
	expect_nothing_runs(holder, event ? 500 : 0);
}

/* The chunk behind 10,000 accounts waits at its end for a lock that the caller's session has. */
static struct pg_session *hold_third_chunk(void)
{
	pg_exec("CREATE OR REPLACE FUNCTION wait_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF (SELECT count(*) FROM accounts) > %d THEN PERFORM pg_advisory_xact_lock(4711); END IF;"
		" RETURN NULL; END $$;"
		"CREATE TRIGGER wait_at AFTER INSERT ON accounts EXECUTE FUNCTION wait_at()",
		2 * AT_MOST);
	struct pg_session *holder = pg_open();
	pg_run(holder, "SELECT pg_advisory_lock(4711)");
	return holder;
}

static void stopped_it_leaves_whole_chunks_and_nothing_that_runs(void **state)
{
	(void)state;
	struct pg_session *holder = hold_third_chunk();
	check_stopped(holder, "--copy", NULL);
	assert_int_equal(translator.shared->cancels, 0);
	pg_close(holder);
}

/* As before 22.1: what the request of the protocol does not stop, SQL does. A COPY is not listed, so its session ends;
 * of an INSERT only the statement. */
static void where_requests_to_cancel_are_ignored_it_is_stopped_too(void **state)
{
	(void)state;
	static const char *const ways[] = {"--copy", "--insert"};
	static const char *const events[] = {"another connection sends CANCEL SESSION s",
					     "another connection sends CANCEL QUERY q"};
	for (size_t i = 0; i < 2; i++) {
		bank(NULL);
		translator.shared->uncancelled = true;
		struct pg_session *holder = hold_third_chunk();
		check_stopped(holder, ways[i], events[i]);
		assert_int_equal(translator.shared->cancels, 1);
		pg_close(holder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(many_accounts_are_made_in_small_transactions, bank),
		cmocka_unit_test_setup(a_chunk_that_is_too_large_is_not_followed, bank),
		cmocka_unit_test_setup(an_import_is_made_in_small_transactions, bank),
		cmocka_unit_test_setup(stopped_it_leaves_whole_chunks_and_nothing_that_runs, bank),
		cmocka_unit_test_setup(where_requests_to_cancel_are_ignored_it_is_stopped_too, bank),
	};
	return cmocka_run_group_tests(tests, database, no_database);
}
