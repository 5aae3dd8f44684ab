/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console and its terminal: sizes, Esc, pastes, signals, suspend, and leaving everything as it was. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/forward.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int own_database(void **state)
{
	(void)state;
	pg_fresh_database("screen_terminal", NULL);
	pg_bank(300);
	return 0;
}

static void quitting_restores_the_terminal(void **state)
{
	static const int sizes[][2] = {{24, 80}, {45, 140}, {10, 40}};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct term *term = console_open(state, sizes[i][0], sizes[i][1]);
		assert_true(term_alternate(term));
		console_quit(term);
		term_teardown(state);
	}
}

static void ended_by(void **state, int signum)
{
	struct term *term = console_open(state, 24, 80);
	kill(term_pid(term), signum);
	term_expect_exit(term, 128 + signum);
	term_expect_restored(term);
}

static void sigterm_restores_the_terminal(void **state)
{
	ended_by(state, SIGTERM);
}

static void sighup_restores_the_terminal(void **state)
{
	ended_by(state, SIGHUP);
}

static void it_can_be_resized_while_it_runs(void **state)
{
	static const int sizes[][2] = {{45, 140}, {10, 40}, {3, 12}, {1, 1}, {50, 200}, {24, 80}};
	struct term *term = console_open(state, 24, 80);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		term_resize(term, sizes[i][0], sizes[i][1]);
		if (sizes[i][0] >= 10)
			term_expect(term, "7001");
		else
			term_settle(term);
		if (sizes[i][0] == 10) /* what one picks, and what one does then */
			term_expect(term, "s from  d to  Enter review");
	}
	term_resize(term, 9, 39);
	term_expect(term, "q quits");
	term_type(term, "<Enter>");
	term_expect(term, "Enter: the window is too small for that");
	term_resize(term, 24, 80);
	term_expect(term, "7001"); /* a key before that meets the small window */
	term_type(term, "G");
	console_expect_selected(term, "7300");
	console_quit(term);
}

/* A terminal cuts what is outside when it becomes small; who only learns of its last size has to draw that anew. */
static void small_and_large_again_at_once(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_expect(term, "q quit");
	for (int i = 0; i < 20; i++) { /* mostly both before it looks */
		term_resize(term, 10, 40);
		term_resize(term, 24, 80);
		term_expect(term, "q quit");
	}
	console_quit(term);
}

/* Help is drawn, and Esc closes it: no key may hang in the air for longer than a person waits. */
static void esc_is_quick(void **state)
{
	struct term *term = console_open(state, 24, 80);
	uint64_t best = UINT64_MAX;
	for (int i = 0; i < 5; i++) {
		term_type(term, "?");
		term_expect_gone(term, "7001");
		uint64_t start = clock_us();
		term_type(term, "<Esc>");
		term_expect(term, "7001");
		uint64_t took = clock_us() - start;
		best = took < best ? took : best;
	}
	assert_in_range(best, 0, 150000);
	console_quit(term);
}

static void a_paste_outside_the_prompt_does_nothing(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, "s<Down>d");
	console_expect_selected(term, "7002");
	term_paste(term, "q\rGGGdq\ryyyI:quit\r\x1b");
	term_settle(term);
	console_expect_selected(term, "7002");
	term_type(term, "<Enter>");
	term_expect(term, "transfer 7001 7002 half");
	term_paste(term, "y");
	term_settle(term);
	term_expect(term, "transfer 7001 7002 half");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	term_type(term, "<Esc>");
	term_expect_gone(term, "transfer 7001 7002 half");
	console_quit(term);
}

static void a_paste_into_the_prompt_is_text(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":");
	term_paste(term, "goto 7250");
	term_expect(term, "goto 7250");
	term_type(term, "<Enter>");
	console_expect_selected(term, "7250");
	console_quit(term);
}

