/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load through a pooler: each way where transactions stay together, one sentence before anything is moved where they do not. */
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"

static struct pooled pooled;

static const char *const ways[] = {"read-write", "lock", "ordered", "naive", "batch=4", "oneshot"};

static struct proc *load_with(const char *way, const char *in_flight)
{
	return teller_run("load", "--count", "40", "--workers", "3", "--yes", "--way", way, "--in-flight", in_flight);
}

static void expect_untouched(void)
{
	pooled_wait_quiet(&pooled);
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), 0);
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM accounts WHERE balance <> 1000"), 0);
}

/* A conflict that the way naive does not try again is none of the pooler's. */
static void expect_all_committed(struct proc *proc)
{
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "ok      every transfer has one outcome        40 of 40");
	proc_free(proc);
}

static void every_way_in_transaction_mode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		expect_all_committed(load_with(ways[i], "1"));
	expect_all_committed(load_with("oneshot", "4"));
	pooled_wait_quiet(&pooled);
	assert_int_equal(pg_ask(pooled.direct, "SELECT sum(balance) FROM accounts"), 30000);
}

static void expect_refused(struct proc *proc)
{
	proc_expect_status(proc, 2);
	proc_expect_err(proc,
			"the pooler in between gives it no transaction: set pool_mode=transaction, or session, or "
			"take --way oneshot without --in-flight");
	assert_null(strstr(buf_text(&proc->out), "committed"));
	proc_free(proc);
	expect_untouched();
}

static void no_transactions_in_statement_mode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof *ways - 1; i++)
		expect_refused(load_with(ways[i], "1"));
	expect_refused(load_with("oneshot", "4"));
	expect_refused(teller_run("load", "race", "lock", "ordered", "--time", "1", "--yes"));
	expect_all_committed(load_with("oneshot", "1"));
}

/* Each way of a race has its own connections. */
static void too_few_sessions_for_a_race(void **state)
{
	(void)state;
	struct proc *proc = teller_run("load", "race", "lock", "ordered", "--time", "1", "--yes");
	proc_expect_status(proc, 2);
	proc_expect_err(proc, "no worker was connected in time; the pooler in between has too few sessions");
	proc_free(proc);
	expect_untouched();
}

/* ---- around the tests ---- */

static int transaction_mode(void **state)
{
	(void)state;
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = "transaction", .size = 4});
	return 0;
}

static int statement_mode(void **state)
{
	(void)state;
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = "statement", .size = 4});
	return 0;
}

/* Two are teller's own, and two of the race's, which it reads and checks by. */
static int small_session_mode(void **state)
{
	(void)state;
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = "session", .size = 4});
	return 0;
}

static int close_pool(void **state)
{
	(void)state;
	pooled_close(&pooled);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_way_in_transaction_mode, transaction_mode, close_pool),
		cmocka_unit_test_setup_teardown(no_transactions_in_statement_mode, statement_mode, close_pool),
		cmocka_unit_test_setup_teardown(too_few_sessions_for_a_race, small_session_mode, close_pool),
	};
	return cmocka_run_group_tests_name("pool/load", tests, NULL, NULL);
}
