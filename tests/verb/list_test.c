/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verbs that read: list, show, count and help, their formats, and data on standard output alone. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int bank(void **state)
{
	(void)state;
	pg_fresh_database("verb_list", NULL);
	pg_exec("CREATE TABLE accounts (id bigint PRIMARY KEY, balance integer, owner text)");
	pg_exec("INSERT INTO accounts VALUES (7001, 1000, 'Ann'), (7002, NULL, 'Bob, \"the\" builder'),"
		" (7003, -5, E'two\\nlines'), (9007199254740993, 1, NULL)");
	return 0;
}

/* Runs teller; its standard output is `out`, it said nothing else, and left with 0. */
static void check_out(struct proc *proc, const char *out)
{
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), out);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
}

static void list_as_csv(void **state)
{
	(void)state;
	static const char *const csv = "id,balance,owner\n7001,1000,Ann\n7002,,\"Bob, \"\"the\"\" builder\"\n"
				       "7003,-5,\"two\nlines\"\n";
	check_out(teller_run("list", "--limit", "3", "--csv"), csv);
	check_out(teller_run("--csv", "list", "--limit=3"), csv);
	check_out(teller_run("-c", "list --limit 3 --csv"), csv);
	check_out(teller_run("list", "--limit", "3", "--format", "csv"), csv);
}

static void list_after_an_id(void **state)
{
	(void)state;
	check_out(teller_run("list", "--after", "7002", "--limit", "1", "--csv"),
		  "id,balance,owner\n7003,-5,\"two\nlines\"\n");
	check_out(teller_run("list", "--after", "9007199254740993", "--csv"), "id,balance,owner\n");
}

/* Ids and money are strings: a number above 2^53 would come out of a JSON reader as another one. */
static void list_as_json(void **state)
{
	(void)state;
	struct proc *proc = teller_run("list", "--json");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "\"9007199254740993\""));
	assert_non_null(strstr(proc->out.p, "\"two\\nlines\""));
	assert_non_null(strstr(proc->out.p, "null"));
	assert_int_equal(proc->out.p[0], '[');
	proc_free(proc);
	proc = teller_run("list", "--limit", "1", "--format", "jsonl");
	proc_expect_status(proc, 0);
	assert_int_equal(proc->out.p[0], '{');
	assert_ptr_equal(strchr(proc->out.p, '\n'), proc->out.p + proc->out.len - 1);
	proc_free(proc);
}

static void list_for_people(void **state)
{
	(void)state;
	struct proc *proc = teller_run("list");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "two\\nlines"));
	assert_non_null(strstr(proc->out.p, "9007199254740993"));
	proc_free(proc);
}

static void show_and_count(void **state)
{
	(void)state;
	check_out(teller_run("count"), "4\n");
	check_out(teller_run("show", "7001", "--csv"), "id,balance,owner\n7001,1000,Ann\n");
	struct proc *proc = teller_run("show", "4711");
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "4711");
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
	proc = teller_run("show", "99999999999999999999999", "--csv");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "there is no account 99999999999999999999999\n");
	proc_free(proc);
}

static void commands_from_standard_input(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "-f", "-", NULL};
	check_out(proc_run(argv, NULL, "# how many\ncount\n\nshow 7001 --csv\n"),
		  "4\nid,balance,owner\n7001,1000,Ann\n");
	const char *const plain[] = {proc_teller(), NULL}; /* no terminal: the same */
	struct proc *proc = proc_run(plain, NULL, "count\n");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "4\n");
	proc_free(proc);
}

/* As everybody who comes from a shell types them: in -c, in a file, and on standard input. */
static void quotes_of_both_kinds_group(void **state)
{
	(void)state;
	static const char *const rows = "id,balance,owner\n7001,1000,Ann\n";
	const char *const piped[] = {proc_teller(), "--csv", NULL};
	const char *const file[] = {proc_teller(), "--csv", "-f", "-", NULL};
	check_out(teller_run("--csv", "-c", "list --where \"owner = 'Ann'\""), rows);
	check_out(teller_run("--csv", "-c", "list --where=\"balance > 1 and id < 7002\""), rows);
	check_out(teller_run("--csv", "-c", "list --where '\"owner\" = ''Ann'''"), rows);
	check_out(proc_run(piped, NULL, "list --where \"owner = 'Ann'\"\n"), rows);
	check_out(proc_run(file, NULL, "list --where \"owner = 'Ann'\"\n"), rows);
	struct proc *proc = teller_run("-c", "list --where \"owner = 'Ann'");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "a quote is not closed");
	proc_free(proc);
}