/* A shell with job control, as people have one around it. */
static void suspend_and_resume(void **state)
{
	const char *const argv[] = {"bash", "--norc", "--noprofile", "-i", NULL};
	struct term *term = term_start(argv, (const char *const[]){"PS1=shell> ", NULL}, 24, 80);
	*state = term;
	char command[600];
	snprintf(command, sizeof command, "%s<Enter>", proc_teller());
	term_expect(term, "shell>");
	term_type(term, command);
	term_expect(term, "Txn: none");
	term_expect(term, "7001");
	term_type(term, "<^Z>");
	term_expect(term, "Stopped");
	assert_false(term_alternate(term));
	assert_true(term_cursor_visible(term));
	term_type(term, "echo at the $((1 + 1))nd prompt<Enter>");
	term_expect(term, "at the 2nd prompt");
	term_type(term, "fg<Enter>");
	term_expect(term, "Txn: none");
	term_expect(term, "7001");
	assert_true(term_alternate(term));
	term_type(term, "<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "q");
	term_expect_gone(term, "Txn: none");
	term_type(term, "echo status=$?<Enter>exit<Enter>");
	term_expect(term, "status=0");
	term_expect_exit(term, 0);
}

static void a_dumb_terminal_gets_plain_lines(void **state)
{
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = term_start(argv, (const char *const[]){"TERM=dumb", NULL}, 24, 80);
	*state = term;
	term_type(term, "count<Enter>");
	term_expect(term, "300");
	term_type(term, "quit<Enter>");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	assert_false(term_sent(term, "\033"));
}

static void an_unknown_terminal_is_told(void **state)
{
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = term_start(argv, (const char *const[]){"TERM=no-such-terminal", NULL}, 24, 80);
	*state = term;
	term_expect_exit(term, 1);
	term_expect(term, "no-such-terminal");
	term_expect(term, "--plain");
	term_expect_restored(term);
}

static bool any_coloured(struct term *term)
{
	for (int row = 0; row < term_rows(term); row++)
		for (int col = 0; col < term_cols(term); col++)
			if (term_pen(term, row, col).coloured)
				return true;
	return false;
}

static void colours_and_frames_are_as_asked(void **state)
{
	static const struct {
		const char *option, *no_color, *locale;
		bool colours, ascii;
	} cases[] = {
		{"--color=auto", "NO_COLOR=", "LC_ALL=C.UTF-8", true, false},
		{"--color=auto", "NO_COLOR=1", "LC_ALL=C.UTF-8", false, false},
		{"--color=always", "NO_COLOR=1", "LC_ALL=C.UTF-8", true, false},
		{"--color=never", "NO_COLOR=", "LC_ALL=C.UTF-8", false, false},
		{"--ascii", "NO_COLOR=", "LC_ALL=C.UTF-8", true, true},
		{"--color=auto", "NO_COLOR=", "LC_ALL=C", true, true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *const argv[] = {proc_teller(), cases[i].option, NULL};
		const char *const env[] = {cases[i].no_color, cases[i].locale, NULL};
		struct term *term = *state = term_start(argv, env, 24, 80);
		term_expect(term, "7001");
		if (any_coloured(term) != cases[i].colours || term_shows(term, "+--") != cases[i].ascii)
			fail_msg("case %zu: %s", i, term_screen(term));
		console_quit(term);
		term_teardown(state);
	}
}

/* They are shown as escapes there, and are sent as they were typed. */
static void letters_are_typed_in_a_locale_without_them(void **state)
{
	static const char *const locales[] = {"LC_ALL=C", "LC_ALL=POSIX"};
	for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
		const char *const argv[] = {proc_teller(), "--table", "owners", NULL};
		const char *const env[] = {locales[i], NULL};
		pg_exec("DROP TABLE IF EXISTS owners; CREATE TABLE owners (id text PRIMARY KEY, balance int);"
			"INSERT INTO owners VALUES ('7001', 10), ('M\u00fcller\u6771\u00c0\u00df', 10)");
		struct term *term = *state = term_start(argv, env, 24, 80);
		term_expect(term, "7001");
		term_type(term, ":delete M\u00fcller\u6771\u00c0\u00df --yes\r");
		console_expect_number(term, "SELECT count(*) FROM owners WHERE id <> '7001'", 0);
		console_quit(term);
		term_teardown(state);
	}
}

/* Not the name that PGHOST has beside it. */
static void the_title_has_the_address_that_is_connected_to(void **state)
{
	struct forward forward;
	char port[24], place[40];
	forward_start(&forward, "127.0.0.1", 0);
	snprintf(port, sizeof port, "PGPORT=%s", forward.port);
	snprintf(place, sizeof place, "@127.0.0.1:%s/", forward.port);
	const char *const env[] = {"PGHOST=db.example.invalid", "PGHOSTADDR=127.0.0.1", port, NULL};
	struct term *term = console_open_with(state, 24, 140, env, "7001");
	bool titled = strstr(term_row(term, 0), place) != NULL;
	console_quit(term);
	forward_stop(&forward);
	assert_true(titled);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(quitting_restores_the_terminal, term_teardown),
		cmocka_unit_test_teardown(sigterm_restores_the_terminal, term_teardown),
		cmocka_unit_test_teardown(sighup_restores_the_terminal, term_teardown),
		cmocka_unit_test_teardown(it_can_be_resized_while_it_runs, term_teardown),
		cmocka_unit_test_teardown(small_and_large_again_at_once, term_teardown),
		cmocka_unit_test_teardown(esc_is_quick, term_teardown),
		cmocka_unit_test_teardown(the_title_has_the_address_that_is_connected_to, term_teardown),
		cmocka_unit_test_teardown(a_paste_outside_the_prompt_does_nothing, term_teardown),
		cmocka_unit_test_teardown(a_paste_into_the_prompt_is_text, term_teardown),
		cmocka_unit_test_teardown(suspend_and_resume, term_teardown),
		cmocka_unit_test_teardown(a_dumb_terminal_gets_plain_lines, term_teardown),
		cmocka_unit_test_teardown(an_unknown_terminal_is_told, term_teardown),
		cmocka_unit_test_teardown(colours_and_frames_are_as_asked, term_teardown),
		cmocka_unit_test_teardown(letters_are_typed_in_a_locale_without_them, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/terminal", tests, own_database, NULL);
}
