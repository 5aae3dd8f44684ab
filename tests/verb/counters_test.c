/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The counters after retries, a rejection and a cut commit: the stated equations hold, in every format. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	return 0;
}

static long long of(const struct proc *proc, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "\"%s\":", name);
	const char *counters =
		strstr(buf_text(&proc->out), "{\"transactions\":"); /* transfers tell their attempts, too */
	const char *at = counters ? strstr(counters, key) : NULL;
	if (!at)
		fail_msg("no %s in: %s", key, buf_text(&proc->out));
	return atoll(at + strlen(key));
}

static void check_equations(const struct proc *proc)
{
	assert_int_equal(of(proc, "transactions"), of(proc, "committed") + of(proc, "rejected") + of(proc, "failed") +
							   of(proc, "gave_up") + of(proc, "cancelled") +
							   of(proc, "unknown"));
	assert_int_equal(of(proc, "attempts"), of(proc, "transactions") - of(proc, "unstarted") + of(proc, "retries"));
	assert_int_equal(of(proc, "retries"), of(proc, "savepoint_retries") + of(proc, "restarts"));
	assert_int_equal(of(proc, "retries"), of(proc, "by_serialization") + of(proc, "by_deadlock") +
						      of(proc, "by_connection") + of(proc, "by_other"));
	assert_int_equal(of(proc, "ambiguous"),
			 of(proc, "settled_committed") + of(proc, "settled_aborted") + of(proc, "unsettled"));
}

/* A script goes on after a rejection; its last line tells. */
static void the_equations_hold(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--json", "--yes", NULL};
	struct proc *proc = proc_run(argv, NULL,
				     "inject 2\ntransfer 7001 7002\n"
				     "transfer 7001 7001\n"
				     "inject cut\ntransfer 7002 7003\n"
				     "rival on\ntransfer 7003 7004\n"
				     "counters\n");
	proc_expect_status(proc, 3); /* the rejection */
	check_equations(proc);
	assert_int_equal(of(proc, "transactions"), 4);
	assert_int_equal(of(proc, "committed"), 3);
	assert_int_equal(of(proc, "rejected"), 1);
	assert_int_equal(of(proc, "by_serialization"), 3);
	assert_int_equal(of(proc, "ambiguous"), 1);
	assert_int_equal(of(proc, "unsettled"), 0);
	assert_int_equal(of(proc, "by_connection"), of(proc, "settled_aborted"));
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 5000);
	proc_free(proc);
}

static void rows_in_other_formats(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "transfer 7001 7002 --yes", "-c", "counters --csv");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "counter,value\ntransactions,1\ncommitted,1\nrejected,0\n"));
	assert_non_null(strstr(buf_text(&proc->out), "\nround_trips,2\n"));
	proc_free(proc);
	proc = teller_run("counters");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "counter            value\n"));
	assert_non_null(strstr(buf_text(&proc->out), "\nby_serialization       0\n"));
	proc_free(proc);
	proc = teller_run("counters", "--format", "xml");
	proc_expect_status(proc, 1);
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_equations_hold, bank),
		cmocka_unit_test_setup(rows_in_other_formats, bank),
	};
	return cmocka_run_group_tests_name("verb/counters", tests, pg_own_database, NULL);
}
