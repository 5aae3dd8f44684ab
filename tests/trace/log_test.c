/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log in a file: the lines of the log with their dates, appended; a kill, a secret, hostile texts. */
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

static char dir[] = "/tmp/teller-log.XXXXXX";
static char path[64];

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	unlink(path);
	return 0;
}

static void read_log(struct buf *text)
{
	char piece[4096];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	buf_clear(text);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

/* "2020-10-11 16:49:48.096 " */
static bool has_date(const char *line)
{
	static const char form[] = "0000-00-00 00:00:00.000 ";
	for (size_t i = 0; form[i]; i++)
		if (form[i] == '0' ? line[i] < '0' || line[i] > '9' : line[i] != form[i])
			return false;
	return true;
}

/* Whole lines of harmless text, each with its date. */
static size_t check_lines(const struct buf *text)
{
	size_t lines = 0;
	for (const char *line = buf_text(text); *line; line += strcspn(line, "\n") + 1, lines++)
		if (!has_date(line) || !strchr(line, '\n'))
			fail_msg("no line of a log: %.200s", line);
	for (const char *p = buf_text(text); *p; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	return lines;
}

/* A retried transfer, with what --echo=plain writes of it meanwhile. */
static void the_lines_of_the_log(void **state)
{
	(void)state;
	struct buf text = {0};
	struct proc *proc =
		teller_run("-L", path, "-c", "inject 1", "-c", "transfer 7001 7002 half", "--yes", "--echo=plain");
	proc_expect_status(proc, 0);
	read_log(&text);
	assert_true(check_lines(&text) > 15);
	assert_non_null(strstr(text.p, "attempt 2 of 10"));
	assert_non_null(strstr(text.p, "<- durable from here"));
	assert_non_null(strstr(text.p, "[COMMITTED]"));
	for (const char *line = buf_text(&proc->err); *line; line += strcspn(line, "\n") + 1) {
		char whole[512];
		snprintf(whole, sizeof whole, " %.*s\n", (int)strcspn(line, "\n"), line);
		if (line[2] == ':' && line[5] == ':' && !strstr(text.p, whole))
			fail_msg("not in the log: %s", whole);
	}
	proc_free(proc);
	buf_free(&text);
}

static void appended(void **state)
{
	(void)state;
	struct buf once = {0}, twice = {0};
	struct stat st;
	proc_free(teller_run("--log-file", path, "transfer", "7001", "7002", "1", "--yes"));
	read_log(&once);
	proc_free(teller_run("-L", path, "transfer", "7003", "7004", "1", "--yes"));
	read_log(&twice);
	assert_int_equal(strncmp(once.p, twice.p, once.len), 0);
	check_lines(&twice);
	assert_non_null(strstr(once.p, "teller 0."));
	assert_non_null(strstr(twice.p + once.len, ", process "));
	assert_non_null(strstr(twice.p + once.len, "transfer from 7003 to 7004"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_free(&once);
	buf_free(&twice);
}

/* It is in the file before anyone is told that it has happened. */
static void killed(void **state)
{
	(void)state;
	int script;
	struct buf text = {0}, option = {0};
	buf_fmt(&option, "--log-file=%s", path);
	struct proc *proc = proc_scripted(buf_text(&option), NULL, &script);
	dprintf(script, "transfer 7001 7002 half --yes\n");
	proc_wait_output(proc, "moved 500");
	proc_signal(proc, SIGKILL);
	proc_wait(proc);
	proc_free(proc);
	close(script);
	read_log(&text);
	check_lines(&text);
	assert_non_null(strstr(text.p, "[COMMITTED]"));
	buf_free(&text);
	buf_free(&option);
}

static void write_spec(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A lesson's statements are its writer's own, and a notice says what a server wants. */
static void secrets_and_hostile_texts(void **state)
{
	(void)state;
	char lesson[80];
	struct buf text = {0};
	snprintf(lesson, sizeof lesson, "%s/roles.spec", dir);
	write_spec(lesson, "setup { SELECT 'PASSWORD ''Kw9''''Zx8''' }\nsession a\n"
			   "step one { SELECT 'sought' AS \"password 'Kw9 $Zx8\" }\n"
			   "step two { DO $$ BEGIN RAISE NOTICE E'\\x1b[31m\\u202e\\x07 red'; END $$ }\n"
			   "permutation one two\n");
	proc_free(teller_run("-L", path, "lab", "run", lesson));
	unlink(lesson);
	read_log(&text);
	check_lines(&text);
	if (!strstr(text.p, "sought") || strstr(text.p, "Kw9") || strstr(text.p, "Zx8"))
		fail_msg("%s", text.p);
	assert_non_null(strstr(text.p, "\\x1b[31m"));
	assert_null(strstr(text.p, "\xe2\x80\xae"));
	proc_free(teller_run("-L", path, "--dbname=postgresql://u:Kw9Zx8@127.0.0.1:1/db?password=Kw9", "list"));
	read_log(&text);
	assert_non_null(strstr(text.p, "cannot connect"));
	assert_null(strstr(text.p, "Kw9"));
	buf_free(&text);
}

static void places_that_are_none(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-L", "/nowhere/x", "transfer", "7001", "7002", "half", "--yes");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "cannot write the log to /nowhere/x: No such file");
	proc_free(proc);
	proc = teller_run("-L", path, "--trace", path, "transfer", "7001", "7002", "half", "--yes");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "--trace and --log-file name the same file: give each one of its own");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1000);
}

static int begin(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/log", dir);
	return pg_own_database(state);
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_lines_of_the_log, bank),
		cmocka_unit_test_setup(appended, bank),
		cmocka_unit_test_setup(killed, bank),

		cmocka_unit_test_setup(secrets_and_hostile_texts, bank),
		cmocka_unit_test_setup(places_that_are_none, bank),
	};
	return cmocka_run_group_tests_name("trace/log", tests, begin, end);
}
