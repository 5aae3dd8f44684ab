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
	char rows[FRAMED][COLUMNS * 4 + 1];
};

static void shoot(struct term *term, struct shot *shot)
{
	term_settle(term);
	for (int i = 0; i < FRAMED; i++)
		snprintf(shot->rows[i], sizeof shot->rows[i], "%s", term_row(term, i + 1));
}

struct awaited {
	const struct shot *shot;
	char differs[1000];
};

static bool is_shown(struct term *term, void *arg)
{
	struct awaited *awaited = arg;
	for (int i = 0; i < FRAMED; i++) {
		const char *row = term_row(term, i + 1);
		if (strcmp(row, awaited->shot->rows[i]) != 0) {
			snprintf(awaited->differs, sizeof awaited->differs, "row %d as it was then: %s", i + 1,
				 awaited->shot->rows[i]);
			return false;
		}
	}
	return true;
}

/* Where they stay different, the first row that does is told. */
static void expect_shot(struct term *term, const struct shot *shot)
{
	struct awaited awaited = {.shot = shot};
	if (!is_shown(term, &awaited))
		term_settle(term);
	if (!is_shown(term, &awaited))
		term_wait(term, is_shown, &awaited, awaited.differs);
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
	};
	return cmocka_run_group_tests_name("screen/play", tests, make_dir, remove_dir);
}
