/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load while its workers connect: no transfer is made before each is there or has failed, and none of it is measured. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/relay.h"

enum { FAR_US = 50000 };

static struct relay relay;

static int near(void **state)
{
	(void)state;
	pg_bank(20);
	relay_start(&relay);
	setenv("PGHOST", relay.dir, 1);
	return 0;
}

/* The tests' own sessions do not go through the relay. */
static char direct[256];

static int gone(void **state)
{
	(void)state;
	setenv("PGHOST", direct, 1);
	relay_stop(&relay);
	return 0;
}

static long long ledger_rows(void)
{
	return pg_number("SELECT count(*) FROM transfers");
}

/* The fourth of its workers does not get through the door. */
static struct proc *start_late(const char *const words[])
{
	relay_keep_out(&relay, "teller/load-4");
	struct proc *proc = loaded_start(words);
	setenv("PGHOST", direct, 1);
	return proc;
}

static const char *const four[] = {"--count", "200", "--workers", "4", NULL};

static void none_begins_before_all_are_there(void **state)
{
	(void)state;
	struct proc *proc = start_late(four);
	proc_wait_output(proc, "connecting: 3 of 4 workers are there");
	assert_int_equal(ledger_rows(), 0);
	relay_let_in(&relay);
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_int_equal(loaded_number(proc, "committed"), 200);
	assert_null(strstr(buf_text(&proc->err), "cannot connect"));
	proc_free(proc);
}

/* Whoever has failed once is not waited for any longer. */
static void the_others_go_on_without_one_that_fails(void **state)
{
	(void)state;
	struct proc *proc = start_late(four);
	proc_wait_output(proc, "connecting: 3 of 4 workers are there");
	relay.shared->refuse = true;
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_int_equal(loaded_number(proc, "committed"), 200);
	proc_expect_err(proc, "a worker cannot connect, and tries again: ");
	proc_free(proc);
}

static void it_is_stopped_while_they_connect(const char *const words[], const char *told)
{
	struct proc *proc = start_late(words);
	proc_wait_output(proc, told);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	proc_expect_err(proc, "cancelled; nothing was moved");
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
	assert_int_equal(ledger_rows(), 0);
}

static void an_interrupt_while_they_connect(void **state)
{
	(void)state;
	it_is_stopped_while_they_connect(four, "connecting: 3 of 4 workers are there");
}

static void an_interrupt_while_those_of_a_race_connect(void **state)
{
	(void)state;
	it_is_stopped_while_they_connect((const char *const[]){"race", "lock", "ordered", "--workers", "4", NULL},
					 "connecting: 6 of 8 workers are there");
}

static void no_turn_before_all_ways_are_there(void **state)
{
	(void)state;
	struct proc *proc =
		start_late((const char *const[]){"race", "lock", "ordered", "--workers", "4", "--time", "1", NULL});
	proc_wait_output(proc, "connecting: 6 of 8 workers are there");
	assert_int_equal(ledger_rows(), 0);
	relay_let_in(&relay);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	assert_true(ledger_rows() > 0);
	proc_free(proc);
}

/*
 * One transfer a worker, all begun at once: what is measured lasts as long as the slowest of them. To connect takes
 * two round trips or more, and each of them 2 * FAR_US.
 */
static void to_connect_is_not_measured(void **state)
{
	static const char *const words[][8] = {
		{"--count", "8"},
		{"--count", "8", "--rate", "1000"},
		{"--count", "16", "--workers", "4", "--way", "oneshot", "--in-flight", "4"},
	};
	(void)state;
	relay.shared->delay_us[0] = relay.shared->delay_us[1] = FAR_US;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		pg_bank(20);
		setenv("PGHOST", relay.dir, 1);
		struct proc *proc = LOADED(words[i][0], words[i][1], words[i][2], words[i][3], words[i][4], words[i][5],
					   words[i][6], words[i][7]);
		setenv("PGHOST", direct, 1);
		proc_wait(proc);
		loaded_check(proc, 0);
		assert_true(loaded_number(proc, "max_us") > 2 * FAR_US);
		assert_in_range(loaded_number(proc, "measured_us"), loaded_number(proc, "max_us"),
				loaded_number(proc, "max_us") + 2 * FAR_US);
		proc_free(proc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(none_begins_before_all_are_there, near, gone),
		cmocka_unit_test_setup_teardown(the_others_go_on_without_one_that_fails, near, gone),
		cmocka_unit_test_setup_teardown(an_interrupt_while_they_connect, near, gone),
		cmocka_unit_test_setup_teardown(an_interrupt_while_those_of_a_race_connect, near, gone),
		cmocka_unit_test_setup_teardown(no_turn_before_all_ways_are_there, near, gone),
		cmocka_unit_test_setup_teardown(to_connect_is_not_measured, near, gone),
	};
	snprintf(direct, sizeof direct, "%s", getenv("PGHOST"));
	return cmocka_run_group_tests_name("load/connect", tests, pg_own_database, NULL);
}
