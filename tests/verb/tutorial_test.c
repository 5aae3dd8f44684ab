/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial as a program: its lines from CREATE TABLE on, its count, retries as they happen, and tables it did not
 * make. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int empty(void **state)
{
	(void)state;
	pg_fresh_database("verb_tutorial", NULL);
	return 0;
}

/* ---- shapes ---- */

/* What differs from run to run as one letter: dates D, ids and balances 9. */
static char *shape(const char *text)
{
	static const char date[] = "9999-99-99 99:99:99,999 INFO";
	struct buf out = {0};
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		bool dated = n > sizeof date;
		for (size_t i = 0; dated && i < sizeof date - 1; i++)
			dated = isdigit((unsigned char)line[i]) ? date[i] == '9' : date[i] == line[i];
		const char *p = dated ? line + strlen("9999-99-99 99:99:99,999") : line;
		buf_str(&out, dated ? "D" : "");
		for (; p < line + n; p++) {
			bool value = isdigit((unsigned char)*p) && p > line && strchr(" 0123456789", p[-1]) &&
				     !strstr(line, "display");
			if (!value)
				buf_char(&out, *p);
			else if (!isdigit((unsigned char)p[-1]))
				buf_char(&out, '9');
		}
		buf_char(&out, '\n');
		line += n + (line[n] == '\n');
	}
	return buf_take(&out);
}

/* The first line of the sets as they should be, and what follows them. */
static const char *skip_sets(const char *line)
{
	static const char middle[] = "}  ... displaying 10 of 100 total bound parameter sets ...  {'id': ";
	size_t n = strcspn(line, "\n");
	char *sets = mem_dup_n(line, n);
	unsigned shown = 0;
	assert_memory_equal(sets, "D INFO sqlalchemy.engine.base.Engine ({'id': ", 44);
	assert_non_null(strstr(sets, middle));
	for (const char *p = sets; (p = strstr(p, "{'id': ")) != NULL; p++)
		shown++;
	assert_int_equal(shown, 10);
	assert_memory_equal(sets + n - 2, "})", 2);
	free(sets);
	return line + n + 1;
}

#define ENGINE "D INFO sqlalchemy.engine.base.Engine"
#define LINE(text) ENGINE " " text "\n"

static const char until_insert[] =
	ENGINE "\n"
	       "CREATE TABLE accounts (\n"
	       "\tid SERIAL NOT NULL,\n"
	       "\tbalance INTEGER,\n"
	       "\tPRIMARY KEY (id)\n"
	       ")\n"
	       "\n"
	       "\n" LINE("{}") LINE("COMMIT") LINE("BEGIN (implicit)") LINE("SAVEPOINT cockroach_restart") LINE("{}")
		       LINE("INSERT INTO accounts (id, balance) VALUES (%(id)s, %(balance)s)");

static const char after_insert[] = LINE("RELEASE SAVEPOINT cockroach_restart") LINE("{}") LINE("COMMIT")
	LINE("BEGIN (implicit)") LINE("SAVEPOINT cockroach_restart") LINE("{}") ENGINE
	" SELECT accounts.id AS accounts_id, accounts.balance AS accounts_balance\n"
	"FROM accounts\n"
	"WHERE accounts.id = %(id_1)s\n" LINE("{'id_1': 9}")
		LINE("UPDATE accounts SET balance=%(balance)s WHERE accounts.id = %(accounts_id)s")
			LINE("{'balance': 9, 'accounts_id': 9}")
				LINE("UPDATE accounts SET balance=(accounts.balance + %(balance_1)s) WHERE "
				     "accounts.id = %(id_1)s") LINE("{'balance_1': 9, 'id_1': 9}")
					LINE("RELEASE SAVEPOINT cockroach_restart") LINE("{}") LINE("COMMIT")
						LINE("SELECT COUNT(*) FROM accounts") LINE("{}") " count\n"
												 "-------\n"
												 "   9\n"
												 "(1 row)\n";

/* ---- tests ---- */

