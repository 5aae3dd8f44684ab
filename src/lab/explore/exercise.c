/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An exercise and its answer: read, shown, and put into the lesson. */
#include "lab/exercise.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lab/explore.h"
#include "lab/values.h"
#include "orders.h"
#include "src/lab/places.h"

struct exercise {
	unsigned shared;
	char *name, *text;
	struct lesson *lesson;
	char **parts; /* [nsteps] of the answer; NULL: not written */
	char *order;  /* "permutation ..."; NULL: not written */
	size_t after; /* the step behind the one that was written last; 0: none was */
};

/* ---- life ---- */

struct exercise *exercise_new(const char *name, const char *text, size_t n, struct err *err)
{
	struct lesson *lesson = lesson_parse(name, text, n, err);
	if (lesson && !lesson->exercise)
		err_set(err, ST_USAGE, "%.200s is a lesson, not an exercise: `lab play` plays it", name);
	if (!lesson || !lesson->exercise) {
		lesson_free(lesson);
		return NULL;
	}
	struct exercise *exercise = NEW(struct exercise);
	exercise->shared = 1;
	exercise->name = mem_dup(name);
	exercise->text = mem_dup_n(text, n);
	exercise->lesson = lesson;
	exercise->parts = mem_array(lesson->spec->nsteps, sizeof(char *));
	return exercise;
}

struct exercise *exercise_share(struct exercise *exercise)
{
	exercise->shared++;
	return exercise;
}

static void exercise_forget(struct exercise *exercise)
{
	for (size_t i = 0; i < exercise->lesson->spec->nsteps; i++) {
		free(exercise->parts[i]);
		exercise->parts[i] = NULL;
	}
	free(exercise->order);
	exercise->order = NULL;
}

void exercise_free(struct exercise *exercise)
{
	if (!exercise || --exercise->shared)
		return;
	exercise_forget(exercise);
	lesson_free(exercise->lesson);
	free(exercise->parts);
	free(exercise->name);
	free(exercise->text);
	free(exercise);
}

const struct lesson *exercise_lesson(const struct exercise *exercise)
{
	return exercise->lesson;
}

/* ---- the parts of an answer ---- */

static bool exercise_wants(const struct exercise *exercise, size_t step)
{
	const struct lesson *lesson = exercise->lesson;
	if (lesson->exercise == LESSON_MEND)
		return lesson_edits(lesson, (long)step);
	return lesson->exercise == LESSON_FORETELL && lesson_expect_of(lesson, 0, (long)step) != NULL;
}

/* Without the blanks around it; owned. */
static char *exercise_trim(const char *text, size_t n)
{
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	while (n && isspace((unsigned char)*text))
		text++, n--;
	return mem_dup_n(text, n);
}

static enum status exercise_no_step(const struct exercise *exercise, const char *name, struct err *err)
{
	struct buf shown = {0}, steps = {0};
	text_escape(&shown, name, strlen(name), 40);
	for (size_t i = 0; i < exercise->lesson->spec->nsteps; i++)
		if (exercise_wants(exercise, i))
			buf_fmt(&steps, "%s%s", steps.len ? ", " : "", exercise->lesson->spec->steps[i].name);
	err_set(err, ST_USAGE, "\"%s\" is not a step to write; write %.300s", buf_text(&shown), buf_text(&steps));
	buf_free(&shown);
	buf_free(&steps);
	return err->status;
}

/* The names of all steps, each session's own in their order. */
static enum status exercise_take_order(struct exercise *exercise, const char *text, struct err *err)
{
	const struct spec *spec = exercise->lesson->spec;
	size_t done[ORDERS_SESSIONS_MAX] = {0}, n = 0;
	struct orders orders = {.spec = *spec, .length = spec->nsteps};
	unsigned char *word = mem_array(spec->nsteps, 1);
	char *copy = mem_dup(text), *rest = NULL;
	enum status status = ST_OK;
	for (char *name = strtok_r(copy, " \t\r\n", &rest); name && !status; name = strtok_r(NULL, " \t\r\n", &rest)) {
		long step = strcmp(name, "permutation") == 0 && !n ? -2 : spec_step_find(spec, name);
		size_t session = step >= 0 ? spec->steps[step].session : 0;
		if (step == -2)
			continue;
		if (step < 0)
			status = err_set(err, ST_USAGE, "there is no step \"%.40s\"", name);
		else if (done[session] >= spec->sessions[session].nsteps ||
			 &spec->sessions[session].steps[done[session]] != &spec->steps[step])
			status = err_set(err, ST_USAGE,
					 "%.40s is not the next step of %.40s: each session keeps its order", name,
					 spec->sessions[session].name);
		else
			word[n++] = (unsigned char)session, done[session]++;
	}
	if (!status && n < spec->nsteps)
		status = err_set(err, ST_USAGE, "the order has %zu of %zu steps; name each of them", n, spec->nsteps);
	struct buf shown = {0};
	if (!status) {
		orders_show(&orders, word, &shown);
		free(exercise->order);
		exercise->order = buf_take(&shown);
	}
	free(copy);
	free(word);
	return status;
}

