/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded run on the console, without a server: back and forth, and each pane shows what it showed then. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { ROWS = 24, COLUMNS = 80, FRAMED = 21 /* rows below the title, above the key line */ };

static char dir[] = "/tmp/teller-play.XXXXXX", path[64];
static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", "DATABASE_URL=", NULL};

/* ---- the screen, kept ---- */

struct shot {
	int stop; /* in the trace, so far */
	char rows[FRAMED][COLUMNS * 4 + 1];
};

/* Events, and what a lesson shows without one. */
static int stops_so_far(void)
{
	char *line = NULL;
	size_t size = 0;
	int n = 0;
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (getline(&line, &size, file) > 0)
		n += strncmp(line, "{\"number\"", 9) == 0 || strncmp(line, "{\"state\":\"player\"", 17) == 0;
	free(line);
	fclose(file);
	return n;
}

static void shoot(struct term *term, struct shot *shot)
{
	term_settle(term);
	shot->stop = stops_so_far();
	for (int i = 0; i < FRAMED; i++)
		snprintf(shot->rows[i], sizeof shot->rows[i], "%s", term_row(term, i + 1));
}

/* Where a row differs, `differs` says which; NULL: it may. */
static bool is_shown(struct term *term, const struct shot *shot, char differs[1000])
{
	for (int i = 0; i < FRAMED; i++) {
		const char *row = term_row(term, i + 1);
		if (strcmp(row, shot->rows[i]) == 0)
			continue;
		if (differs)
			snprintf(differs, 1000, "row %d was %s", i + 1, shot->rows[i]);
		return false;
	}
	return true;
}

static bool is_the_shot(struct term *term, void *arg)
{
	return is_shown(term, arg, NULL);
}

static void expect_shot(struct term *term, const struct shot *shot)
{
	char differs[1000] = "";
	term_settle(term);
	if (!is_shown(term, shot, differs))
		term_wait(term, is_the_shot, (void *)(uintptr_t)shot, differs);
}

/* By its number, and then there again by a step from each side. */
static void expect_shots(struct term *term, const struct shot *shots, int n, bool forward)
{
	for (int i = 0; i < n; i++) {
		const struct shot *shot = &shots[forward ? i : n - 1 - i];
		char line[40];
		snprintf(line, sizeof line, ":play %d\r", shot->stop);
		term_type(term, line);
		snprintf(line, sizeof line, "event %d of ", shot->stop);
		term_expect(term, line);
		expect_shot(term, shot);
		term_type(term, forward ? "><lt>" : "<lt>>");
		term_expect(term, line);
		expect_shot(term, shot);
	}
}

/* ---- recording ---- */

static struct term *record(void **state)
{
	char line[128];
	struct term *term = console_open(state, ROWS, COLUMNS);
	snprintf(line, sizeof line, ":trace %s\r", path);
	term_type(term, line);
	term_expect(term, "every event is written to ");
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

static void recorded(void **state, struct term *term, struct shot *end)
{
	shoot(term, end);
	console_quit(term);
	term_free(term);
	*state = NULL;
}

static struct term *play(void **state, int rows, int columns)
{
	const char *const argv[] = {proc_teller(), "trace", "play", path, NULL};
	struct term *term = term_start(argv, nowhere, rows, columns);
	*state = term;
	term_expect(term, "a recording of teller");
	return term;
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
	recorded(state, term, &end);
	term = play(state, ROWS, COLUMNS);
	term_expect(term, "event 1 of ");
	term_type(term, "<End>");
	term_expect(term, "1 x  40001");
	expect_shot(term, &end);
	term_type(term, "<Home>");
	term_expect(term, "event 1 of ");
	term_expect_gone(term, "1 x  40001");
	term_type(term, "><End><lt><End>");
	expect_shot(term, &end);
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
	recorded(state, term, &end);
	term = play(state, ROWS, COLUMNS);
	expect_shots(term, &end, 1, true);
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
	shots[0].stop = stops_so_far();
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_expect(term, "moved 500 from 7001");
	recorded(state, term, &shots[1]);
	term = play(state, ROWS, COLUMNS);
	char line[40];
	snprintf(line, sizeof line, ":play %d\r", shots[0].stop);
	term_type(term, line);
	console_expect_in_order(term, "T1  RUNNING", "1 .", "waits for psql, pid ", "holds account 7001");
	expect_shots(term, shots + 1, 1, true);
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
		shoot(term, &shots[n++]);
		term_type(term, " ");
		term_settle(term);
		if (term_shows(term, "moved 500 from 7001"))
			break;
	}
	term_expect(term, "moved 500 from 7001");
	recorded(state, term, &shots[n++]);
	term = play(state, ROWS, COLUMNS);
	expect_shots(term, shots, n, true);
	expect_shots(term, shots, n, false);
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
		shoot(term, &shots[i]);
		term_type(term, keys[i]);
		term_expect_gone(term, "RUNNING  step");
	}
	recorded(state, term, &shots[SHOTS]);
	term = play(state, ROWS, COLUMNS);
	expect_shots(term, shots, SHOTS + 1, true);
	expect_shots(term, shots, SHOTS + 1, false);
	console_quit(term);
}

static int make_dir(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/trace", dir);
	return pg_own_database(state);
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_a_rival, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(with_a_cut, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(while_it_waits, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(each_statement, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_lesson, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/play", tests, make_dir, remove_dir);
}
