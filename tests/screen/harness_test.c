/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the tests: the terminal, the processes and the server that the other tests rely on, tried on a shell. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

static struct term *shell(void **state, const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct term *term = term_start(argv, (const char *const[]){"GREETING=hello there", "HOME", NULL}, 24, 80);
	*state = term;
	return term;
}

static void output_is_on_the_screen(void **state)
{
	struct term *term = shell(
		state, "stty size; echo \"$GREETING, ${HOME-homeless}\"; printf 'Gr\\303\\274\\303\\237e \\033[7mx'");
	term_expect(term, "24 80");
	term_expect(term, "hello there, homeless");
	term_expect(term, "Grüße x");
	int row, col;
	assert_true(term_find(term, "x", &row, &col));
	assert_int_equal(row, 2);
	assert_int_equal(col, 6);
	assert_true(term_pen(term, row, col).reverse);
	assert_false(term_pen(term, row, col - 2).reverse);
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

static void typing_arrives(void **state)
{
	struct term *term = shell(
		state,
		"read a; echo \"[$a]\"; stty raw -echo; echo ready; dd bs=1 count=7 2>/dev/null | od -An -c; exit 3");
	term_type(term, "1<lt>2<Enter>");
	term_expect(term, "[1<2]");
	term_expect(term, "ready");
	term_type(term, "<Down><Esc><^C>q<F1>");
	term_expect(term, "033   [   B 033 003   q 033");
	term_expect_exit(term, 3);
}

static void titles_and_modes_are_seen(void **state)
{
	struct term *term = shell(state, "printf '\\033]0;mine\\007\\033[?1049h\\033[?25l\\007'; stty -echo; read x; "
					 "printf '\\033[?1049l\\033[?25h'; stty echo");
	term_expect_output(term, "[?25l");
	assert_string_equal(term_title(term), "mine");
	assert_int_equal(term_title_changes(term), 1);
	assert_int_equal(term_bells(term), 1);
	assert_true(term_alternate(term));
	assert_false(term_cursor_visible(term));
	term_type(term, "<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

static void questions_are_answered(void **state)
{
	struct term *term =
		shell(state, "stty raw -echo; printf 'ask \\033[6n'; dd bs=1 count=6 2>/dev/null | od -An -c");
	term_expect(term, "033   [   1   ;   5   R");
}

static void resizing_is_told(void **state)
{
	struct term *term = shell(state, "trap 'stty size' WINCH; echo ready; while :; do read x; done");
	term_expect(term, "ready");
	term_resize(term, 10, 40);
	term_expect(term, "10 40");
	assert_int_equal(term_rows(term), 10);
}

static void a_signal_is_an_exit_status(void **state)
{
	struct term *term = shell(state, "echo ready; kill -TERM $$");
	term_expect_exit(term, 128 + 15);
}

static void processes_are_caught(void **state)
{
	(void)state;
	struct proc *proc =
		proc_run((const char *const[]){"sh", "-c", "cat; echo oops >&2; exit 4", NULL}, NULL, "in\n");
	proc_expect_status(proc, 4);
	assert_string_equal(proc->out.p, "in\n");
	proc_expect_err(proc, "oops");
	proc_free(proc);
}

static void the_server_answers(void **state)
{
	(void)state;
	pg_fresh_database("harness", NULL);
	pg_bank(3);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3000);
	char *name = pg_value("SELECT current_database() || ' ' || %s", "current_user");
	assert_string_equal(name, "harness teller");
	free(name);
	assert_null(pg_value("SELECT NULL"));
	struct pg_session *session = pg_open();
	pg_run(session, "BEGIN");
	pg_run(session, "UPDATE accounts SET balance = 0");
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3000);
	pg_close(session);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(output_is_on_the_screen, term_teardown),
		cmocka_unit_test_teardown(typing_arrives, term_teardown),
		cmocka_unit_test_teardown(titles_and_modes_are_seen, term_teardown),
		cmocka_unit_test_teardown(questions_are_answered, term_teardown),
		cmocka_unit_test_teardown(resizing_is_told, term_teardown),
		cmocka_unit_test_teardown(a_signal_is_an_exit_status, term_teardown),
		cmocka_unit_test(processes_are_caught),
		cmocka_unit_test(the_server_answers),
	};
	return cmocka_run_group_tests_name("harness", tests, NULL, NULL);
}
