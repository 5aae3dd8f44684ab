/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb create: exactly so many accounts, whatever the ids and the server's limits; whole chunks only when it is
 * stopped. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_create", NULL);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; DROP SEQUENCE IF EXISTS calls");
	pg_bank(0);
	return 0;
}

static void expect_done(struct proc *proc, const char *told)
{
	proc_expect_status(proc, 0);
	proc_expect_err(proc, told);
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
}

static void so_many(void **state)
{
	(void)state;
	expect_done(teller_run("create", "1"), "created 1 account in ");
	expect_done(teller_run("create", "2500"), "created 2500 accounts in ");
	expect_done(teller_run("create", "12000"), "created 12000 accounts in ");
	expect_done(teller_run("create", "3000", "--copy", "--chunk", "700"), "created 3000 accounts in ");
	expect_done(teller_run("create", "11000", "--insert", "--chunk", "5000"), "created 11000 accounts in ");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 28501);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE id BETWEEN 0 AND 999999999"
				   " AND balance BETWEEN 0 AND 999999"),
			 28501);
}

/* One transaction a chunk: what they leave behind is their number. */
static void chunks_are_transactions(void **state)
{
	(void)state;
	expect_done(teller_run("create", "2500"), "created");
	assert_int_equal(pg_number("SELECT count(DISTINCT xmin::text) FROM accounts"), 3);
	expect_done(teller_run("create", "2500", "--copy", "--chunk", "500"), "created");
	assert_int_equal(pg_number("SELECT count(DISTINCT xmin::text) FROM accounts"), 8);
}

static void the_same_seed_draws_again(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		expect_done(teller_run("--seed", "7", "create", "1500"), "created 1500");
		expect_done(teller_run("--seed", "7", "create", "30000", "--copy", "--chunk", "10000"),
			    "created 30000");
	}
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 3 * 31500);
}

static void columns_of_every_type(void **state)
{
	(void)state;
	static const char *const columns[] = {
		"id int2 PRIMARY KEY, balance int2",
		"id int8 PRIMARY KEY, balance int8",
		"id uuid PRIMARY KEY, balance numeric(18,2)",
		"id text PRIMARY KEY, balance numeric(5,2) NOT NULL",
		"balance int, id varchar(20) PRIMARY KEY, note text DEFAULT 'x'",
	};
	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		pg_exec("DROP TABLE accounts; CREATE TABLE accounts (%s)", columns[i]);
		expect_done(teller_run("create", "900"), "created 900 ");
		expect_done(teller_run("create", "12000", "--copy", "--chunk", "5000"), "created 12000 ");
		assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 12900);
	}
	/* Of 32768 ids 12900 are taken. */
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id int2 PRIMARY KEY, balance int2)");
	expect_done(teller_run("create", "32768", "--copy"), "created 32768 ");
	struct proc *proc = teller_run("create", "2");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "created none of 2 accounts: no free ids were found for 2 of 2 accounts");
	proc_free(proc);
}

/* The server takes up to 300 accounts a transaction, and says it with that code. */
static void limit_transactions(const char *sqlstate)
{
	pg_exec("CREATE OR REPLACE FUNCTION too_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" PERFORM set_config('own.n', (coalesce(nullif(current_setting('own.n', true), ''), '0')::int +"
		"  (SELECT count(*) FROM added))::text, true);"
		" IF current_setting('own.n')::int > 300 THEN"
		"  RAISE EXCEPTION 'too much' USING ERRCODE = '%s'; END IF; RETURN NULL; END $$;"
		"DROP TRIGGER IF EXISTS too_many ON accounts;"
		"CREATE TRIGGER too_many AFTER INSERT ON accounts REFERENCING NEW TABLE AS added"
		" EXECUTE FUNCTION too_many()",
		sqlstate);
}

static void too_large_chunks_are_halved(void **state)
{
	(void)state;
	static const char *const codes[] = {"53400", "54000", "53200"};
	static const char *const ways[] = {"--insert", "--copy"};
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		limit_transactions(codes[i]);
		for (size_t k = 0; k < COUNT_OF(ways); k++) {
			pg_exec("TRUNCATE accounts");
			struct proc *proc = teller_run("create", "1500", "--chunk", "1000", ways[k]);
			proc_expect_err(proc, "1000 accounts are too many for one transaction");
			proc_expect_err(proc, "going on with 250");
			expect_done(proc, "created 1500 accounts");
			assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 1500);
			assert_int_equal(pg_number("SELECT count(DISTINCT xmin::text) FROM accounts"), 6);
		}
	}
}