static enum status exercise_take_part(struct exercise *exercise, const char *name, const char *text, size_t n,
				      struct err *err)
{
	long step = spec_step_find(exercise->lesson->spec, name);
	if (step < 0 || !exercise_wants(exercise, (size_t)step))
		return exercise_no_step(exercise, name, err);
	free(exercise->parts[step]);
	exercise->parts[step] = exercise_trim(text, n);
	exercise->after = (size_t)step + 1;
	return ST_OK;
}

enum status exercise_answer_part(struct exercise *exercise, const char *step, const char *text, struct err *err)
{
	bool order = exercise->lesson->exercise == LESSON_FIND_ORDER;
	if (strlen(text) > EXERCISE_ANSWER_MAX)
		return err_set(err, ST_USAGE, "the answer is longer than %d bytes", (int)EXERCISE_ANSWER_MAX);
	if (strchr(text, '\n') && exercise->lesson->exercise == LESSON_FORETELL)
		return err_set(err, ST_USAGE, "an outcome is one line");
	if (order)
		return exercise_take_order(exercise, text, err);
	return exercise_take_part(exercise, step ? step : "", text, strlen(text), err);
}

/* ---- a whole answer ---- */

static const char *exercise_line_end(const char *line)
{
	return line + strcspn(line, "\n");
}

/* "-- step NAME": the name, owned; NULL: it is none. */
static char *exercise_heading(const char *line)
{
	static const char head[] = "-- step ";
	if (strncmp(line, head, sizeof head - 1) != 0)
		return NULL;
	line += sizeof head - 1;
	return exercise_trim(line, (size_t)(exercise_line_end(line) - line));
}

static enum status exercise_take_sql(struct exercise *exercise, const char *text, struct err *err)
{
	enum status status = ST_OK;
	while (*text && !status) {
		char *name = exercise_heading(text);
		const char *body = exercise_line_end(text), *end = body;
		text = *body ? body + 1 : body;
		if (!name)
			continue;
		for (end = text; *end && strncmp(end, "-- step ", 8) != 0;)
			end = *exercise_line_end(end) ? exercise_line_end(end) + 1 : exercise_line_end(end);
		status = exercise_take_part(exercise, name, text, (size_t)(end - text), err);
		free(name);
		text = end;
	}
	return status;
}

/* The lines that are no comments, each by itself or all together. */
static enum status exercise_take_lines(struct exercise *exercise, const char *text, struct err *err)
{
	struct buf all = {0};
	enum status status = ST_OK;
	for (const char *end; *text && !status; text = *end ? end + 1 : end) {
		end = exercise_line_end(text);
		char *line = exercise_trim(text, (size_t)(end - text));
		size_t name = strcspn(line, " \t");
		bool skip = !*line || strncmp(line, "--", 2) == 0;
		if (!skip && exercise->lesson->exercise == LESSON_FIND_ORDER) {
			buf_fmt(&all, "%s ", line);
		} else if (!skip) {
			char *step = mem_dup_n(line, name);
			status = exercise_take_part(exercise, step, line + name, strlen(line + name), err);
			free(step);
		}
		free(line);
	}
	if (!status && all.len)
		status = exercise_take_order(exercise, all.p, err);
	buf_free(&all);
	return status;
}

