/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab play without a screen: a lesson as lines, one after another and each once; answers are lines of standard
 * input. */
#include <stdlib.h>
#include <string.h>

#include "app/learned.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "lab.h"
#include "lab/observed.h"
#include "lab/player.h"
#include "verb_internal.h"

enum { PATIENCE_MS = 10000 }; /* for a session that still waits when its next step has come */

enum { TOLD_WAITS = 1, TOLD_DONE = 2, TOLD_JUDGED = 4 };

struct story {
	struct lab *lab;
	struct lesson *lesson;
	struct lesson_server server;
	struct player *player;
	struct timer *soon; /* what the player has changed is looked at behind its call */
	struct timer *late;
	unsigned char *told; /* [nrows]: what of a row was told */
	size_t nrows;
	size_t offered; /* from 1, the row that waits to be sent; 0: none */
	bool ended;     /* this order's end was told */
	bool reading;   /* a line is awaited */
	bool by_itself; /* there are no more lines */
	size_t surprises;
	struct err err;
};

/* ---- lines ---- */

static void lab_plain_tell(const struct story *story, struct buf *line)
{
	app_result(story->lab->run->app, "%s", buf_text(line));
	buf_free(line);
}

static void lab_plain_add(struct buf *line, const char *text)
{
	text_escape(line, text, strlen(text), 0);
}

/* Each line of a text by itself. */
static void tell_text(const struct story *story, const char *text)
{
	while (text && *text) {
		struct buf line = {0};
		size_t n = strcspn(text, "\n");
		text_escape(&line, text, n, 0);
		lab_plain_tell(story, &line);
		text += n + (text[n] == '\n');
	}
}

static const char *lab_plain_session_of(const struct story *story, const struct player_row *row)
{
	const struct spec *spec = story->lesson->spec;
	return spec->sessions[spec->steps[row->step].session].name;
}

/* ---- what came of a step ---- */

static void add_blockers(struct buf *line, const struct story *story, const struct stage_record *record)
{
	for (size_t i = 0; i < record->nblockers; i++) {
		long lane = record->blockers[i];
		buf_str(line, i ? " and " : " for ");
		lab_plain_add(line, lane < 0 ? "another session" : story->lesson->spec->sessions[lane].name);
	}
}

static void lab_plain_add_outcome(struct buf *line, const struct story *story, const struct stage_record *record)
{
	struct observed observed = {0};
	observed_record(&observed, story->lesson->spec, record);
	for (size_t i = 0; i < record->nwords; i++) {
		if (record->words[i].kind != WORD_ERROR)
			continue;
		buf_fmt(line, "error %s: ", observed.fact.sqlstate);
		lab_plain_add(line, record->words[i].message);
		observed_free(&observed);
		return;
	}
	if (observed.fact.reads) {
		buf_str(line, "reads ");
		lab_plain_add(line, observed.fact.reads[0] ? observed.fact.reads : "no rows");
	} else {
		lab_plain_add(line, observed.fact.tag ? observed.fact.tag : "done");
	}
	observed_free(&observed);
}

/* The row of the step that was sent last; behind it stands what the engine did then. */
static size_t last_step(const struct story *story)
{
	size_t at = player_nsent(story->player);
	while (at > 0 && player_row(story->player, --at).note)
		;
	return at;
}

/* The last step needs no name; one that comes to its end later does. */
static struct buf outcome_line(const struct story *story, const struct player_row *row, size_t at)
{
	struct buf line = {0};
	buf_str(&line, "   ");
	if (at >= last_step(story))
		return line;
	buf_fmt(&line, "step %zu, ", at + 1);
	lab_plain_add(&line, lab_plain_session_of(story, row));
	buf_str(&line, ": ");
	return line;
}

static void tell_judged(const struct story *story, const struct player_question *question)
{
	bool right = question->given >= 0 && question->given == question->right;
	struct buf line = {0};
	buf_str(&line, question->right < 0 ? "   None of the answers is what the server did." : "");
	if (question->right >= 0) {
		buf_fmt(&line, "   %s %ld, ", right ? "Right:" : "The server's answer:", question->right + 1);
		lab_plain_add(&line, question->ask->answers[question->right].text);
	}
	lab_plain_tell(story, &line);
}

static void tell_row(struct story *story, size_t at)
{
	struct player_row row = player_row(story->player, at);
	struct player_question question = player_row_question(story->player, at);
	unsigned char *told = &story->told[at];
	struct buf line = outcome_line(story, &row, at);
	if (row.note && !(*told & TOLD_DONE)) {
		*told |= TOLD_DONE;
		buf_clear(&line);
		buf_str(&line, "   ");
		lab_plain_add(&line, lab_plain_session_of(story, &row));
		buf_fmt(&line, ": %s", row.note);
		lab_plain_tell(story, &line);
	} else if (row.record && row.record->done && !(*told & TOLD_DONE)) {
		*told |= TOLD_DONE;
		lab_plain_add_outcome(&line, story, row.record);
		buf_str(&line, row.surprise ? "  (a surprise: the lesson expects something else)" : "");
		lab_plain_tell(story, &line);
	} else if (row.record && row.record->waited && !(*told & (TOLD_WAITS | TOLD_DONE))) {
		*told |= TOLD_WAITS;
		buf_str(&line, "waits");
		add_blockers(&line, story, row.record);
		lab_plain_tell(story, &line);
	}
	buf_free(&line);
	if (question.ask && question.judged && !(*told & TOLD_JUDGED)) {
		*told |= TOLD_JUDGED;
		tell_judged(story, &question);
	}
}

