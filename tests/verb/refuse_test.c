/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What teller says, and how it leaves, when it cannot do what was asked: no server, a wrong word, an unusable table. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_refuse", NULL);
	pg_bank(3);
	return 0;
}

static int lines(const struct buf *text)
{
	int n = 0;
	for (const char *p = buf_text(text); (p = strchr(p, '\n')) != NULL; p++)
		n++;
	return n;
}

/* One or two lines on standard error, nothing on standard output. */
static void check_refusal(struct proc *proc, int status, const char *word)
{
	proc_expect_status(proc, status);
	proc_expect_err(proc, word);
	assert_in_range(lines(&proc->err), 1, 2);
	assert_string_equal(buf_text(&proc->out), "");
	print_message("# %s", buf_text(&proc->err));
	proc_free(proc);
}

static void no_server(void **state)
{
	(void)state;
	static const char *const nobody[] = {"PGHOST", "PGPORT=1", NULL};
	static const char *const nowhere[] = {"PGHOST=/nonexistent", NULL};
	const char *const bare[] = {proc_teller(), NULL};
	const char *const count[] = {proc_teller(), "count", NULL};
	check_refusal(proc_run(bare, nobody, "count\n"), 2, "teller demo");
	check_refusal(proc_run(bare, nobody, NULL), 2, "teller demo");
	check_refusal(proc_run(count, nobody, NULL), 2, "teller demo");
	check_refusal(proc_run(count, nowhere, NULL), 2, "/nonexistent");
	check_refusal(teller_run("-h", "127.0.0.1", "-p", "1", "count"), 2, "127.0.0.1");
	check_refusal(teller_run("-d", "no_such_database", "count"), 2, "no_such_database");
	check_refusal(teller_run("-h", "no-such-host.invalid", "count"), 2, "no-such-host.invalid");
}

static void wrong_words(void **state)
{
	(void)state;
	check_refusal(teller_run("--lmit", "3", "list"), 1, "--lmit");
	check_refusal(teller_run("-Z"), 1, "-Z");
	check_refusal(teller_run("lst"), 1, "lst");
	check_refusal(teller_run("-c", "lisst"), 1, "did you mean list");
	check_refusal(teller_run("list", "--limit"), 1, "limit");
	check_refusal(teller_run("list", "--limit", "many"), 1, "many");
	check_refusal(teller_run("list", "--limit", "0"), 1, "limit");
	check_refusal(teller_run("list", "--limt", "3"), 1, "did you mean --limit");
	check_refusal(teller_run("list", "7001"), 1, "7001");
	check_refusal(teller_run("show"), 1, "ID");
	check_refusal(teller_run("show", "seven"), 1, "seven");
	check_refusal(teller_run("transfer", "7001", "7002", "most", "--yes"), 1, "most");
	check_refusal(teller_run("transfer", "7001", "--yes"), 1, "TO");
	check_refusal(teller_run("--format", "xml", "list"), 1, "xml");
	check_refusal(teller_run("--wire", "pigeon", "list"), 1, "pigeon");
	check_refusal(teller_run("-f", "/nonexistent/commands"), 1, "/nonexistent/commands");
	check_refusal(teller_run("postgres://[", "count"), 1, "connection string");
}

/* What is wrong with the line itself is said before anybody is asked to connect. */
static void wrong_words_without_a_server(void **state)
{
	(void)state;
	static const char *const nobody[] = {"PGHOST", "PGPORT=1", NULL};
	static const char *const lines_of[][5] = {{"list", "--limit", "many"},
						  {"transfer", "7001"},
						  {"transfer", "7001", "7002", "--id", "x"},
						  {"init", "--accounts", "x"}};
	for (size_t i = 0; i < COUNT_OF(lines_of); i++) {
		const char *argv[7] = {proc_teller()};
		memcpy(argv + 1, lines_of[i], sizeof lines_of[i]);
		struct proc *proc = proc_run(argv, nobody, NULL);
		proc_expect_status(proc, 1);
		proc_free(proc);
	}
}

/* A script stops where it fails, and says no more. */
static void a_failing_command_ends_a_script(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "transfer 7001 7001 --yes", "-c", "count");
	proc_expect_status(proc, 3);
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
}

