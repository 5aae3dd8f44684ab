/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person at the prompt of plain mode: what comes by itself does not run into it, ^C gives up a line or says no; and --echo beside a screen. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct term *open_plain(void **state)
{
	const char *const argv[] = {proc_teller(), "--plain", NULL};
	struct term *term = term_start(argv, NULL, 24, 140);
	*state = term;
	term_expect(term, "teller>");
	return term;
}

static void expect_row(struct term *term, int row, const char *begins)
{
	if (strncmp(term_row(term, row), begins, strlen(begins)) != 0)
		fail_msg("row %d does not begin with %s:\n%s", row, begins, term_screen(term));
}

static void what_it_is_connected_to_comes_first(void **state)
{
	struct term *term = open_plain(state);
	expect_row(term, 0, "connected to ");
	expect_row(term, 1, "teller>");
	term_type(term, "count<Enter>");
	term_expect(term, "teller> count");
	term_type(term, "<^D>");
	term_expect_exit(term, 0);
}

static bool row_is_prompt(struct term *term, void *row)
{
	return strcmp(term_row(term, *(int *)row), "teller>") == 0;
}

struct row_line {
	int row;
	const char *line;
};

static bool row_is_line(struct term *term, void *arg)
{
	const struct row_line *want = arg;
	return strcmp(term_row(term, want->row), want->line) == 0;
}

static void what_comes_by_itself_takes_a_line(void **state)
{
	struct term *term = open_plain(state);
	int row = 3;
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		"WHERE datname = current_database() AND application_name LIKE 'teller/browse%%'");
	term_expect(term, "connected again to ");
	term_wait(term, row_is_prompt, &row, "a prompt in row 3");
	expect_row(term, 1, "teller: the connection was lost");
	expect_row(term, 2, "connected again to ");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
}

static void an_interrupt_gives_up_the_line(void **state)
{
	struct term *term = open_plain(state);
	term_drop_typed(term);
	int row = 2;
	term_type(term, "delete 7001 --yes<^C>");
	term_wait(term, row_is_prompt, &row, "a prompt in row 2");
	term_type(term, "<^C>");
	row = 3;
	term_wait(term, row_is_prompt, &row, "a prompt in row 3");
	term_type(term, "count<Enter>");
	term_expect(term, "30");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE id = 7001"), 1);
}

