/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the lesson reader: what the directives share while they are read. */
#ifndef LAB_LESSON_INTERNAL_H
#define LAB_LESSON_INTERNAL_H

#include "directive_lexer.h"

struct directive_reader {
	struct directive_lexer lexer;
	struct lesson *lesson;
	const struct spec *spec;
	struct lesson_scope scope; /* of the note that is read */
	size_t *used_in; /* [nsteps]: the number, from 1, of the last permutation that was entered and has the step */
	enum lesson_text_kind kind; /* of the directive's text */
	char *continued;            /* the end of the text that another line may follow; NULL: none */
	struct lesson_ask *asking;  /* the question that more answers may follow; NULL: none */
};

/* ---- directive_table.c: the directives; a new one is a line there, a list in lesson.h, a paragraph in the manual ---- */

struct directive {
	const char *name; /* NULL: the end of the table */
	enum status (*read)(struct directive_reader *r);
	enum lesson_text_kind text; /* where it is one */
	bool under_answer;          /* it belongs to an answer: more answers may follow it */
};
extern const struct directive directives[];

MUST_CHECK enum status directive_more_text(struct directive_reader *r);    /* a line that begins with a text */
MUST_CHECK enum status directive_more_answers(struct directive_reader *r); /* one that begins with | */
MUST_CHECK enum status directives_check(struct directive_reader *r);       /* when all are read */

/* ---- explore/exercise_directives.c: those of exercises ---- */

MUST_CHECK enum status directive_exercise(struct directive_reader *r);
MUST_CHECK enum status directive_edit(struct directive_reader *r);
MUST_CHECK enum status directive_solution(struct directive_reader *r);
MUST_CHECK enum status directive_check_exercise(struct directive_reader *r); /* when all are read */

/* ---- directives.c: reads them one after another; what several have in common ---- */

/* Fills a lesson's lists from the notes of its spec. */
MUST_CHECK enum status directives_read(struct lesson *lesson, const char *file, struct err *err);

enum status directive_failed(const struct directive_reader *r); /* the status of its error */
bool directive_same_scope(const struct directive_reader *r, const struct lesson_scope *scope);
enum status directive_twice(struct directive_reader *r, const char *what, unsigned line);
enum status directive_unknown(struct directive_reader *r, const struct directive_word *word, const char *what,
			      const char *best);
MUST_CHECK enum status directive_find_step(struct directive_reader *r, const struct directive_word *word);
MUST_CHECK enum status directive_read_step(struct directive_reader *r, const char *stops);
MUST_CHECK enum status directive_read_text(struct directive_reader *r, struct directive_word *word);
MUST_CHECK enum status directive_read_end(struct directive_reader *r);
MUST_CHECK enum status
directive_end_continued(struct directive_reader *r); /* of a text that the next note may go on with */

/* ---- directive_values.c ---- */

MUST_CHECK enum status directive_let(struct directive_reader *r);
MUST_CHECK enum status directive_check_values(struct directive_reader *r); /* their places, in SQL and texts */

/* ---- directive_glossary.c ---- */

MUST_CHECK enum status directive_explain(struct directive_reader *r); /* word */
MUST_CHECK enum status directive_program(struct directive_reader *r);
MUST_CHECK enum status directive_race(struct directive_reader *r);

/* ---- directive_second.c: what is on a second server ---- */

MUST_CHECK enum status directive_session(struct directive_reader *r);
MUST_CHECK enum status directive_setup(struct directive_reader *r);
MUST_CHECK enum status directive_teardown(struct directive_reader *r);
/* "on second", where that comes. */
MUST_CHECK enum status directive_on_second(struct directive_reader *r, bool *second);
MUST_CHECK enum status directive_check_second(struct directive_reader *r);

/* ---- needs.c ---- */

bool needs_read(const char *word, struct lesson_need *need); /* false: there is no such need */
void needs_say(struct buf *out);                             /* the words that there are, as the end of a sentence */
bool needs_read_product(const char *word, struct lesson_need *need); /* "pg", "pg>=15" */
bool needs_fits(const struct lesson *lesson, long permutation, enum sql_server product, struct err *why);

/* ---- outcome.c ---- */

/* Reads OUTCOME (teller-lesson.5) up to one of `stops`, a text in quotes, or the end. */
MUST_CHECK enum status outcome_read(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
				    struct lesson_outcome *outcome);

/* ---- engine_check.c ---- */

/* Whether the engine can run what a lesson wants it to, in every order that this holds for. */
MUST_CHECK enum status engine_check(struct directive_lexer *lexer, const struct lesson *lesson,
				    const struct lesson_retry *retry);

#endif
