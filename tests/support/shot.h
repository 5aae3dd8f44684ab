/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Screens of a run that is recorded, kept, and looked for again where its trace is played. */
#ifndef SUPPORT_SHOT_H
#define SUPPORT_SHOT_H

#include "tests/support/term.h"

enum { SHOT_ROWS = 45, SHOT_COLS = 140 };

/* What is below the title and above the message and the key line. */
struct shot {
	int stop; /* in the trace, so far */
	int n;
	char rows[SHOT_ROWS][SHOT_COLS * 4 + 1];
};

/* Begins a trace in the console, and waits until it says so. */
void shot_record(struct term *term, const char *path);
int shot_stops(const char *path);                                       /* that the file has by now */
void shot_take(struct term *term, const char *path, struct shot *shot); /* once the screen is at rest */
/* Leaves the console, and keeps its last screen. */
void shot_end(struct term *term, void **state, const char *path, struct shot *end);

/* Plays it where no server can be reached. */
struct term *shot_play(void **state, const char *path, int rows, int cols);
void shot_expect(struct term *term, const struct shot *shot); /* waits until the screen is that one */
bool shot_shown(struct term *term, const struct shot *shot);
/* Goes to each of them by its number, and then there again by a step from one side, from behind where it is forward. */
void shot_expect_all(struct term *term, const struct shot *shots, int n, bool forward);

#endif
