/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb export: everything of one moment, back again by import, and never half a file under its name. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char file[300], aside[310];

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_export", NULL);
	snprintf(file, sizeof file, "%s/export.csv", getenv("TMPDIR"));
	snprintf(aside, sizeof aside, "%s.tmp", file);
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers, copied");
	pg_bank(3);
	unlink(file);
	unlink(aside);
	return 0;
}

static bool is_there(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

static char *read_file(const char *path)
{
	struct buf text = {0};
	char piece[4096];
	FILE *from = fopen(path, "r");
	assert_non_null(from);
	for (size_t n; (n = fread(piece, 1, sizeof piece, from)) > 0;)
		buf_add(&text, piece, n);
	fclose(from);
	return buf_take(&text);
}

static void expect_file(const char *path, const char *expected)
{
	char *have = read_file(path);
	assert_string_equal(have, expected);
	free(have);
	unlink(path);
}

static void expect(struct proc *proc, int status, const char *told)
{
	proc_expect_status(proc, status);
	proc_expect_err(proc, told);
	proc_free(proc);
}

static void formats_by_ending_or_option(void **state)
{
	(void)state;
	static const char csv[] = "id,balance\n7001,1000\n7002,\n7003,1000\n";
	static const char jsonl[] = "{\"id\":\"7001\",\"balance\":\"1000\"}\n{\"id\":\"7002\",\"balance\":null}\n"
				    "{\"id\":\"7003\",\"balance\":\"1000\"}\n";
	static const char json[] = "[\n{\"id\":\"7001\",\"balance\":\"1000\"},\n{\"id\":\"7002\",\"balance\":null},\n"
				   "{\"id\":\"7003\",\"balance\":\"1000\"}\n]\n";
	char path[320];
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 7002");
	const struct {
		const char *ending, *option, *expected;
	} cases[] = {
		{".csv", NULL, csv},
		{".json", NULL, json},
		{".JSONL", NULL, jsonl},
		{".ndjson", NULL, jsonl},
		{"", NULL, csv},
		{".txt", "--json", json},
		{".json", "--format=csv", csv},
		{"", "--format=jsonl", jsonl},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		snprintf(path, sizeof path, "%s/export%s", getenv("TMPDIR"), cases[i].ending);
		expect(teller_run("export", path, cases[i].option), 0, "exported 3 accounts");
		expect_file(path, cases[i].expected);
	}
	snprintf(path, sizeof path, "%s/export", getenv("TMPDIR"));
	expect(teller_run("export", path), 0, "exported 3 accounts as CSV in ");
	expect(teller_run("export", path, "--csv"), 0, "exported 3 accounts in ");
	static const char *const others[] = {".xlsx", ".tsv", ".csv.gz", ".jsn"};
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		snprintf(path, sizeof path, "%s/export%s", getenv("TMPDIR"), others[i]);
		expect(teller_run("export", path), 1, "end the name in .csv, .json, .jsonl or .md, or add --format");
		assert_int_not_equal(access(path, F_OK), 0);
	}
	struct proc *proc = teller_run("export", "-");
	assert_string_equal(buf_text(&proc->out), csv);
	expect(proc, 0, "exported 3 accounts");
	proc = teller_run("export", "-", "--format", "jsonl");
	assert_string_equal(buf_text(&proc->out), jsonl);
	expect(proc, 0, "exported 3 accounts");
	pg_exec("TRUNCATE accounts");
	proc = teller_run("export", "-", "--json");
	assert_string_equal(buf_text(&proc->out), "[]\n");
	expect(proc, 0, "exported 0 accounts");
}

