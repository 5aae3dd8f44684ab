/* SPDX-License-Identifier: GPL-3.0-or-later */
/* create and import while the connection is cut or the server dies: as many accounts are there as were told. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

static char file[300];

/* What the program said that it kept: the number behind "created", "imported" or in front of "accounts were
 * imported". */
static long told(const struct proc *proc)
{
	static const char *const before[] = {"created none", "nothing was imported"};
	static const char *const numbers[] = {"created ", "imported "};
	const char *text = buf_text(&proc->err), *last = NULL;
	for (size_t i = 0; i < COUNT_OF(before); i++)
		if (strstr(text, before[i]))
			return 0;
	const char *kept = strstr(text, " were imported and kept");
	for (; kept && kept > text && kept[-1] != '\n' && kept[-1] != ';'; kept--)
		;
	if (kept)
		return strtol(kept, NULL, 10);
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		for (const char *at = strstr(text, numbers[i]); at; at = strstr(at + 1, numbers[i]))
			last = at + strlen(numbers[i]);
	return last ? strtol(last, NULL, 10) : 0;
}

static void write_file(int lines)
{
	snprintf(file, sizeof file, "%s/bulk.csv", getenv("TMPDIR"));
	FILE *to = fopen(file, "w");
	assert_non_null(to);
	fputs("id,balance\n", to);
	for (int i = 1; i <= lines; i++)
		fprintf(to, "%d,5\n", i);
	assert_int_equal(fclose(to), 0);
}

/* ---- the connection is cut at every message ---- */

static struct relay relay;

/* In the environment of the program under test only. */
static struct proc *run_relayed(const char *const argv[])
{
	char host[100];
	const char *const env[] = {host, NULL};
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	return proc_run(argv, env, NULL);
}

/* Messages of a run that has all sessions and writes nothing: cuts before that only meet the start. */
static unsigned messages_of_the_start(enum relay_direction direction)
{
	const char *const argv[] = {proc_teller(), "import", file, NULL};
	write_file(0);
	relay_arm(&relay, RELAY_NOTHING, direction, 0);
	struct proc *proc = run_relayed(argv);
	proc_expect_status(proc, 0);
	proc_free(proc);
	return relay.shared->seen[direction];
}

enum { ACCOUNTS = 20, BEFORE = 8 /* messages of the start that are cut as well */ };

struct tally {
	unsigned cuts, done, stopped;
};

/* Once the sessions stand, all of it is made in spite of the cut. */
static void check(const struct proc *proc, struct tally *tally)
{
	long have = pg_number("SELECT count(*) FROM accounts");
	tally->cuts++;
	if (proc->status == 0) {
		assert_int_equal(have, ACCOUNTS);
		tally->done++;
		return;
	}
	if (proc->status != 2 || have != 0)
		fail_msg("status %d, %ld accounts: %s", proc->status, have, buf_text(&proc->err));
	assert_int_equal(told(proc), 0);
	tally->stopped++;
}

static bool cut_at(unsigned at, enum relay_direction direction, const char *const argv[], struct tally *tally)
{
	pg_exec("TRUNCATE accounts");
	relay_arm(&relay, RELAY_CUT_AFTER, direction, at);
	struct proc *proc = run_relayed(argv);
	bool happened = relay.shared->happened;
	if (happened)
		check(proc, tally);
	proc_free(proc);
	return happened;
}

static void cut_everywhere(const char *what, const char *const argv[])
{
	struct tally tally = {0};
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(0);
	for (enum relay_direction direction = RELAY_TO_SERVER; direction <= RELAY_TO_CLIENT; direction++) {
		unsigned start = messages_of_the_start(direction);
		write_file(ACCOUNTS);
		for (unsigned at = start - BEFORE; cut_at(at, direction, argv, &tally); at++)
			;
	}
	print_message("# %s: %u cuts, %u made all of it, %u had not begun\n", what, tally.cuts, tally.done,
		      tally.stopped);
	assert_in_range(tally.done, 40, 100000);
}

