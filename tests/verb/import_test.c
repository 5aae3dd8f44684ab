/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb import: what it takes, which sentence each wrong line gets, and that a chunk is kept whole or not at all. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char file[300];

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("verb_import", NULL);
	snprintf(file, sizeof file, "%s/import.csv", getenv("TMPDIR"));
	return 0;
}

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(0);
	return 0;
}

static void write_file(const char *bytes, size_t n)
{
	FILE *to = fopen(file, "w");
	assert_non_null(to);
	assert_int_equal(fwrite(bytes, 1, n, to), n);
	assert_int_equal(fclose(to), 0);
}

/* "id,balance" and from .. to, each with a balance of 5. */
static void add_lines(struct buf *text, int from, int to)
{
	for (int i = from; i <= to; i++)
		buf_fmt(text, "%d,5\n", i);
}

static char *contents(void)
{
	char *text = pg_value("SELECT string_agg(format('%%s=%%s', id, coalesce(balance::text, 'NULL')), ' '"
			      " ORDER BY id::text) FROM accounts");
	return text ? text : mem_dup("");
}

static void expect_contents(const char *expected)
{
	char *have = contents();
	assert_string_equal(have, expected);
	free(have);
}

#define IMPORT(text, ...) (write_file(text, sizeof(text) - 1), teller_run("import", file, ##__VA_ARGS__))

static void expect(struct proc *proc, int status, const char *told)
{
	proc_expect_err(proc, told);
	proc_expect_status(proc, status);
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
}

/* ---- what it takes ---- */

static void columns_in_any_order(void **state)
{
	(void)state;
	expect(IMPORT("id,balance\n1,10\n2,-20\n"), 0, "imported 2 accounts");
	expect(IMPORT("balance,id\r\n30,3\r\n,4"), 0, "imported 2 accounts");
	expect(IMPORT("\xef\xbb\xbf\"id\",\"balance\"\n\n\"5\",\"50\"\n\n"), 0, "imported 1 account");
	expect(IMPORT("id,balance\n"), 0, "imported 0 accounts");
	expect_contents("1=10 2=-20 3=30 4=NULL 5=50");
}

static void a_byte_order_mark_is_told(void **state)
{
	(void)state;
	expect(IMPORT("\xef\xbb\xbfid,balance\n1,10\n"), 0, "line 1 begins with a byte order mark");
}

static void further_columns(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id text PRIMARY KEY, balance numeric(18,2),"
		" \"Owner\" text, note text DEFAULT 'x')");
	expect(IMPORT("id,Owner,balance\n\"a\"\"b\nc\",\"\",1.5\n\\N,,-0.01\n\" \",\"t\tab\\\",\n"), 0,
	       "imported 3 accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE note = 'x'"), 3);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE (id = E'a\"b\\nc' AND \"Owner\" = ''"
				   " AND balance = 1.50) OR (id = E'\\\\N' AND \"Owner\" IS NULL AND balance = -0.01)"
				   " OR (id = ' ' AND \"Owner\" = E't\\tab\\\\' AND balance IS NULL)"),
			 3);
	expect(IMPORT("id,balance\nz,0.001\n"), 3, "line 2 has the balance \"0.001\", which has more digits after");
	expect(IMPORT("id,balance\nz,12345678901234567.00\n"), 3, "line 2 is refused: ");
}

static void standard_input(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "import", "-", NULL};
	expect(proc_run(argv, NULL, "id,balance\n1,10\n"), 0, "imported 1 account");
	expect(proc_run(argv, NULL, "id,balance\n2,x\n"), 3, "standard input: line 2 has the balance \"x\"");
	expect(proc_run(argv, NULL, ""), 3, "standard input: line 1 is missing: the file is empty");
	const char *const script[] = {proc_teller(), NULL};
	expect(proc_run(script, NULL, "import -\nid,balance\n"), 1, "commands come from standard input");
	expect_contents("1=10");
}

/* ---- what it does not ---- */

