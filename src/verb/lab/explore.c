/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab explore: plays all orders of a lesson's sessions at each isolation level, and says in how many its checks break. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "lab/explore.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"

/* Nobody waits for more than that without having asked for it; and what a step that does not end may take. */
enum { EXPLORE_ORDERS = 1000, EXPLORE_ORDERS_MAX = 1000000, EXPLORE_STEP_S = 30 };

struct exploring {
	struct lab *lab;
	enum explore_level levels[EXPLORE_LEVEL_COUNT + 1];
	size_t nlevels, level; /* the one that is explored */
	struct explore_options options;
	struct lesson *lesson;
	struct explore *explore;
	struct timer *next;
	struct output *output; /* NULL: lines for people */
	struct buf lines;
	uint64_t told_us, begun_us;
	bool warned;               /* that there is nothing to break */
	uint64_t broken, explored; /* levels at which a check breaks; that were explored */
	struct err err;
};

/* ---- the options ---- */

static enum status exploring_read_levels(const char *words, enum explore_level levels[], size_t *n, struct err *err)
{
	bool all = strcmp(words, "all") == 0;
	*n = 0;
	for (size_t i = 0; all && i < EXPLORE_LEVEL_COUNT; i++)
		levels[(*n)++] = (enum explore_level)i;
	for (const char *at = words; !all; at++) {
		size_t length = strcspn(at, ",");
		if (*n == EXPLORE_LEVEL_COUNT || !explore_level_read(at, length, &levels[*n]))
			return err_set(err, ST_USAGE, "--isolation takes all, or levels with a comma between: %s",
				       EXPLORE_LEVELS(CHOICE_WORD, ", ", " and "));
		for (size_t i = 0; i < *n; i++)
			if (levels[i] == levels[*n])
				return err_set(err, ST_USAGE, "--isolation names %s twice",
					       explore_level_name(levels[i]));
		(*n)++;
		at += length;
		if (!*at)
			break;
	}
	return ST_OK;
}

static enum status exploring_number(const struct run *run, const char *option, uint64_t least, uint64_t most,
				    uint64_t *number, struct err *err)
{
	const char *given = run_option(run, option);
	unsigned long long value = *number;
	char what[24];
	snprintf(what, sizeof what, "--%s", option);
	enum status status = given ? options_number(given, what, least, most, &value, err) : ST_OK;
	*number = value;
	return status;
}

static enum status exploring_read(const struct run *run, struct exploring *exploring, struct err *err)
{
	struct explore_options *options = &exploring->options;
	const char *levels = run_option(run, "isolation");
	uint64_t sample = 0;
	options->orders = EXPLORE_ORDERS;
	options->seed = run->app->settings.seed;
	options->limit_us = getenv("PGISOLATIONTIMEOUT") ? stage_limit() : (int64_t)EXPLORE_STEP_S * 1000000;
	exploring->nlevels = 1;
	exploring->levels[0] = EXPLORE_AS_WRITTEN;
	if (levels && exploring_read_levels(levels, exploring->levels, &exploring->nlevels, err))
		return err->status;
	if (exploring_number(run, "limit", 1, EXPLORE_ORDERS_MAX, &options->orders, err) ||
	    exploring_number(run, "sample", 1, EXPLORE_ORDERS_MAX, &sample, err) ||
	    exploring_number(run, "seed", 0, UINT64_MAX, &options->seed, err))
		return err->status;
	options->orders = sample ? sample : options->orders;
	return ST_OK;
}

enum status exploring_check(const struct run *run, struct err *err)
{
	struct exploring exploring = {0};
	return exploring_read(run, &exploring, err);
}

/* ---- told ---- */

static void exploring_tell(struct exploring *exploring, struct buf *line)
{
	struct app *app = exploring->lab->run->app;
	if (app_prints(app))
		app_result(app, "%s", buf_text(line));
	else
		buf_fmt(&exploring->lines, "%s\n", buf_text(line));
	buf_free(line);
}

static const char *exploring_level(const struct exploring *exploring)
{
	return explore_level_name(exploring->options.level);
}