static void an_interrupt_of_a_question_is_a_no(void **state)
{
	struct term *term = open_plain(state);
	term_type(term, "transfer 7001 7002<Enter>");
	term_expect(term, "type yes to do it");
	term_type(term, "<^C>");
	term_expect(term, "nothing was changed");
	term_type(term, "yes<Enter>");
	term_expect(term, "there is no command yes");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

/* ---- the line is edited ---- */

static void expect_prompt(struct term *term, int row)
{
	term_wait(term, row_is_prompt, &row, "a prompt in that row");
}

static void keys_edit_the_line(void **state)
{
	struct term *term = open_plain(state);
	term_type(term, "cunt<Left><Left><Left>o<Enter>");
	expect_prompt(term, 3);
	expect_row(term, 1, "teller> count");
	expect_row(term, 2, "30");
	term_type(term, "0<^A>x<^E>y<^U>find<^W>count 700<BS><BS>1<Home><Del><End><^W><^W>tran<Tab>");
	term_expect(term, "teller> transfer");
	term_type(term, "<^C>");
	expect_prompt(term, 4);
	term_type(term, "<Up><Enter>");
	expect_prompt(term, 6);
	expect_row(term, 4, "teller> count");
	expect_row(term, 5, "30");
	term_type(term, "<Up><Down>quit<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	term_free(term);
	term = open_plain(state);
	term_type(term, "<Up><Up>");
	term_expect(term, "teller> count"); /* of the session before */
	term_type(term, "<^R>qu<Enter>");
	term_expect_exit(term, 0);
}

static void a_paste_of_lines_is_as_many_commands(void **state)
{
	static const char lines[] = "count\rcoun\rcount";
	struct term *term = open_plain(state);
	term_send(term, lines, strlen(lines));
	term_expect(term, "teller> count");
	term_wait(term, row_is_line, &(struct row_line){5, "teller> count"}, "the last line of the paste in row 5");
	expect_row(term, 1, "teller> count");
	expect_row(term, 2, "30");
	expect_row(term, 3, "teller> coun");
	term_type(term, "<^C>");
	expect_prompt(term, 6);
	term_type(term, "<^D>");
	term_expect_exit(term, 1); /* of the last command, which was none */
}

static void an_answer_is_no_command_to_come_back(void **state)
{
	struct term *term = open_plain(state);
	term_type(term, "delete 7001<Enter>");
	term_expect(term, "type yes to do it");
	term_settle(term);
	term_type(term, "no<Enter>");
	term_expect(term, "nothing was changed");
	term_settle(term);
	term_type(term, "<Up>");
	int row = term_row_with(term, "nothing was changed", 0) + 1;
	term_wait(term, row_is_line, &(struct row_line){row, "teller> delete 7001"}, "the command again");
	term_type(term, "<^C>");
	expect_prompt(term, row + 1);
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
}

static void what_comes_by_itself_keeps_the_line(void **state)
{
	struct term *term = open_plain(state);
	term_type(term, "cunt<Left><Left><Left>");
	term_expect(term, "teller> cunt");
	pg_exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		"WHERE datname = current_database() AND application_name LIKE 'teller/browse%%'");
	term_expect(term, "connected again to ");
	term_wait(term, row_is_line, &(struct row_line){3, "teller> cunt"}, "the line in row 3");
	expect_row(term, 1, "teller: the connection was lost");
	term_type(term, "o<Enter>");
	expect_prompt(term, 5);
	expect_row(term, 3, "teller> count");
	expect_row(term, 4, "30");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
}

static void a_long_line_is_cleared_as_a_whole(void **state)
{
	struct term *term = open_plain(state);
	for (int i = 0; i < 20; i++)
		term_type(term, "0123456789");
	term_wait(term, row_is_line,
		  &(struct row_line){2, "23456789012345678901234567890123456789012345678901234567890123456789"},
		  "a line of two rows");
	term_resize(term, 24, 120);
	term_settle(term);
	term_type(term, "<^U>count<Enter>");
	term_expect(term, "30");
	term_expect_gone(term, "0123456789");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
}

static void a_signal_leaves_the_terminal_as_it_was(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGUSR1};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct term *term = open_plain(state);
		term_type(term, "count");
		term_expect(term, "teller> count");
		kill(term_pid(term), signals[i]);
		term_expect_exit(term, 128 + signals[i]);
		term_expect_restored(term);
		term_free(term);
		*state = NULL;
	}
}

static bool line_is_back(struct term *term, void *from)
{
	return term_row_with(term, "teller> cunt", *(int *)from) > 0;
}

/* A shell that leaves the terminal as it is: what a job that stops does to it, is seen. */
static void a_stop_gives_the_terminal_back(void **state)
{
	const char *const argv[] = {
		"bash", "-c",
		"set -m; \"$0\" --plain; stty -a | tr ' ' '\\n' | grep -cxE 'icanon|echo'; read; fg; exit 7",
		proc_teller(), NULL};
	struct term *term = term_start(argv, NULL, 45, 140);
	*state = term;
	term_expect(term, "teller>");
	term_type(term, "cunt<Left><Left><Left>");
	term_expect(term, "teller> cunt");
	term_type(term, "<^Z>");
	term_wait(term, row_is_line, &(struct row_line){4, "2"}, "two lines with the modes of a shell");
	assert_null(term_unrestored(term));
	term_type(term, "<Enter>");
	int from = 5;
	term_wait(term, line_is_back, &from, "the line again");
	term_type(term, "o<Enter>");
	term_expect(term, "30");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 7);
	term_expect_restored(term);
}

/* ---- a lesson ---- */

