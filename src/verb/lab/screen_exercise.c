/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of an exercise on the screen: write, try, solution; and the order that is played back. */
#include <stdint.h>
#include <stdlib.h>

#include "app/learned.h"
#include "base/mem.h"
#include "cli/words.h"
#include "lab/player.h"
#include "screen_internal.h"

void lab_screen_tried(struct app *app, const struct exercise *exercise, bool solved)
{
	struct playing *playing = lab_screen_playing(app);
	if (!playing || playing->exercise != exercise)
		return;
	playing->tried = true;
	(void)learned_note(player_name(app->player), 0, solved, 1);
	learned_free(app->private->learned);
	app->private->learned = NULL;
}

enum status lab_screen_play_back(struct app *app, struct exercise *exercise, const char *permutation, struct err *err)
{
	struct playing *playing = lab_screen_playing(app);
	if (!playing || playing->exercise != exercise || playing->ends)
		return ST_OK;
	playing->back = exercise_lesson_with(exercise, permutation, err);
	if (!playing->back)
		return err->status;
	lab_screen_end(playing);
	return ST_OK;
}

enum status lab_screen_edit(const struct call *call, struct err *err)
{
	struct exercise *exercise = lab_screen_playing(call->app)->exercise;
	const struct run *run = call->run;
	char *words[1 + WORDS_MAX] = {NULL};
	if (!exercise)
		return err_set(err, ST_USAGE,
			       "this is a lesson; an exercise has something to write: `lab list` names them");
	for (size_t i = 0; call->argument && i <= run->nmore && i < COUNT_OF(words); i++)
		words[i] = i ? run->more[i - 1] : run->args[1];
	return try_edit(call->app, exercise, call->argument ? 1 + run->nmore : 0, words, err);
}

enum status lab_screen_try(const struct call *call, struct err *err)
{
	struct exercise *exercise = lab_screen_playing(call->app)->exercise;
	if (!exercise)
		return err_set(err, ST_USAGE, "this is a lesson: there is no answer to try");
	return try_answer(call->app, exercise, err);
}

enum status lab_screen_solution(const struct call *call, struct err *err)
{
	const struct playing *playing = lab_screen_playing(call->app);
	if (!playing->exercise)
		return err_set(err, ST_USAGE, "this is a lesson: it has no solution");
	if (!playing->tried)
		return err_set(err, ST_USAGE, "a solution is shown after the first try: e writes an answer");
	try_show_solution(call->app, playing->exercise);
	return ST_OK;
}

void lab_screen_say_task(struct app *app)
{
	struct buf task = {0};
	if (!lab_screen_playing(app)->exercise)
		return;
	exercise_task(&task, lab_screen_playing(app)->exercise);
	app_say(app, ST_OK, "exercise: %s; e writes the answer, S shows a solution", task.p);
	buf_free(&task);
}

/* The last order of the lesson that was made with the answer. */
void lab_screen_begin_back(struct app *app, const char *name, const struct playing *was)
{
	lab_screen_open(app, name, was->back, was->exercise, false);
	player_clean(app->player, EXERCISE_LIMIT_SQL);
	lab_screen_playing(app)->tried = true;
	player_begin(app->player, was->back->spec->npermutations - 1);
	player_go_to(app->player, SIZE_MAX);
}