static void create_by_copy(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--backoff=1,5", "create", "20", "--copy", "--chunk", "10", NULL};
	cut_everywhere("create by COPY", argv);
}

static void create_by_insert(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--backoff=1,5", "create", "20", "--insert", "--chunk", "10", NULL};
	cut_everywhere("create by INSERT", argv);
}

static void import(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--backoff=1,5", "import", file, "--chunk", "10", NULL};
	cut_everywhere("import", argv);
}

static int begin_relay(void **state)
{
	(void)state;
	pg_fresh_database("fault_bulk", NULL);
	relay_start(&relay);
	return 0;
}

static int end_relay(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

/* ---- the server dies ---- */

static struct own_server server;

/* Dead at once, in the middle of some chunk, once some of them are in. */
static struct proc *kill_in_the_middle(const char *const argv[])
{
	pg_bank(0);
	struct proc *proc = proc_start(argv, NULL, NULL);
	struct pg_session *session = pg_open();
	pg_until(session, "SELECT count(*) >= 3000 FROM accounts");
	own_server_stop(&server, SIGQUIT);
	pg_close(session);
	return proc;
}

static void come_back(void)
{
	own_server_start(&server, NULL);
	own_server_wait(&server);
}

/* A server that dies with a commit on its way and stays away leaves one chunk unknown, and that is what has to be
 * said. */
static void expect_told(struct proc *proc)
{
	long have = pg_number("SELECT count(*) FROM accounts"), extra = have - told(proc);
	print_message("# status %d: %s", proc->status, strstr(buf_text(&proc->err), "teller: "));
	if (proc->status != 4 && proc->status != 2 && proc->status != 5)
		fail_msg("status %d: %s", proc->status, buf_text(&proc->err));
	assert_in_range(told(proc), 1000, 399000);
	assert_int_equal(told(proc) % 1000, 0);
	if (proc->status == 5)
		proc_expect_err(proc, "not known");
	assert_true(extra == 0 || (proc->status == 5 && extra == 1000));
	proc_free(proc);
}

/* Nobody is there any more: what was kept is told, and it is there when the server is. */
static void a_server_that_stays_away(void **state)
{
	(void)state;
	const char *const create[] = {proc_teller(), "--max-attempts=2",           "-c", "set time 2",
				      "-c",          "create 400000 --chunk 1000", NULL};
	struct proc *proc = kill_in_the_middle(create);
	proc_wait(proc);
	come_back();
	expect_told(proc);
	pg_exec("DROP TABLE accounts, transfers");
	write_file(400000);
	char line[400];
	snprintf(line, sizeof line, "import %s --chunk 1000", file);
	const char *const import_all[] = {proc_teller(), "--max-attempts=2", "-c", "set time 2", "-c", line, NULL};
	proc = kill_in_the_middle(import_all);
	proc_wait(proc);
	come_back();
	expect_told(proc);
	pg_exec("DROP TABLE accounts, transfers");
}

static void a_server_that_comes_back(void **state)
{
	(void)state;
	const char *const create[] = {proc_teller(), "create", "60000", "--copy", "--chunk", "1000", NULL};
	struct proc *proc = kill_in_the_middle(create);
	come_back();
	proc_wait(proc);
	if (proc->status ==
	    5) { /* it died with a commit on its way: after a crash nothing can tell what became of that */
		expect_told(proc);
		return;
	}
	proc_expect_status(proc, 0);
	assert_int_equal(told(proc), 60000);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 60000);
}

static int begin_server(void **state)
{
	(void)state;
	own_server_make(&server, NULL);
	return 0;
}

static int end_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest cut[] = {
		cmocka_unit_test(create_by_copy),
		cmocka_unit_test(create_by_insert),
		cmocka_unit_test(import),
	};
	static const struct CMUnitTest dead[] = {
		cmocka_unit_test(a_server_that_stays_away),
		cmocka_unit_test(a_server_that_comes_back),
	};
	int failed = cmocka_run_group_tests_name("fault/bulk, cut", cut, begin_relay, end_relay);
	return failed + cmocka_run_group_tests_name("fault/bulk, dead", dead, begin_server, end_server);
}