static void exploring_add_raw(struct buf *line, const char *text)
{
	text_escape(line, text, strlen(text), 0);
}

static void exploring_add_all(struct buf *out, uint64_t all)
{
	buf_fmt(out, "%s%" PRIu64, all == SPEC_PERMUTATIONS_MANY ? "more than " : "", all);
}

static void exploring_tell_orders(struct exploring *exploring, const struct explore_sums *sums)
{
	char time[16];
	struct buf line = {0};
	uint64_t possible = sums->looked_at - sums->impossible;
	text_duration(time, clock_us() - exploring->begun_us);
	buf_fmt(&line, "%s: %" PRIu64, exploring_level(exploring), sums->looked_at);
	if (sums->chosen < sums->all) {
		buf_str(&line, " of ");
		exploring_add_all(&line, sums->all);
	}
	buf_fmt(&line, " %s, %" PRIu64 " possible, %" PRIu64 " not", text_plural(sums->looked_at, "order", "orders"),
		possible, sums->impossible);
	if (sums->chosen < sums->all)
		buf_fmt(&line, "; by chance, --seed %" PRIu64 " takes the same", exploring->options.seed);
	buf_fmt(&line, " (%" PRIu64 " played in %s)", sums->played, time);
	exploring_tell(exploring, &line);
	buf_fmt(&line,
		"   %" PRIu64 " waited, %" PRIu64 " ended in a retry (40001), %" PRIu64 " in a deadlock, %" PRIu64
		" in another error",
		sums->waited, sums->retried, sums->deadlocked, sums->failed);
	exploring_tell(exploring, &line);
}

static void exploring_tell_check(struct exploring *exploring, const struct explore_check *check)
{
	struct buf line = {0};
	buf_fmt(&line, "   line %u: ", check->check->scope.place.line);
	text_escape(&line, check->check->sql, strlen(check->check->sql), 100);
	buf_str(&line, " = ");
	text_escape(&line, check->check->value, strlen(check->check->value), 60);
	if (!check->broken) {
		buf_str(&line, ": holds in each of them");
		exploring_tell(exploring, &line);
		return;
	}
	buf_fmt(&line, ": breaks in %" PRIu64, check->broken);
	exploring_tell(exploring, &line);
	buf_fmt(&line, "   the shortest, with %zu %s between sessions, has ", check->switches,
		text_plural(check->switches, "switch", "switches"));
	text_escape(&line, check->found, strlen(check->found), 60);
	buf_char(&line, ':');
	exploring_tell(exploring, &line);
	exploring_add_raw(&line, check->shortest);
	exploring_tell(exploring, &line);
}

/* ---- told as data: one row a check, or one where there is none ---- */

enum { EXPLORING_COLUMNS = 18 };
static const char *const exploring_columns[EXPLORING_COLUMNS] = {
	"lesson",  "isolation", "all",    "orders", "seed",  "played", "possible", "impossible", "waited",
	"retried", "deadlocks", "errors", "line",   "check", "value",  "breaks",   "found",      "shortest"};

static void exploring_write(struct exploring *exploring, const struct explore_sums *sums,
			    const struct explore_check *check)
{
	const uint64_t numbers[] = {sums->all,
				    sums->looked_at,
				    exploring->options.seed,
				    sums->played,
				    sums->looked_at - sums->impossible,
				    sums->impossible,
				    sums->waited,
				    sums->retried,
				    sums->deadlocked,
				    sums->failed,
				    check ? check->check->scope.place.line : 0,
				    check ? check->broken : 0};
	char text[COUNT_OF(numbers)][24];
	const char *cells[EXPLORING_COLUMNS] = {exploring->lab->run->args[1], exploring_level(exploring)};
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		snprintf(text[i], sizeof text[i], "%" PRIu64, numbers[i]);
	for (size_t i = 0; i < 10; i++)
		cells[2 + i] = text[i];
	cells[4] = sums->chosen < sums->all ? cells[4] : NULL;
	if (check) {
		cells[12] = text[10];
		cells[13] = check->check->sql;
		cells[14] = check->check->value;
		cells[15] = text[11];
		cells[16] = check->found;
		cells[17] = check->shortest;
	}
	output_rows(exploring->output, cells, 1);
}

