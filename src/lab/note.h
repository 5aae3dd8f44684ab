/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a directive: a comment that begins with #@. */
#ifndef LAB_NOTE_H
#define LAB_NOTE_H

#include "lab/lesson.h"

struct note {
	const char *file, *at; /* borrowed; `at` is what is not read yet */
	struct spec_place place;
	char **strings; /* where the texts go: room for what the note has, twice */
	struct err *err;
};

/* A word of a note: bare, or a "text" in which "" is a quote. NULL text: there is none. */
struct note_word {
	const char *text;
	bool quoted;
	struct spec_place place;
};

/* True where nothing is left but blanks; afterwards the place is that of what comes. */
bool note_done(struct note *note);

/* A bare word ends at a blank and at any of `stops`. A text that is not closed is an error. */
MUST_CHECK enum status note_word(struct note *note, const char *stops, struct note_word *word);

/* All until one of `stops`, or the end, without the blanks around it; a "text" may stand for it, and hold stops. */
MUST_CHECK enum status note_until(struct note *note, const char *stops, struct note_word *word);

/* True, and it is taken, where this character comes. */
bool note_sign(struct note *note, char sign);

enum status note_error(struct note *note, struct spec_place place, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Reads OUTCOME (lesson.h) up to one of `stops` or the end. */
MUST_CHECK enum status outcome_read(struct note *note, const struct spec *spec, const char *stops,
				    struct lesson_outcome *outcome);

/* retry.c: whether the engine can run what a lesson wants it to, in every order that this holds for. */
MUST_CHECK enum status retry_check(struct note *note, const struct lesson *lesson, const struct lesson_retry *retry);

/* Fills a lesson's lists from the notes of its spec. */
struct lesson_parts;
MUST_CHECK enum status directives_read(struct lesson_parts *parts, const char *file, struct err *err);

/* A lesson from inside: the lists that grow while it is read. */
struct lesson_parts {
	struct lesson lesson; /* first: one is the other */
	char *strings;
	struct lesson_text *texts;
	struct lesson_ask *asks;
	struct lesson_expect *expects;
	struct lesson_check *checks;
	struct lesson_need *needs;
	struct lesson_retry *retries;
};

#endif