static void it_prints_what_the_tutorial_prints(void **state)
{
	(void)state;
	struct proc *proc = teller_run("tutorial", "--yes");
	proc_expect_status(proc, 0);
	char *lines = shape(buf_text(&proc->out));
	const char *create = strstr(lines, ENGINE "\nCREATE");
	assert_non_null(create);
	char *first = mem_dup_n(create, sizeof until_insert - 1);
	assert_string_equal(first, until_insert);
	assert_string_equal(skip_sets(create + sizeof until_insert - 1), after_insert);
	free(first);
	free(lines);
	assert_non_null(strstr(proc->out.p, "\n   100\n(1 row)\n"));
	proc_expect_err(proc, "added 100 accounts; moved ");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 100);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance NOT BETWEEN 0 AND 2000000"), 0);
	proc_free(proc);
}

/* What it prints was really moved: the numbers of its lines are those of the table. */
static void its_numbers_are_true(void **state)
{
	(void)state;
	struct proc *proc = teller_run("tutorial", "--accounts", "2", "--yes");
	proc_expect_status(proc, 0);
	const char *debit = strstr(proc->out.p, "{'balance': "), *credit = strstr(proc->out.p, "{'balance_1': ");
	long rest = 0, source = 0, amount = 0, destination = 0;
	assert_int_equal(sscanf(debit, "{'balance': %ld, 'accounts_id': %ld}", &rest, &source), 2);
	assert_int_equal(sscanf(credit, "{'balance_1': %ld, 'id_1': %ld}", &amount, &destination), 2);
	assert_true(rest == amount || rest == amount + 1);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = %ld", source), rest);
	assert_true(pg_number("SELECT balance FROM accounts WHERE id = %ld", destination) >= amount);
	assert_int_not_equal(source, destination);
	proc_free(proc);
}

static void three_times_are_three_hundred(void **state)
{
	(void)state;
	for (int i = 1; i <= 3; i++) {
		char count[32];
		struct proc *proc = teller_run("tutorial", "--yes");
		proc_expect_status(proc, 0);
		snprintf(count, sizeof count, "\n   %d\n(1 row)\n", 100 * i);
		assert_non_null(strstr(proc->out.p, count));
		assert_int_equal(strstr(proc->out.p, "CREATE TABLE") != NULL, i == 1);
		assert_int_equal(strstr(proc->out.p, "Engine SELECT id from accounts LIMIT 100000\n") != NULL, i > 1);
		proc_free(proc);
	}
}

static void retries_are_shown_as_they_happen(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "inject 1", "-c", "tutorial --accounts 5 --yes");
	proc_expect_status(proc, 0);
	const char *rollback = strstr(proc->out.p, "Engine ROLLBACK\n");
	assert_non_null(rollback);
	const char *again = strstr(rollback, "Engine BEGIN (implicit)\n");
	assert_non_null(again);
	assert_non_null(strstr(again, "Engine SAVEPOINT cockroach_restart\n"));
	proc_expect_err(proc, "attempt 2 of 10");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
	proc_free(proc);
}

/* Nearly all ids that a smallint holds are taken: drawn blindly, 100 free ones would never come. */
static void ids_that_are_there_are_not_drawn(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE accounts (id smallint PRIMARY KEY, balance bigint);"
		"INSERT INTO accounts SELECT i, 1000 FROM generate_series(0, 32600) AS i");
	struct proc *proc = teller_run("tutorial", "--accounts", "100", "--yes");
	proc_expect_status(proc, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 32701);
	proc_free(proc);
	proc = teller_run("tutorial", "--accounts", "100", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "no free id was found");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 32701);
	proc_free(proc);
}

/* An id that another session takes between the read and the insert: all are drawn again. */
static void an_id_that_collides_is_drawn_again(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer); CREATE SEQUENCE once;"
		"CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF nextval('once') = 3 THEN RAISE unique_violation; END IF; RETURN new; END $$;"
		"CREATE TRIGGER clash BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION clash()");
	struct proc *proc = teller_run("tutorial", "--accounts", "5", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "was taken meanwhile; all are drawn again");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
	proc_free(proc);
}