static void each_wrong_line_has_its_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t n;
		const char *told;
	} cases[] = {
#define CASE(text, told) {text, sizeof(text) - 1, told}
		CASE("", "line 1 is missing: the file is empty"),
		CASE("\n\n", "line 1 is missing: the file is empty"),
		CASE("1,10\n2,20\n", "line 1 has the column \"1\", which is not among those of accounts"),
		CASE("id\n1\n", "line 1 names no column balance"),
		CASE("balance\n1\n", "line 1 names no column id"),
		CASE("id,balance,id\n", "line 1 has the column \"id\", which it has already"),
		CASE("id,balance,owner\n", "line 1 has the column \"owner\", which is not among those"),
		CASE("id;balance\n1;2\n", "line 1 has the column \"id;balance\""),
		CASE("id,\"balance\n1,2\n", "line 1 has a quote that is never closed"),
		CASE("id,balance\n1,10\n1,20\n", "line 3 has an id that is there already"),
		CASE("id,balance\n1,10\n7001,20\n", "line 3 has an id that is there already"),
		CASE("id,balance\n1,10\n007001,20\n", "line 3 has an id that is there already"),
		CASE("id,balance\n1,10\n2,abc\n", "line 3 has the balance \"abc\", which is not a number"),
		CASE("id,balance\n1,10\n2,\"\"\n", "line 3 has the balance \"\", which is not a number"),
		CASE("id,balance\n1,10\n2,1.5\n", "line 3 has the balance \"1.5\""),
		CASE("id,balance\n1,10\n2,2147483648\n", "line 3 is refused: value \"2147483648\" is out of range"),
		CASE("id,balance\n1,10\nx\x1b[2J,1\n", "line 3 has the id \"x\\x1b[2J\", which is not a whole number"),
		CASE("id,balance\n1,10\n99999999999,1\n", "line 3 is refused: "),
		CASE("id,balance\n1,10\n,1\n", "line 3 has no id"),
		CASE("id,balance\n1,10\n2\n", "line 3 has 1 field, and the first line names 2 columns"),
		CASE("id,balance\n1,10\n2,3,\n", "line 3 has 3 fields"),
		CASE("id,balance\n1,10\n2,3\0\n", "line 3 has a byte 0 in it"),
		CASE("id,balance\n1,10\n2,3\xff\n", "line 3 is not valid UTF-8"),
		CASE("id,balance\n1,10\n2,\"3\n4,5\n", "line 3 has a quote that is never closed"),
		CASE("id,balance\n1,10\n2,3\"\n", "line 3 has a quote in a field"),
		CASE("id,balance\n1,10\n2,3\r4,5\n", "line 3 has a carriage return in it"),
	};
	pg_exec("INSERT INTO accounts VALUES (7001, 1)");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		write_file(cases[i].text, cases[i].n);
		struct proc *proc = teller_run("import", file);
		proc_expect_err(proc, cases[i].told);
		expect(proc, 3, "nothing was imported");
		expect_contents("7001=1");
	}
}

static void a_line_of_a_megabyte(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "id,balance\n1,10\n2,");
	buf_fill(&text, '5', 1 << 20);
	buf_str(&text, "\n3,30\n");
	write_file(text.p, text.len);
	expect(teller_run("import", file), 3, "line 3 is longer than 524288 bytes");
	expect_contents("");
	expect(teller_run("import", file, "--skip-bad"), 0, "imported 2 accounts");
	expect_contents("1=10 3=30");
	buf_free(&text);
}

static void bad_lines_are_left_out(void **state)
{
	(void)state;
	struct proc *proc = IMPORT("id,balance\n1,10\nx,1\n1,11\n2,99999999999\n3,\n\n4\n99999999999,5\n\"5\",50\n"
				   "6,3\"\n7,70\n",
				   "--skip-bad");
	static const char *const lines[] = {"line 3 ", "line 4 ", "line 5 ", "line 8 ", "line 9 ", "line 11 "};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		proc_expect_err(proc, lines[i]);
	expect(proc, 0, "imported 4 accounts");
	expect_contents("1=10 3=NULL 5=50 7=70");
	proc = IMPORT("id,balance\n1,10\nx,1\n", "--skip-bad");
	expect(proc, 0, "imported 0 accounts");
	proc = IMPORT("id,money\n8,10\n", "--skip-bad");
	expect(proc, 3, "nothing was imported");
}

