/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders that are not possible: known at once, said, and passed over; what a deadlock or a timeout ends is waited for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

#define TABLE                                                                                                          \
	"setup { CREATE TABLE two (id int PRIMARY KEY, n int); INSERT INTO two VALUES (1, 10), (2, 20); }\n"           \
	"teardown { DROP TABLE two; }\n"
#define LOCKER(s)                                                                                                      \
	"session " s " step " s "_begin { BEGIN; } step " s "_lock { SELECT n FROM two WHERE id = 1 FOR UPDATE; } "    \
	"step " s "_commit { COMMIT; }\n"
static const char lockers[] = TABLE LOCKER("A") LOCKER("B") "#@ check \"SELECT sum(n) FROM two\" = 30\n";

/* Where a clock decides, each of these takes its 30 seconds: less than that for all of them. */
static const uint64_t soon_us = 15000000;

static struct proc *run_soon(const char *text, const char *option)
{
	uint64_t start = clock_us();
	struct proc *proc = spec_file_lab("run", text, option);
	if (clock_us() - start > soon_us)
		fail_msg("it took %d s: %s", (int)((clock_us() - start) / 1000000), buf_text(&proc->out));
	return proc;
}

static void check_soon(const char *text, int status, const char *out)
{
	struct proc *proc = run_soon(text, NULL);
	proc_expect_status(proc, status);
	proc_expect_out(proc, out);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'two'"), 0);
}

static void all_orders_with_locks_take_seconds(void **state)
{
	(void)state;
	check_soon(lockers, 0, "14 orders played, 0 not, 6 not possible; 14 of 14 as expected");
	struct proc *proc = run_soon(lockers, "--json");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"order\":\"4\",\"title\":\"\",\"line\":null,\"kind\":null,\"what\":null,\"expected\":"
			      "null,\"found\":\"B_lock waits for A, and the next step, B_commit, is of the session "
			      "that waits\",\"result\":\"impossible\"}");
	proc_free(proc);
}

/* C waits for B, which waits itself, for A. */
static void a_queue_of_waiters_is_followed(void **state)
{
	(void)state;
	check_soon(TABLE LOCKER("A") LOCKER("B") LOCKER(
			   "C") "permutation A_begin B_begin C_begin A_lock B_lock C_lock C_commit A_commit B_commit\n",
		   6, "1: not possible: C_lock waits for B, and the next step, C_commit, is of the session that waits");
}

static void a_wait_that_no_step_ends_is_known(void **state)
{
	(void)state;
	check_soon(TABLE "session A step a { BEGIN; UPDATE two SET n = 1; }\n"
			 "session B step b { UPDATE two SET n = 2; }\n",
		   0, "1 of 2: not possible: b waits for A, and no step is left that would let it go on");
}

/* It is no limit of the wait that it is set for: the lessons about deadlocks have it. */
static void the_time_until_a_deadlock_is_found_is_no_limit(void **state)
{
	(void)state;
	check_soon(
		TABLE LOCKER("A") "session B setup { SET deadlock_timeout = '10ms'; }\nstep B_lock { SELECT n FROM two "
				  "WHERE id = 1 FOR UPDATE; } step B_look { SELECT 1; }\n",
		0, "9 orders played, 0 not, 1 not possible");
}

static void one_that_is_written_down_is_a_surprise(void **state)
{
	(void)state;
	struct proc *proc =
		run_soon(TABLE LOCKER("A") LOCKER("B") "permutation A_begin A_lock B_begin B_lock B_commit A_commit\n"
						       "permutation A_begin A_lock A_commit B_begin B_lock B_commit\n",
			 NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "1: not possible: B_lock waits for A, and the next step, B_commit, is of the session "
			      "that waits\n");
	proc_expect_out(proc, "2: 0 of 0 as expected\n");
	proc_expect_err(proc, "1 surprise: the server did something else than the lesson says");
	proc_free(proc);
}

