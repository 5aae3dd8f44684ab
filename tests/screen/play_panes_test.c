/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger, the sessions and the load of a recorded run: each pane shows what it showed then, at any event. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/shot.h"
#include "tests/trace/recorded.h"

enum { ROWS = 24, COLUMNS = 80 };

static struct term *record(void **state)
{
	struct term *term = console_open(state, ROWS, COLUMNS);
	shot_record(term, recorded_trace());
	return term;
}

/* ---- the ledger ---- */

static int old_bank(void **state)
{
	(void)state;
	pg_bank(30);
	pg_exec("INSERT INTO transfers SELECT ('00000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid,"
		" 7001 + mod(g, 3), 7011, g, timestamptz '2020-01-01 10:00:00+00' + g * interval '1 s'"
		" FROM generate_series(1, 900) g");
	return 0;
}

static void transfer(struct term *term, const char *line, const char *said)
{
	term_type(term, line);
	term_expect(term, said);
}

/* Each screen is the last one before something happens: what is moved in without an event is seen at the one before. */
static void the_ledger(void **state)
{
	static struct shot shots[5];
	int n = 0;
	struct term *term = record(state);
	term_type(term, "<F5>");
	term_expect(term, ">2020-01-01 10:15:00");
	term_type(term, "<PgDn><PgDn><Down>");
	term_expect_gone(term, "2020-01-01 10:15:00");
	shot_take(term, recorded_trace(), &shots[n++]);
	transfer(term, ":transfer 7001 7002 12345678 --yes<Enter>", "rejected: account 7001 holds 1000");
	transfer(term, ":transfer 7001 7002 5 --yes<Enter>", "moved 5 from 7001");
	term_settle(term); /* the ledger is read again */
	term_type(term, "<Home>");
	term_expect_gone(term, ">2020");
	shot_take(term, recorded_trace(), &shots[n++]);
	term_type(term, "<End>");
	term_expect(term, ">2020-01-01 10:00:01");
	shot_take(term, recorded_trace(), &shots[n++]);
	term_type(term, ":ledger --of 7003<Enter>");
	term_expect(term, "of account 7003");
	term_expect(term, ">2020-01-01 10:14:59");
	shot_take(term, recorded_trace(), &shots[n++]);
	transfer(term, ":transfer 7001 7002 7 --yes<Enter>", "moved 7 from 7001");
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	shot_end(term, state, recorded_trace(), &shots[n++]);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_type(term, "<F5>");
	term_expect(term, "no ledger is recorded up to this event");
	term_type(term, "<F2>");
	shot_expect_all(term, shots, n, true);
	shot_expect_all(term, shots, n, false);
	term_type(term, "<End><F5>"); /* as it was last, though it was closed */
	term_expect(term, "of account 7003");
	term_expect(term, ">2020-01-01 10:14:59");
	term_type(term, "<Down><Enter>");
	term_expect(term, "00000000-0000-4000-8000-000000000896");
	term_type(term, "<Esc>");
	console_quit(term);
}

/* ---- the load ---- */

static void begin(struct term *term, const char *line, const char *said)
{
	term_type(term, line);
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, said);
}

/* What is seen of it in its third second, which may be over before the screen is taken: one of a few stops shows it. */
static void expect_one(struct term *term, const struct shot *shot, int from, int to)
{
	for (int stop = from; stop <= to; stop++) {
		char line[40];
		snprintf(line, sizeof line, ":play %d\r", stop);
		term_type(term, line);
		snprintf(line, sizeof line, "event %d of ", stop);
		term_expect(term, line);
		term_settle(term);
		if (shot_shown(term, shot))
			return;
	}
	fail_msg("none of the stops %d to %d shows\n%s", from, to, shot->rows[1]);
}

static bool log_stands_still(struct term *term, void *arg)
{
	const char *row = term_row(term, ROWS - 4);
	bool still = strcmp(row, arg) == 0 && row[0];
	snprintf(arg, COLUMNS * 4, "%s", row);
	return still;
}

/* All of it but the log, which has no end while it runs. */
static void take_pane(struct term *term, struct shot *shot)
{
	char last[COLUMNS * 4] = "";
	term_wait(term, log_stands_still, last, "a log that stands still");
	shot_take(term, recorded_trace(), shot);
}

/* Its accounts are locked, so that each second is as the one before. */
static void a_load(void **state)
{
	static struct shot held, end;
	struct term *term = record(state);
	struct pg_session *holder = pg_open_at("application_name=psql");
	begin(term, ":load --time 0 --workers 2 --hot 2<Enter>", "2 s  read-write by 2 workers among 2 accounts");
	pg_run(holder, "BEGIN; LOCK TABLE accounts IN EXCLUSIVE MODE");
	int from = shot_stops(recorded_trace());
	take_pane(term, &held);
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_type(term, "c");
	term_expect(term, "Load  is over");
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	term_type(term, "<F9>");
	term_expect(term, "Load  is over");
	shot_end(term, state, recorded_trace(), &end);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_type(term, "<F9>");
	term_expect(term, "No load is recorded up to this event.");
	term_type(term, "<F2>");
	shot_expect_all(term, &end, 1, true);
	term_type(term, "<F9>"); /* it stays where who watches has gone */
	expect_one(term, &held, from, held.stop);
	shot_expect_all(term, &end, 1, false);
	console_quit(term);
}

