/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens of a run that is recorded, kept, and looked for again where its trace is played. */
#include "tests/support/shot.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/proc.h"
#include "trace/index.h"

enum { SHOT_REST = 3 /* rows at the edges: title, message, keys */ };

void shot_record(struct term *term, const char *path)
{
	char line[160];
	snprintf(line, sizeof line, ":trace %s\r", path);
	term_type(term, line);
	term_expect(term, "every event is written to ");
}

int shot_stops(const char *path)
{
	struct err err;
	struct trace_index *index = trace_index_read(path, &err);
	assert_non_null(index);
	uint64_t stops = trace_index_stops(index);
	trace_index_free(index);
	return (int)stops;
}

void shot_take(struct term *term, const char *path, struct shot *shot)
{
	term_settle(term);
	shot->stop = shot_stops(path);
	shot->n = term_rows(term) - SHOT_REST;
	assert_true(shot->n <= SHOT_ROWS && term_cols(term) <= SHOT_COLS);
	for (int i = 0; i < shot->n; i++)
		snprintf(shot->rows[i], sizeof shot->rows[i], "%s", term_row(term, i + 1));
}

void shot_end(struct term *term, void **state, const char *path, struct shot *end)
{
	shot_take(term, path, end);
	console_quit(term);
	term_free(term);
	*state = NULL;
}

struct term *shot_play(void **state, const char *path, int rows, int cols)
{
	static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", "DATABASE_URL=", NULL};
	const char *const argv[] = {proc_teller(), "trace", "play", path, NULL};
	struct term *term = term_start(argv, nowhere, rows, cols);
	*state = term;
	term_expect(term, cols < 60 ? "a recording of" : "a recording of teller");
	return term;
}

/* Where a row differs, `differs` says which; NULL: it may. */
static bool shot_differs(struct term *term, const struct shot *shot, char differs[1000])
{
	for (int i = 0; i < shot->n; i++) {
		const char *row = term_row(term, i + 1);
		if (strcmp(row, shot->rows[i]) == 0)
			continue;
		if (differs)
			snprintf(differs, 1000, "stop %d, row %d was %s", shot->stop, i + 1, shot->rows[i]);
		return true;
	}
	return false;
}

bool shot_shown(struct term *term, const struct shot *shot)
{
	return !shot_differs(term, shot, NULL);
}

static bool shot_is_there(struct term *term, void *arg)
{
	return shot_shown(term, arg);
}

void shot_expect(struct term *term, const struct shot *shot)
{
	char differs[1000] = "";
	term_settle(term);
	if (shot_differs(term, shot, differs))
		term_wait(term, shot_is_there, (void *)(uintptr_t)shot, differs);
}

void shot_expect_all(struct term *term, const struct shot *shots, int n, bool forward)
{
	for (int i = 0; i < n; i++) {
		const struct shot *shot = &shots[forward ? i : n - 1 - i];
		char line[40];
		snprintf(line, sizeof line, ":play %d\r", shot->stop);
		term_type(term, line);
		snprintf(line, sizeof line, "event %d of ", shot->stop);
		term_expect(term, line);
		shot_expect(term, shot);
		term_type(term, forward && i < n - 1 ? "><lt>" : "<lt>>"); /* behind the last one there may be none */
		term_expect(term, line);
		shot_expect(term, shot);
	}
}