static void a_lesson_says_what_it_waits_for(void **state)
{
	const char *const argv[] = {proc_teller(), "--plain", "lab", "play", "first-transfer", NULL};
	struct term *term = term_start(argv, NULL, 45, 140);
	*state = term;
	term_expect(term, "1. A: BEGIN");
	term_expect(term, "Enter sends the step:");
	for (int step = 2; step <= 4; step++) {
		char next[8];
		snprintf(next, sizeof next, "%d. ", step);
		term_type(term, "<Enter>");
		term_expect(term, step < 4 ? next : "a number answers, Enter sends the step:");
	}
	term_type(term, "1<Enter>");
	term_expect(term, "5. A: UPDATE accounts");
	term_settle(term);
	term_type(term, "<^C>");
	term_expect_exit(term, 130);
}

/* ---- --echo ---- */

static bool file_holds(struct term *term, void *arg)
{
	const char *const *what = arg;
	char bytes[1 << 16];
	(void)term;
	FILE *file = fopen(what[0], "re");
	size_t n = file ? fread(bytes, 1, sizeof bytes - 1, file) : 0;
	bytes[n] = '\0';
	if (file)
		fclose(file);
	return strstr(bytes, what[1]) != NULL;
}

static void the_echo_of_a_screen_goes_to_a_file(void **state)
{
	static const char *const styles[][2] = {{"--echo", "INFO sqlalchemy.engine.base.Engine COMMIT\n"},
						{"--echo=plain", "COMMIT  <- durable from here  [COMMIT]"}};
	for (size_t i = 0; i < 2; i++) {
		struct buf file = {0};
		buf_fmt(&file, "%s/echo.%zu", getenv("TMPDIR"), i);
		const char *const argv[] = {"sh",   "-c", "exec \"$0\" $1 2>\"$2\"", proc_teller(), styles[i][0],
					    file.p, NULL};
		struct term *term = term_start(argv, NULL, 24, 80);
		*state = term;
		term_expect(term, "7001");
		term_type(term, ":transfer 7001 7002 1 --yes<Enter>");
		term_expect(term, "moved 1 from 7001 to 7002");
		const char *what[] = {file.p, styles[i][1]};
		term_wait(term, file_holds, what, "the echo of COMMIT in the file");
		console_quit(term);
		term_free(term);
		*state = NULL;
		buf_free(&file);
	}
}

static void where_the_screen_is_there_is_no_echo(void **state)
{
	const char *const argv[] = {proc_teller(), "--echo", NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "--echo writes to standard error, and the screen is there: add 2>FILE");
	term_expect_exit(term, 1);
}

/* ---- a home that is not there ---- */

static void no_home_is_made(void **state)
{
	struct buf home = {0}, setting = {0};
	struct stat st;
	buf_fmt(&home, "%s/nowhere", getenv("TMPDIR"));
	buf_fmt(&setting, "HOME=%s", home.p);
	const char *const env[] = {"XDG_STATE_HOME", setting.p, NULL};
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = term_start(argv, env, 24, 80);
	*state = term;
	term_expect(term, "7001");
	term_type(term, ":count<Enter>");
	term_expect(term, "30 accounts");
	console_quit(term);
	assert_int_not_equal(stat(home.p, &st), 0);
	buf_free(&home);
	buf_free(&setting);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_it_is_connected_to_comes_first, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_comes_by_itself_takes_a_line, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_gives_up_the_line, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_of_a_question_is_a_no, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(keys_edit_the_line, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_paste_of_lines_is_as_many_commands, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(an_answer_is_no_command_to_come_back, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(what_comes_by_itself_keeps_the_line, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_long_line_is_cleared_as_a_whole, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_signal_leaves_the_terminal_as_it_was, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_stop_gives_the_terminal_back, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lesson_says_what_it_waits_for, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_echo_of_a_screen_goes_to_a_file, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(where_the_screen_is_there_is_no_echo, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(no_home_is_made, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/plain", tests, pg_own_database, NULL);
}
