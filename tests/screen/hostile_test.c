/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of a bank that wants to harm: shown escaped and cut, with the terminal, its title and its settings untouched. */
#include <locale.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* Ids and notes with escape sequences, 10 kB of text, and characters that reorder what stands around them. */
static void hostile_bank(void)
{
	pg_exec("CREATE TABLE accounts (id text PRIMARY KEY, balance integer, note text, long text)");
	pg_exec("INSERT INTO accounts VALUES"
		" (E'7001', 1000, 'fine', 'short'),"
		" (E'8001\\x1b]0;owned\\x07', 1000, E'\\x1b[31mred\\x1b[2J', repeat('long ', 2000)),"
		" (E'8002\\x1bc', 1000, E'a\\nb\\tc\\rd', repeat(E'\\x1b', 10000)),"
		" (E'8003\\x7f\\x08', 1000, E'\\x9b31m', '')");
}

static void no_harm_was_done(struct term *term)
{
	assert_false(term_sent(term, "owned\a"));
	assert_string_not_equal(term_title(term), "owned");
	assert_int_equal(term_bells(term), 0);
	assert_true(term_alternate(term));
	console_quit(term);
}

static void everywhere(void **state, int rows, int cols)
{
	struct term *term = console_open(state, rows, cols);
	term_expect(term, "8001\\x1b]0;owned\\x07");
	term_expect(term, "8002\\x1bc");
	/* Picked, reviewed, refused by name, transferred: every pane shows the id. */
	term_type(term, "<Down>s<Down>d");
	term_settle(term);
	term_type(term, "<Enter>");
	term_expect(term, "Transfer half of 8001");
	term_settle(term);
	term_type(term, "y");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id LIKE '8001%'", 500);
	term_expect(term, "Txn: none");
	term_type(term, "<Tab><Tab><Enter>");
	term_settle(term);
	term_type(term, "<Esc>");
	term_settle(term);
	no_harm_was_done(term);
}

static void utf8_at_80x24(void **state)
{
	pg_fresh_database("screen_hostile", NULL);
	pg_exec("CREATE TABLE accounts (id text PRIMARY KEY, balance integer, note text, long text)");
	pg_exec("INSERT INTO accounts VALUES ('7001', 1000, '', ''),"
		" (E'8001\\x1b]0;owned\\x07', 1000, E'\\u009b31m \\u202egnp.exe', repeat('long ', 2000)),"
		" (E'8002\\x1bc', 1000, E'a\\nb', repeat(E'\\x1b', 10000))");
	everywhere(state, 24, 80);
}

static void broken_bytes_at_140x45(void **state)
{
	pg_fresh_database("screen_hostile", "SQL_ASCII");
	hostile_bank();
	everywhere(state, 45, 140);
}

static void further_columns_are_escaped_and_cut(void **state)
{
	pg_fresh_database("screen_hostile", "SQL_ASCII");
	hostile_bank();
	struct term *term = console_open(state, 45, 140);
	term_expect(term, "\\x1b[31mred");
	term_expect(term, "a\\nb\\tc\\rd");
	term_expect(term, "\\x9b31m");
	assert_false(term_sent(term, "\033[2J\033[2J"));
	no_harm_was_done(term);
}

static void what_is_asked_before_a_delete_is_escaped(void **state)
{
	pg_fresh_database("screen_hostile", "SQL_ASCII");
	hostile_bank();
	const char *const argv[] = {proc_teller(), "--plain", "-c", "delete '8001\x1b]0;owned\x07'", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "type yes to do it");
	assert_false(term_sent(term, "owned\a"));
	term_type(term, "no<Enter>");
	term_expect_exit(term, 130);
}

static void the_plain_table_is_escaped(void **state)
{
	(void)state;
	pg_fresh_database("screen_hostile", "SQL_ASCII");
	hostile_bank();
	struct proc *proc = teller_run("list");
	proc_expect_status(proc, 0);
	assert_null(strchr(proc->out.p, '\033'));
	assert_non_null(strstr(proc->out.p, "8001\\x1b]0;owned\\x07"));
	proc_free(proc);
	proc = teller_run("show", "8001\033]0;nobody\a");
	assert_int_not_equal(proc->status, 0);
	assert_null(strchr(buf_text(&proc->err), '\033'));
	proc_free(proc);
}

/* A file has every byte. */
static void rows_for_programs_on_a_terminal(void **state)
{
	pg_fresh_database("screen_hostile", NULL);
	pg_exec("CREATE TABLE accounts (id text PRIMARY KEY, balance integer);"
		"INSERT INTO accounts VALUES (E'8001\\x1b]0;owned\\x07\\u009b31m', 1000)");
	static const char *const formats[] = {"table", "csv", "json", "jsonl", "md"};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		const char *const argv[] = {proc_teller(), "list", "--format", formats[i], NULL};
		struct term *term = term_start(argv, NULL, 24, 80);
		*state = term;
		term_expect_exit(term, 0);
		term_expect_output(term, "]0;owned");
		assert_false(term_sent(term, "owned\a"));
		assert_false(term_sent(term, "\302\233"));
		term_teardown(state);
	}
	struct proc *proc = teller_run("list", "--format", "csv");
	proc_expect_out(proc, "8001\x1b]0;owned\x07\302\23331m,1000\n");
	proc_free(proc);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(utf8_at_80x24, term_teardown),
		cmocka_unit_test_teardown(broken_bytes_at_140x45, term_teardown),
		cmocka_unit_test_teardown(further_columns_are_escaped_and_cut, term_teardown),
		cmocka_unit_test_teardown(what_is_asked_before_a_delete_is_escaped, term_teardown),
		cmocka_unit_test(the_plain_table_is_escaped),
		cmocka_unit_test_teardown(rows_for_programs_on_a_terminal, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/hostile", tests, NULL, NULL);
}