static void tell_rows(struct story *story)
{
	size_t n = player_nrows(story->player);
	if (n > story->nrows) {
		story->told = mem_resize(story->told, n, 1);
		memset(story->told + story->nrows, 0, n - story->nrows);
		story->nrows = n;
	}
	/* What the last step did comes first, and then whom it let go on. */
	size_t last = last_step(story);
	for (size_t i = last; i < player_nsent(story->player); i++)
		tell_row(story, i);
	for (size_t i = 0; i < last; i++)
		tell_row(story, i);
}

/* ---- what comes ---- */

static void lab_plain_read_line(struct story *story);

static void tell_question(const struct story *story)
{
	struct player_question question = player_question(story->player);
	if (!player_asks(story->player))
		return;
	tell_text(story, question.ask->question);
	for (size_t i = 0; i < question.ask->nanswers; i++) {
		struct buf line = {0};
		buf_fmt(&line, "   %zu  ", i + 1);
		lab_plain_add(&line, question.ask->answers[i].text);
		lab_plain_tell(story, &line);
	}
}

static void tell_next(struct story *story, size_t at)
{
	struct player_row row = player_row(story->player, at);
	struct buf line = {0};
	tell_text(story, player_text(story->player));
	tell_question(story);
	buf_fmt(&line, "%zu. ", at + 1);
	lab_plain_add(&line, lab_plain_session_of(story, &row));
	if (row.attempt)
		buf_fmt(&line, ", attempt %u", row.attempt);
	buf_str(&line, ": ");
	show_sql(&line, story->lesson->spec->steps[row.step].sql);
	lab_plain_tell(story, &line);
}

static void begin_order(struct story *story, size_t order)
{
	const char *title = lesson_text(story->lesson, LESSON_TITLE, (long)order, -1);
	struct buf line = {0};
	if (player_norders(story->player) > 1)
		buf_fmt(&line, "Order %zu of %zu: ", order + 1, player_norders(story->player));
	lab_plain_add(&line, title ? title : player_name(story->player));
	lab_plain_tell(story, &line);
	free(story->told);
	story->told = NULL;
	story->nrows = story->offered = 0;
	story->ended = false;
	player_begin(story->player, order);
}

/* ---- the end ---- */

static void lab_plain_finish(struct story *story)
{
	struct err *err = &story->err;
	if (!err->status && story->lab->stopped)
		err->status = ST_CANCELLED;
	if (!err->status && story->surprises)
		err_set(err, ST_CHECK, "%zu %s: the server did something else than the lesson says", story->surprises,
			text_plural(story->surprises, "surprise", "surprises"));
	timer_stop(story->soon);
	timer_stop(story->late);
	lab_over(story->lab, err->status, err->text[0] ? err->text : NULL);
}

static void tell_check(const struct story *story, const struct player_check *check)
{
	struct buf line = {0};
	buf_str(&line, check->ok ? "Checked: " : "Surprise: ");
	show_sql(&line, check->sql);
	buf_str(&line, check->ok ? " is " : " should be ");
	lab_plain_add(&line, check->wanted);
	if (!check->ok) {
		buf_str(&line, ", and is ");
		lab_plain_add(&line, check->found);
	}
	lab_plain_tell(story, &line);
}

static void tell_end(struct story *story)
{
	struct player_score score = player_score(story->player);
	struct buf line = {0};
	story->surprises += score.surprises + score.failed;
	(void)learned_note(player_name(story->player), player_order(story->player), score.right, score.asked);
	tell_text(story, player_text(story->player));
	for (size_t i = 0; i < player_nchecks(story->player); i++)
		if (player_check(story->player, i)->found)
			tell_check(story, player_check(story->player, i));
	if (score.answered) {
		buf_fmt(&line, "You answered %zu of %zu as the server did.", score.right, score.asked);
		lab_plain_tell(story, &line);
	}
}

/* The next order that this server can play; the number of orders: none. */
static size_t order_from(const struct story *story, size_t order)
{
	struct err why;
	while (order < player_norders(story->player) && !lesson_runs(story->lesson, (long)order, &story->server, &why))
		order++;
	return order;
}

static void go_to_next_order(struct story *story)
{
	size_t next = order_from(story, player_order(story->player) + 1);
	if (next < player_norders(story->player))
		begin_order(story, next);
	else
		lab_plain_finish(story);
}

static void lab_plain_over(struct story *story)
{
	if (story->ended)
		return;
	story->ended = true;
	tell_end(story);
	if (order_from(story, player_order(story->player) + 1) == player_norders(story->player))
		lab_plain_finish(story);
	else
		lab_plain_read_line(story);
}

