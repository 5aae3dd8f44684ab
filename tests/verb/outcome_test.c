/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers that meet conflicts, injected failures and cuts, through the real program: the outcome told is the true
 * one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"
#define MOVE "transfer 7001 7002 --yes"

static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	return 0;
}

static void check_balances(long from, long to)
{
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), from);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), to);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 5000);
}

static void check_moved_once(void)
{
	check_balances(500, 1500);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
	assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = 7001 AND destination = 7002"), 500);
}

/* The snapshot of PostgreSQL stays what it was, however often one rolls back to a savepoint in it. */
static void savepoint_never_succeeds_here(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--protocol", "savepoint", "--max-attempts", "4", "-c", "rival on", "-c", MOVE);
	proc_expect_status(proc, 4);
	proc_expect_err(proc, "40001");
	proc_expect_err(proc, "nothing changed");
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
	check_balances(1000, 1000); /* the rival's unit is back */
	assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE destination = 7002"), 0);
}

static void restart_does(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--protocol", "restart", "--max-attempts", "4", "-c", "rival on", "-c", MOVE);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 499 from 7001 to 7002");
	proc_expect_out(proc, "2 attempts");
	proc_free(proc);
	check_balances(501, 1499);
}

static void what_is_injected_is_retried(void **state)
{
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		bank(state);
		struct proc *proc = teller_run(wires[i], "-c", "inject 2", "-c", MOVE, "-c", "inject");
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "moved 500 from 7001 to 7002");
		proc_expect_out(proc, "3 attempts");
		proc_expect_out(proc, "inject off"); /* used up */
		proc_expect_err(proc, "inject: the server fails this attempt");
		proc_free(proc);
		check_moved_once();
	}
}

static void what_is_injected_can_be_too_much(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "inject 9", "-c", "set attempts 3", "-c", MOVE);
	proc_expect_status(proc, 4);
	proc_free(proc);
	check_balances(1000, 1000);
	proc = teller_run("-c", "inject 1", "-c", "protocol none", "-c", MOVE);
	proc_expect_status(proc, 3); /* nobody gave anything up */
	proc_expect_err(proc, "attempt 1 of 1\n");
	proc_expect_err(proc, "the transfer failed: not retried, because the protocol is none: ");
	proc_free(proc);
	check_balances(1000, 1000);
}

/* Whether the commit arrived or not, it happened once in the end, and the ledger says the same as the balances. */
static void a_cut_commit_happens_once(void **state)
{
	static const char *const levers[] = {"inject cut", "inject cut-before"};
	for (size_t i = 0; i < 2 * COUNT_OF(wires); i++) {
		bank(state);
		struct proc *proc = teller_run(wires[i / 2], "-c", levers[i % 2], "-c", MOVE);
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "from 7001 to 7002");
		proc_expect_err(proc, "inject: cut ");
		if (i % 2 == 0) {      /* what was on its way is what matters now */
			if (i / 2 > 0) /* together with it */
				proc_expect_err(proc, "RELEASE SAVEPOINT cockroach_restart  [no answer]");
			proc_expect_err(proc, "COMMIT  [no answer]");
		}
		proc_free(proc);
		check_moved_once();
	}
}

/* In one round trip: the server has committed when its first answer is cut off. */
static struct proc *answer_lost(struct relay *relay, const char *line)
{
	char host[80];
	snprintf(host, sizeof host, "PGHOST=%s", relay->dir);
	const char *const env[] = {host, NULL};
	int script;
	struct proc *proc = proc_scripted("--wire=oneshot", env, &script);
	static const char first[] = "transfer 7003 7004 1 --yes\n"; /* connects */
	(void)!write(script, first, sizeof first - 1);
	proc_wait_output(proc, "moved 1 from 7003 to 7004");
	relay_arm(relay, RELAY_CUT_BEFORE, RELAY_TO_CLIENT, 1);
	(void)!write(script, line, strlen(line));
	close(script);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_expect_err(proc, "commit sent, answer lost");
	return proc;
}

/* What a transfer in one round trip read and did was in the answer that was lost: the ledger has the amount, nobody the
 * balances. */