static void exploring_tell_all(struct exploring *exploring)
{
	const struct explore_sums *sums = explore_sums(exploring->explore);
	size_t nchecks = explore_nchecks(exploring->explore);
	struct buf line = {0};
	exploring->explored++;
	exploring->broken += sums->broken > 0;
	if (exploring->output && !nchecks)
		exploring_write(exploring, sums, NULL);
	for (size_t i = 0; exploring->output && i < nchecks; i++)
		exploring_write(exploring, sums, explore_check(exploring->explore, i));
	if (exploring->output)
		return;
	exploring_tell_orders(exploring, sums);
	for (size_t i = 0; i < nchecks; i++)
		exploring_tell_check(exploring, explore_check(exploring->explore, i));
	if (!nchecks) {
		buf_str(&line, "   there is no check before the permutations: nothing can break");
		exploring_tell(exploring, &line);
	}
}

/* ---- progress ---- */

static void exploring_progress(void *arg)
{
	struct exploring *exploring = arg;
	struct face *face = &exploring->lab->run->app->face;
	const struct explore_sums *sums = explore_sums(exploring->explore);
	uint64_t now = clock_us();
	struct buf line = {0};
	if (!face->progress || now - exploring->told_us < (uint64_t)face->progress_ms * 1000)
		return;
	exploring->told_us = now;
	buf_fmt(&line, "%s: %" PRIu64 " of %" PRIu64 " orders (%d %%)", exploring_level(exploring), sums->looked_at,
		sums->chosen, (int)(sums->looked_at * 100 / sums->chosen));
	if (explore_nchecks(exploring->explore))
		buf_fmt(&line, ", a check breaks in %" PRIu64, sums->broken);
	face->progress(face->self, line.p);
	buf_free(&line);
}

/* ---- the end ---- */

static enum status exploring_sum_up(struct exploring *exploring, struct err *err)
{
	if (exploring->err.status) {
		*err = exploring->err;
		return err->status;
	}
	if (exploring->lab->stopped)
		return exploring->lab->run->app->leaving ? ST_CANCELLED : err_set(err, ST_CANCELLED, "cancelled");
	if (!exploring->broken)
		return ST_OK;
	if (exploring->nlevels == 1)
		return err_set(err, ST_CHECK,
			       "a check breaks: the shortest order that breaks it can be played as a "
			       "permutation of the file");
	return err_set(err, ST_CHECK, "a check breaks at %" PRIu64 " of %zu isolation levels", exploring->broken,
		       exploring->nlevels);
}

static void exploring_finish(struct exploring *exploring)
{
	struct app *app = exploring->lab->run->app;
	struct err err = {0}, output_err = {0};
	enum status status = exploring_sum_up(exploring, &err);
	if (app->face.progress)
		app->face.progress(app->face.self, NULL);
	if (exploring->output && output_end(exploring->output, app, &output_err) && !status) {
		status = output_err.status;
		err = output_err;
	}
	exploring->output = NULL;
	if (exploring->lines.len)
		app_show(app, "lab explore", &exploring->lines);
	lab_over(exploring->lab, status, err.text[0] ? err.text : NULL);
}

static void exploring_on_done(void *arg, const struct err *err)
{
	struct exploring *exploring = arg;
	if (err)
		exploring->err = *err;
	else if (!exploring->lab->stopped)
		exploring_tell_all(exploring);
	exploring->level++;
	timer_start(exploring->next, 0);
}

/* ---- one level after another ---- */

static void exploring_close(struct exploring *exploring)
{
	explore_free(exploring->explore);
	lesson_free(exploring->lesson);
	exploring->explore = NULL;
	exploring->lesson = NULL;
}

/* The levels that the server has: what it runs at another one would be told twice. */
static bool exploring_has_level(const struct app *app, enum explore_level level)
{
	return level == EXPLORE_AS_WRITTEN || level == EXPLORE_SERIALIZABLE ||
	       !db_dialect(app->browse)->only_serializable;
}