static void the_engine_is_not_waited_for(void **state)
{
	(void)state;
	struct proc *proc = run_soon(TABLE "session A step a_begin { BEGIN; } step a_add { UPDATE two SET n = n + 1; } "
					   "step a_commit { COMMIT; }\n" LOCKER(
						   "B") "permutation B_begin B_lock a_begin a_add a_commit B_commit\n"
							"#@ retry A\n",
				     NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "1: not possible: a_add waits for B, and the next step, a_commit, is of the session that "
			      "waits\n");
	proc_free(proc);
}

/* ---- what ends by itself ---- */

#define CROSSED(first)                                                                                                 \
	TABLE "session A step a1 { BEGIN; " first " UPDATE two SET n = 1 WHERE id = 1; } step a2 { UPDATE two SET n "  \
	      "= 1 WHERE id = 2; } step a3 { COMMIT; }\n"                                                              \
	      "session B step b1 { BEGIN; " first " UPDATE two SET n = 2 WHERE id = 2; } step b2 { UPDATE two SET n "  \
	      "= 2 WHERE id = 1; } step b3 { COMMIT; }\n"

static void a_deadlock_is_waited_for(void **state)
{
	(void)state;
	check_soon(CROSSED("") "permutation a1 b1 a2 b2 a3 b3\n#@ expect a2 waits for B ; b2 waits for A\n"
			       "permutation a1 b1 a2 b2 b3 a3\n#@ expect a2 waits for B ; b2 waits for A\n",
		   0, "2 orders played, 0 not; 4 of 4 as expected");
}

static void a_timeout_of_a_lock_is_waited_for(void **state)
{
	(void)state;
	check_soon(CROSSED("SET LOCAL Lock_Timeout = 100;") "permutation a1 b1 b2 b3 a2 a3\n"
							    "#@ expect b2 waits 55P03 ; b3 tag ROLLBACK ; a2 ok\n",
		   0, "3 of 3 as expected");
	pg_exec("ALTER DATABASE %s SET lock_timeout = 100", getenv("PGDATABASE"));
	check_soon(CROSSED("") "permutation a1 b1 b2 b3 a2 a3\n#@ expect b2 waits 55P03 ; b3 tag ROLLBACK ; a2 ok\n", 0,
		   "3 of 3 as expected");
	pg_exec("ALTER DATABASE %s RESET lock_timeout", getenv("PGDATABASE"));
}

/* Who holds the lock has a step that runs: what it does next is not known. */
static void a_step_that_runs_is_waited_for(void **state)
{
	(void)state;
	check_soon(TABLE
		   "session A step a { BEGIN; UPDATE two SET n = 1; } step end { SELECT pg_sleep(1.5); COMMIT; }\n"
		   "session B step b { UPDATE two SET n = 2; } step look { SELECT sum(n) FROM two; }\n"
		   "permutation a end(*) b look\n#@ expect b waits for A ok ; look reads 4\n",
		   0, "2 of 2 as expected");
}

/* ---- for a person ---- */

static void lines_pass_it_over(void **state)
{
	(void)state;
	char *path = spec_file_write(lockers);
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "--plain", "lab", "play", path, NULL}, NULL, "");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4. B: SELECT n FROM two WHERE id = 1 FOR UPDATE\n   waits for A\nNot possible: "
			      "B_lock waits for A, and the next step, B_commit, is of the "
			      "session that waits\nOrder 5 of 20");
	proc_expect_out(proc, "Order 20 of 20");
	proc_free(proc);
	free(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_orders_with_locks_take_seconds),
		cmocka_unit_test(a_queue_of_waiters_is_followed),
		cmocka_unit_test(a_wait_that_no_step_ends_is_known),
		cmocka_unit_test(the_time_until_a_deadlock_is_found_is_no_limit),
		cmocka_unit_test(one_that_is_written_down_is_a_surprise),
		cmocka_unit_test(the_engine_is_not_waited_for),
		cmocka_unit_test(a_deadlock_is_waited_for),
		cmocka_unit_test(a_timeout_of_a_lock_is_waited_for),
		cmocka_unit_test(a_step_that_runs_is_waited_for),
		cmocka_unit_test(lines_pass_it_over),
	};
	return cmocka_run_group_tests_name("lesson/impossible", tests, pg_own_database, NULL);
}
