/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer that waits for a lock says on the screen whom it waits for, as long as it does, and then how long. */
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { IDLE_MS = 3000 };

#define WATCHES "SELECT count(*) FROM pg_stat_activity WHERE starts_with(application_name, 'teller/watch ')"

/* Another program holds account 7001 in an open transaction. */
static struct pg_session *hold(const char *id)
{
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = %s", id);
	return holder;
}

static void start_transfer(struct term *term)
{
	console_expect_selected(term, "7001");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
}

static void whom_it_waits_for(void **state, int rows, int columns)
{
	struct term *term = console_open(state, rows, columns);
	struct pg_session *holder = hold("7001");
	char words[64];
	snprintf(words, sizeof words, "waits for psql, pid %lld, teller",
		 (long long)pg_ask(holder, "SELECT pg_backend_pid()"));
	start_transfer(term);
	term_expect(term, words);
	term_expect(term, "holds account 7001");
	term_expect(term, "transaction 2 s"); /* it is counted on */
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	console_expect_in_order(term, "1 x  40001", "2 *  committed");
	assert_non_null(strstr(term_row(term, term_row_with(term, "1 x  40001", 0)), "waited "));
	term_expect(term, "moved 500 in "); /* it does not wait any more */
	term_type(term, "<Tab><Tab>z<Home>");
	console_expect_in_order(term, words, "waits no more");
	console_quit(term);
}

static void whom_it_waits_for_at_80x24(void **state)
{
	whom_it_waits_for(state, 24, 80);
}

static void whom_it_waits_for_at_140x45(void **state)
{
	whom_it_waits_for(state, 45, 140);
}

/* The full text of the event has all that is known. */
static void the_full_text(void **state)
{
	struct term *term = console_open(state, 45, 140);
	struct pg_session *holder = hold("7001");
	start_transfer(term);
	term_expect(term, "holds account 7001");
	term_type(term, "<Tab><Tab>/waits for psql<Enter><Enter>");
	term_expect(term, "waits for a lock");
	term_expect(term, "teller: idle in transaction");
	term_type(term, "<Esc>");
	term_expect_gone(term, "waits for a lock");
	term_settle(term); /* a key takes the message away */
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	console_quit(term);
}

/* The list of accounts can wait, too: for whoever has the whole table. */
static void the_list_waits(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; LOCK TABLE accounts");
	term_type(term, "r<Tab><Tab>z");
	term_expect(term, "waits for psql, pid ");
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_expect(term, "waits no more");
	console_quit(term);
}

/* Who has waited may wait again; then nobody is asked any more, and there is nobody left to ask. */
static void the_session_is_closed(void **state)
{
	struct term *term = console_open(state, 24, 80);
	struct pg_session *holder = hold("7001");
	start_transfer(term);
	term_expect(term, "waits for psql, pid ");
	assert_int_equal(pg_number(WATCHES " AND state = 'idle'"), 1);
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	console_expect_number(term, WATCHES, 0);
	term_settle(term);
	long before = proc_waits(term_pid(term));
	poll(NULL, 0, IDLE_MS); /* not to wait for something, but to see that nothing comes */
	assert_int_equal(proc_waits(term_pid(term)), before);
	console_quit(term);
}

/* ---- lessons ---- */

static void play(struct term *term, const char *lesson, int order)
{
	char line[80];
	snprintf(line, sizeof line, ":lab play %s<Enter>", lesson);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of");
	if (order > 1) {
		snprintf(line, sizeof line, ":lab order %d<Enter>", order);
		term_type(term, line);
		snprintf(line, sizeof line, "%d of ", order);
		term_expect(term, line);
		term_expect(term, "PAUSED  step 0 of");
	}
}

static void the_titles_of_a_deadlock(void **state)
{
	struct term *term = console_open(state, 24, 80);
	play(term, "deadlock", 1);
	console_space_to(term, 0, 7, 10);
	term_expect(term, "WAITS for B");
	term_expect(term, "A waits for it");
	console_quit(term);
}

static void the_titles_of_a_queue(void **state)
{
	struct term *term = console_open(state, 24, 80);
	play(term, "hot-account", 1);
	console_space_to(term, 0, 4, 7);
	term_expect(term, "B waits for it");
	term_expect(term, "WAITS for A; C waits");
	term_expect(term, "WAITS for B");
	console_quit(term);
}

static void the_titles_of_a_locking_read(void **state)
{
	struct term *term = console_open(state, 24, 80);
	play(term, "locking-read", 1);
	console_space_to(term, 0, 5, 9);
	term_expect(term, "WAITS for A");
	term_expect(term, "B waits for it");
	console_quit(term);
}

/* A session that is not of the lesson has no name in it, but one on the server. */
static void a_stranger_in_a_lesson(void **state)
{
	struct term *term = console_open(state, 24, 140);
	play(term, "lost-update", 1);
	struct pg_session *stranger = pg_open_at("application_name=psql");
	char *schema = pg_value("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson\\_%%'");
	assert_non_null(schema);
	pg_run(stranger, "BEGIN; LOCK TABLE %s.accounts", schema);
	free(schema);
	console_space_to(term, 0, 2, 14);
	term_type(term, " ");
	term_expect(term, "WAITS for psql, pid ");
	pg_run(stranger, "COMMIT");
	pg_close(stranger);
	term_expect_gone(term, "WAITS for psql");
	console_quit(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whom_it_waits_for_at_80x24, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(whom_it_waits_for_at_140x45, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_full_text, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_list_waits, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_session_is_closed, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_titles_of_a_deadlock, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_titles_of_a_queue, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_titles_of_a_locking_read, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_stranger_in_a_lesson, console_bank, term_teardown),
	};
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