enum status exercise_answer(struct exercise *exercise, const char *text, struct err *err)
{
	if (strlen(text) > EXERCISE_ANSWER_MAX)
		return err_set(err, ST_USAGE, "the answer is longer than %d bytes", (int)EXERCISE_ANSWER_MAX);
	exercise_forget(exercise);
	return exercise->lesson->exercise == LESSON_MEND ? exercise_take_sql(exercise, text, err)
							 : exercise_take_lines(exercise, text, err);
}

bool exercise_answered(const struct exercise *exercise)
{
	bool any = exercise->order != NULL;
	for (size_t i = 0; i < exercise->lesson->spec->nsteps; i++)
		any = any || exercise->parts[i];
	return any;
}

const char *exercise_order(const struct exercise *exercise)
{
	return exercise->order;
}

const char *exercise_part(const struct exercise *exercise, size_t step)
{
	const char *there = exercise->lesson->exercise == LESSON_MEND ? exercise->lesson->spec->steps[step].sql : "";
	if (!exercise_wants(exercise, step))
		return NULL;
	return exercise->parts[step] ? exercise->parts[step] : there;
}

/* A step that is not mended stays as it is. */
const char *exercise_missing(const struct exercise *exercise)
{
	const struct spec *spec = exercise->lesson->spec;
	for (size_t i = 0; i < spec->nsteps && exercise->lesson->exercise == LESSON_FORETELL; i++)
		if (exercise_wants(exercise, i) && !(exercise->parts[i] && exercise->parts[i][0]))
			return spec->steps[i].name;
	return NULL;
}

long exercise_turn(const struct exercise *exercise)
{
	const struct spec *spec = exercise->lesson->spec;
	const char *missing = exercise_missing(exercise);
	if (missing)
		return spec_step_find(spec, missing);
	for (size_t i = 0; i < spec->nsteps; i++)
		if (exercise_wants(exercise, (exercise->after + i) % spec->nsteps))
			return (long)((exercise->after + i) % spec->nsteps);
	return -1;
}

/* ---- shown ---- */

void exercise_task(struct buf *out, const struct exercise *exercise)
{
	switch (exercise->lesson->exercise) {
	case LESSON_NO_EXERCISE:
		break;
	case LESSON_MEND:
		buf_str(out, "mend the SQL, so that the check holds in every order of the steps");
		break;
	case LESSON_FIND_ORDER:
		buf_str(out, "find an order of the steps in which the check does not hold");
		break;
	case LESSON_FORETELL:
		buf_str(out, "write what each of these steps will do, before you see it");
		break;
	}
}

/* A comment, in one line, with the names of values. */
static void exercise_show_step(struct buf *out, const struct exercise *exercise, size_t step)
{
	struct buf sql = {0};
	values_show(&sql, NULL, exercise->lesson, step);
	for (char *c = sql.p; c && *c; c++)
		*c = *c == '\n' ? ' ' : *c;
	buf_fmt(out, "-- %s: %s\n", exercise->lesson->spec->steps[step].name, buf_text(&sql));
	buf_free(&sql);
}

static void exercise_show_part(struct buf *out, const struct exercise *exercise, size_t step)
{
	const struct spec_step *what = &exercise->lesson->spec->steps[step];
	const char *part = exercise->parts[step];
	if (exercise->lesson->exercise == LESSON_MEND)
		buf_fmt(out, "-- step %s\n%s\n", what->name, part ? part : what->sql);
	else
		exercise_show_step(out, exercise, step);
	if (exercise->lesson->exercise != LESSON_MEND)
		buf_fmt(out, "%s %s\n", what->name, part ? part : "");
}

void exercise_show(struct buf *out, const struct exercise *exercise)
{
	const struct spec *spec = exercise->lesson->spec;
	buf_str(out, "-- Exercise: ");
	exercise_task(out, exercise);
	buf_char(out, '\n');
	if (exercise->lesson->exercise == LESSON_FORETELL)
		buf_str(out, "-- Behind a step: waits, ok, an SQLSTATE as 40001, reads VALUE, tag TAG, or several of "
			     "them.\n");
	if (exercise->lesson->exercise == LESSON_MEND && exercise->lesson->nplaces)
		buf_str(out, "-- In the place of /*:NAME*/1 the value is sent that was read under that name.\n");
	for (size_t i = 0; i < spec->nsteps; i++)
		if (exercise_wants(exercise, i))
			exercise_show_part(out, exercise, i);
	if (exercise->lesson->exercise != LESSON_FIND_ORDER)
		return;
	buf_str(out, "-- Write the steps in your order; each session keeps its own:\n");
	for (size_t i = 0; i < spec->nsteps; i++)
		exercise_show_step(out, exercise, i);
	buf_fmt(out, "%s\n", exercise->order ? exercise->order : "");
}

