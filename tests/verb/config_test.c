/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file without a screen: what is wrong in it is said on standard error, and the rest holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char file[200];

static int config_bank(void **state)
{
	(void)state;
	char dir[150];
	pg_bank(3);
	snprintf(dir, sizeof dir, "%s/.config", getenv("HOME"));
	mkdir(dir, 0700);
	strcat(dir, "/teller");
	mkdir(dir, 0700);
	snprintf(file, sizeof file, "%s/config", dir);
	unlink(file);
	return 0;
}

static void config_put(const char *text)
{
	FILE *to = fopen(file, "w");
	assert_non_null(to);
	fputs(text, to);
	assert_int_equal(fclose(to), 0);
}

static void a_file_is_read_at_start(void **state)
{
	(void)state;
	char line[300];
	config_put("set format csv\n\n\n\n\n\nset wire pigeon\nset attempts 4\n");
	struct proc *proc = teller_run("list", "--limit", "1");
	snprintf(line, sizeof line, "teller: %s:7: wire is one of", file);
	proc_expect_err(proc, line);
	proc_expect_all(proc, 0, "id,balance\n7001,1000\n", NULL);
	proc = teller_run("-c", "set attempts");
	proc_expect_out(proc, "attempts 4");
	proc_free(proc);
	proc_expect_all(teller_run("list", "--limit", "1", "--json", "--no-config"), 0,
			"[\n{\"id\":\"7001\",\"balance\":\"1000\"}\n]\n", "");
	proc_expect_all(teller_run("--no-config", "-c", "set attempts"), 0,
			"attempts 10 in all, the first one included\n", "");
}

static void options_of_the_command_line_win(void **state)
{
	(void)state;
	config_put("set attempts 4\nset format csv\n");
	struct proc *proc = teller_run("--max-attempts", "2", "-c", "set attempts");
	proc_expect_out(proc, "attempts 2 in all");
	proc_free(proc);
	proc_expect_all(teller_run("list", "--limit", "1", "--format", "jsonl"), 0,
			"{\"id\":\"7001\",\"balance\":\"1000\"}\n", "");
}

static void a_named_file_must_be_there(void **state)
{
	(void)state;
	proc_expect_all(teller_run("--config", "/nowhere/config", "list"), 1, "",
			"teller: cannot read the configuration /nowhere/config: No such file or directory\n");
	proc_expect_all(teller_run("--config", "/dev/null", "list"), 1, "",
			"teller: cannot read the configuration /dev/null: it is a device or pipe, and not a file\n");
}

/* A name that would write to the terminal does not. */
static void a_file_cannot_write_to_the_terminal(void **state)
{
	(void)state;
	config_put("\033]0;owned\a\n");
	struct proc *proc = teller_run("-c", "version");
	proc_expect_err(proc, ":1: it has a control character (\\x1b)");
	assert_null(strchr(buf_text(&proc->err), '\033'));
	proc_free(proc);
}

static void keys_are_bound_by_lines_too(void **state)
{
	(void)state;
	proc_expect_all(teller_run("-c", "bind F12 ledger", "-c", "unbind F12"), 0, "", NULL);
	proc_expect_all(teller_run("-c", "unbind F12"), 1, "",
			"teller: F12 is bound to nothing in global; ? shows the keys\n");
	proc_expect_all(teller_run("-c", "bind F12 transfer 7001 7002 half --yes"), 1, "",
			"teller: --yes cannot be given beforehand: transfer asks when it is run\n");
	proc_expect_all(teller_run("-c", "set ascii on", "-c", "set color never"), 0,
			"ascii on: frames of - and |\ncolor never: bold and reverse only\n", "");
}

static void aliases_are_run(void **state)
{
	(void)state;
	config_put("alias one list --limit 1\nalias pay transfer 7001 7002\n");
	proc_expect_all(teller_run("-c", "one --csv"), 0, "id,balance\n7001,1000\n", "");
	proc_expect_all(teller_run("-c", "pay half"), 1, "",
			"teller: transfer asks first, and nobody can answer here: add --yes\n");
	pg_expect("1000", "SELECT balance FROM accounts WHERE id = 7001");
	struct proc *proc = teller_run("-c", "pay half --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_expect("500", "SELECT balance FROM accounts WHERE id = 7001");
	proc_expect_all(teller_run("-c", "alias"), 0, "alias one list --limit 1\nalias pay transfer 7001 7002\n", "");
	proc_expect_all(teller_run("-c", "unalias pay", "-c", "pay half --yes"), 1, "",
			"teller: there is no command pay; did you mean play?\n");
	proc_expect_all(teller_run("-c", "alias x count", "-c", "alias y x"), 1, "",
			"teller: an alias stands for a command, and x is none\n");
	pg_expect("500", "SELECT balance FROM accounts WHERE id = 7001");
}

static void servers_are_named(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fmt(&text, "server here host=%s dbname=%s\nserver there host=/nowhere\n", getenv("PGHOST"),
		getenv("PGDATABASE"));
	config_put(buf_text(&text));
	static const char *const env[] = {"PGHOST=/elsewhere", "PGDATABASE=other", NULL};
	proc_expect_all(
		proc_run((const char *const[]){proc_teller(), "@here", "list", "--limit", "1", "--csv", NULL}, env, ""),
		0, "id,balance\n7001,1000\n", "");
	proc_expect_all(
		proc_run((const char *const[]){proc_teller(), "-d", "@here", "list", "--limit", "1", "--csv", NULL},
			 env, ""),
		0, "id,balance\n7001,1000\n", "");
	struct proc *proc = teller_run("@there", "count");
	proc_expect_status(proc, 2);
	proc_expect_err(proc, "/nowhere");
	proc_free(proc);
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_file_is_read_at_start, config_bank),
		cmocka_unit_test_setup(options_of_the_command_line_win, config_bank),
		cmocka_unit_test_setup(a_named_file_must_be_there, config_bank),
		cmocka_unit_test_setup(a_file_cannot_write_to_the_terminal, config_bank),
		cmocka_unit_test_setup(keys_are_bound_by_lines_too, config_bank),
		cmocka_unit_test_setup(aliases_are_run, config_bank),
		cmocka_unit_test_setup(servers_are_named, config_bank),
	};
	return cmocka_run_group_tests_name("verb/config", tests, pg_own_database, NULL);
}