static void other_tables_are_used_as_they_are(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE accounts (id uuid PRIMARY KEY, balance bigint)");
	struct proc *proc = teller_run("tutorial", "--accounts", "12", "--yes");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "displaying 10 of 12 total"));
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 12);
	proc_free(proc);
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id bigint PRIMARY KEY, balance numeric(18,2));"
		"INSERT INTO accounts VALUES (9007199254740993, 12.35)");
	proc = teller_run("tutorial", "--accounts", "12", "--yes");
	proc_expect_status(proc, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 13);
	proc_free(proc);
	pg_exec("CREATE SCHEMA \"the bank\"; CREATE TABLE \"the bank\".\"Accounts\" (\"Id\" text PRIMARY KEY, balance "
		"integer)");
	proc = teller_run("--table", "\"the bank\".\"Accounts\"", "tutorial", "--accounts", "2", "--yes");
	proc_expect_status(proc, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM \"the bank\".\"Accounts\""), 2);
	proc_free(proc);
}

static void failures_are_sentences(void **state)
{
	(void)state;
	struct proc *proc = teller_run("tutorial", "--accounts", "0");
	proc_expect_status(proc, 1);
	proc_free(proc);
	proc = teller_run("tutorial", "--json");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "leave --format out");
	proc_free(proc);
	proc = teller_run("tutorial", "--accounts", "1", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "that takes two accounts");
	proc_free(proc);
	pg_exec("DROP TABLE accounts; CREATE TYPE accounts AS (id integer)");
	proc = teller_run("tutorial", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "already exists (42");
	assert_non_null(strstr(proc->out.p, "Engine ROLLBACK\n"));
	assert_null(strstr(proc->out.p, "COMMIT"));
	proc_free(proc);
	proc = teller_run("--table", "nowhere", "tutorial");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there is no table nowhere");
	proc_free(proc);
	pg_exec("DROP TYPE accounts; CREATE TABLE accounts (id integer PRIMARY KEY, balance double precision)");
	proc = teller_run("tutorial", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "balance");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 0);
	proc_free(proc);
}

/* It has no ledger that could be asked, as the tutorial's program has none. */
static void a_lost_commit_is_unknown(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "inject cut", "-c", "tutorial --accounts 5 --yes");
	proc_expect_status(proc, 5);
	proc_expect_err(proc, "OUTCOME UNKNOWN: it is not known whether its accounts were added");
	proc_free(proc);
	proc = teller_run("-c", "inject cut-before", "-c", "tutorial --accounts 5 --yes");
	proc_expect_status(proc, 0); /* not sent, so it certainly did not commit */
	assert_int_equal(pg_number("SELECT count(*) FROM accounts") % 5, 0);
	proc_free(proc);
}

/* Levers are for what a person does, not for the filling of the private server. */
static void levers_wait_for_the_demo_to_be_filled(void **state)
{
	(void)state;
	struct proc *proc = teller_run("demo", "--accounts", "5", "-c", "inject 1", "-c", "tutorial --accounts 5");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "Engine ROLLBACK\n"));
	proc_free(proc);
}

static void on_a_private_server(void **state)
{
	(void)state;
	struct proc *proc = teller_run("demo", "tutorial");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "CREATE TABLE accounts ("));
	assert_non_null(strstr(proc->out.p, "\n   100\n(1 row)\n"));
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_prints_what_the_tutorial_prints, empty),
		cmocka_unit_test_setup(its_numbers_are_true, empty),
		cmocka_unit_test_setup(three_times_are_three_hundred, empty),
		cmocka_unit_test_setup(retries_are_shown_as_they_happen, empty),
		cmocka_unit_test_setup(ids_that_are_there_are_not_drawn, empty),
		cmocka_unit_test_setup(an_id_that_collides_is_drawn_again, empty),
		cmocka_unit_test_setup(other_tables_are_used_as_they_are, empty),
		cmocka_unit_test_setup(failures_are_sentences, empty),
		cmocka_unit_test_setup(a_lost_commit_is_unknown, empty),
		cmocka_unit_test(levers_wait_for_the_demo_to_be_filled),
		cmocka_unit_test(on_a_private_server),
	};
	return cmocka_run_group_tests_name("verb/tutorial", tests, NULL, NULL);
}
