/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load on the screen: watched second by second at every size, stopped by a key, checked, and looked at afterwards. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/relay.h"

static int fresh_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

static void before_the_first(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "<F9>");
	term_expect(term, "No load has run yet.");
	term_type(term, "<Esc>");
	term_expect(term, "Accounts");
	console_quit(term);
}

static void begin(struct term *term)
{
	term_type(term, ":load --time 0 --workers 3 --hot 4<Enter>");
	term_expect(term, "make random transfers until it is stopped");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_expect(term, "2 s  read-write by 3 workers among 4 accounts");
}

/* It is stopped by a key, and its checks stand where its workers did. */
static void end(struct term *term)
{
	term_type(term, "c");
	term_expect(term, "Load  is over");
}

static void at_80x24(void **state)
{
	struct term *term = console_open(state, 24, 80);
	begin(term);
	term_expect(term, "committed ");
	term_expect(term, "retries ");
	term_expect(term, "p99 ");
	term_expect(term, "time: server ");
	term_expect(term, "hottest  ");
	term_expect(term, " retries  700"); /* what the figures count */
	term_expect(term, "/s ");
	term_expect(term, " worker                   transfers");
	term_expect(term, "  1 ");
	end(term);
	term_expect(term, "a second; F9 shows all of it");
	term_expect(term, "30000, as expected");
	console_expect_number(term, "SELECT sum(balance) FROM accounts", 30000);
	console_quit(term);
}

static void at_140x45(void **state)
{
	struct term *term = console_open(state, 45, 140);
	begin(term);
	term_expect(term, "hottest  ");
	term_expect(term, "COMMIT"); /* the log is under it */
	end(term);
	console_quit(term);
}

static void at_40x10(void **state)
{
	struct term *term = console_open(state, 10, 40);
	term_type(term, ":load --time 0 --workers 2<Enter>");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_expect(term, "committed ");
	term_type(term, "<Down><Down><Down><Down><Down>");
	term_expect(term, "time: server");
	end(term);
	console_quit(term);
}

/* Other places stay usable meanwhile. */
static void keys_are_answered(void **state)
{
	struct term *term = console_open(state, 24, 80);
	begin(term);
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "<F9>");
	term_expect(term, "Load  runs");
	end(term);
	console_quit(term);
}

/* The next seconds find nobody who counts them. */
static void its_seconds_end_with_it(void **state)
{
	struct term *term = console_open(state, 24, 80);
	begin(term);
	end(term);
	term_expect(term, "30000, as expected");
	pg_expect("t", "SELECT pg_sleep(2.2) IS NOT NULL");
	console_expect_number(term, "SELECT sum(balance) FROM accounts", 30000);
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	console_quit(term);
}

/* Until each has its connection the title says what is waited for, and the lanes say for whom. */
static void its_workers_connect_first(void **state)
{
	char host[80];
	struct relay relay;
	relay_start(&relay);
	relay_keep_out(&relay, "teller/load-2");
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){host, NULL}, "7001");
	term_type(term, ":load --count 100 --workers 3<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  connects");
	term_expect(term, "1 idle ");
	term_expect(term, "2 connecting ");
	console_expect_number(term, "SELECT count(*) FROM transfers", 0);
	relay_let_in(&relay);
	term_expect(term, "Load  is over");
	console_expect_number(term, "SELECT count(*) FROM transfers", 100);
	relay_keep_out(&relay, "teller/load-2");
	term_type(term, ":load --count 100 --workers 3<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  connects");
	term_type(term, "c");
	term_expect(term, "cancelled; nothing was moved");
	console_expect_number(term, "SELECT count(*) FROM transfers", 100);
	console_quit(term);
	relay_stop(&relay);
}

static void begin_race(struct term *term, const char *line)
{
	term_type(term, line);
	term_type(term, "<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Race  runs");
}

/* Why they fail is seen while they do. */
static void what_fails_is_explained(void **state)
{
	pg_exec("ALTER TABLE transfers ADD CONSTRAINT large CHECK (amount > 5)");
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":load --time 0 --workers 3<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "Load  runs");
	term_expect(term, "violates check constraint");
	term_type(term, "c");
	term_expect(term, "Load  is over");
	term_expect(term, "no transfer was committed; ");
	begin_race(term, ":load race lock ordered --time 60 --workers 2");
	console_expect_in_order(term, " lock ", " ordered ", "lock: ", "ordered: ");
	term_type(term, "c");
	term_expect(term, "Race  is over");
	console_expect_in_order(term, "FAILED  lock: no transfer was", "FAILED  ordered: no transfer was");
	console_quit(term);
}

/* Whose turn it is, what each made in its last one, and beside the first way; then the checks of each. */
static void a_race_is_watched(void **state)
{
	struct term *term = console_open(state, 24, 80);
	begin(term);
	end(term);
	begin_race(term, ":load race naive oneshot batch=4 --time 60 --workers 2 --hot 6");
	term_expect(term, "of 60  2 workers  6 accounts");
	console_expect_in_order(term, "> naive ", "  oneshot ", "  batch=4 ");
	console_expect_in_order(term, "  naive ", "> oneshot ", "  batch=4 ");
	console_expect_in_order(term, "  naive ", "  oneshot ", "> batch=4 ");
	term_expect_gone(term, "-      -"); /* what is not known yet */
	assert_true(term_shows(term, "   1.00 "));
	term_type(term, "c");
	term_expect(term, "Race  is over");
	console_expect_in_order(term, "of 60 rounds", "  naive ", "  oneshot ", "  batch=4 ",
				"ok      naive: total, ledger and outcomes agree",
				"ok      oneshot: total, ledger and outcomes agree",
				"ok      batch=4: total, ledger and outcomes agree");
	term_expect(term, "F9 shows all of it");
	console_expect_number(term, "SELECT sum(balance) FROM accounts", 30000);
	begin(term); /* the load that runs is what is looked at */
	end(term);
	console_quit(term);
}

static void a_race_at_40x10(void **state)
{
	struct term *term = console_open(state, 10, 40);
	begin_race(term, ":load race lock ordered --time 60 --workers 2");
	term_expect(term, "> ordered");
	term_expect(term, "> lock");
	term_type(term, "c");
	term_expect(term, "Race  is over");
	term_type(term, "<Down><Down><Down>");
	term_expect(term, "ok      ordered: total");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(before_the_first, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_80x24, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_140x45, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_40x10, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(keys_are_answered, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_race_is_watched, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_race_at_40x10, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(its_workers_connect_first, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_fails_is_explained, fresh_bank, term_teardown),
		cmocka_unit_test_setup_teardown(its_seconds_end_with_it, fresh_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/load", tests, pg_own_database, NULL);
}