/* Everything, more than a page of it, is equal to what it was. */
static void round_trip(void **state)
{
	(void)state;
	static const struct {
		const char *columns, *rows;
	} tables[] = {
		{"id uuid PRIMARY KEY, balance int8", "gen_random_uuid(), i * 3689348814741910"},
		{"id int8 PRIMARY KEY, balance numeric(18,2)", "9007199254740993 + i * 7, i * 1.07"},
		{"id text PRIMARY KEY, balance int, \"No te\" text, at timestamptz",
		 "E'a\"b\\n,\\r\\\\ ' || i, CASE i % 5 WHEN 0 THEN NULL ELSE i END,"
		 " CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN E'x,\"\\r\\n\\t\\\\N' ELSE "
		 "repeat('\xc3\xbc', 300)"
		 " END, '2026-01-01'::timestamptz + i * '1 s'::interval"},
		{"balance int2, id varchar(30) PRIMARY KEY, j jsonb", "i, '#' || i, '{\"a\": [1, \"x\"]}'"},
	};
	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		pg_exec("DROP TABLE IF EXISTS accounts, copied; CREATE TABLE accounts (%s);"
			"INSERT INTO accounts SELECT %s FROM generate_series(1, 2500) AS i;"
			"CREATE TABLE copied (LIKE accounts INCLUDING ALL)",
			tables[i].columns, tables[i].rows);
		expect(teller_run("export", file), 0, "exported 2500 accounts");
		expect(teller_run("--table", "copied", "import", file), 0, "imported 2500 accounts");
		assert_int_equal(pg_number("SELECT count(*) FROM (TABLE accounts INTERSECT ALL TABLE copied) AS same"),
				 2500);
		char *before = read_file(file);
		expect(teller_run("--table", "copied", "export", file), 0, "exported 2500 accounts");
		expect_file(file, before);
		free(before);
	}
}