static void a_trigger_refuses_a_row(void **state)
{
	(void)state;
	pg_exec("CREATE OR REPLACE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF NEW.balance = 13 THEN RAISE EXCEPTION 'unlucky'; END IF; RETURN NEW; END $$;"
		"CREATE TRIGGER odd BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION odd()");
	expect(IMPORT("id,balance\n1,10\n2,13\n3,30\n"), 3, "line 3 is refused: unlucky (P0001)");
	expect_contents("");
	expect(IMPORT("id,balance\n1,10\n2,13\n3,30\n", "--skip-bad"), 0, "1 line was left out");
	expect_contents("1=10 3=30");
}

/* An id is said to be there where it is: the server is asked. */
static void a_trigger_keeps_rows_out(void **state)
{
	static const char out[] = "was not taken, and its id is not there: a trigger or a rule keeps it out";
	struct buf odd = {0}, words = {0};
	(void)state;
	buf_fmt(&words, "line 3 %s", out);
	pg_exec("INSERT INTO accounts VALUES (1, 100);"
		"CREATE OR REPLACE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF NEW.balance = 13 THEN RETURN NULL; END IF; RETURN NEW; END $$;"
		"CREATE TRIGGER odd BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION odd()");
	expect(IMPORT("balance,id\n5,2\n13,3\n13,4\n"), 3, words.p);
	expect(IMPORT("id,balance\n2,5\n1,13\n"), 3, "line 3 has an id that is there already");
	expect_contents("1=100");
	buf_str(&odd, "id,balance\n");
	for (int i = 0; i < 40; i++) /* more than a batch of each */
		buf_fmt(&odd, "%d,%d\n", i / 2 + 1, i % 3 ? 13 : 7);
	struct proc *proc =
		proc_run((const char *const[]){proc_teller(), "import", "-", "--skip-bad", NULL}, NULL, odd.p);
	proc_expect_err(proc, "line 2 has an id that is there already");
	proc_expect_err(proc, "line 6 was not taken, and its id is not there");
	expect(proc, 0, "27 lines were left out");
	pg_expect("14 91 191", "SELECT count(*) || ' ' || (count(*) - 1) * 7 || ' ' || sum(balance) FROM accounts");
	buf_free(&odd);
	buf_free(&words);
}

/* ---- whole chunks, and from where to go on ---- */

static void it_tells_from_which_line_to_go_on(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "id,balance\n");
	add_lines(&text, 1, 2500);
	buf_str(&text, "x,5\n");
	add_lines(&text, 2501, 2600);
	write_file(text.p, text.len);
	struct proc *proc = teller_run("import", file, "--chunk", "1000");
	proc_expect_err(proc, "line 2502 has the id \"x\"");
	expect(proc, 3, "2000 accounts were imported and kept; to go on: --from-line 2002");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2000);
	*strchr(text.p, 'x') = '0';
	write_file(text.p, text.len);
	expect(teller_run("import", file, "--chunk", "1000", "--from-line", "2002"), 0, "imported 601 accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2601);
	expect(teller_run("import", file, "--from-line", "9999"), 0, "imported 0 accounts");
	buf_free(&text);
}

static void a_line_inside_quotes_counts(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id text PRIMARY KEY, balance int)");
	struct proc *proc = IMPORT("id,balance\n\"a\nb\n\",1\nc,2\n\"d\n\",x\ne,5\n", "--chunk", "1");
	proc_expect_err(proc, "line 6 has the balance \"x\"");
	expect(proc, 3, "2 accounts were imported and kept; to go on: --from-line 6");
	expect(IMPORT("id,balance\n\"a\nb\n\",1\nc,2\n\"d\n\",4\ne,5\n", "--from-line", "6"), 0, "imported 2 accounts");
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 12);
}

static void too_large_chunks_are_halved(void **state)
{
	(void)state;
	pg_exec("CREATE OR REPLACE FUNCTION too_many() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
		" IF (SELECT count(*) FROM added) > 300 THEN RAISE EXCEPTION 'too much' USING ERRCODE = '54000';"
		" END IF; RETURN NULL; END $$;"
		"CREATE TRIGGER too_many AFTER INSERT ON accounts REFERENCING NEW TABLE AS added"
		" EXECUTE FUNCTION too_many()");
	struct buf text = {0};
	buf_str(&text, "id,balance\n");
	add_lines(&text, 1, 2100);
	buf_str(&text, "7,7\n");
	write_file(text.p, text.len);
	struct proc *proc = teller_run("import", file, "--chunk", "1000");
	proc_expect_err(proc, "going on with 250");
	proc_expect_err(proc, "line 2102 has an id that is there already");
	expect(proc, 3, "2000 accounts were imported and kept; to go on: --from-line 2002");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2000);
	buf_free(&text);
}

