/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from what never ends, in one line or in many: a signal still ends the program. */
#include <signal.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static void ended_while_it_reads(void **state, const char *redirected)
{
	(void)state;
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		const char *const argv[] = {"bash", "-c", redirected, proc_teller(), NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		proc_wait_output(proc, "7001"); /* the next it does is to read */
		proc_signal(proc, signals[i]);
		proc_wait(proc);
		proc_expect_status(proc, 128 + signals[i]);
		proc_free(proc);
	}
}

static void a_signal_ends_standard_input_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f - </dev/zero");
}

static void a_signal_ends_a_script_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f /dev/zero");
}

static void a_signal_ends_lines_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f <(yes '')");
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(1);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_ends_standard_input_without_end),
		cmocka_unit_test(a_signal_ends_a_script_without_end),
		cmocka_unit_test(a_signal_ends_lines_without_end),
	};
	return cmocka_run_group_tests_name("verb/endless", tests, bank, NULL);
}