/* What is committed while it runs is not in it: the second page is held up until that has happened. */
static void it_is_one_moment(void **state)
{
	(void)state;
	pg_exec("INSERT INTO accounts SELECT i, 1 FROM generate_series(10001, 30000) AS i");
	const char *const argv[] = {proc_teller(), "export", "-", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	proc_wait_output(proc, "7001,1000");
	pg_exec("DELETE FROM accounts WHERE id > 29000");
	proc_wait(proc);
	assert_non_null(strstr(proc->out.p, "\n30000,1\n"));
	expect(proc, 0, "exported 20003 accounts");
}

static void a_failure_leaves_the_old_file(void **state)
{
	(void)state;
	expect(teller_run("export", file), 0, "exported 3");
	/* A later page meets a balance that cannot be read. */
	pg_exec("INSERT INTO accounts SELECT i, 1 FROM generate_series(10001, 15000) AS i;"
		"CREATE OR REPLACE FUNCTION bad(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN"
		" IF $1 = 2 THEN RAISE EXCEPTION 'torn page'; END IF; RETURN $1; END $$;"
		"ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;"
		"CREATE POLICY bad ON accounts USING (bad(balance) = balance);"
		"UPDATE accounts SET balance = 2 WHERE id = 14000;"
		"DROP ROLE IF EXISTS export_clerk; CREATE ROLE export_clerk LOGIN; GRANT SELECT ON accounts TO "
		"export_clerk");
	struct proc *proc = teller_run("-U", "export_clerk", "export", file);
	proc_expect_err(proc, "torn page");
	expect(proc, 3, "export.csv is as it was");
	assert_false(is_there(aside));
	expect_file(file, "id,balance\n7001,1000\n7002,1000\n7003,1000\n");
	pg_exec("DROP OWNED BY export_clerk; DROP ROLE export_clerk");
}

/* Stopped as soon as it writes, so that the end does not come before the signal. */
static void interrupted_it_leaves_nothing(void **state)
{
	(void)state;
	pg_exec("INSERT INTO accounts SELECT i, 1 FROM generate_series(10001, 300000) AS i");
	const char *const argv[] = {proc_teller(), "export", file, NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	while (!is_there(aside))
		;
	proc_signal(proc, SIGSTOP);
	assert_true(is_there(aside));
	proc_signal(proc, SIGINT);
	proc_signal(proc, SIGCONT);
	proc_wait(proc);
	expect(proc, 130, "cancelled; ");
	assert_false(is_there(file));
	assert_false(is_there(aside));
}

static void places_that_cannot_be_written(void **state)
{
	(void)state;
	expect(teller_run("export", "no/such/place.csv"), 1, "cannot write no/such/place.csv.tmp: No such file");
	expect(teller_run("export", "/dev/null"), 1, "is not a regular file");
	FILE *left = fopen(aside, "w");
	assert_non_null(left);
	fclose(left);
	expect(teller_run("export", file), 1, "another export writes it, or did not end; remove it");
	assert_true(is_there(aside)); /* is not ours */
	char command[400];
	snprintf(command, sizeof command, "'%s' export - >/dev/full", proc_teller());
	const char *const argv[] = {"sh", "-c", command, NULL};
	expect(proc_run(argv, NULL, NULL), 1, "No space left on device");
}

/* What the server computes cannot be given to it; what it would draw, it takes. */
static void columns_that_the_server_fills(void **state)
{
	(void)state;
	static const char columns[] =
		"(id bigint PRIMARY KEY, cents bigint GENERATED ALWAYS AS (balance * 100) STORED, "
		"balance bigint, seen bigint GENERATED ALWAYS AS IDENTITY)";
	pg_exec("CREATE TABLE copied %s; INSERT INTO copied VALUES (1, DEFAULT, 10);"
		"INSERT INTO copied VALUES (2, DEFAULT, 20);"
		"UPDATE copied SET seen = DEFAULT WHERE id = 1",
		columns);
	expect(teller_run("--table", "copied", "export", file), 0, "exported 2 accounts");
	pg_exec("DROP TABLE copied; CREATE TABLE copied %s", columns);
	struct proc *proc = teller_run("--table", "copied", "import", file);
	proc_expect_err(proc, "the column cents is computed by the server, so it is passed over");
	expect(proc, 0, "imported 2 accounts");
	pg_expect("1,1000,10,3 2,2000,20,2",
		  "SELECT string_agg(concat_ws(',', id, cents, balance, seen), ' ' ORDER BY id) FROM copied");
}

/* The memory of few rows is enough, however much all of them take. */
/* The sanitizer keeps what was freed, 256 MB of it, unless it is asked for less. */
static void rows_of_megabytes_are_taken_one_by_one(void **state)
{
	(void)state;
	const char *options = getenv("ASAN_OPTIONS");
	char asan[600];
	snprintf(asan, sizeof asan, "ASAN_OPTIONS=%s:quarantine_size_mb=1", options ? options : "");
	const char *const env[] = {asan, NULL}, *const argv[] = {proc_teller(), "export", file, NULL};
	struct rusage before, after;
	struct stat st;
	pg_exec("ALTER TABLE accounts ADD picture text;"
		"INSERT INTO accounts SELECT g, 5, repeat('x', 4000000) FROM generate_series(1, 40) AS g");
	proc_expect_all(teller_run("count"), 0, "43\n", NULL);
	assert_int_equal(getrusage(RUSAGE_CHILDREN, &before), 0);
	expect(proc_run(argv, env, NULL), 0, "exported 43 accounts");
	assert_int_equal(getrusage(RUSAGE_CHILDREN, &after), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size > 160000000);
	if (after.ru_maxrss > before.ru_maxrss + 60 * 1024)
		fail_msg("%ld kB, and %ld kB without", after.ru_maxrss, before.ru_maxrss);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(formats_by_ending_or_option, bank),
		cmocka_unit_test_setup(round_trip, bank),
		cmocka_unit_test_setup(columns_that_the_server_fills, bank),
		cmocka_unit_test_setup(rows_of_megabytes_are_taken_one_by_one, bank),
		cmocka_unit_test_setup(it_is_one_moment, bank),
		cmocka_unit_test_setup(a_failure_leaves_the_old_file, bank),
		cmocka_unit_test_setup(interrupted_it_leaves_nothing, bank),
		cmocka_unit_test_setup(places_that_cannot_be_written, bank),
	};
	return cmocka_run_group_tests_name("verb/export", tests, own_database, NULL);
}
