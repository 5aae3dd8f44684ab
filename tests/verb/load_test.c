/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb load: every way moves what it tells, wrong words are refused, and it ends as asked. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { ACCOUNTS = 20 };

static int bank(void **state)
{
	(void)state;
	pg_bank(ACCOUNTS);
	return 0;
}

static const char *const ways[] = {"read-write", "lock", "ordered", "oneshot", "batch=5"};

static void check_total(void)
{
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), ACCOUNTS * 1000);
}

static void every_way_makes_its_count(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		pg_bank(ACCOUNTS);
		struct proc *proc = LOADED("--count", "303", "--workers", "4", "--way", ways[i]);
		proc_wait(proc);
		loaded_check(proc, 0);
		assert_int_equal(loaded_number(proc, "committed"), 303);
		assert_int_equal(loaded_number(proc, "moved"), 303);
		assert_int_equal(loaded_number(proc, "checks_failed"), 0);
		assert_true(loaded_number(proc, "checks") >= 10);
		char *way = loaded_text(proc, "way");
		assert_string_equal(way, ways[i]);
		free(way);
		proc_free(proc);
		check_total();
	}
}

/* Two accounts, and many who want them: retried, counted by SQLSTATE, and blamed on those two. */
static void conflicts_are_retried(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--count", "400", "--hot", "2", "--workers", "6", "--way", "ordered");
	proc_wait(proc);
	loaded_check(proc, 0);
	int64_t retries = loaded_number(proc, "retries");
	char *by = loaded_text(proc, "retries_by"), *hottest = loaded_text(proc, "hottest");
	assert_true(retries > 0);
	assert_int_equal(strncmp(by, "40001=", 6), 0);
	assert_non_null(strstr(hottest, "7001="));
	assert_non_null(strstr(hottest, "7002="));
	assert_null(strstr(hottest, "7003="));
	free(by);
	free(hottest);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance <> 1000 AND id > 7002"), 0);
	check_total();
}

/* The report says what to try next where there were conflicts, here at each fourth update, and nothing where there were
 * none. */
static void the_next_step_is_named(void **state)
{
	(void)state;
	static const char next[] = "next         `load race read-write ordered oneshot batch=16`";
	pg_exec("CREATE SEQUENCE updates; CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS "
		"$$ BEGIN IF nextval('updates') %% 4 = 0 THEN RAISE serialization_failure; END IF; RETURN NEW; END $$;"
		"CREATE TRIGGER meet BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION meet()");
	struct proc *proc = teller_run("load", "--count", "40", "--workers", "4", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, next);
	proc_free(proc);
	pg_exec("DROP TRIGGER meet ON accounts; DROP FUNCTION meet(); DROP SEQUENCE updates");
	proc = teller_run("load", "--count", "50", "--workers", "1", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "latency ");
	assert_null(strstr(buf_text(&proc->out), "next "));
	proc_free(proc);
}

/* What the naive way loses is told: it failed, nothing was tried again, and nothing of it was moved. */
static void the_naive_way_loses_transfers(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--count", "1000", "--hot", "2", "--workers", "6", "--way", "naive");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "untried") > 0);
	assert_int_equal(loaded_number(proc, "failed"), loaded_number(proc, "untried"));
	assert_int_equal(loaded_number(proc, "retries"), 0);
	proc_free(proc);
	check_total();
}

/* ---- where each of them fails ---- */

static void it_says_why(const char *const words[], const char *outcome, const char *state, const char *reason)
{
	char by[32];
	struct proc *proc = loaded_start(words);
	proc_wait(proc);
	loaded_check(proc, 3);
	assert_int_equal(loaded_number(proc, outcome), 60);
	assert_int_equal(loaded_number(proc, "checks_failed"), 0);
	snprintf(by, sizeof by, "%s=60", state);
	char *found = loaded_text(proc, "reasons"), *why = loaded_text(proc, "reason");
	assert_string_equal(found, by);
	assert_string_equal(why, reason);
	free(found);
	free(why);
	proc_expect_err(proc, "no transfer was committed; 60 ");
	proc_expect_err(proc, reason);
	proc_free(proc);
	check_total();
}

static const char *const one_by_one[] = {"--count", "60", "--workers", "3", NULL};
static const char *const in_a_batch[] = {"--count", "60", "--workers", "2", "--way", "batch=5", NULL};
static const char *const in_flight[] = {"--count", "60",          "--workers", "2", "--way",
					"oneshot", "--in-flight", "8",         NULL};

/* What the server says comes from anybody. */
static void a_trigger_refuses_each(void **state)
{
	(void)state;
	pg_exec("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		"RAISE EXCEPTION E'closed \x1b[31mtoday\n for all'; END $$; "
		"CREATE TRIGGER refuse BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION refuse()");
	it_says_why(one_by_one, "failed", "P0001", "closed \\x1b[31mtoday  for all (P0001)");
}

