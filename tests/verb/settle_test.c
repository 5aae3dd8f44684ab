/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settle: what the ledger says of a transfer, by its id, and that asking changes nothing. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define UUID "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER "fedcba98-7654-3210-fedc-ba9876543210"

static int bank(void **state)
{
	(void)state;
	pg_bank(3);
	return 0;
}

static void check(const char *id, int status, const char *out, const char *err)
{
	struct proc *proc = teller_run("settle", id);
	proc_expect_status(proc, status);
	assert_string_equal(buf_text(&proc->out), out);
	proc_expect_err(proc, err);
	proc_free(proc);
}

static void it_committed_or_it_did_not(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--id", UUID, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check(UUID, 0, "transfer " UUID " committed: it moved 5 from 7001 to 7002\n", "");
	check(OTHER, 3, "", "transfer " OTHER " did not commit; nothing was moved");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 995);
}

/* By what a list shows of the id: one that the ledger has, or the one that waits to be settled. */
static void named_by_its_beginning(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--id", UUID, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check("01234567", 0, "transfer " UUID " committed: it moved 5 from 7001 to 7002\n", "");
	check("fedcba98", 3, "", "no transfer in the ledger has an id that begins with fedcba98");
	check("fedcba9", 1, "", "or its first 8 characters or more");
	pg_exec("INSERT INTO transfers SELECT '01234567-0000-4000-8000-000000000000', source, destination, amount, "
		"made_at"
		" FROM transfers");
	check("01234567", 3, "", "more than one transfer in the ledger has an id that begins with 01234567");
	check("01234567-89", 0, "transfer " UUID " committed: it moved 5 from 7001 to 7002\n", "");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 2);
}

/* Levers are for transfers, and what retries them may be switched off. */
static void levers_do_not_touch_it(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--protocol=none", "-c", "inject 2", "-c", "inject cut", "-c",
				       "transfer 7001 7002 5 --yes --id " UUID);
	assert_in_range(proc->status, 3, 4);
	proc_free(proc);
	proc = teller_run("-c", "inject cut", "-c", "transfer 7001 7002 5 --yes --id " UUID, "-c", "inject cut", "-c",
			  "settle " UUID, "-c", "inject");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), "committed: it moved 5 from 7001 to 7002"));
	assert_non_null(strstr(buf_text(&proc->out), "inject cut; "));
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 995);
}

/* Another session is writing that very id: the answer waits for what becomes of it. */
static void it_waits_for_one_that_is_under_way(void **state)
{
	(void)state;
	static const char *const ends[] = {"ROLLBACK", "COMMIT"};
	for (int i = 0; i < 2; i++) {
		struct pg_session *session = pg_open();
		pg_run(session, "BEGIN; INSERT INTO transfers (id, source, destination, amount)"
				" VALUES ('" OTHER "', 7001, 7002, 9)");
		const char *const argv[] = {proc_teller(), "--echo=plain", "settle", OTHER, NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		pg_until(NULL, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted");
		pg_run(session, "%s", ends[i]);
		proc_wait(proc);
		proc_expect_status(proc, i == 0 ? 3 : 0);
		proc_free(proc);
		pg_close(session);
		assert_int_equal(pg_number("SELECT count(*) FROM transfers"), i);
	}
}

static void wrong_questions(void **state)
{
	(void)state;
	struct proc *proc = teller_run("settle");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "no transfer waits to be settled");
	proc_free(proc);
	check("no-uuid", 1, "", "settle takes a UUID");
	pg_exec("DROP TABLE transfers");
	check(UUID, 1, "", "cannot settle: there is no ledger table");
}

static void ids_may_be_words(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts, transfers;"
		"CREATE TABLE accounts (id text PRIMARY KEY, balance int);"
		"CREATE TABLE transfers (id uuid PRIMARY KEY, source text, destination text, amount bigint,"
		" made_at timestamptz DEFAULT now());"
		"INSERT INTO accounts VALUES ('ann', 10), ('bob', 0)");
	struct proc *proc = teller_run("transfer", "ann", "bob", "--id", UUID, "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	check(UUID, 0, "transfer " UUID " committed: it moved 5 from ann to bob\n", "");
	check(OTHER, 3, "", "did not commit");
}

/* The second time it says so, and moves nothing. */
static void twice_by_id_moves_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--id", UUID, "--yes");
		proc_expect_status(proc, 0);
		const char *said = i == 0 ? "moved 5 from 7001 to 7002: 7001 has 995"
					  : "moved 5 from 7001 to 7002 before, as transfer " UUID
					    "; nothing was moved now: 7001 has 995";
		assert_non_null(strstr(buf_text(&proc->out), said));
		proc_free(proc);
	}
	assert_int_equal(pg_number("SELECT sum(amount) FROM transfers"), 5);
}

