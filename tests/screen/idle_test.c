/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that are lost while nobody does anything: made again, with a word on where to, but not again and
 * again. */
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/forward.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { IDLE_MS = 250 };

static struct forward first, second;

static struct term *start(void **state, const char *target, const char *place)
{
	const char *const argv[] = {proc_teller(), "-d", target, NULL};
	struct term *term = term_start(argv, NULL, 24, 140);
	*state = term;
	term_expect(term, "7003");
	term_expect(term, place);
	return term;
}

static int connections(void)
{
	return first.shared->connections;
}

static void who_closes_idle_ones_is_not_asked_for_ever(void **state)
{
	char target[100];
	first.shared->idle_ms = IDLE_MS;
	snprintf(target, sizeof target, "host=127.0.0.1 port=%s", first.port);
	struct term *term = start(state, target, "127.0.0.1");
	term_expect(term, "made again when something is asked");
	term_expect(term, "CONNECTION RESTS");
	int before = connections();
	assert_true(before <= 4);   /* two at the start, one that was made again, one more if the machine is slow */
	poll(NULL, 0, 6 * IDLE_MS); /* nothing is to happen */
	term_settle(term);
	assert_int_equal(connections(), before);
	term_type(term, ":count<Enter>");
	term_expect(term, "accounts: 3");
	assert_int_equal(connections(), before + 2); /* one to read, one for what reads by itself */
	term_expect(term, "CONNECTION RESTS");
	term_type(term, ":transfer 7001 7002 5 --yes<Enter>");
	term_expect(term, "moved 5");
	term_expect(term, "CONNECTION RESTS");
	before = connections();
	poll(NULL, 0, 6 * IDLE_MS);
	term_settle(term);
	assert_int_equal(connections(), before);
	first.shared->idle_ms = 0;
	console_quit(term);
}

static void a_session_that_was_ended_is_made_again(void **state)
{
	char target[100], again[100];
	first.shared->idle_ms = 0;
	snprintf(target, sizeof target, "host=127.0.0.1 port=%s", first.port);
	snprintf(again, sizeof again, "connected again to teller@127.0.0.1:%s/", first.port);
	struct term *term = start(state, target, "127.0.0.1");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
		"'teller/browse'");
	term_expect(term, again);
	term_type(term, ":count<Enter>");
	term_expect(term, "accounts: 3");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
		"'teller/browse'");
	term_expect(term, again);
	console_quit(term);
}

static void end_session(const char *name)
{
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
		"'teller/%s'",
		name);
}

/* A server that goes takes both sessions with it, the one before the other. That the one which nobody waits for was
 * lost is not said in place of where the other one leads now. */
static void of_two_sessions_the_one_that_reads_is_told(void **state)
{
	char target[100], again[100];
	snprintf(target, sizeof target, "host=127.0.0.1 port=%s", first.port);
	snprintf(again, sizeof again, "connected again to teller@127.0.0.1:%s/", first.port);
	struct term *term = start(state, target, "127.0.0.1");
	end_session("browse");
	term_expect(term, again);
	end_session("transfer");
	term_expect(term, "T      x connection lost");
	term_settle(term);
	assert_true(term_shows(term, again));
	term_type(term, ":transfer 7001 7002 5 --yes<Enter>");
	term_expect(term, "moved 5");
	end_session("transfer"); /* alone, and made later than the other one was lost */
	term_expect(term, "the connection for transfers was lost");
	end_session("browse");
	term_expect(term, again);
	console_quit(term);
}

static void another_server_is_named(void **state)
{
	char target[100], again[200];
	snprintf(target, sizeof target, "host=127.0.0.1,127.0.0.1 port=%s,%s", first.port, second.port);
	snprintf(again, sizeof again, "connected again, to another server: teller@127.0.0.1:%s/", second.port);
	struct term *term = start(state, target, "127.0.0.1");
	forward_stop(&first);
	term_expect(term, again);
	term_expect(term, "before it was teller@127.0.0.1:");
	console_quit(term);
	forward_start(&first, "127.0.0.1", 0);
}

/* What was never made was not lost. */
static void what_cannot_be_reached_is_said(void **state)
{
	char target[100], why[100];
	snprintf(target, sizeof target, "host=127.0.0.1 port=%s", first.port);
	snprintf(why, sizeof why, "x cannot connect to teller@127.0.0.1:%s/", first.port);
	struct term *term = start(state, target, "127.0.0.1");
	forward_stop(&first);
	term_expect(term, why);
	assert_false(term_shows(term, "lost: cannot connect"));
	console_quit(term);
	forward_start(&first, "127.0.0.1", 0);
}

static int start_forwarding(void **state)
{
	pg_own_database(state);
	pg_bank(3);
	forward_start(&first, "127.0.0.1", 0);
	forward_start(&second, "127.0.0.1", 0);
	return 0;
}

static int stop_forwarding(void **state)
{
	(void)state;
	forward_stop(&first);
	forward_stop(&second);
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(who_closes_idle_ones_is_not_asked_for_ever, term_teardown),
		cmocka_unit_test_teardown(a_session_that_was_ended_is_made_again, term_teardown),
		cmocka_unit_test_teardown(of_two_sessions_the_one_that_reads_is_told, term_teardown),
		cmocka_unit_test_teardown(another_server_is_named, term_teardown),
		cmocka_unit_test_teardown(what_cannot_be_reached_is_said, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/idle", tests, start_forwarding, stop_forwarding);
}