static void tables_that_cannot_be_used(void **state)
{
	(void)state;
	static const struct {
		const char *make, *word;
	} cases[] = {
		{"CREATE TABLE odd (id integer, balance integer)", "primary key"},
		{"CREATE TABLE odd (id integer PRIMARY KEY, balance float)", "balance"},
		{"CREATE TABLE odd (id integer PRIMARY KEY, balance numeric)", "balance"},
		{"CREATE TABLE odd (id integer PRIMARY KEY, amount integer)", "balance"},
		{"SELECT 1", "odd"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		pg_exec("DROP TABLE IF EXISTS odd");
		pg_exec("%s", cases[i].make);
		struct proc *proc = teller_run("--table", "odd", "count");
		assert_int_not_equal(proc->status, 0);
		proc_expect_err(proc, cases[i].word);
		print_message("# (%d) %s", proc->status, buf_text(&proc->err));
		assert_in_range(lines(&proc->err), 1, 2);
		assert_string_equal(buf_text(&proc->out), "");
		proc_free(proc);
	}
}

static void one_sentence_and_status_for_an_unusable_table(void **state)
{
	(void)state;
	static const char *const lines[][5] = {{"init"},      {"create", "5"}, {"list"},
					       {"count"},     {"verify"},      {"transfer", "1", "2", "--yes"},
					       {"show", "1"}, {"tutorial"},    {"delete", "1", "--yes"}};
	pg_exec("DROP TABLE IF EXISTS odd; CREATE TABLE odd (id integer PRIMARY KEY)");
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		const char *argv[9] = {proc_teller(), "--table", "odd"};
		memcpy(argv + 3, lines[i], sizeof lines[i]);
		struct proc *proc = proc_run(argv, NULL, NULL);
		proc_expect_status(proc, 3);
		proc_expect_err(proc, "odd has no column named balance: name another table with --table");
		proc_free(proc);
	}
}

/* The reader of a pipe may leave first; no harm, no noise. */
static void a_closed_pipe_is_no_disaster(void **state)
{
	(void)state;
	char script[700];
	snprintf(script, sizeof script, "%s list --csv | head -n 1", proc_teller());
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", script, NULL}, NULL, NULL);
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "id,balance\n");
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
}

/* Nothing was set up when the reader left: there is nothing to be torn down by hand. */
static void a_transcript_whose_reader_leaves(void **state)
{
	(void)state;
	char script[700];
	pg_exec("DROP SCHEMA IF EXISTS teller_lesson CASCADE");
	snprintf(script, sizeof script, "%s lab run write-skew --transcript | head -n 1", proc_teller());
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", script, NULL}, NULL, NULL);
	proc_expect_all(proc, 0, "Parsed test spec with 2 sessions\n", NULL);
	proc = proc_run((const char *const[]){"sh", "-c", script, NULL}, NULL, NULL);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
}

/* What a trigger swallows is not said to be something else. */
static void rows_that_a_trigger_keeps(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS kept; CREATE TABLE kept (id integer PRIMARY KEY, balance integer NOT NULL);"
		"INSERT INTO kept VALUES (1, 100);"
		"CREATE OR REPLACE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
		"CREATE TRIGGER k BEFORE INSERT OR DELETE ON kept FOR EACH ROW EXECUTE FUNCTION keep()");
	check_refusal(teller_run("--table", "kept", "create", "5"), 3, "a trigger or a rule keeps them out");
	check_refusal(teller_run("--table", "kept", "delete", "1", "--yes"), 3,
		      "a trigger or a rule keeps this account: 1; nothing was changed");
	check_refusal(teller_run("--table", "kept", "delete", "2", "--yes"), 3,
		      "this account was not there: 2; nothing");
	check_refusal(teller_run("--table", "kept", "delete", "2", "1", "3", "--yes"), 3,
		      "a trigger or a rule keeps this account: 1; nothing was changed");
	pg_expect("1", "SELECT count(*) FROM kept");
}

/* Data that cannot be written are never lost without a word, and what is opened next must not come to stand where
 * standard input or output should be. */