static void several_commands(void **state)
{
	(void)state;
	check_out(teller_run("-c", "count", "-c", "count"), "4\n4\n");
}

static void echo_tells_the_statements(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--echo=plain", "count");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "4\n");
	proc_expect_err(proc, "SELECT count(*) FROM accounts  [4] ");
	proc_free(proc);
	proc = teller_run("--echo", "count");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "4\n");
	proc_expect_err(proc, " INFO sqlalchemy.engine.base.Engine SELECT count(*) FROM accounts\n");
	proc_free(proc);
	proc = teller_run("--echo=loud", "count");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "--echo is one of sqlalchemy|plain, not \"loud\"");
	proc_free(proc);
}

static void demo_as_a_verb(void **state)
{
	(void)state;
	struct proc *proc = teller_run("demo", "-c", "list --limit 3 --csv");
	proc_expect_status(proc, 0);
	int lines = 0;
	for (const char *p = proc->out.p; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 4);
	assert_memory_equal(proc->out.p, "id,balance\n", 11);
	assert_int_equal(strspn(proc->out.p + 11, "0123456789,\n"), proc->out.len - 11);
	proc_free(proc);
	proc_expect_none(getenv("TMPDIR")); /* the private server has its directory on its command line */
}

static void help_and_version_need_no_server(void **state)
{
	(void)state;
	static const char *const nowhere[] = {"PGHOST=/nonexistent", NULL};
	static const char *const words[] = {"--help", "-?", "help", "--version", "-V", "version"};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		const char *const argv[] = {proc_teller(), words[i], NULL};
		struct proc *proc = proc_run(argv, nowhere, NULL);
		proc_expect_status(proc, 0);
		assert_non_null(strstr(buf_text(&proc->out), "teller"));
		assert_string_equal(buf_text(&proc->err), "");
		proc_free(proc);
	}
}

/* Behind a verb, help is of that verb, wherever the option stands; the rest of the program is named, not printed. */
static void help_behind_a_verb_is_about_that_verb(void **state)
{
	(void)state;
	static const char *const nowhere[] = {"PGHOST=/nonexistent", NULL};
	static const char *const lines[][4] = {{"load", "--help"}, {"load", "-?"}, {"--help", "load", "race"}};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		const char *const argv[] = {proc_teller(), lines[i][0], lines[i][1], lines[i][2], NULL};
		struct proc *proc = proc_run(argv, nowhere, NULL);
		proc_expect_status(proc, 0);
		assert_non_null(strstr(buf_text(&proc->out), "Usage:\n  teller [CONNECTION] load [race [WAY...]]"));
		assert_non_null(strstr(buf_text(&proc->out), "--workers N"));
		assert_non_null(strstr(buf_text(&proc->out), "--yes"));
		assert_non_null(strstr(buf_text(&proc->out), "teller --help"));
		assert_null(strstr(buf_text(&proc->out), "--total SUM"));
		assert_null(strstr(buf_text(&proc->out), "--host"));
		proc_free(proc);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_as_csv),
		cmocka_unit_test(list_after_an_id),
		cmocka_unit_test(list_as_json),
		cmocka_unit_test(list_for_people),
		cmocka_unit_test(show_and_count),
		cmocka_unit_test(commands_from_standard_input),
		cmocka_unit_test(several_commands),
		cmocka_unit_test(quotes_of_both_kinds_group),
		cmocka_unit_test(echo_tells_the_statements),
		cmocka_unit_test(demo_as_a_verb),
		cmocka_unit_test(help_and_version_need_no_server),
		cmocka_unit_test(help_behind_a_verb_is_about_that_verb),
	};
	return cmocka_run_group_tests_name("verb/list", tests, bank, NULL);
}
