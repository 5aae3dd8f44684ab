/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was confirmed and waits for a session is cancelled as what runs is: it must not happen later, when nobody
 * expects it. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/relay.h"

enum { STALL_US = 60000000 };

static struct relay relay;

static int setup(void **state)
{
	pg_bank(30);
	relay_start(&relay);
	*state = NULL;
	return 0;
}

static int teardown(void **state)
{
	int failed = term_teardown(state);
	relay_stop(&relay);
	return failed;
}

static struct term *opened(void **state)
{
	char host[80];
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	return console_open_with(state, 45, 140, (const char *const[]){host, NULL}, "7001");
}

static void stall(unsigned us)
{
	relay.shared->delay_us[RELAY_TO_SERVER] = us;
}

/* The session is ended, and the next one gets no answer. */
static void lose(struct term *term, const char *name)
{
	stall(STALL_US);
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
		"'teller/%s'"
		" AND datname = current_database()",
		name);
	term_expect(term, "due to administrator command");
}

static void expect_nothing_moved(void)
{
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance <> 1000"), 0);
}

static void check_cancelled(struct term *term, const char *keys)
{
	term_type(term, ":transfer 7001 7002 half --yes<Enter>");
	term_type(term, keys);
	term_expect(term, "cancelled; nothing ");
	stall(0);
	term_type(term, ":transfer 7003 7004 10 --yes<Enter>"); /* and the next one is as any */
	term_expect(term, "moved 10 from 7003 to 7004");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7001", 1000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE source = 7001 AND destination = 7002"), 0);
}

static void while_the_rival_comes_back(void **state)
{
	static const char *const keys[] = {":cancel<Enter>", "<^C>"};
	struct term *term = opened(state);
	for (int i = 0; i < 2; i++) {
		pg_bank(30);
		term_type(term, ":rival on<Enter>");
		term_expect(term, "the rival is armed");
		if (i == 0) /* it stays connected */
			term_expect(term, "R        connected");
		lose(term, "rival");
		check_cancelled(term, keys[i]);
		term_type(term, ":rival off<Enter>");
		term_expect(term, "the rival is off");
		term_type(term, "<^L>");
	}
	console_quit(term);
}

static void while_the_session_for_transfers_comes_back(void **state)
{
	struct term *term = opened(state);
	lose(term, "transfer");
	check_cancelled(term, "<^C>");
	console_quit(term);
}

/* With nobody behind it that waits. */
static void a_reconnect(void **state)
{
	struct term *term = opened(state);
	term_type(term, ":cancel<Enter>");
	term_expect(term, "nothing runs");
	stall(STALL_US);
	term_type(term, ":reconnect<Enter>:cancel<Enter>");
	term_expect(term, "cancelled; the next transfer connects again");
	term_type(term, ":cancel<Enter>");
	term_expect(term, "nothing runs");
	stall(0);
	console_quit(term);
}

/* Whoever leaves does not wait for it. */
static void left_meanwhile(void **state)
{
	struct term *term = opened(state);
	term_type(term, ":rival on<Enter>");
	term_expect(term, "the rival is armed");
	term_expect(term, "R        connected");
	lose(term, "rival");
	term_type(term, ":transfer 7001 7002 half --yes<Enter>:quit --yes<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	expect_nothing_moved();
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(while_the_rival_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(while_the_session_for_transfers_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_reconnect, setup, teardown),
		cmocka_unit_test_setup_teardown(left_meanwhile, setup, teardown),
	};
	return cmocka_run_group_tests_name("screen/cancel", tests, pg_own_database, NULL);
}