static void streams_that_cannot_be_used(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		int status;
		const char *why;
	} cases[] = {
		{"import - <&-", 1, "cannot read standard input: Bad file descriptor"},
		{"count >&-", 1, "cannot write to standard output: Bad file descriptor"},
		{"count >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"version >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"list >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"export - >&-", 1, "cannot write to standard output: Bad file descriptor"},
		{"count 2>&-", 0, ""},
		{"--help >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"--version >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"completion bash >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"help >&-", 1, "cannot write to standard output: Bad file descriptor"},
		{"doctor >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"doctor -o /dev/full", 1, "cannot write to /dev/full: No space left on device"},
		{"lab list >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"lab run first-transfer >/dev/full", 1, "cannot write to standard output: No space left on device"},
		{"lab run first-transfer --transcript >/dev/full", 1,
		 "cannot write to standard output: No space left on device"},
		{"list -o /dev/full", 1, "cannot write to /dev/full: No space left on device"},
		{"count -o /dev/full", 1, "cannot write to /dev/full: No space left on device"},
		{"list --json -o /dev/full", 1, "cannot write to /dev/full: No space left on device"},
		{"lab run first-transfer --transcript -o /dev/full", 1, "cannot write to /dev/full"},
		{"lab handout first-transfer -o /dev/full", 1, "cannot write to /dev/full: No space left on device"},
		{"-f /", 1, "cannot read /: Is a directory"},
		{"</", 1, "cannot read standard input: Is a directory"},
		{"-f - </", 1, "cannot read standard input: Is a directory"},
		{"import - </", 1, "cannot read standard input: Is a directory"},
		{"<&-", 1, "cannot read standard input: Bad file descriptor"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf command = {0};
		pg_bank(2);
		buf_fmt(&command, "exec '%s' %s", proc_teller(), cases[i].line);
		struct proc *proc = proc_run((const char *const[]){"sh", "-c", command.p, NULL}, NULL, NULL);
		proc_expect_status(proc, cases[i].status);
		proc_expect_err(proc, cases[i].why);
		proc_free(proc);
		buf_free(&command);
	}
}

/* A sentence and an exit status, and nothing that is said to be something else. */
static void few_descriptors(void **state)
{
	enum { DEMO = 2, DEMO_MOST = 13 }; /* with more than those PostgreSQL says by itself that it is too few */
	(void)state;
	static const char *const verbs[] = {"version", "count", "demo count", "lab run first-transfer"};
	char script[700], asan[300];
	const char *options = getenv("ASAN_OPTIONS");
	/* The search for leaks never ends where it cannot open what it wants. */
	snprintf(asan, sizeof asan, "ASAN_OPTIONS=%s:detect_leaks=0", options ? options : "");
	for (int n = 3; n <= 20; n++)
		for (size_t i = 0; i < COUNT_OF(verbs); i++) {
			if (i == DEMO && n > DEMO_MOST)
				continue;
			snprintf(script, sizeof script, "ulimit -n %d; exec '%s' %s", n, proc_teller(), verbs[i]);
			struct proc *proc = proc_run((const char *const[]){"bash", "-c", script, NULL},
						     (const char *const[]){asan, NULL}, NULL);
			const char *err = buf_text(&proc->err);
			bool wrong = strstr(err, "no user") || strstr(err, "was killed");
			if (proc->status >= 128 || wrong || (proc->status != 0 && lines(&proc->err) == 0))
				fail_msg("ulimit -n %d, %s: status %d: %s", n, verbs[i], proc->status, err);
			proc_free(proc);
		}
}

/* A line without an end, and lines without an end, keep nobody from ending the program. */
static void endless_input_can_be_ended(void **state)
{
	(void)state;
	static const char *const lines[] = {"-c version -f /dev/zero", "-f <(yes version)"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		char script[700];
		snprintf(script, sizeof script, "exec '%s' %s", proc_teller(), lines[i]);
		struct proc *proc = proc_start((const char *const[]){"bash", "-c", script, NULL}, NULL, NULL);
		proc_wait_output(proc, "teller ");
		proc_signal(proc, SIGTERM);
		proc_wait(proc);
		proc_expect_status(proc, 128 + SIGTERM);
		proc_free(proc);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_server),
		cmocka_unit_test(wrong_words),
		cmocka_unit_test(wrong_words_without_a_server),
		cmocka_unit_test(a_failing_command_ends_a_script),
		cmocka_unit_test(tables_that_cannot_be_used),
		cmocka_unit_test(one_sentence_and_status_for_an_unusable_table),
		cmocka_unit_test(a_closed_pipe_is_no_disaster),
		cmocka_unit_test(a_transcript_whose_reader_leaves),
		cmocka_unit_test(rows_that_a_trigger_keeps),
		cmocka_unit_test(streams_that_cannot_be_used),
		cmocka_unit_test(few_descriptors),
		cmocka_unit_test(endless_input_can_be_ended),
	};
	return cmocka_run_group_tests_name("verb/refuse", tests, own_database, NULL);
}