/* An id stands for one transfer: who asks for another one with it is told what it stands for. */
static void an_id_stands_for_one_transfer(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=step", "--wire=pipeline", "--wire=oneshot"};
	static const struct {
		const char *from, *to, *amount;
		int status;
		const char *err;
	} cases[] = {
		{"7001", "7002", "6", 3, "for 5 from 7001 to 7002, and this one is for 6 from 7001 to 7002"},
		{"7002", "7001", "5", 3, "for 5 from 7001 to 7002, and this one is for 5 from 7002 to 7001"},
		{"7001", "7003", "all", 3, "for 5 from 7001 to 7002, and this one is for all from 7001 to 7003"},
		{"7001", "7002", "half", 0, ""},
		{"7001", "7002", "all", 0, ""},
		{"07001", "7002", "5", 0, ""},
	};
	for (size_t w = 0; w < COUNT_OF(wires); w++) {
		bank(state);
		struct proc *first = teller_run(wires[w], "transfer", "7001", "7002", "5", "--id", UUID, "--yes");
		proc_expect_status(first, 0);
		proc_free(first);
		for (size_t i = 0; i < COUNT_OF(cases); i++) {
			struct proc *proc = teller_run(wires[w], "transfer", cases[i].from, cases[i].to,
						       cases[i].amount, "--id", UUID, "--yes");
			proc_expect_status(proc, cases[i].status);
			proc_expect_err(proc, cases[i].err);
			proc_free(proc);
		}
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 995);
	}
}

/* Made behind an open session's back: nothing can be written to the ledger any more, and what is not there proves
 * nothing. */
static void a_ledger_that_swallows_settles_nothing(void **state)
{
	(void)state;
	static const char *const bodies[] = {"RETURN NULL", "NEW.id := gen_random_uuid(); RETURN NEW"};
	static const char *const lines[] = {"settle " UUID "\n", "transfer 7001 7002 5 --yes\n"};
	static const char *const words[] = {"transfer " UUID " cannot be settled: it is not in transfers",
					    "the ledger does not hold what was written there"};
	for (size_t k = 0; k < 2 * COUNT_OF(bodies); k++) {
		size_t i = k % 2;
		bank(state);
		int script;
		struct proc *proc = proc_scripted("--wire=pipeline", NULL, &script);
		(void)!write(script, "count\n", 6);
		proc_wait_output(proc, "3\n");
		pg_exec("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; END';"
			"CREATE TRIGGER swallow BEFORE INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION swallow()",
			bodies[k / 2]);
		(void)!write(script, lines[i], strlen(lines[i]));
		close(script);
		proc_wait(proc);
		proc_expect_err(proc, words[i]);
		proc_expect_status(proc, i % 2 ? 3 : 5);
		proc_free(proc);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		pg_exec("DROP FUNCTION swallow CASCADE");
	}
}

/* A teller that is connected may have sent it, and the server may not have heard it yet. */
static void what_may_still_come_is_not_settled(void **state)
{
	(void)state;
	struct pg_session *other = pg_open();
	pg_run(other, "SET application_name = 'teller/transfer 0badcafe'");
	check(OTHER, 5, "", "1 other session of teller may still bring it there");
	pg_close(other);
	pg_until(NULL, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
	check(OTHER, 3, "", "transfer " OTHER " did not commit; nothing was moved");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_committed_or_it_did_not, bank),
		cmocka_unit_test_setup(named_by_its_beginning, bank),
		cmocka_unit_test_setup(levers_do_not_touch_it, bank),
		cmocka_unit_test_setup(it_waits_for_one_that_is_under_way, bank),
		cmocka_unit_test_setup(wrong_questions, bank),
		cmocka_unit_test_setup(ids_may_be_words, bank),
		cmocka_unit_test_setup(twice_by_id_moves_once, bank),
		cmocka_unit_test_setup(an_id_stands_for_one_transfer, bank),
		cmocka_unit_test_setup(a_ledger_that_swallows_settles_nothing, bank),
		cmocka_unit_test_setup(what_may_still_come_is_not_settled, bank),
	};
	return cmocka_run_group_tests_name("verb/settle", tests, pg_own_database, NULL);
}