static void a_check_refuses_each(void **state)
{
	static const char told[] = "new row for relation \"transfers\" violates check constraint \"large\" (23514)";
	(void)state;
	pg_exec("ALTER TABLE transfers ADD CONSTRAINT large CHECK (amount > 5)");
	it_says_why(one_by_one, "failed", "23514", told);
	it_says_why(in_a_batch, "rejected", "23514",
		    "the table does not take what these transfers would leave: new row for relation \"transfers\" "
		    "violates check constraint \"large\"");
	it_says_why(in_flight, "failed", "23514", told);
	struct proc *proc = teller_run("load", "--count", "60", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "\nfailed               60\nof these             60   new row for relation");
	proc_free(proc);
	proc = teller_run("load", "--count", "60", "--yes", "--json");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "\"reasons\":\"23514=60\"");
	proc_free(proc);
	proc = teller_run("load", "race", "lock", "ordered", "--time", "1", "--workers", "2", "--yes");
	proc_expect_status(proc, 3);
	proc_expect_out(proc, "FAILED  lock: no transfer was committed; ");
	proc_expect_out(proc, "FAILED  ordered: no transfer was committed; ");
	proc_expect_out(proc, told);
	proc_free(proc);
	check_total();
}

/* Some fail and others do not: it is done, and the reason is told all the same. What 7001 has can still be sent to 7003:
 * none of the accounts is a trap in which all of the money ends, so that nothing more could be committed. */
static void some_are_refused(void **state)
{
	(void)state;
	pg_exec("ALTER TABLE transfers ADD CONSTRAINT few CHECK (source <> 7001 OR destination <> 7002)");
	struct proc *proc = teller_run("load", "--count", "400", "--hot", "3", "--way", "lock", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "violates check constraint \"few\" (23514)\n");
	proc_free(proc);
	proc = teller_run("load", "race", "lock", "ordered", "--hot", "3", "--time", "1", "--workers", "2", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "ok      lock: total, ledger and outcomes agree\n        lock: ");
	proc_expect_out(proc, " failed: new row for relation");
	proc_free(proc);
	check_total();
}

static void all_are_rejected(void **state)
{
	(void)state;
	pg_exec("UPDATE accounts SET balance = 0");
	struct proc *proc = LOADED("--count", "30");
	proc_wait(proc);
	loaded_check(proc, 3);
	assert_int_equal(loaded_number(proc, "rejected"), 30);
	proc_expect_err(proc, "no transfer was committed;  30 rejected");
	proc_free(proc);
}

/* What the rules reject is no refusal of the server's, though in one round trip its statement fails first. */
static void a_rule_is_no_refusal(void **state)
{
	static const char *const words[][5] = {
		{"--way", "lock"}, {"--way", "oneshot"}, {"--way", "oneshot", "--in-flight", "8"}};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		pg_bank(ACCOUNTS);
		pg_exec("UPDATE accounts SET balance = 0 WHERE id <= 7004");
		struct proc *proc = LOADED("--count", "300", "--hot", "6", "--amount", "1", words[i][0], words[i][1],
					   words[i][2], words[i][3]);
		proc_wait(proc);
		loaded_check(proc, 0);
		assert_true(loaded_number(proc, "rejected") > 0);
		char *reasons = loaded_text(proc, "reasons");
		assert_string_equal(reasons, "");
		free(reasons);
		proc_free(proc);
	}
}

/* Each of a batch has its own rejection: who has nothing cannot give, and the others still do. */
static void one_of_a_batch_is_rejected(void **state)
{
	(void)state;
	pg_exec("UPDATE accounts SET balance = 0 WHERE id = 7001");
	struct proc *proc =
		LOADED("--count", "200", "--of", "7001,7002", "--amount", "all", "--way", "batch=10", "--workers", "1");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "rejected") > 10);
	assert_true(loaded_number(proc, "committed") > 10);
	assert_true(loaded_number(proc, "transactions") <= 20);
	proc_free(proc);
}

static void a_share_only_reads(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--count", "500", "--read-share", "40", "--zipf", "1.2");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "reads") > 120 && loaded_number(proc, "reads") < 280);
	assert_true(pg_number("SELECT count(*) FROM transfers WHERE 7001 IN (source, destination)") >
		    4 * pg_number("SELECT count(*) FROM transfers WHERE 7020 IN (source, destination)"));
	proc_free(proc);
}

/* The warm-up is made and checked, but not measured. */
static void a_warm_up_is_not_measured(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0.4", "--warm-up", "0.6", "--workers", "2");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "measured") > 0);
	assert_true(loaded_number(proc, "measured") < loaded_number(proc, "committed"));
	assert_true(loaded_number(proc, "measured_us") < 900000);
	proc_free(proc);
}

