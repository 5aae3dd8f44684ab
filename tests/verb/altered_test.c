/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table that is altered while teller is open: the next command fails at most once, a transfer not at all, and the rest is true of the new table. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct proc *proc;
static int script;

static int own_database(void **state)
{
	signal(SIGPIPE, SIG_IGN); /* a teller that has ended is seen by what it said */
	return pg_own_database(state);
}

static int start(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_exec("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer, note text)");
	pg_exec("INSERT INTO accounts VALUES (1, 1000, 'a'), (2, 1000, 'b')");
	char path[300];
	snprintf(path, sizeof path, "%s/lines.%d", getenv("TMPDIR"), (int)getpid());
	assert_int_equal(mkfifo(path, 0600), 0);
	const char *const argv[] = {"sh", "-c", "exec \"$0\" --csv <\"$1\"", proc_teller(), path, NULL};
	proc = proc_start(argv, NULL, NULL); /* not -f, which ends at the first failure */
	script = open(path, O_WRONLY | O_CLOEXEC);
	unlink(path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	close(script);
	proc_free(proc);
	return 0;
}

/* Runs a line, and returns when its end was written. What it wrote is out and err, from their beginning. */
static void run_line(const char *line)
{
	static unsigned number;
	struct buf text = {0}, sign = {0};
	buf_clear(&proc->out);
	buf_clear(&proc->err);
	buf_fmt(&sign, "end-%u", ++number);
	buf_fmt(&text, "%s\nhelp %s\n", line, sign.p);
	assert_int_equal(write(script, text.p, text.len), text.len);
	proc_wait_output(proc, sign.p);
	buf_free(&text);
	buf_free(&sign);
}

static void expect_list(const char *list)
{
	run_line("list --limit 1");
	if (strncmp(buf_text(&proc->out), list, strlen(list)) != 0)
		fail_msg("%s\n%s", buf_text(&proc->out), buf_text(&proc->err));
}

static void a_change_is_told_once(void **state)
{
	(void)state;
	static const struct {
		const char *sql, *list;
	} changes[] = {
		{"ALTER TABLE accounts ALTER id TYPE bigint", "id,balance,note\n1,1000,a\n"},
		{"ALTER TABLE accounts ALTER note TYPE integer USING 7", "id,balance,note\n1,1000,7\n"},
		{"ALTER TABLE accounts RENAME note TO remark", "id,balance,remark\n1,1000,7\n"},
		{"ALTER TABLE accounts DROP COLUMN remark", "id,balance\n1,1000\n"},
		{"ALTER TABLE accounts ALTER balance TYPE numeric(12,2)", "id,balance\n1,1000.00\n"},
	};
	expect_list("id,balance,note\n1,1000,a\n");
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		pg_exec("%s", changes[i].sql);
		run_line("list --limit 1");
		proc_expect_err(proc, "accounts cannot be read");
		proc_expect_err(proc, "accounts may have changed: it is looked at again");
		expect_list(changes[i].list);
	}
	run_line("conninfo");
	assert_null(strstr(buf_text(&proc->out), "pooler"));
}

static void reconnect_reads_the_table_again(void **state)
{
	(void)state;
	expect_list("id,balance,note\n1,1000,a\n");
	pg_exec("ALTER TABLE accounts ADD COLUMN extra integer");
	expect_list("id,balance,note\n1,1000,a\n");
	run_line("reconnect");
	expect_list("id,balance,note,extra\n1,1000,a,\n");
}

/* The statements of a transfer are prepared; what was prepared is made again in the next attempt. */
static void a_transfer_is_tried_again(void **state)
{
	(void)state;
	static const char *const changes[] = {"ALTER TABLE accounts ALTER id TYPE bigint",
					      "ALTER TABLE accounts ALTER balance TYPE bigint"};
	run_line("transfer 1 2 10 --yes");
	proc_expect_out(proc, "1,2,10,");
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		pg_exec("%s", changes[i]);
		run_line("transfer 1 2 10 --yes");
		proc_expect_out(proc, ",COMMITTED,");
	}
	pg_expect("970", "SELECT balance FROM accounts WHERE id = 1");
	pg_expect("1030", "SELECT balance FROM accounts WHERE id = 2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_change_is_told_once, start, end),
		cmocka_unit_test_setup_teardown(reconnect_reads_the_table_again, start, end),
		cmocka_unit_test_setup_teardown(a_transfer_is_tried_again, start, end),
	};
	return cmocka_run_group_tests_name("verb/altered", tests, own_database, NULL);
}