static void exploring_skip(struct exploring *exploring, enum explore_level level)
{
	struct buf line = {0};
	buf_fmt(&line, "%s: not played, this server runs it as SERIALIZABLE", explore_level_name(level));
	if (exploring->output)
		buf_free(&line);
	else
		exploring_tell(exploring, &line);
}

static bool exploring_open(struct exploring *exploring)
{
	struct app *app = exploring->lab->run->app;
	struct err *err = &exploring->err, why = {0};
	struct lesson_server server = {0};
	exploring->lesson = lesson_open(exploring->lab->run->args[1], err);
	if (!exploring->lesson || explore_may(exploring->lesson, err))
		return false;
	trace_run_lesson(app, exploring->lab->run->args[1], exploring->lesson);
	bool known = lesson_server_of(app->browse, &server);
	server.second = exploring->options.second = settings_second(&app->settings);
	if (!known)
		err_set(err, ST_LOST, "the connection was lost, and with it what server this is");
	else if (!lesson_runs(exploring->lesson, -1, &server, &why))
		err_set(err, ST_REJECTED, "%.200s cannot be explored: it %s", exploring->lab->run->args[1], why.text);
	return !err->status;
}

/* Before they are played: that may take minutes. */
static void exploring_warn(struct exploring *exploring)
{
	if (exploring->warned || explore_asked(exploring->lesson))
		return;
	exploring->warned = true;
	app_say(exploring->lab->run->app, ST_OK,
		"no check stands before the permutations, so nothing can break: only waits and errors are counted. "
		"A check above the first permutation is asked of every order (man teller-lesson)");
}

static void exploring_begin(struct exploring *exploring)
{
	struct app *app = exploring->lab->run->app;
	struct explore_to to = {exploring_progress, exploring_on_done, exploring};
	exploring_warn(exploring);
	exploring->options.level = exploring->levels[exploring->level];
	explore_set_level(exploring->lesson, exploring->options.level);
	exploring->begun_us = clock_us();
	exploring->explore = explore_start(app->loop, app->ring, &app->settings.conninfo, exploring->lesson,
					   &exploring->options, &to);
}

static void exploring_on_next(void *arg)
{
	struct exploring *exploring = arg;
	exploring_close(exploring);
	while (exploring->level < exploring->nlevels &&
	       !exploring_has_level(exploring->lab->run->app, exploring->levels[exploring->level]))
		exploring_skip(exploring, exploring->levels[exploring->level++]);
	bool more = !exploring->err.status && !exploring->lab->stopped && exploring->level < exploring->nlevels;
	if (more && exploring_open(exploring))
		exploring_begin(exploring);
	else
		exploring_finish(exploring);
}

/* ---- life ---- */

struct exploring *exploring_start(struct lab *lab)
{
	static const bool right[EXPLORING_COLUMNS] = {
		[2] = true, [3] = true, [4] = true,  [5] = true,  [6] = true,  [7] = true,
		[8] = true, [9] = true, [10] = true, [11] = true, [12] = true, [15] = true};
	struct exploring *exploring = NEW(struct exploring);
	enum output_format format;
	struct err err = {0};
	exploring->lab = lab;
	exploring->next = timer_new(lab->run->app->loop, exploring_on_next, exploring);
	exploring->told_us = clock_us();
	(void)exploring_read(lab->run, exploring, &exploring->err);
	if (record_wanted(lab->run) && !run_format(lab->run, &format, &err))
		exploring->output = output_new(stdout, format, EXPLORING_COLUMNS, exploring_columns, right);
	timer_start(exploring->next, 0);
	return exploring;
}

void exploring_stop(struct exploring *exploring)
{
	if (exploring->explore)
		explore_stop(exploring->explore);
}

void exploring_free(struct exploring *exploring)
{
	if (!exploring)
		return;
	exploring_close(exploring);
	timer_free(exploring->next);
	output_free(exploring->output);
	buf_free(&exploring->lines);
	free(exploring);
}