/* ---- a turn ---- */

static bool lab_plain_next_waits(const struct story *story, size_t at)
{
	struct player_row row = player_row(story->player, at);
	struct stage_lane lane;
	stage_lane(player_stage(story->player), story->lesson->spec->steps[row.step].session, &lane);
	return lane.state == LANE_WAITING || lane.state == LANE_HELD;
}

static void lab_plain_stop(struct story *story, const char *sentence)
{
	if (!story->err.status && sentence)
		err_set(&story->err, ST_STATEMENT, "it cannot be played to its end: %.400s", sentence);
	story_stop(story);
}

static void lab_plain_offer(struct story *story)
{
	size_t next = player_next_row(story->player);
	if (next == player_nrows(story->player)) {
		lab_plain_stop(story, "a session waits, and no step is left that would let it go on");
	} else if (player_error(story->player)) {
		lab_plain_stop(story, player_error(story->player));
	} else if (lab_plain_next_waits(story, next)) {
		timer_start(story->late, PATIENCE_MS);
	} else if (story->offered != next + 1) {
		story->offered = next + 1;
		tell_next(story, next);
		lab_plain_read_line(story);
	}
}

static void lab_plain_turn(void *arg)
{
	struct story *story = arg;
	bool off = stage_state(player_stage(story->player)) == STAGE_OFF;
	timer_stop(story->late);
	if (!story->lab->run)
		return;
	tell_rows(story);
	switch (player_state(story->player)) {
	case PLAYER_READY:
		lab_plain_offer(story);
		break;
	case PLAYER_OVER:
		lab_plain_over(story);
		break;
	case PLAYER_FAILED:
		if (!off)
			break;
		err_set(&story->err, ST_STATEMENT, "%.480s", player_error(story->player));
		lab_plain_finish(story);
		break;
	case PLAYER_STARTING:
	case PLAYER_BUSY:
	case PLAYER_CHECKING:
		break;
	}
}

static void lab_plain_on_changed(void *arg)
{
	struct story *story = arg;
	timer_start(story->soon, 0);
}

static void lab_plain_on_late(void *arg)
{
	lab_plain_stop(arg, "the session of the next step still waits");
}

/* ---- answers ---- */

static enum status lab_plain_answer(struct story *story, const char *line, struct err *err)
{
	size_t n = strspn(line, "0123456789");
	if (player_state(story->player) == PLAYER_OVER) {
		go_to_next_order(story);
		return ST_OK;
	}
	if (!line[0])
		return player_next(story->player, err);
	if (line[n] || n > 2)
		return err_set(err, ST_USAGE, "an empty line goes on, a number answers");
	return player_answer(story->player, (size_t)atoi(line), err);
}

static void lab_plain_on_line(void *arg, const char *line)
{
	struct story *story = arg;
	struct err err = {0};
	story->reading = false;
	story->by_itself = story->by_itself || !line;
	if (!story->lab->run)
		return;
	if (lab_plain_answer(story, line ? line : "", &err)) {
		app_say(story->lab->run->app, ST_USAGE, "%s", err.text);
		if (story->by_itself)
			lab_plain_stop(story, err.text);
		else
			lab_plain_read_line(story);
	}
}

static void lab_plain_read_line(struct story *story)
{
	struct face *face = &story->lab->run->app->face;
	if (story->reading)
		return;
	story->reading = !story->by_itself;
	if (story->by_itself)
		lab_plain_on_line(story, NULL);
	else
		face->ask(face->self, lab_plain_on_line, story);
}

/* ---- life ---- */

struct story *story_start(struct lab *lab, struct err *err)
{
	struct app *app = lab->run->app;
	const char *name = lab->run->args[1];
	struct lesson *lesson = lesson_open(name, err);
	if (!lesson)
		return NULL;
	struct story *story = NEW(struct story);
	story->lab = lab;
	story->lesson = lesson;
	story->soon = timer_new(app->loop, lab_plain_turn, story);
	story->late = timer_new(app->loop, lab_plain_on_late, story);
	story->player =
		player_new(app->loop, app->ring, &app->settings.conninfo, name, lesson, lab_plain_on_changed, story);
	(void)lesson_server_of(app->browse, &story->server);
	size_t first = order_from(story, 0);
	if (first == player_norders(story->player)) {
		(void)lesson_runs(lesson, 0, &story->server, err);
		story_free(story);
		return NULL;
	}
	begin_order(story, first);
	return story;
}

static void lab_plain_on_torn_down(void *arg)
{
	struct story *story = arg;
	const char *left = player_left(story->player);
	if (left && !story->err.status)
		err_set(&story->err, ST_STATEMENT, "not all was torn down: %.400s", left);
	if (story->lab->run)
		lab_plain_finish(story);
}

void story_stop(struct story *story)
{
	player_end(story->player, lab_plain_on_torn_down, story);
}

void story_free(struct story *story)
{
	if (!story)
		return;
	player_free(story->player);
	lesson_free(story->lesson);
	timer_free(story->soon);
	timer_free(story->late);
	free(story->told);
	free(story);
}