/* A pipe may stall: ^C finds it waiting. */
static void a_pipe_that_stalls(void **state)
{
	(void)state;
	char command[600];
	snprintf(command, sizeof command,
		 "{ echo id,balance; seq -f %%.0f,5 1 2500; exec sleep 30; } | exec '%s' import - --chunk 1000",
		 proc_teller());
	const char *const argv[] = {"sh", "-c", command, NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	struct pg_session *session = pg_open();
	pg_until(session, "SELECT count(*) >= 2000 FROM accounts");
	pg_close(session);
	kill(-proc->pid, SIGINT);
	proc_wait(proc);
	expect(proc, 130, "cancelled; 2000 accounts were imported and kept; to go on: --from-line 2002");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 2000);
}

static long long bytes_read(const struct proc *proc)
{
	char name[64];
	long long n = 0;
	snprintf(name, sizeof name, "/proc/%d/io", (int)proc->pid);
	FILE *io = fopen(name, "r");
	assert_non_null(io);
	assert_int_equal(fscanf(io, "rchar: %lld", &n), 1);
	fclose(io);
	return n;
}

/* A line that is lost is not read to an end that may not come; and reading never keeps the loop from a signal. */
static void a_line_without_an_end(void **state)
{
	(void)state;
	expect(teller_run("import", "/dev/zero"), 3, "/dev/zero: line 1 has a byte 0 in it");
	write_file("id,balance\n", strlen("id,balance\n"));
	assert_int_equal(truncate(file, (off_t)64 << 30), 0); /* a hole: it takes no room */
	expect(teller_run("import", file), 3, "line 2 has a byte 0 in it");
	struct proc *proc =
		proc_start((const char *const[]){proc_teller(), "import", "--skip-bad", file, NULL}, NULL, NULL);
	struct pg_session *session = pg_open();
	while (bytes_read(proc) < 20 << 20)
		pg_ask(session, "SELECT count(*) FROM pg_sleep(0.01)");
	pg_close(session);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	expect(proc, 130, "cancelled; nothing was imported");
	assert_int_equal(truncate(file, 0), 0);
}

static void files_that_cannot_be_read(void **state)
{
	(void)state;
	expect(teller_run("import", "no-such-file.csv"), 1, "cannot read no-such-file.csv: No such file");
	expect(teller_run("import", getenv("TMPDIR")), 1, "nothing was imported");
	expect(teller_run("import", file, "--strict", "--skip-bad"), 1, "not both");
	expect(teller_run("import", file, "--from-line", "0"), 1, "--from-line");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(columns_in_any_order, bank),
		cmocka_unit_test_setup(a_byte_order_mark_is_told, bank),
		cmocka_unit_test_setup(further_columns, bank),
		cmocka_unit_test_setup(standard_input, bank),
		cmocka_unit_test_setup(each_wrong_line_has_its_sentence, bank),
		cmocka_unit_test_setup(a_line_of_a_megabyte, bank),
		cmocka_unit_test_setup(bad_lines_are_left_out, bank),
		cmocka_unit_test_setup(a_trigger_refuses_a_row, bank),
		cmocka_unit_test_setup(a_trigger_keeps_rows_out, bank),
		cmocka_unit_test_setup(it_tells_from_which_line_to_go_on, bank),
		cmocka_unit_test_setup(a_line_inside_quotes_counts, bank),
		cmocka_unit_test_setup(too_large_chunks_are_halved, bank),
		cmocka_unit_test_setup(a_pipe_that_stalls, bank),
		cmocka_unit_test_setup(a_line_without_an_end, bank),
		cmocka_unit_test_setup(files_that_cannot_be_read, bank),
	};
	return cmocka_run_group_tests_name("verb/import", tests, own_database, NULL);
}
