/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exercise on the screen: the answer is written, held against the server, and what breaks it is played back. */
#include "try.h"

#include <stdlib.h>
#include <string.h>

#include "app/learned.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/run.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

struct trying {
	struct job job;
	struct exercise *exercise; /* one of those who share it */
	struct exercise_judge *judge;
	uint64_t told_us;
	struct timer *sweep; /* it is over: not from a call of the judge's */
};

/* ---- its life ---- */

static bool stop_trying(struct job *job, enum job_stop how)
{
	(void)how;
	exercise_judge_stop(((struct trying *)job)->judge);
	return true;
}

static void free_trying(struct job *job)
{
	struct trying *trying = (struct trying *)job;
	exercise_judge_free(trying->judge);
	exercise_free(trying->exercise);
	timer_free(trying->sweep);
	free(trying);
}

static const struct job_ops trying_ops = {.stop = stop_trying, .awaited = job_always, .free = free_trying};

/* ---- judged ---- */

static void trying_on_progress(void *arg, const char *line)
{
	struct trying *trying = arg;
	struct face *face = &trying->job.app->face;
	uint64_t now = clock_us();
	if (!face->progress || now - trying->told_us < (uint64_t)face->progress_ms * 1000)
		return;
	trying->told_us = now;
	face->progress(face->self, line);
}

/* What broke is seen; and what was foretold, right or wrong. */
static bool trying_plays_back(const struct trying *trying, const struct exercise_verdict *verdict)
{
	return verdict->permutation || exercise_lesson(trying->exercise)->exercise == LESSON_FORETELL;
}

static void trying_on_done(void *arg, const struct exercise_verdict *verdict, const struct err *err)
{
	struct trying *trying = arg;
	struct app *app = trying->job.app;
	struct err why = {0};
	if (app->face.progress)
		app->face.progress(app->face.self, NULL);
	if (err) {
		app_say(app, err->status, "%s", err->text);
	} else {
		app_say(app, verdict->solved ? ST_OK : ST_CHECK, "%s", verdict->sentence);
		lab_screen_tried(app, trying->exercise, verdict->solved);
		if (trying_plays_back(trying, verdict) &&
		    lab_screen_play_back(app, trying->exercise, verdict->permutation, &why))
			app_say(app, why.status, "%s", why.text);
	}
	timer_start(trying->sweep, 0);
}

static void trying_sweep(void *arg)
{
	struct trying *trying = arg;
	job_end(&trying->job);
}

enum status try_answer(struct app *app, struct exercise *exercise, struct err *err)
{
	struct lesson_server server = {0};
	if (!job_may(app, USES_LESSON, err))
		return err->status;
	struct trying *trying = NEW(struct trying);
	struct exercise_to to = {trying_on_progress, trying_on_done, trying};
	(void)lesson_server_of(app->browse, &server);
	server.second = settings_second(&app->settings);
	trying->judge =
		exercise_judge_start(app->loop, app->ring, &app->settings.conninfo, exercise, &server, &to, err);
	if (!trying->judge) {
		free(trying);
		return err->status;
	}
	trying->exercise = exercise_share(exercise);
	trying->sweep = timer_new(app->loop, trying_sweep, trying);
	trying->told_us = clock_us();
	trying->job = (struct job){.ops = &trying_ops, .name = "the judge of your answer", .uses = USES_LESSON};
	job_begin(app, &trying->job);
	app_say(app, ST_OK, "your answer is being played");
	return ST_OK;
}

/* ---- written ---- */

/* An order as it was written, or the steps as they stand in the file, to be put into another one. */
static void try_add_order(struct buf *line, const struct exercise *exercise)
{
	static const char word[] = "permutation ";
	const struct spec *spec = exercise_lesson(exercise)->spec;
	const char *order = exercise_order(exercise);
	if (order)
		buf_str(line, strncmp(order, word, sizeof word - 1) == 0 ? order + sizeof word - 1 : order);
	for (size_t i = 0; !order && i < spec->nsteps; i++) {
		buf_str(line, i ? " " : "");
		run_quote(line, spec->steps[i].name);
	}
}

static void try_add_part(struct buf *line, const struct exercise *exercise, size_t step)
{
	const char *part = exercise_part(exercise, step);
	run_quote(line, exercise_lesson(exercise)->spec->steps[step].name);
	buf_char(line, ' ');
	if (part && *part)
		run_quote(line, part);
}

/* Where there is no editor, the command line has what is to be written next. */
static enum status try_prompt(struct app *app, const struct exercise *exercise, struct err *err)
{
	struct buf line = {0};
	long step = exercise_turn(exercise);
	buf_str(&line, "lab edit ");
	if (step < 0)
		try_add_order(&line, exercise);
	else
		try_add_part(&line, exercise, (size_t)step);
	bool opened = app->face.act && app->face.act(app->face.self, "prompt", line.p);
	buf_free(&line);
	return opened ? ST_OK : err_set(err, ST_USAGE, "set EDITOR, or use lab edit STEP ANSWER");
}

static enum status try_editor(struct app *app, struct exercise *exercise, struct err *err)
{
	struct buf text = {0};
	exercise_show(&text, exercise);
	enum status status = editor_edit(app, &text, err);
	if (!status)
		status = exercise_answer(exercise, buf_text(&text), err);
	buf_free(&text);
	return status ? status : try_answer(app, exercise, err);
}

enum status try_edit(struct app *app, struct exercise *exercise, size_t nwords, char *const words[], struct err *err)
{
	struct buf text = {0};
	bool order = exercise_lesson(exercise)->exercise == LESSON_FIND_ORDER;
	if (!job_may(app, USES_LESSON, err))
		return err->status;
	if (!nwords)
		return editor_name() ? try_editor(app, exercise, err) : try_prompt(app, exercise, err);
	for (size_t i = order ? 0 : 1; i < nwords; i++)
		buf_fmt(&text, "%s%s", text.len ? " " : "", words[i]);
	enum status status = exercise_answer_part(exercise, words[0], buf_text(&text), err);
	buf_free(&text);
	const char *missing = exercise_missing(exercise);
	if (status)
		return status;
	if (!missing)
		return try_answer(app, exercise, err);
	app_say(app, ST_OK, "written; %.40s is still to be written: e, or lab edit %.40s ...", missing, missing);
	return ST_OK;
}

void try_show_solution(struct app *app, const struct exercise *exercise)
{
	struct buf raw = {0}, text = {0};
	exercise_show_solution(&raw, exercise);
	text_escape_lines(&text, buf_text(&raw), raw.len);
	buf_free(&raw);
	app_show(app, "A solution", &text);
}
