/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded run on the console, without a server: back and forth, and each pane shows what it showed then. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/shot.h"
#include "tests/trace/recorded.h"

enum { ROWS = 24, COLUMNS = 80 };

static struct term *record(void **state)
{
	struct term *term = console_open(state, ROWS, COLUMNS);
	shot_record(term, recorded_trace());
	return term;
}

static void transfer(struct term *term)
{
	console_expect_selected(term, "7001");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
}

/* ---- transfers ---- */

static void with_a_rival(void **state)
{
	struct shot end;
	struct term *term = record(state);
	term_type(term, "I");
	term_expect(term, "RIVAL ARMED");
	transfer(term);
	term_expect(term, "moved 499 from 7001");
	term_expect(term, "R3.1     1 attempt ");
	shot_end(term, state, recorded_trace(), &end);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_expect(term, "event 1 of ");
	term_type(term, "<End>");
	term_expect(term, "1 x  40001");
	shot_expect(term, &end);
	term_type(term, "<Home>");
	term_expect(term, "event 1 of ");
	term_expect_gone(term, "1 x  40001");
	term_type(term, "><End><lt><End>");
	shot_expect(term, &end);
	console_quit(term);
}

static void with_a_cut(void **state)
{
	struct shot end;
	struct term *term = record(state);
	term_type(term, ":inject cut\r");
	term_expect(term, "CUT ARMED");
	transfer(term);
	term_expect(term, "moved 500 from 7001");
	shot_end(term, state, recorded_trace(), &end);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	shot_expect_all(term, &end, 1, true);
	console_quit(term);
}

/* Another program holds the account: whom the transfer waits for is seen again, and that it has. */
static void while_it_waits(void **state)
{
	struct shot shots[2];
	struct term *term = record(state);
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = 7001");
	transfer(term);
	term_expect(term, "waits for psql, pid ");
	shots[0].stop = shot_stops(recorded_trace());
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	shot_end(term, state, recorded_trace(), &shots[1]);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	char line[40];
	snprintf(line, sizeof line, ":play %d\r", shots[0].stop);
	term_type(term, line);
	console_expect_in_order(term, "T1  RUNNING", "1 .", "waits for psql, pid ", "holds account 7001");
	shot_expect_all(term, shots + 1, 1, true);
	console_quit(term);
}

static void each_statement(void **state)
{
	struct shot shots[10];
	int n = 0;
	struct term *term = record(state);
	term_type(term, ":step on\r");
	term_expect(term, "step on");
	transfer(term);
	while (n < 8) {
		term_expect(term, "Space sends it");
		shot_take(term, recorded_trace(), &shots[n++]);
		term_type(term, " ");
		term_settle(term);
		if (term_shows(term, "moved 500 from 7001"))
			break;
	}
	term_expect(term, "moved 500 from 7001");
	shot_end(term, state, recorded_trace(), &shots[n++]);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	shot_expect_all(term, shots, n, true);
	shot_expect_all(term, shots, n, false);
	console_quit(term);
}

/* A key that cannot do anything says so, and so does a command that would ask a server. */
static void at_its_ends(void **state)
{
	struct shot end;
	struct term *term = record(state);
	transfer(term);
	term_expect(term, "moved 500 from 7001");
	shot_end(term, state, recorded_trace(), &end);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_type(term, "<lt>");
	term_expect(term, "this is the first event");
	term_type(term, "<End>>");
	term_expect(term, "this is the last event");
	term_type(term, ":play 99999\r");
	term_expect(term, "there is no event 99999: the recording has 1 to ");
	term_type(term, ":sessions\r");
	term_expect(term, "F4 shows the recorded ones");
	term_type(term, ":ledger\r");
	term_expect(term, "F5 shows the recorded one");
	term_type(term, "s");
	term_expect(term, "source needs a server, and a recording has none");
	console_quit(term);
}

/* ---- a lesson ---- */

static void a_lesson(void **state)
{
	static const char *const keys[] = {" ", " ", " ", " ", " ", "2", " ", " ", " ", " ", " ", " ", " ", " ", " "};
	enum { SHOTS = sizeof keys / sizeof keys[0] };
	static struct shot shots[SHOTS + 1];
	struct term *term = record(state);
	console_lesson(term, "lost-update");
	for (int i = 0; i < SHOTS; i++) {
		shot_take(term, recorded_trace(), &shots[i]);
		term_type(term, keys[i]);
		term_expect_gone(term, "RUNNING  step");
	}
	shot_end(term, state, recorded_trace(), &shots[SHOTS]);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	shot_expect_all(term, shots, SHOTS + 1, true);
	shot_expect_all(term, shots, SHOTS + 1, false);
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_a_rival, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(with_a_cut, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(while_it_waits, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(each_statement, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(at_its_ends, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lesson, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/play", tests, recorded_begin, recorded_end);
}