/* Raised by the server once, as a conflict would be. */
static void a_chunk_is_retried(void **state)
{
	(void)state;
	pg_exec("CREATE SEQUENCE calls; CREATE OR REPLACE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF nextval('calls') IN (2, 4) THEN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END IF;"
		" RETURN NULL; END $$;"
		"CREATE TRIGGER once AFTER INSERT ON accounts EXECUTE FUNCTION once()");
	expect_done(teller_run("create", "3000", "--copy", "--chunk", "1000"), "created 3000 accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 3000);
	assert_int_equal(pg_number("SELECT last_value FROM calls"), 5);
}

static void a_failure_tells_what_was_kept(void **state)
{
	(void)state;
	pg_exec("CREATE SEQUENCE calls; CREATE OR REPLACE FUNCTION third() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF nextval('calls') = 3 THEN RAISE EXCEPTION 'enough'; END IF; RETURN NULL; END $$;"
		"CREATE TRIGGER third AFTER INSERT ON accounts EXECUTE FUNCTION third()");
	struct proc *proc = teller_run("create", "3000", "--copy", "--chunk", "700");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "created 1400 of 3000 accounts, which are kept: ");
	proc_expect_err(proc, "enough");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 1400);
}

/* Row-level security is one of the things that COPY does not go with (0A000). */
static void without_copy_it_goes_by_insert(void **state)
{
	(void)state;
	pg_exec("DROP ROLE IF EXISTS create_clerk; CREATE ROLE create_clerk LOGIN;"
		"GRANT ALL ON accounts TO create_clerk; ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;"
		"CREATE POLICY all_of_it ON accounts USING (true)");
	struct proc *proc = teller_run("-U", "create_clerk", "create", "2500", "--copy");
	proc_expect_err(proc, "0A000");
	expect_done(proc, "created 2500 accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2500);
	pg_exec("DROP OWNED BY create_clerk; DROP ROLE create_clerk");
}

/* A chunk is stopped at its end by a lock; ^C then. */
static void interrupt(const char *way, int chunk)
{
	char size[16], told[80];
	snprintf(size, sizeof size, "%d", chunk);
	pg_exec("CREATE OR REPLACE FUNCTION wait_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF nextval('calls') > %d THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN NULL; END $$;"
		"DROP SEQUENCE IF EXISTS calls; CREATE SEQUENCE calls; TRUNCATE accounts;"
		"DROP TRIGGER IF EXISTS wait_at ON accounts;"
		"CREATE TRIGGER wait_at AFTER INSERT ON accounts EXECUTE FUNCTION wait_at()",
		strcmp(way, "--copy") == 0 ? 3 : 3 * chunk / 100);
	struct pg_session *holder = pg_open();
	pg_run(holder, "SELECT pg_advisory_lock(4711)");
	const char *const argv[] = {proc_teller(), "create", "100000", way, "--chunk", size, NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	pg_until(holder, "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()"
			 " AND wait_event = 'advisory'");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	snprintf(told, sizeof told, "created %d of 100000 accounts, which are kept: cancelled", 3 * chunk);
	proc_expect_err(proc, told);
	proc_free(proc);
	assert_int_equal(pg_ask(holder, "SELECT count(*) FROM accounts"), 3 * chunk);
	pg_close(holder);
}

static void interrupted_it_keeps_whole_chunks(void **state)
{
	(void)state;
	interrupt("--insert", 1000);
	interrupt("--copy", 1000);
	interrupt("--copy", 20000);
}

static void wrong_words(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"create",
		"create 0",
		"create x",
		"create -1",
		"create 5 6",
		"create 5 --chunk 0",
		"create 5 --copy --insert",
		"create 5 --chunk",
		"create 5 --chunk 1000000",
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proc *proc = teller_run("-c", lines[i]);
		proc_expect_status(proc, 1);
		proc_free(proc);
	}
	struct proc *proc = teller_run("--read-only", "create", "5");
	proc_expect_status(proc, 3);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(so_many, bank),
		cmocka_unit_test_setup(chunks_are_transactions, bank),
		cmocka_unit_test_setup(the_same_seed_draws_again, bank),
		cmocka_unit_test_setup(columns_of_every_type, bank),
		cmocka_unit_test_setup(too_large_chunks_are_halved, bank),
		cmocka_unit_test_setup(a_chunk_is_retried, bank),
		cmocka_unit_test_setup(a_failure_tells_what_was_kept, bank),
		cmocka_unit_test_setup(without_copy_it_goes_by_insert, bank),
		cmocka_unit_test_setup(interrupted_it_keeps_whole_chunks, bank),
		cmocka_unit_test_setup(wrong_words, bank),
	};
	return cmocka_run_group_tests_name("verb/create", tests, own_database, NULL);
}