void exercise_show_solution(struct buf *out, const struct exercise *exercise)
{
	const struct lesson *lesson = exercise->lesson;
	for (size_t i = 0; i < lesson->nsolutions; i++) {
		long step = lesson->solutions[i].scope.step;
		if (step >= 0)
			buf_fmt(out, "-- step %s\n", lesson->spec->steps[step].name);
		buf_fmt(out, "%s\n", lesson->solutions[i].text);
	}
	for (size_t i = 0; i < lesson->nexpects && lesson->exercise == LESSON_FORETELL; i++) {
		struct buf outcome = {0};
		lesson_outcome_show(&outcome, lesson, &lesson->expects[i].outcome);
		buf_fmt(out, "%s %s\n", lesson->spec->steps[lesson->expects[i].scope.step].name, buf_text(&outcome));
		buf_free(&outcome);
	}
	if (!out->len)
		buf_str(out, "The file has no solution.\n");
}

/* ---- the lesson with the answer in it ---- */

/* What the file expects is not what the answer expects. */
static void exercise_mask_expects(char *text)
{
	for (char *at = text; (at = strstr(at, "#@ expect")); at++)
		at[1] = '.';
}

static char *exercise_text_with(const struct exercise *exercise, const char *permutation)
{
	struct buf text = {0};
	buf_str(&text, exercise->text);
	if (exercise->lesson->exercise == LESSON_FORETELL && exercise_answered(exercise)) {
		exercise_mask_expects(text.p);
		for (size_t i = 0; i < exercise->lesson->spec->nsteps; i++)
			if (exercise->parts[i])
				buf_fmt(&text, "\n#@ expect %s %s", exercise->lesson->spec->steps[i].name,
					exercise->parts[i]);
	}
	if (permutation)
		buf_fmt(&text, "\n%s", permutation);
	buf_char(&text, '\n');
	return buf_take(&text);
}

/* The name as the lesson has it; NULL: nothing is read under it. */
static const char *exercise_let(const struct lesson *lesson, const struct place *place)
{
	for (size_t i = 0; i < lesson->nlets; i++)
		if (strlen(lesson->lets[i].name) == place->length &&
		    memcmp(lesson->lets[i].name, place->name, place->length) == 0)
			return lesson->lets[i].name;
	return NULL;
}

/* The places for values are other ones then. A comment that is none of them is sent as it is. */
static void exercise_replace(struct lesson *lesson, size_t step, const char *sql)
{
	struct place places[PLACES_MAX];
	struct err ignored = {0};
	size_t n = 0, kept = 0;
	for (size_t i = 0; i < lesson->nplaces; i++)
		if (lesson->places[i].step != step)
			lesson->places[kept++] = lesson->places[i];
	lesson->nplaces = kept;
	spec_replace_step(lesson->spec, step, mem_dup(sql));
	if (places_find(lesson->spec->steps[step].sql, places, &n, &ignored))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name = exercise_let(lesson, &places[i]);
		if (!name)
			continue;
		lesson->places = mem_resize(lesson->places, lesson->nplaces + 1, sizeof *lesson->places);
		lesson->places[lesson->nplaces++] =
			(struct lesson_place){.step = step, .from = places[i].from, .to = places[i].to, .name = name};
	}
}

struct lesson *exercise_lesson_with(const struct exercise *exercise, const char *permutation, struct err *err)
{
	char *text = exercise_text_with(exercise, permutation);
	bool foretells = exercise->lesson->exercise == LESSON_FORETELL;
	struct lesson *lesson = lesson_parse(foretells ? "your answer" : exercise->name, text, strlen(text), err);
	for (size_t i = 0; lesson && i < lesson->spec->nsteps && lesson->exercise == LESSON_MEND; i++)
		if (exercise->parts[i])
			exercise_replace(lesson, i, exercise->parts[i]);
	free(text);
	return lesson;
}
