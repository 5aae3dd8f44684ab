/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hot standby is shown as one and refuses what writes with a sentence that names the way; what commits stand on is
 * said. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/replica.h"

static struct replica replica;
static char primary[120];

static int make(void **state)
{
	(void)state;
	replica_make(&replica);
	own_server_use(&replica.primary);
	setenv("PGDATABASE", "bank", 1);
	pg_bank(30);
	replica_catch_up(&replica);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	replica_remove(&replica);
	return 0;
}

static int at_standby(void **state)
{
	(void)state;
	own_server_use(&replica.standby);
	snprintf(primary, sizeof primary, "%s:%d", replica.primary.dir, replica.primary.port);
	return 0;
}

static int at_primary(void **state)
{
	(void)state;
	own_server_use(&replica.primary);
	return 0;
}

static void check_doctor(const char *text, const char *advice)
{
	struct proc *proc = teller_run("doctor");
	proc_expect_out(proc, text);
	if (advice)
		proc_expect_out(proc, advice);
	assert_null(strstr(buf_text(&proc->out), "got nothing"));
	proc_free(proc);
}

/* ---- the standby ---- */

static void a_standby_is_shown(void **state)
{
	(void)state;
	char text[200];
	struct proc *proc = teller_run("conninfo");
	snprintf(text, sizeof text, "; standby, read-only; its primary: %s\n", primary);
	proc_expect_out(proc, text);
	proc_free(proc);
	proc = teller_run("conninfo", "--json");
	snprintf(text, sizeof text, "\"standby\":\"true\",\"primary\":\"%s\"", primary);
	proc_expect_out(proc, text);
	proc_free(proc);
	check_doctor("FAILED  writing      standby, read-only; its primary:", "target_session_attrs=read-write");
}

/* Who may not know where it streams from is not told. */
static void the_primary_is_not_for_everybody(void **state)
{
	(void)state;
	at_primary(NULL);
	pg_exec("CREATE ROLE looker LOGIN; GRANT SELECT ON accounts TO looker");
	replica_catch_up(&replica);
	at_standby(NULL);
	setenv("PGUSER", "looker", 1);
	struct proc *proc = teller_run("conninfo");
	struct proc *refused = teller_run("init");
	setenv("PGUSER", "teller", 1);
	proc_expect_out(proc, "; standby, read-only\n");
	proc_expect_err(refused, "connect to its primary, or name all hosts");
	proc_free(proc);
	proc_free(refused);
}

static void what_writes_is_refused(void **state)
{
	(void)state;
	static const char *const lines[] = {"transfer 7001 7002 1 --yes", "create 3",
					    "delete 7001 --yes",          "init",
					    "lab run lost-update",        "lab play lost-update"};
	char way[300];
	snprintf(way, sizeof way,
		 "this server is a standby, read-only: connect to its primary, %s, or name all hosts with "
		 "target_session_attrs=read-write",
		 primary);
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct proc *proc = teller_run("-c", lines[i]);
		proc_expect_status(proc, 3);
		proc_expect_err(proc, way);
		proc_free(proc);
	}
}

static void on_the_screen(void **state)
{
	struct term *term = console_open(state, 24, 80);
	assert_non_null(strstr(term_row(term, 0), "teller  STANDBY  "));
	term_type(term, ":transfer 7001 7002 1<Enter>");
	term_expect(term, "this server is a standby");
	term_type(term, ":lab play lost-update<Enter>");
	term_expect(term, "a lesson writes");
	console_quit(term);
}

static void on_a_small_screen(void **state)
{
	struct term *term = console_open(state, 10, 40);
	assert_non_null(strstr(term_row(term, 0), "teller  STANDBY"));
	assert_non_null(strstr(term_row(term, 0), "Txn: none"));
	console_quit(term);
}

/* ---- what commits stand on ---- */

static void the_doctor_on_durability(void **state)
{
	(void)state;
	check_doctor("FAILED  durability   writes are not forced to disk (fsync=off)\n", "set fsync=on");
	own_server_stop(&replica.standby, SIGINT);
	own_server_stop(&replica.primary, SIGINT);
	own_server_start(&replica.primary, (const char *const[]){"-c", "fsync=on", NULL});
	own_server_wait(&replica.primary);
	check_doctor("ok      durability   a commit is on this server's disk; it has no standby\n", NULL);
	pg_exec("ALTER DATABASE bank SET synchronous_commit = off");
	check_doctor("FAILED  durability   a commit is answered before it is on disk\n",
		     "a crash of the server may lose the last transactions");
	pg_exec("ALTER DATABASE bank RESET synchronous_commit");
	own_server_start(&replica.standby, NULL);
	own_server_wait(&replica.standby);
	replica_catch_up(&replica);
	check_doctor("FAILED  durability   a commit is on this server's disk; its standbys follow\n",
		     "synchronous_standby_names");
	replica_set_synchronous(&replica, true);
	check_doctor("ok      durability   a commit is on this server's disk and on a standby\n", NULL);
	replica_set_synchronous(&replica, false);
}

/* A console that stays open learns of it with the next answer. */
static void promoted(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_expect(term, "STANDBY");
	replica_fail_over(&replica);
	term_type(term, ":reconnect<Enter>");
	term_expect(term, "connected again");
	term_expect_gone(term, "STANDBY");
	term_type(term, ":transfer 7001 7002 1 --yes<Enter>");
	term_expect(term, "moved 1 from 7001");
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_standby_is_shown, at_standby),
		cmocka_unit_test_setup(the_primary_is_not_for_everybody, at_standby),
		cmocka_unit_test_setup(what_writes_is_refused, at_standby),
		cmocka_unit_test_setup_teardown(on_the_screen, at_standby, term_teardown),
		cmocka_unit_test_setup_teardown(on_a_small_screen, at_standby, term_teardown),
		cmocka_unit_test_setup(the_doctor_on_durability, at_primary),
		cmocka_unit_test_setup_teardown(promoted, at_standby, term_teardown),
	};
	return cmocka_run_group_tests_name("pool/standby", tests, make, take_down);
}