/* ^C ends it with the transfers that run: the report is whole, and true. */
static void an_interrupt_ends_it(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0");
	proc_wait_output(proc, "  2 s  ");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "committed") > 0);
	assert_int_equal(loaded_number(proc, "cancelled"), 0);
	proc_free(proc);
	check_total();
}

/* A transfer that waits for a lock of another's is waited for; asked again, it is cancelled. */
static void a_second_interrupt_cancels(void **state)
{
	(void)state;
	struct pg_session *other = pg_open();
	pg_run(other, "BEGIN; UPDATE accounts SET balance = balance WHERE id IN (7001, 7002)");
	struct proc *proc = LOADED("--time", "0", "--hot", "2", "--workers", "2");
	proc_wait_output(proc, "  1 s  ");
	proc_signal(proc, SIGINT);
	proc_wait_output(proc, "  2 s  ");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	pg_run(other, "ROLLBACK");
	pg_close(other);
	loaded_check(proc, 0);
	assert_int_equal(loaded_number(proc, "cancelled"), 2);
	assert_true(loaded_number(proc, "blocked_us") > 0);
	proc_free(proc);
}

/* Money that comes from elsewhere while it runs is found at the end. */
static void others_money_is_found(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0");
	proc_wait_output(proc, "  1 s  ");
	pg_exec("INSERT INTO accounts VALUES (9999, 5)");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	loaded_check(proc, 6);
	assert_int_equal(loaded_number(proc, "checks_failed"), 1);
	proc_expect_err(proc, "1 of ");
	proc_free(proc);
}

/* And so is a row of its own that was taken out of the ledger. */
static void a_lost_row_is_found(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "0");
	proc_wait_output(proc, "  1 s  ");
	pg_exec("DELETE FROM transfers WHERE id = (SELECT min(id::text)::uuid FROM transfers)");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 6);
	assert_int_equal(loaded_number(proc, "checks_failed"), 2); /* how many, and what they moved */
	proc_free(proc);
}

static void without_a_ledger(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	struct proc *proc = teller_run("load", "--count", "100", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "committed           100");
	proc_expect_out(proc, "ok      total                                 20000, as expected");
	proc_free(proc);
	check_total();
}

/* Many on each connection, each by itself: conflicts are retried, and what the rules refuse is refused. */
static void many_in_flight(void **state)
{
	(void)state;
	pg_exec("UPDATE accounts SET balance = 0 WHERE id <= 7004");
	struct proc *proc =
		LOADED("--count", "2000", "--hot", "6", "--workers", "3", "--in-flight", "16", "--way", "oneshot");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_true(loaded_number(proc, "committed") > 1000);
	assert_true(loaded_number(proc, "rejected") > 0);
	assert_true(loaded_number(proc, "retries") > 0);
	assert_int_equal(loaded_number(proc, "failed"), 0);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), (ACCOUNTS - 4) * 1000);
	assert_int_equal(pg_number("SELECT count(DISTINCT xmin::text) FROM transfers"),
			 pg_number("SELECT count(*) FROM transfers"));
}

/* As many are begun as were planned, whatever the server could do. */
static void a_rate_is_kept(void **state)
{
	(void)state;
	struct proc *proc = LOADED("--time", "2", "--rate", "100", "--workers", "2");
	proc_wait(proc);
	loaded_check(proc, 0);
	assert_in_range(loaded_number(proc, "begun"), 150, 201);
	assert_int_equal(loaded_number(proc, "planned_a_second"), 100);
	proc_free(proc);
}

/* Each way has its turns, its own rows in the ledger, and its ratio to the first. */
static void ways_are_raced(void **state)
{
	(void)state;
	struct proc *proc =
		LOADED("race", "naive", "oneshot", "batch=16", "--time", "1", "--workers", "2", "--hot", "6");
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\nnaive,2,1,6,");
	proc_expect_out(proc, "\noneshot,2,1,6,");
	proc_expect_out(proc, "\nbatch=16,2,1,6,");
	char *ratio = loaded_text(proc, "ratio");
	assert_string_equal(ratio, "1.000");
	free(ratio);
	assert_true(loaded_number(proc, "measured_us") > 900000);
	assert_true(loaded_number(proc, "committed") > 0);
	proc_free(proc);
	check_total();
	proc = teller_run("load", "race", "lock", "ordered", "--time", "1", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "ok      lock: total, ledger and outcomes agree\nok      ordered: total,");
	proc_expect_out(proc, " retries    failed  rejected ");
	proc_expect_out(
		proc,
		"\na second: transfers that committed; ratio: to the first way's, of the middle one of the rounds\n");
	proc_expect_err(proc, " a second so far");
	proc_free(proc);
}

