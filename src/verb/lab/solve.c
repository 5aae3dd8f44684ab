/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab solve: what an exercise asks for, and an answer from a file held against the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "lab/exercise.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

struct solving {
	struct lab *lab;
	struct exercise *exercise;
	struct exercise_judge *judge;
	uint64_t told_us;
	struct timer *next;
	struct err err;
};

struct exercise *exercise_open(const char *name, struct err *err)
{
	struct buf text = {0};
	struct exercise *exercise = NULL;
	if (lesson_source(name, &text, err) == ST_OK)
		exercise = exercise_new(name, buf_text(&text), text.len, err);
	buf_free(&text);
	return exercise;
}

/* ---- the file ---- */

static enum status solving_read_stdin(struct buf *text, struct err *err)
{
	char chunk[4096];
	size_t n;
	while (text->len <= EXERCISE_ANSWER_MAX && (n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		buf_add(text, chunk, n);
	return ferror(stdin) ? err_set(err, ST_OWN, "standard input cannot be read") : ST_OK;
}

static enum status solving_read(struct exercise *exercise, const char *path, struct err *err)
{
	struct buf text = {0};
	enum status status = strcmp(path, "-") == 0 ? solving_read_stdin(&text, err) : lesson_read(path, &text, err);
	if (!status && text.len != strlen(buf_text(&text)))
		status = err_set(err, ST_USAGE, "%.200s is not a text file", path);
	if (!status)
		status = exercise_answer(exercise, buf_text(&text), err);
	buf_free(&text);
	return status;
}

enum status solving_check(const struct run *run, struct err *err)
{
	struct exercise *exercise = exercise_open(run->args[1], err);
	if (!exercise)
		return err->status;
	exercise_free(exercise);
	if (run->nmore > 1)
		return err_set(err, ST_USAGE, "lab solve takes an exercise and one file");
	return ST_OK;
}

/* Without a file: what to write. */
bool solving_shows(struct run *run)
{
	struct err err = {0};
	struct buf raw = {0}, text = {0};
	struct exercise *exercise = run->nmore ? NULL : exercise_open(run->args[1], &err);
	if (!exercise)
		return false;
	exercise_show(&raw, exercise);
	text_escape_lines(&text, buf_text(&raw), raw.len);
	app_show(run->app, run->args[1], &text);
	buf_free(&raw);
	exercise_free(exercise);
	run_end(run, ST_OK, NULL);
	return true;
}

/* ---- judged ---- */

static void solving_on_progress(void *arg, const char *line)
{
	struct solving *solving = arg;
	struct face *face = &solving->lab->run->app->face;
	uint64_t now = clock_us();
	if (!face->progress || now - solving->told_us < (uint64_t)face->progress_ms * 1000)
		return;
	solving->told_us = now;
	face->progress(face->self, line);
}

static void solving_on_done(void *arg, const struct exercise_verdict *verdict, const struct err *err)
{
	struct solving *solving = arg;
	struct app *app = solving->lab->run->app;
	struct buf order = {0};
	if (app->face.progress)
		app->face.progress(app->face.self, NULL);
	if (err) {
		solving->err = *err;
	} else if (verdict->solved) {
		app_result(app, "%s", verdict->sentence);
	} else {
		if (verdict->permutation)
			text_escape(&order, verdict->permutation, strlen(verdict->permutation), 0);
		if (order.len)
			app_result(app, "%s", order.p);
		err_set(&solving->err, ST_CHECK, "%.480s", verdict->sentence);
	}
	buf_free(&order);
	timer_start(solving->next, 0);
}

static void solving_on_next(void *arg)
{
	struct solving *solving = arg;
	lab_over(solving->lab, solving->err.status, solving->err.text[0] ? solving->err.text : NULL);
}

struct solving *solving_start(struct lab *lab)
{
	struct app *app = lab->run->app;
	struct solving *solving = NEW(struct solving);
	struct exercise_to to = {solving_on_progress, solving_on_done, solving};
	struct lesson_server server = {0};
	struct err *err = &solving->err;
	solving->lab = lab;
	solving->told_us = clock_us();
	solving->next = timer_new(app->loop, solving_on_next, solving);
	solving->exercise = exercise_open(lab->run->args[1], err);
	(void)lesson_server_of(app->browse, &server);
	server.second = settings_second(&app->settings);
	if (solving->exercise && !solving_read(solving->exercise, lab->run->more[0], err))
		solving->judge = exercise_judge_start(app->loop, app->ring, &app->settings.conninfo, solving->exercise,
						      &server, &to, err);
	if (!solving->judge)
		timer_start(solving->next, 0);
	return solving;
}

void solving_stop(struct solving *solving)
{
	if (solving->judge)
		exercise_judge_stop(solving->judge);
}

void solving_free(struct solving *solving)
{
	if (!solving)
		return;
	exercise_judge_free(solving->judge);
	exercise_free(solving->exercise);
	timer_free(solving->next);
	free(solving);
}
