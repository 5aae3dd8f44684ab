/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exercise on the screen: the answer is written, held against the server, and what breaks it is played back. */
#ifndef VERB_LAB_TRY_H
#define VERB_LAB_TRY_H

#include "app/app_private.h"
#include "lab/exercise.h"

/* ---- try.c ---- */

/* `lab edit`: without words in the editor, or on the command line; else STEP ANSWER..., of an order its steps. Then it
 * is judged. ST_USAGE with a sentence: nothing is. */
MUST_CHECK enum status try_edit(struct app *app, struct exercise *exercise, size_t nwords, char *const words[],
				struct err *err);
MUST_CHECK enum status try_answer(struct app *app, struct exercise *exercise, struct err *err);
void try_show_solution(struct app *app, const struct exercise *exercise);

/* ---- screen.c ---- */

void lab_screen_tried(struct app *app, const struct exercise *exercise, bool solved);
/* The order with the answer in it takes the place of what is played, where that is still this exercise. */
MUST_CHECK enum status lab_screen_play_back(struct app *app, struct exercise *exercise, const char *permutation,
					    struct err *err);

/* ---- editor.c ---- */

const char *editor_name(void); /* NULL: there is none */
/* The text as it was left in the editor; an error leaves it as it is, or empty. */
MUST_CHECK enum status editor_edit(struct app *app, struct buf *text, struct err *err);

#endif