static void it_asks_first(void **state)
{
	(void)state;
	struct proc *proc = teller_run("load", "--count", "5");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "nobody can answer here: add --yes");
	proc_free(proc);
	proc = teller_run("load", "--count", "5", "--hot", "4", "--dry-run");
	proc_expect_all(proc, 0,
			"would make 5 random transfers, by 8 workers among the first 4 accounts of accounts, each of "
			"the smallest unit, the way read-write: reads both balances, then writes both, as the tutorial "
			"does; nothing was moved\n",
			NULL);
	proc = teller_run("--read-only", "load", "--yes");
	proc_expect_status(proc, 3);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

static void wrong_words_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *words[5], *told;
		int status;
	} cases[] = {
		{{"--way", "slow"}, "there is no way \"slow\"; use read-write|lock|", 1},
		{{"--way", "batch=1"}, "with K from 2 to 64", 1},
		{{"--way", "batch=65"}, "with K from 2 to 64", 1},
		{{"--way", "batch=4x"}, "with K from 2 to 64", 1},
		{{"--workers", "0"}, "--workers", 1},
		{{"--time", "-1"}, "--time takes a number from 0", 1},
		{{"--time", "1e9"}, "--time takes a number from 0", 1},
		{{"--zipf", "x"}, "--zipf takes a number from 0 to 10", 1},
		{{"--read-share", "101"}, "--read-share", 1},
		{{"walk"}, "load has no place for \"walk\"", 1},
		{{"race", "lock"}, "load race takes two to 8 ways", 1},
		{{"race", "lock", "slow"}, "there is no way \"slow\"", 1},
		{{"race", "lock", "naive", "--count=3"}, "leave out --way and --count", 1},
		{{"--in-flight", "4"}, "add --way oneshot", 1},
		{{"--rate", "0"}, "--rate", 1},
		{{"--of", "7001"}, "--of takes two ids or more", 1},
		{{"--of", ",,"}, "--of takes two ids or more", 1},
		{{"--of", ",7001,"}, "--of takes two ids or more", 1},
		{{"--of", "7001,7001"}, "--of names one account only, and a transfer needs two", 3},
		{{"--of", "7001,5"}, "--of names the account 5, which is not there", 3},
		{{"--of", ",7001,,7002,6,7003"}, "--of names the account 6, which is not there", 3},
		{{"--of", "7001,x"}, "cannot be read", 3},
		{{"--amount", "none"}, "is not an amount", 1},
		{{"--amount", "1.5"}, "has decimals", 1},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct proc *proc = loaded_start(cases[i].words);
		proc_wait(proc);
		proc_expect_status(proc, cases[i].status);
		proc_expect_err(proc, cases[i].told);
		assert_string_equal(buf_text(&proc->out), "");
		proc_free(proc);
	}
	pg_exec("DELETE FROM accounts");
	struct proc *proc = LOADED("--count", "5");
	proc_wait(proc);
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there are no accounts; `create 100` adds some");
	proc_free(proc);
}

/* Hot accounts deadlock time and again, and each deadlock holds a worker up until the server looks for it. */
static int own_database(void **state)
{
	int failed = pg_own_database(state);
	char *name = pg_value("SELECT quote_ident(current_database())");
	pg_exec("ALTER DATABASE %s SET deadlock_timeout = '10ms'", name);
	free(name);
	return failed;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_way_makes_its_count, bank),
		cmocka_unit_test_setup(conflicts_are_retried, bank),
		cmocka_unit_test_setup(the_next_step_is_named, bank),
		cmocka_unit_test_setup(the_naive_way_loses_transfers, bank),
		cmocka_unit_test_setup(one_of_a_batch_is_rejected, bank),
		cmocka_unit_test_setup(a_trigger_refuses_each, bank),
		cmocka_unit_test_setup(a_check_refuses_each, bank),
		cmocka_unit_test_setup(some_are_refused, bank),
		cmocka_unit_test_setup(all_are_rejected, bank),
		cmocka_unit_test_setup(a_rule_is_no_refusal, bank),
		cmocka_unit_test_setup(a_share_only_reads, bank),
		cmocka_unit_test_setup(a_warm_up_is_not_measured, bank),
		cmocka_unit_test_setup(an_interrupt_ends_it, bank),
		cmocka_unit_test_setup(a_second_interrupt_cancels, bank),
		cmocka_unit_test_setup(others_money_is_found, bank),
		cmocka_unit_test_setup(a_lost_row_is_found, bank),
		cmocka_unit_test_setup(without_a_ledger, bank),
		cmocka_unit_test_setup(many_in_flight, bank),
		cmocka_unit_test_setup(a_rate_is_kept, bank),
		cmocka_unit_test_setup(ways_are_raced, bank),
		cmocka_unit_test_setup(it_asks_first, bank),
		cmocka_unit_test_setup(wrong_words_are_refused, bank),
	};
	return cmocka_run_group_tests(tests, own_database, NULL);
}