static void a_race(void **state)
{
	static struct shot end;
	struct term *term = record(state);
	begin(term, ":load race naive oneshot --time 2 --workers 2 --hot 4<Enter>", "Race  is over");
	shot_end(term, state, recorded_trace(), &end);
	assert_non_null(strstr(end.rows[1], "2 of 2 rounds  2 workers  4 accounts"));
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	shot_expect_all(term, &end, 1, true);
	term_type(term, "<Home>");
	term_expect(term, "event 1 of ");
	shot_expect_all(term, &end, 1, false);
	console_quit(term);
}

/* ---- the sessions ---- */

static bool next_second(struct term *term, void *arg)
{
	const struct shot *shot = arg;
	(void)term;
	return shot_stops(recorded_trace()) > shot->stop;
}

static void the_sessions(void **state)
{
	static struct shot waiting, ended;
	struct term *term = record(state);
	struct pg_session *holder = pg_open_at("application_name=psql");
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = 7001");
	term_type(term, ":transfer 7001 7002 5 --yes<Enter>");
	term_expect(term, "waits for psql, pid ");
	int from = shot_stops(recorded_trace());
	term_type(term, "<F4>");
	term_expect(term, "who waits stands under whom it waits for");
	term_type(term, "<Down>");
	term_expect(term, "account 7001");
	shot_take(term, recorded_trace(), &waiting);
	pg_run(holder, "COMMIT");
	pg_run(holder, "ALTER ROLE CURRENT_USER PASSWORD 'geheim'");
	term_expect(term, "nobody waits");
	term_expect(term, "ALTER ROLE");
	shot_take(term, recorded_trace(), &ended);
	term_wait(term, next_second, &ended, "another answer in the trace");
	term_type(term, "q");
	term_expect(term, "Accounts");
	console_quit(term);
	term_free(term);
	*state = NULL;
	pg_close(holder);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_type(term, "<F4>");
	term_expect(term, "no sessions are recorded up to this event");
	expect_one(term, &waiting, from, waiting.stop + 1);
	expect_one(term, &ended, waiting.stop, ended.stop);
	expect_one(term, &waiting, from, waiting.stop + 1);
	term_type(term, "<End><F4>"); /* as they were last, though they were left */
	term_expect(term, "Sessions  nobody waits");
	console_quit(term);
}

/* ---- what is left out ---- */

static bool trace_holds(const char *text)
{
	char *line = NULL;
	size_t size = 0;
	bool holds = false;
	FILE *file = fopen(recorded_trace(), "r");
	assert_non_null(file);
	while (getline(&line, &size, file) > 0)
		holds = holds || strstr(line, text);
	free(line);
	fclose(file);
	return holds;
}

static void without_values(void **state)
{
	const char *const argv[] = {proc_teller(), "--trace", recorded_trace(), "--trace-values=no", NULL};
	struct term *term = term_start(argv, NULL, ROWS, COLUMNS);
	struct pg_session *holder = pg_open_at("application_name=psql");
	*state = term;
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = 7029");
	console_expect_selected(term, "7001");
	term_type(term, "<F5>");
	term_expect(term, "no transfer was made yet");
	term_type(term, "<F4>");
	term_expect(term, "BEGIN; UPDATE");
	pg_run(holder, "COMMIT");
	pg_close(holder);
	term_type(term, "q<F2>");
	begin(term, ":load --count 300 --workers 2 --hot 2<Enter>", "Load  is over");
	term_expect(term, "as expected");
	console_quit(term);
	term_free(term);
	*state = NULL;
	assert_false(trace_holds("= 7029") || trace_holds("as expected") || trace_holds("\"id\""));
	assert_true(trace_holds("{\"state\":\"load\""));
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	term_type(term, "<End>");
	term_expect(term, "Load  is over");
	term_expect(term, "read-write by 2 workers among 2 accounts");
	term_expect(term, "ok      ");
	term_type(term, "<F5>");
	term_expect(term, "no ledger is recorded up to this event");
	term_type(term, "<F4>");
	term_expect(term, "idle in");
	console_quit(term);
}

static void no_password(void **state)
{
	(void)state;
	assert_false(trace_holds("geheim"));
}

/* Why its transfers failed is in the recording, too. */
static void a_load_that_fails(void **state)
{
	static struct shot end;
	struct term *term = record(state);
	pg_exec("ALTER TABLE transfers ADD CONSTRAINT large CHECK (amount > 5)");
	begin(term, ":load --count 40 --workers 2<Enter>", "Load  is over");
	term_type(term, "<F2>");
	term_expect(term, "Accounts");
	term_type(term, "<F9>");
	term_expect(term, "Load  is over");
	shot_end(term, state, recorded_trace(), &end);
	term = shot_play(state, recorded_trace(), ROWS, COLUMNS);
	shot_expect_all(term, &end, 1, true);
	term_type(term, "<F9>");
	term_expect(term, "40 failed: new row for relation \"transfers\" violates check constraint");
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_ledger, old_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_load, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_load_that_fails, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_race, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(the_sessions, console_bank, term_teardown),
		cmocka_unit_test(no_password),
		cmocka_unit_test_setup_teardown(without_values, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/play_panes", tests, recorded_begin, recorded_end);
}
