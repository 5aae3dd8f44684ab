/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab handout: plays lessons on the server, and writes what there is to read and to answer, with the answers behind. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/text.h"
#include "handout_internal.h"
#include "lab/playthrough.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

struct handout {
	struct lab *lab;
	size_t next, nlessons;    /* of the names */
	struct handout_lesson on; /* the one that is played */
	struct lesson *lesson;
	struct lesson_server server;
	struct playthrough *through;
	struct timer *timer;
	struct paper *paper; /* the document: it has all fronts */
	struct buf intro;    /* of the answers: who gave them, and when */
	struct err err;
};

/* ---- which lessons ---- */

static bool handout_all(const struct run *run)
{
	return strcmp(run->args[1], "all") == 0;
}

static const char *handout_name(const struct run *run, size_t i)
{
	if (handout_all(run))
		return asset_lessons[i].name;
	return i == 0 ? run->args[1] : run->more[i - 1];
}

static size_t handout_count(const struct run *run)
{
	size_t n = 0;
	if (!handout_all(run))
		return 1 + run->nmore;
	while (asset_lessons[n].name)
		n++;
	return n;
}

/* A schedule needs an order that somebody has chosen. */
static struct lesson *handout_open(const char *name, struct err *err)
{
	struct lesson *lesson = lesson_open(name, err);
	if (!lesson || lesson->spec->npermutations)
		return lesson;
	lesson_free(lesson);
	err_set(err, ST_USAGE, "%.200s has no permutation; a handout shows the order of the steps: write one", name);
	return NULL;
}

/* Whatever is wrong with a name is said before anything is played. */
enum status handout_check(const struct run *run, struct err *err)
{
	if (handout_all(run) && run->nmore)
		return err_set(err, ST_USAGE, "all is all lessons: leave out \"%.80s\"", run->more[0]);
	for (size_t i = 0; i < handout_count(run); i++) {
		struct lesson *lesson = handout_open(handout_name(run, i), err);
		if (!lesson)
			return err->status;
		lesson_free(lesson);
	}
	return ST_OK;
}

/* ---- the document ---- */

static bool handout_is_html(const struct run *run)
{
	const char *file = run->app->settings.output;
	const char *ending = file ? strrchr(file, '.') : NULL;
	return run_option(run, "html") || (ending && (!strcasecmp(ending, ".html") || !strcasecmp(ending, ".htm")));
}

static void handout_write(struct handout *handout)
{
	struct buf out = {0};
	if (handout_is_html(handout->lab->run))
		paper_html(&out, handout->paper);
	else
		paper_markdown(&out, handout->paper);
	lab_write(handout->lab, out.p, out.len);
	buf_free(&out);
}

static void handout_finish(struct handout *handout)
{
	struct err *err = &handout->err;
	if (!err->status && handout->lab->stopped)
		err->status = ST_CANCELLED;
	if (!err->status) {
		paper_page(handout->paper);
		paper_heading(handout->paper, 2, "Answers");
		paper_text(handout->paper, (struct paper_text){.text = buf_text(&handout->intro)});
		paper_add(handout->paper, handout->on.back);
		handout_write(handout);
		(void)story_surprised(err, handout->on.surprises);
	}
	lab_over(handout->lab, err->status, err->text[0] ? err->text : NULL);
}

static void handout_introduce(struct handout *handout)
{
	const struct db_facts *facts = db_facts(handout->lab->run->app->browse);
	time_t now = time(NULL);
	struct tm day;
	char date[16] = "";
	if (localtime_r(&now, &day))
		strftime(date, sizeof date, "%Y-%m-%d", &day);
	buf_fmt(&handout->intro, "As %s %s gave them on %s.", facts->product, facts->version, date);
}

/* ---- one lesson after another ---- */

static void handout_on_skipped(void *arg, size_t order, const char *why)
{
	struct handout *handout = arg;
	handout_skipped(&handout->on, order, why);
}

static void handout_on_impossible(void *arg, size_t order, const char *why)
{
	struct handout *handout = arg;
	handout_impossible(&handout->on, order, why);
}

static void handout_on_played(void *arg, size_t order, struct player *player)
{
	struct handout *handout = arg;
	handout_back(&handout->on, order, player);
}

static void handout_on_done(void *arg, const struct err *err)
{
	struct handout *handout = arg;
	if (err)
		err_set(&handout->err, err->status, "%.200s: %.400s", handout->on.name, err->text);
	timer_start(handout->timer, 0);
}

static size_t handout_orders(const struct handout *handout)
{
	size_t n = 0;
	struct err why;
	for (size_t i = 0; i < handout->lesson->spec->npermutations; i++)
		n += lesson_runs(handout->lesson, (long)i, &handout->server, &why);
	return n;
}

static void handout_play(struct handout *handout, const char *name)
{
	struct app *app = handout->lab->run->app;
	struct playthrough_to to = {handout_on_skipped, handout_on_impossible, handout_on_played, handout_on_done,
				    handout};
	handout->on.name = name;
	handout->on.lesson = handout->lesson;
	handout->on.questions = 0;
	handout->on.orders = handout_orders(handout);
	handout_begin(&handout->on);
	trace_run_lesson(app, name, handout->lesson);
	handout->through = playthrough_start(app->loop, app->ring, &app->settings.conninfo, name, handout->lesson,
					     &handout->server, NULL, &to);
}

/* It is named by what is in it. */
static void handout_make(struct handout *handout, const char *name)
{
	struct buf title = {0};
	handout->on.titled = handout->nlessons > 1;
	if (handout->on.titled)
		buf_fmt(&title, "%zu lessons", handout->nlessons);
	else
		buf_str(&title, handout_title(handout->lesson, name));
	handout->paper = handout->on.front = paper_new(title.p);
	handout->on.back = paper_new("");
	buf_free(&title);
	handout_introduce(handout);
}

static void handout_on_next(void *arg)
{
	struct handout *handout = arg;
	const struct run *run = handout->lab->run;
	playthrough_free(handout->through);
	lesson_free(handout->lesson);
	handout->through = NULL;
	handout->lesson = NULL;
	bool more = handout->next < handout->nlessons && !handout->err.status && !handout->lab->stopped;
	const char *name = more ? handout_name(run, handout->next++) : NULL;
	if (name && !lesson_server_of(run->app->browse, &handout->server))
		err_set(&handout->err, ST_LOST, "the connection was lost, and with it what server this is");
	else if (name)
		handout->lesson = handout_open(name, &handout->err);
	handout->server.second = settings_second(&run->app->settings);
	if (handout->lesson && !handout->paper)
		handout_make(handout, name);
	if (handout->lesson)
		handout_play(handout, name);
	else
		handout_finish(handout);
}

/* ---- life ---- */

struct handout *handout_start(struct lab *lab)
{
	struct handout *handout = NEW(struct handout);
	handout->lab = lab;
	handout->nlessons = handout_count(lab->run);
	handout->timer = timer_new(lab->run->app->loop, handout_on_next, handout);
	timer_start(handout->timer, 0);
	return handout;
}

void handout_stop(struct handout *handout)
{
	if (handout->through)
		playthrough_stop(handout->through);
}

void handout_free(struct handout *handout)
{
	if (!handout)
		return;
	playthrough_free(handout->through);
	lesson_free(handout->lesson);
	timer_free(handout->timer);
	paper_free(handout->paper);
	paper_free(handout->on.back);
	buf_free(&handout->intro);
	free(handout);
}