static void what_was_lost_is_told_as_the_ledger_has_it(void **state)
{
	struct relay relay;
	relay_start(&relay);
	struct proc *proc = answer_lost(&relay, MOVE "\nundo --yes\n");
	proc_expect_out(proc,
			"moved 500 from 7001 to 7002 (as the ledger has it; the balances were lost with the answer). ");
	proc_expect_out(proc, "moved 500 from 7002 to 7001: 7002 has 1000, 7001 has 1000");
	proc_free(proc);
	bank(state);
	proc = answer_lost(&relay, MOVE " --json\n");
	proc_expect_out(proc, "\"amount\":\"500\",\"source_balance\":null,\"destination_balance\":null");
	proc_free(proc);
	relay_stop(&relay);
	check_balances(500, 1500);
}

static void a_delay_is_waited_for(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--wire=oneshot", "-c", "delay 300", "-c", MOVE);
	proc_expect_status(proc, 0);
	const char *end = strstr(buf_text(&proc->out), ". 3");
	if (!end || !strstr(end, " ms, 1 attempt"))
		fail_msg("it did not take 300 ms: %s", buf_text(&proc->out));
	proc_free(proc);
	check_moved_once();
}

/* Ends the session for transfers while it does nothing in its transaction. */
static void end_idle_session(void)
{
	pg_until(NULL, "SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE split_part("
		       "application_name, ' ', 1) = 'teller/transfer' AND state = 'idle in transaction'");
}

static void a_connection_lost_in_a_delay_is_made_again(void **state)
{
	for (size_t i = 0; i < 2; i++) { /* in one round trip nothing is open during the delay */
		bank(state);
		const char *const argv[] = {proc_teller(), wires[i], "-c", "delay 500", "-c", MOVE, NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		end_idle_session();
		proc_wait(proc);
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "moved 500 from 7001 to 7002");
		proc_expect_out(proc, "2 attempts");
		proc_free(proc);
		check_moved_once();
	}
}

/* The second attempt loses all that was prepared in the session, and fails; so does its ROLLBACK, which was prepared
 * for the first. */
static void make_unclean(const char *then)
{
	pg_exec("DROP SEQUENCE IF EXISTS times; CREATE SEQUENCE times;"
		"CREATE OR REPLACE FUNCTION unclean() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := "
		"nextval('times');"
		" BEGIN IF n = 2 THEN EXECUTE 'DEALLOCATE ALL'; RAISE SQLSTATE '%s'; END IF;"
		" IF n = 1 THEN RAISE serialization_failure; END IF; RETURN new; END $$;"
		"CREATE TRIGGER unclean BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION unclean()",
		then);
}

static void a_failed_rollback_closes_the_connection(void **state)
{
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		bank(state);
		make_unclean("40001");
		struct proc *proc = teller_run(wires[i], "-c", MOVE);
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "moved 500 from 7001 to 7002");
		proc_expect_out(proc, "3 attempts");
		proc_free(proc);
		check_moved_once();
		bank(state);
		make_unclean("P0001"); /* nothing comes after it but another transfer */
		const char *const argv[] = {proc_teller(), wires[i], "--yes", NULL};
		proc = proc_run(argv, NULL, "transfer 7001 7002 all\ntransfer 7001 7002\n");
		proc_expect_status(proc, 3); /* of the first */
		proc_expect_err(proc, "P0001");
		proc_expect_out(proc, "moved 500 from 7001 to 7002");
		proc_free(proc);
		check_moved_once();
	}
}

/* The rival comes to a row that another session keeps locked: the transfer waits for it only so long, and happens without
 * it. */
static void a_rival_that_is_held_up_is_left_behind(void **state)
{
	(void)state;
	struct pg_session *locker = pg_open();
	pg_run(locker, "BEGIN; SELECT FROM accounts WHERE id NOT IN (7001, 7002) FOR UPDATE");
	struct proc *proc = teller_run("-c", "rival on", "-c", MOVE);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "moved 500 from 7001 to 7002");
	proc_expect_err(proc, "the rival moves nothing: it was held up for 5 s; the transfer goes on without it");
	proc_free(proc);
	pg_close(locker);
	check_moved_once();
}

