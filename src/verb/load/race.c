/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load race: the ways of writing the same transfer, in turns of a second, and what each makes beside the first. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load_internal.h"

struct race_job {
	struct job job;
	struct run *run;
};

/* ---- the line ---- */

bool load_is_race(const struct run *run)
{
	return run->nargs > 0;
}

static enum status race_way(const struct run *run, const char *word, struct load_way *way, struct err *err)
{
	struct txn_options options = run->app->settings.txn;
	return load_way_parse(word, way, err) ? err->status : load_way_options(way, &options, err);
}

enum status load_race_ways(const struct run *run, struct load_way ways[RACE_WAYS_MAX], size_t *n, struct err *err)
{
	*n = 0;
	if (!load_is_race(run))
		return ST_OK;
	if (strcmp(run->args[0], "race") != 0)
		return err_set(err, ST_USAGE, "load has no place for \"%.80s\"; use load, or load race WAY WAY...",
			       run->args[0]);
	if (run->nargs < 2 || run->nmore < 1 || run->nmore >= RACE_WAYS_MAX)
		return err_set(err, ST_USAGE, "load race takes two to %d ways: %s", RACE_WAYS_MAX, LOAD_WAY_CHOICES);
	if (run_option(run, "way") || run_option(run, "count"))
		return err_set(err, ST_USAGE,
			       "load race takes its ways as words, and --time for each of them; leave "
			       "out --way and --count");
	for (size_t i = 0; i <= run->nmore; i++)
		if (race_way(run, i ? run->more[i - 1] : run->args[1], &ways[(*n)++], err))
			return err->status;
	return ST_OK;
}

/* ---- while it runs ---- */

static void race_job_turn(void *arg, size_t way)
{
	const struct race_job *job = arg;
	const struct load_report *report = race_report(job->job.app->race, way);
	if (app_prints(job->job.app))
		app_say(job->job.app, ST_OK, "%-12s %.0f a second so far", report->way.word, load_rate(report));
}

static void race_job_changed(void *arg)
{
	app_changed(((const struct race_job *)arg)->job.app);
}

static void race_job_connecting(void *arg)
{
	struct app *app = ((const struct race_job *)arg)->job.app;
	unsigned connected = 0, workers = 0;
	for (size_t i = 0; i < race_count(app->race); i++) {
		const struct load_report *report = race_report(app->race, i);
		connected += report->connected;
		workers += report->workers;
	}
	load_say_connecting(app, connected, workers);
}

static void race_job_say(void *arg, const struct err *err)
{
	const struct race_job *job = arg;
	app_say(job->job.app, ST_OK, "a worker cannot connect, and tries again: %s", err->text);
}

static bool stop_race_job(struct job *base, enum job_stop how)
{
	(void)how;
	race_stop(base->app->race);
	return true;
}

static bool race_job_last_words(const struct job *base, struct err *err)
{
	struct race *race = base->app->race;
	uint64_t under_way = 0;
	for (size_t i = 0; i < race_count(race); i++)
		under_way += load_under_way(race_report(race, i));
	return load_left(under_way, err);
}

static void free_race_job(struct job *base)
{
	free((struct race_job *)base); /* the race can be looked at for a while */
}

static const struct job_ops race_job_ops = {
	.stop = stop_race_job, .awaited = job_always, .last_words = race_job_last_words, .free = free_race_job};

/* ---- the end ---- */

/* On the screen, where F9 has all of it. */
static void race_job_tell(struct app *app)
{
	const struct load_report *first = race_report(app->race, 0), *best = first;
	for (size_t i = 1; i < race_count(app->race); i++) {
		const struct load_report *report = race_report(app->race, i);
		best = report->ratio > best->ratio ? report : best;
	}
	if (best == first)
		app_result(app, "race: no way made more than %s; F9 shows all of it", first->way.word);
	else
		app_result(app, "race: %s made most, %.2f times %s; F9 shows all of it", best->way.word, best->ratio,
			   first->way.word);
}

static enum status race_job_print(const struct race_job *job, struct err *err)
{
	const struct load_report *reports[RACE_WAYS_MAX];
	struct race *race = job->job.app->race;
	struct buf text = {0};
	size_t n = race_count(race);
	for (size_t i = 0; i < n; i++)
		reports[i] = race_report(race, i);
	if (!app_prints(job->job.app)) {
		race_job_tell(job->job.app);
		return ST_OK;
	}
	if (record_wanted(job->run))
		return load_print(job->run, reports, n, err);
	race_show(&text, race);
	app_show(job->job.app, "The race of ways", &text);
	return ST_OK;
}

/* The first thing that is wrong with one of them; where one cannot begin, the others are cancelled. */
static enum status race_job_status(const struct race_job *job, struct err *err)
{
	struct race *race = job->job.app->race;
	struct err own;
	for (size_t i = 0; i < race_count(race); i++)
		if (load_report_status(race_report(race, i), &own) &&
		    (!err->status || (err->status == ST_CANCELLED && own.status != ST_CANCELLED)))
			*err = own;
	return err->status;
}

static void race_job_over(void *arg)
{
	struct race_job *job = arg;
	struct run *run = job->run;
	struct app *app = run->app;
	struct err err = {0};
	enum status status = race_job_status(job, &err);
	bool begun = race_report(app->race, 0)->outcomes.begun > 0;
	if (begun && race_job_print(job, status ? &(struct err){0} : &err) && !status)
		status = err.status;
	job_end(&job->job);
	load_refresh(app);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

void load_race_run(struct run *run, const struct load_spec *spec)
{
	struct app *app = run->app;
	struct load_way ways[RACE_WAYS_MAX];
	struct err err;
	size_t n;
	if (load_race_ways(run, ways, &n, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct race_job *job = NEW(struct race_job);
	struct race_ops ops = {.turn = race_job_turn,
			       .changed = race_job_changed,
			       .connecting = race_job_connecting,
			       .say = race_job_say,
			       .over = race_job_over,
			       .arg = job};
	job->job = (struct job){.ops = &race_job_ops, .name = "a race of ways", .uses = USES_LOAD};
	job->run = run;
	job_begin(app, &job->job);
	load_forget(app);
	app->race = race_new(app->loop, app->ring, spec, ways, n, &ops);
	if (!app_prints(app))
		app->face.act(app->face.self, "dashboard", NULL);
}
