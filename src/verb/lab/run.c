/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab run: plays a lesson, or all of them, and says where the server did something else than the lesson says. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "base/text.h"
#include "lab/judge.h"
#include "lab/story.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

enum { ORDERS_MAX = 10000 }; /* of a spec that does not name them */

struct judging {
	struct lab *lab;
	size_t next_asset; /* of all */
	bool all;
	const char *name; /* of the lesson that is played */
	struct lesson *lesson;
	struct judge *judge;
	struct timer *next;
	struct output *output;                                 /* NULL: lines for people */
	struct buf lines;                                      /* on a screen: until all is over */
	uint64_t judged, wrong;                                /* of this permutation */
	uint64_t played, skipped, impossible, held, surprises; /* of all */
	struct err err;
};

/* ---- telling ---- */

static void lab_run_tell(struct judging *judging, struct buf *line)
{
	struct app *app = judging->lab->run->app;
	if (app_prints(app))
		app_result(app, "%s", buf_text(line));
	else
		buf_fmt(&judging->lines, "%s\n", buf_text(line));
	buf_free(line);
}

static const char *title_of(const struct judging *judging, size_t permutation)
{
	const char *title = lesson_text(judging->lesson, LESSON_TITLE, (long)permutation, -1);
	return title ? title : "";
}

enum { NCOLUMNS = 9 };
static const char *const columns[NCOLUMNS] = {"lesson", "order",    "title", "line",  "kind",
					      "what",   "expected", "found", "result"};

static void write_row(struct judging *judging, size_t permutation, unsigned line, const char *const rest[5])
{
	char order[24], place[24];
	snprintf(order, sizeof order, "%zu", permutation + 1);
	snprintf(place, sizeof place, "%u", line);
	const char *cells[NCOLUMNS] = {judging->name, order, title_of(judging, permutation), line ? place : NULL};
	memcpy(cells + 4, rest, 5 * sizeof *rest);
	output_rows(judging->output, cells, 1);
}

static void lab_run_add_place(struct judging *judging, struct buf *line, size_t permutation)
{
	text_escape(line, judging->name, strlen(judging->name), 80);
	const struct spec *spec = judging->lesson->spec;
	buf_fmt(line, " %zu", permutation + 1);
	if (!spec->npermutations)
		buf_fmt(line, " of %" PRIu64, spec_permutations_count(spec));
	buf_str(line, ": ");
	const char *title = title_of(judging, permutation);
	text_escape(line, title, strlen(title), 60);
	buf_str(line, *title ? ": " : "");
}

static void on_starts(void *arg, size_t permutation, const char *why_not)
{
	struct judging *judging = arg;
	struct buf line = {0};
	judging->judged = judging->wrong = 0;
	if (!why_not)
		return;
	judging->skipped++;
	if (judging->output) {
		write_row(judging, permutation, 0, (const char *const[]){NULL, NULL, NULL, why_not, "skipped"});
		return;
	}
	lab_run_add_place(judging, &line, permutation);
	buf_fmt(&line, "not played: it %s", why_not);
	lab_run_tell(judging, &line);
}

static void lab_run_tell_surprise(struct judging *judging, const struct judge_verdict *verdict)
{
	struct story_items items = {0};
	struct buf line = {0};
	story_verdict(&items, verdict);
	text_escape(&line, judging->name, strlen(judging->name), 80);
	buf_fmt(&line, ":%zu: %s", items.at[0].number, items.at[0].text);
	story_items_free(&items);
	lab_run_tell(judging, &line);
}

static void on_verdict(void *arg, const struct judge_verdict *verdict)
{
	static const char *const kinds[] = {"expect", "answer", "check"};
	struct judging *judging = arg;
	judging->judged++;
	judging->wrong += !verdict->right;
	if (judging->output)
		write_row(judging, verdict->permutation, verdict->place.line,
			  (const char *const[]){kinds[verdict->kind], verdict->what, verdict->expected, verdict->found,
						verdict->right ? "held" : "surprise"});
	else if (!verdict->right)
		lab_run_tell_surprise(judging, verdict);
}

/* One that the author wrote down is a mistake; of all orders, some cannot be. */
static void lab_run_on_impossible(void *arg, size_t permutation, const char *why)
{
	struct judging *judging = arg;
	struct buf line = {0};
	bool written = judging->lesson->spec->npermutations > 0;
	judging->impossible++;
	judging->surprises += written;
	if (judging->output) {
		write_row(judging, permutation, 0, (const char *const[]){NULL, NULL, NULL, why, "impossible"});
		return;
	}
	lab_run_add_place(judging, &line, permutation);
	buf_fmt(&line, "not possible: %s", why);
	lab_run_tell(judging, &line);
}

static void on_ended(void *arg, size_t permutation)
{
	struct judging *judging = arg;
	struct buf line = {0};
	judging->played++;
	judging->held += judging->judged - judging->wrong;
	judging->surprises += judging->wrong;
	if (judging->output)
		return;
	struct lesson_server server;
	bool documented = lesson_server_of(judging->lab->run->app->browse, &server) &&
			  lesson_proof_of(judging->lesson, (long)permutation, server.kind) == LESSON_DOCUMENTED;
	lab_run_add_place(judging, &line, permutation);
	buf_fmt(&line, "%" PRIu64 " of %" PRIu64 " as expected", judging->judged - judging->wrong, judging->judged);
	buf_str(&line, documented ? " (documented, not verified)" : "");
	lab_run_tell(judging, &line);
}