/* A caller that sees a failure pays twice: what became of the money is told, and is the exit status, wherever standard
 * output leads. */
static void it_is_told_though_standard_output_fails(void **state)
{
	enum { TALK = 256 }; /* goes to standard error anyway */
	static const struct {
		const char *line, *told;
		int status;
	} cases[] = {
		{MOVE, "moved 500 from 7001 to 7002: 7001 has 500", 0},
		{MOVE " --json", "\"COMMITTED\"", 0},
		{"transfer 7001 7002 5000 --yes", "rejected: ", 3 | TALK},
		{"transfer 7001 7002 5000 --yes --csv", "REJECTED", 3},
		{"undo " UUID " --yes", "moved 5 from 7002 to 7001", 0},
		{"settle " UUID, "committed: it moved 5 from 7001 to 7002", 0},
		{"settle " UUID " --format jsonl", "\"COMMITTED\"", 0},
		{"delete 7003 --yes", "deleted 1 account: 7003 (1000)", 0},
		{"create 3", "created 3 accounts", TALK},
		{"import $HOME/two.csv", "imported 2 accounts", TALK},
		{"init", "the tables are there", TALK},
		{"tutorial --accounts 2 --yes", "added 2 accounts; moved ", 0},
		{"-c '" MOVE "' -c 'delete 7003 --yes'", "moved 500 from 7001 to 7002",
		 1}, /* the second was not begun */
		{"-c '" MOVE "' -c count", "moved 500 from 7001 to 7002", 1},
		{"--yes <$HOME/moves", "moved 500 from 7001 to 7002", 1},
	};
	static const char *const places[] = {">/dev/full", ">&-", ">&4"};
	for (size_t i = 0; i < COUNT_OF(places) * COUNT_OF(cases); i++) {
		struct buf script = {0};
		size_t c = i / COUNT_OF(places);
		bool gone = i % COUNT_OF(places) == 2; /* a pipe that nobody reads */
		bank(state);
		pg_exec("INSERT INTO transfers (id, source, destination, amount) VALUES ('" UUID "', 7001, 7002, 5)");
		buf_fmt(&script,
			"cd $HOME; printf 'id,balance\\n1,5\\n2,5\\n' >two.csv; printf '%s\\n%s\\n' >moves; rm -f p; "
			"mkfifo p; "
			"exec 3<>p 4>p 3>&-; exec '%s' %s %s",
			MOVE, MOVE, proc_teller(), cases[c].line, places[i % COUNT_OF(places)]);
		struct proc *proc = proc_run((const char *const[]){"sh", "-c", script.p, NULL}, NULL, NULL);
		proc_expect_status(proc, gone && cases[c].status == 1 ? 141 : cases[c].status & ~TALK);
		proc_expect_err(proc, cases[c].told);
		if (!gone && !(cases[c].status & TALK))
			proc_expect_err(proc, i % COUNT_OF(places) ? "cannot write to standard output: Bad file"
								   : "cannot write to standard output: No space");
		assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE source = 7001 AND amount = 500"),
				 strstr(cases[c].line, MOVE) || strstr(cases[c].line, "moves"));
		proc_free(proc);
		buf_free(&script);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(savepoint_never_succeeds_here, bank),
		cmocka_unit_test_setup(restart_does, bank),
		cmocka_unit_test_setup(what_is_injected_is_retried, bank),
		cmocka_unit_test_setup(what_is_injected_can_be_too_much, bank),
		cmocka_unit_test_setup(a_cut_commit_happens_once, bank),
		cmocka_unit_test_setup(what_was_lost_is_told_as_the_ledger_has_it, bank),
		cmocka_unit_test_setup(a_delay_is_waited_for, bank),
		cmocka_unit_test(a_connection_lost_in_a_delay_is_made_again),
		cmocka_unit_test(a_failed_rollback_closes_the_connection),
		cmocka_unit_test(it_is_told_though_standard_output_fails),
		cmocka_unit_test_setup(a_rival_that_is_held_up_is_left_behind, bank),
	};
	return cmocka_run_group_tests_name("verb/outcome", tests, pg_own_database, NULL);
}
