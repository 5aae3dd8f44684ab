/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters from the command line: every operator is right, and in the server's log what was typed is a parameter and
 * nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* In every text that a user types here, and in nothing else after the set-up. */
#define MARK "zzmark"

static struct own_server server;
static long log_from;

static FILE *open_log(void)
{
	char path[80];
	snprintf(path, sizeof path, "%s/log", server.dir);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

static void start_of_log(void)
{
	FILE *file = open_log();
	fseek(file, 0, SEEK_END);
	log_from = ftell(file);
	fclose(file);
}

static int make_bank(void **state)
{
	(void)state;
	own_server_make(&server, (const char *const[]){"-c", "log_statement=all", NULL});
	pg_exec("CREATE TABLE accounts (id int PRIMARY KEY, balance int, owner text, since date);"
		"INSERT INTO accounts VALUES (1, 10, 'ann', '2020-01-01'), (2, 20, '''; drop table accounts; --" MARK
		"', NULL), (3, NULL, '" MARK "%%', NULL), (4, -5, NULL, '2021-01-01'), (5, 20, 'zoe', NULL)");
	start_of_log();
	return 0;
}

static int remove_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

/* How many lines of the log since the set-up hold the mark; each of them must be about parameters. */
static unsigned marks_in_log(void)
{
	char line[4096];
	unsigned n = 0;
	FILE *file = open_log();
	fseek(file, log_from, SEEK_SET);
	while (fgets(line, sizeof line, file)) {
		if (!strstr(line, MARK))
			continue;
		n++;
		if (!strcasestr(line, "DETAIL:  parameters: $1 = "))
			fail_msg("what was typed is in a statement: %s", line);
	}
	fclose(file);
	start_of_log();
	return n;
}

static void check_ids(const char *filter, const char *ids)
{
	struct proc *proc = teller_run("list", "--where", filter, "--csv");
	proc_expect_status(proc, 0);
	char got[64] = "";
	for (const char *line = strchr(buf_text(&proc->out), '\n'); line && line[1]; line = strchr(line + 1, '\n'))
		snprintf(got + strlen(got), sizeof got - strlen(got), "%d ", atoi(line + 1));
	if (strcmp(got, ids) != 0)
		fail_msg("%s gives %s, not %s", filter, got, ids);
	proc_free(proc);
}

static void every_operator_is_right_and_bound(void **state)
{
	(void)state;
#define DROP "'''; drop table accounts; --" MARK "'"
	static const char *const filters[][2] = {
		{"owner = " DROP, "2 "},
		{"owner <> " DROP, "1 3 5 "},
		{"owner != " DROP, "1 3 5 "},
		{"owner < " DROP, ""},
		{"owner <= " DROP, "2 "},
		{"owner > " DROP, "1 3 5 "},
		{"owner >= " DROP, "1 2 3 5 "},
		{"owner between " DROP " and 'b" MARK "'", "1 2 "},
		{"owner not between " DROP " and 'b" MARK "'", "3 5 "},
		{"owner in (" DROP ", 'zoe')", "2 5 "},
		{"owner not in (" DROP ", 'zoe')", "1 3 "},
		{"owner like '%" MARK "'", "2 "},
		{"owner not like '%" MARK "'", "1 3 5 "},
		{"owner ilike '" MARK "\\%'", "3 "},
		{"not owner = " DROP " and balance = 20", "5 "},
		{"(owner = " DROP " or balance is null) and balance is not null", "2 "},
	};
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		check_ids(filters[i][0], filters[i][1]);
		if (marks_in_log() == 0)
			fail_msg("%s was not sent", filters[i][0]);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
}

static void what_is_no_filter_is_not_sent(void **state)
{
	(void)state;
	static const char *const filters[] = {
		"'; drop table accounts; --" MARK,
		MARK "' or 1=1 --",
		"id = 1; drop table " MARK,
		"\"" MARK "\" = 1",
		"id in (select " MARK ")",
		"id = '1 or " MARK "'",
		"owner = " MARK,
		"balance > 1 or " MARK "()",
		"id = 1 /* " MARK " */",
	};
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		struct proc *proc = teller_run("list", "--where", filters[i]);
		proc_expect_status(proc, 1);
		proc_free(proc);
		assert_int_equal(marks_in_log(), 0);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 5);
}

static void what_the_server_refuses_is_told(void **state)
{
	(void)state;
	struct proc *proc = teller_run("list", "--where", "since > 'soon'");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "invalid input syntax for type date");
	proc_free(proc);
}

static void check_out(struct proc *proc, const char *out)
{
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), out);
	proc_free(proc);
}

static void counts_and_orders(void **state)
{
	(void)state;
	check_out(teller_run("count", "--where", "balance = 20"), "2\n");
	check_out(teller_run("count", "--exact"), "5\n");
	check_out(
		teller_run("list", "--csv", "--sort", "balance desc", "--limit", "2", "--where", "balance is not null"),
		"id,balance,owner,since\n5,20,zoe,\n2,20,'; drop table accounts; --" MARK ",\n");
	check_out(teller_run("list", "--csv", "--sort", "balance", "--after", "1", "--where", "since is null"),
		  "id,balance,owner,since\n2,20,'; drop table accounts; --" MARK ",\n5,20,zoe,\n3,," MARK "%,\n");
	check_out(teller_run("-c", "filter balance < 15", "-c", "sort balance desc", "-c", "list --csv", "-c", "count"),
		  "id,balance,owner,since\n1,10,ann,2020-01-01\n4,-5,,2021-01-01\n2\n");
	check_out(teller_run("list", "--csv", "--sort", "owner desc", "--limit", "2", "--where", "balance > 0"),
		  "id,balance,owner,since\n5,20,zoe,\n1,10,ann,2020-01-01\n");
	check_out(teller_run("list", "--csv", "--sort", "since", "--after", "1", "--limit", "1"),
		  "id,balance,owner,since\n4,-5,,2021-01-01\n");
	struct proc *proc = teller_run("list", "--sort", "wealth");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "accounts can be sorted by id, balance, owner or since, not by \"wealth\"");
	proc_free(proc);
	proc = teller_run("list", "--sort", "balance", "--after", "9");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there is no account 9 to start after");
	proc_free(proc);
	proc = teller_run("-c", "set as-of -10s", "-c", "count");
	proc_expect_err(proc, "cannot read the past");
	proc_free(proc);
	proc = teller_run("count", "--exact", "--about");
	proc_expect_status(proc, 1);
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operator_is_right_and_bound),
		cmocka_unit_test(what_is_no_filter_is_not_sent),
		cmocka_unit_test(what_the_server_refuses_is_told),
		cmocka_unit_test(counts_and_orders),
	};
	return cmocka_run_group_tests_name("verb/filter", tests, make_bank, remove_server);
}