/* ---- the end ---- */

static enum status sum_up(struct judging *judging, struct err *err)
{
	if (judging->err.status) {
		*err = judging->err;
		return err->status;
	}
	if (judging->lab->stopped)
		return judging->lab->run->app->leaving ? ST_CANCELLED : err_set(err, ST_CANCELLED, "cancelled");
	if (story_surprised(err, judging->surprises))
		return err->status;
	struct buf line = {0};
	buf_fmt(&line, "%" PRIu64 " %s played, %" PRIu64 " not", judging->played,
		text_plural(judging->played, "order", "orders"), judging->skipped);
	if (judging->impossible)
		buf_fmt(&line, ", %" PRIu64 " not possible", judging->impossible);
	buf_fmt(&line, "; %" PRIu64 " of %" PRIu64 " as expected", judging->held, judging->held);
	if (judging->output)
		buf_free(&line);
	else
		lab_run_tell(judging, &line);
	return ST_OK;
}

static void lab_run_finish(struct judging *judging)
{
	struct app *app = judging->lab->run->app;
	struct err err = {0}, output_err = {0};
	enum status status = sum_up(judging, &err);
	if (judging->output && output_end(judging->output, app, &output_err) && !status) {
		status = output_err.status;
		err = output_err;
	}
	judging->output = NULL;
	if (judging->lines.len)
		app_show(app, "lab run", &judging->lines);
	lab_over(judging->lab, status, err.text[0] ? err.text : NULL);
}

static void lab_run_on_done(void *arg, const struct err *err)
{
	struct judging *judging = arg;
	if (err)
		judging->err = *err;
	timer_start(judging->next, 0);
}

/* ---- one lesson after another ---- */

static void close_lesson(struct judging *judging)
{
	judge_free(judging->judge);
	lesson_free(judging->lesson);
	judging->judge = NULL;
	judging->lesson = NULL;
}

static const char *next_name(struct judging *judging)
{
	if (judging->all)
		return asset_lessons[judging->next_asset++].name;
	return judging->name ? NULL : judging->lab->run->args[1];
}

/* Nobody waits for the end of all orders of many steps. */
static bool too_many(struct judging *judging)
{
	uint64_t count = spec_permutations_count(judging->lesson->spec);
	if (count <= ORDERS_MAX)
		return false;
	if (judging->lesson->spec->npermutations) {
		err_set(&judging->err, ST_USAGE, "%.200s names %" PRIu64 " permutations: lab run plays %d at most",
			judging->name, count, (int)ORDERS_MAX);
		return true;
	}
	err_set(&judging->err, ST_USAGE,
		"%.200s has no permutation, and its steps can come in %s%" PRIu64
		" orders: lab run plays %d at most; write those that matter as permutations",
		judging->name, count == SPEC_PERMUTATIONS_MANY ? "more than " : "", count, (int)ORDERS_MAX);
	return true;
}

static void lab_run_on_next(void *arg)
{
	struct judging *judging = arg;
	struct app *app = judging->lab->run->app;
	struct lesson_server server = {0};
	struct judge_to to = {on_starts, on_verdict, lab_run_on_impossible, on_ended, lab_run_on_done, judging};
	close_lesson(judging);
	const char *name = judging->err.status || judging->lab->stopped ? NULL : next_name(judging);
	if (name && !lesson_server_of(app->browse, &server))
		err_set(&judging->err, ST_LOST, "the connection was lost, and with it what server this is");
	else if (name) {
		server.second = settings_second(&app->settings);
		judging->name = name;
		judging->lesson = lesson_open(name, &judging->err);
	}
	if (!judging->lesson || too_many(judging)) {
		lab_run_finish(judging);
		return;
	}
	trace_run_lesson(app, name, judging->lesson);
	judging->judge = judge_start(app->loop, app->ring, &app->settings.conninfo, judging->lesson, &server, &to);
}

/* ---- life ---- */

struct judging *judging_start(struct lab *lab)
{
	struct judging *judging = NEW(struct judging);
	static const bool right[NCOLUMNS];
	enum output_format format;
	struct err err;
	judging->lab = lab;
	judging->all = strcmp(lab->run->args[1], "all") == 0;
	judging->next = timer_new(lab->run->app->loop, lab_run_on_next, judging);
	if (record_wanted(lab->run) && !run_format(lab->run, &format, &err))
		judging->output = output_new(stdout, format, NCOLUMNS, columns, right);
	timer_start(judging->next, 0);
	return judging;
}

void judging_stop(struct judging *judging)
{
	if (judging->judge)
		judge_stop(judging->judge);
}

void judging_free(struct judging *judging)
{
	if (!judging)
		return;
	close_lesson(judging);
	timer_free(judging->next);
	output_free(judging->output);
	buf_free(&judging->lines);
	free(judging);
}
