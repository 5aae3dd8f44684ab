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

/* ---- save ---- */

static void expect_file(const char *text)
{
	char held[4000] = "";
	FILE *from = fopen(file, "r");
	assert_non_null(from);
	held[fread(held, 1, sizeof held - 1, from)] = '\0';
	fclose(from);
	assert_string_equal(held, text);
}

static void a_new_file_is_written(void **state)
{
	(void)state;
	char said[300];
	snprintf(said, sizeof said, "saved: 9 lines in %s\n", file);
	struct proc *proc = teller_run("-c", "theme dark", "-c", "set wire step", "-c", "set mouse off", "-c",
				       "bind k,j ledger ; [past] all of it", "-c", "unbind accounts d", "-c",
				       "alias rich list --limit", "-c", "colour good '#00ff00' default bold,underline",
				       "-c", "bind '#' count", "-c", "save");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(buf_text(&proc->out), said));
	proc_free(proc);
	expect_file("set wire step\nset mouse off\ntheme dark\ncolour good '#00ff00' default bold,underline\n"
		    "alias rich list --limit\nunbind accounts d\nbind k ledger ; [past] all of it\n"
		    "bind j ledger ; [past] all of it\nbind '#' count\n");
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* What is read back is the same, and nothing is wrong in it. */
	proc_expect_all(teller_run("-c", "save --yes"), 0, said, "");
	proc = teller_run("-c", "set wire", "-c", "alias", "-c", "theme");
	proc_expect_out(proc, "wire step");
	proc_expect_out(proc, "* dark");
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
}

static void what_a_user_wrote_stays(void **state)
{
	(void)state;
	config_put("# mine\n\nset  wire   step  # as I like it\nset attempts=5\nnonsense here\n  theme light\nset "
		   "time 30\n"
		   "bind F12 rich\nalias rich list --limit 3\r\nserver prod service=prod\nbind k,l ledger\n# the end");
	assert_int_equal(chmod(file, 0640), 0);
	struct proc *proc = teller_run("-c", "theme mono", "-c", "alias rich list --limit 4", "-c", "bind F11 count",
				       "-c", "save --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	expect_file("# mine\n\nset  wire   step  # as I like it\nset attempts=5\nnonsense here\ntheme mono\n"
		    "bind F12 rich\nalias rich list --limit 4\nserver prod service=prod\n# the end\n"
		    "bind k ledger\nbind l ledger\nbind F11 count\n");
	struct stat st;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
}

static void it_asks_before_it_replaces(void **state)
{
	(void)state;
	config_put("theme light\n");
	proc_expect_all(teller_run("-c", "theme dark", "-c", "save"), 1, "theme dark: light text on a dark ground\n",
			"teller: save asks first, and nobody can answer here: add --yes\n");
	expect_file("theme light\n");
	proc_expect_all(teller_run("--no-config", "-c", "save --yes"), 1, "",
			"teller: there is no configuration file to save to: teller was started with --no-config\n");
	expect_file("theme light\n");
}

/* One line about each, however often a key is named. */
static void lines_are_written_once(void **state)
{
	(void)state;
	config_put("bind F8,F8 ledger\n");
	static const char held[] = "bind F8 ledger\n";
	for (int i = 0; i < 2; i++) {
		struct proc *proc = teller_run("-c", "save --yes");
		proc_expect_status(proc, 0);
		proc_free(proc);
		expect_file(held);
	}
}

/* Another program wrote to it meanwhile: nothing of that is lost. */
static void a_changed_file_is_not_replaced(void **state)
{
	(void)state;
	config_put("theme light\n");
	int script;
	struct proc *proc = proc_scripted("--plain", NULL, &script);
	dprintf(script, "theme\n");
	proc_wait_output(proc, "* light");
	config_put("theme light\nset attempts 5\n");
	dprintf(script, "save --yes\n");
	proc_wait_output(proc, "has changed since teller was started; start it again, and save then");
	close(script);
	proc_wait(proc);
	proc_free(proc);
	expect_file("theme light\nset attempts 5\n");
}

/* It stays where it leads to: a file that is kept elsewhere. */
static void a_link_stays(void **state)
{
	(void)state;
	char kept[220];
	snprintf(kept, sizeof kept, "%s.kept", file);
	config_put("theme light\n");
	assert_int_equal(rename(file, kept), 0);
	assert_int_equal(symlink(kept, file), 0);
	struct proc *proc = teller_run("-c", "theme dark", "-c", "save --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	struct stat st;
	assert_int_equal(lstat(file, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_file("theme dark\n");
	assert_int_equal(unlink(kept), 0);
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
		cmocka_unit_test_setup(a_new_file_is_written, config_bank),
		cmocka_unit_test_setup(what_a_user_wrote_stays, config_bank),
		cmocka_unit_test_setup(it_asks_before_it_replaces, config_bank),
		cmocka_unit_test_setup(lines_are_written_once, config_bank),
		cmocka_unit_test_setup(a_changed_file_is_not_replaced, config_bank),
		cmocka_unit_test_setup(a_link_stays, config_bank),
	};
	return cmocka_run_group_tests_name("verb/config", tests, pg_own_database, NULL);
}
