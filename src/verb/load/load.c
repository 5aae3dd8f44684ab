/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command load: many workers make random transfers, watched while they do, and checked at the end. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "load/seen.h"
#include "load_internal.h"

struct load_job {
	struct job job;
	struct run *run;
};

/* ---- while it runs ---- */

void load_say_connecting(struct app *app, unsigned connected, unsigned workers)
{
	if (app_prints(app))
		app_say(app, ST_OK, "connecting: %u of %u workers are there; the load begins when all have tried",
			connected, workers);
}

static void load_job_began(void *arg)
{
	app_changed(((const struct load_job *)arg)->job.app);
}

static void load_job_second(void *arg)
{
	const struct load_job *job = arg;
	const struct load_report *report = load_report(job->job.app->load);
	const struct load_second *second = load_last_second(report);
	struct buf line = {0};
	app_changed(job->job.app);
	if (report->phase == LOAD_CONNECTING)
		load_say_connecting(job->job.app, report->connected, report->workers);
	if (!app_prints(job->job.app) || !second)
		return;
	load_second_show(&line, second);
	app_say(job->job.app, ST_OK, "%s", line.p);
	buf_free(&line);
}

static void load_job_say(void *arg, const struct err *err)
{
	const struct load_job *job = arg;
	app_say(job->job.app, ST_OK, "a worker cannot connect, and tries again: %s", err->text);
}

static bool stop_load_job(struct job *base, enum job_stop how)
{
	struct load_job *job = (struct load_job *)base;
	(void)how;
	load_stop(job->job.app->load);
	return true;
}

uint64_t load_under_way(const struct load_report *report)
{
	const struct load_outcomes *o = &report->outcomes;
	return o->begun - (o->committed + o->reads + o->rejected + o->failed + o->gave_up + o->cancelled);
}

bool load_left(uint64_t under_way, struct err *err)
{
	if (!under_way)
		return false;
	err_set(err, ST_UNKNOWN,
		"OUTCOME UNKNOWN of %" PRIu64 " transfers of load, which was left while they ran; `verify` looks "
		"whether accounts and ledger agree",
		under_way);
	return true;
}

static bool load_job_last_words(const struct job *base, struct err *err)
{
	return load_left(load_under_way(load_report(base->app->load)), err);
}

static void free_load_job(struct job *base)
{
	free((struct load_job *)base); /* what it has made can be looked at for a while */
}

static const struct job_ops load_job_ops = {
	.stop = stop_load_job, .awaited = job_always, .last_words = load_job_last_words, .free = free_load_job};

/* ---- the end ---- */

void load_forget(struct app *app)
{
	load_free(app->load);
	race_free(app->race);
	load_seen_free(app->load_seen);
	app->load_seen = NULL;
	app->load = NULL;
	app->race = NULL;
}

void load_refresh(struct app *app)
{
	if (app->pages)
		pages_refresh(app->pages);
	if (app->history)
		history_refresh(app->history);
	app_changed(app);
}

static void load_job_over(void *arg)
{
	struct load_job *job = arg;
	struct run *run = job->run;
	struct app *app = run->app;
	const struct load_report *report = load_report(job->job.app->load);
	struct err err = {0}, unwritten = {0};
	enum status status = load_report_status(report, &err);
	bool begun = report->nseconds || report->outcomes.begun;
	if (begun && !app_prints(app))
		app_result(app, "load: %" PRIu64 " committed, %.0f a second; F9 shows all of it",
			   report->outcomes.committed, load_rate(report));
	else if (begun && load_print(run, &report, 1, &unwritten) && !status) {
		status = unwritten.status;
		err = unwritten;
	}
	job_end(&job->job);
	load_refresh(app);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

/* ---- the command ---- */

static enum status check_load(const struct run *run, struct err *err)
{
	struct load_spec spec;
	struct load_way ways[RACE_WAYS_MAX];
	size_t n;
	enum status status = load_race_ways(run, ways, &n, err);
	if (!status)
		status = load_options(run, NULL, &spec, err);
	return status ? status : record_check(run, err);
}

static enum status prepare_load(struct run *run, struct err *err)
{
	struct load_spec spec;
	const struct catalogue *catalogue = run->app->catalogue;
	if (load_options(run, catalogue, &spec, err))
		return err->status;
	if (catalogue->browse_why)
		return err_set(err, ST_REJECTED, "%s", catalogue->browse_why);
	if (catalogue->ledger_why && app_prints(run->app))
		app_say(run->app, ST_OK, "transfers are not recorded: %s", catalogue->ledger_why);
	run->confirmed |= run_option(run, "dry-run") != NULL;
	return ST_OK;
}

static void describe_load(struct buf *out, const struct run *run)
{
	struct load_spec spec;
	struct err err;
	if (!load_options(run, run->app->catalogue, &spec, &err))
		load_describe(out, &spec, run);
}

static void do_load(struct run *run)
{
	struct app *app = run->app;
	struct load_spec spec;
	struct err err;
	if (load_options(run, app->catalogue, &spec, &err) || !job_may(app, USES_LOAD, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	if (run_option(run, "dry-run")) {
		struct buf text = {0};
		load_describe(&text, &spec, run);
		app_result(app, "would %s%s%s; nothing was moved", text.p, load_is_race(run) ? "" : ": ",
			   load_is_race(run) ? "" : load_way_meaning(&spec.way));
		buf_free(&text);
		run_end(run, ST_OK, NULL);
		return;
	}
	if (load_is_race(run)) {
		load_race_run(run, &spec);
		return;
	}
	struct load_job *job = NEW(struct load_job);
	struct load_ops ops = {.began = load_job_began,
			       .second = load_job_second,
			       .say = load_job_say,
			       .over = load_job_over,
			       .arg = job};
	job->job = (struct job){.ops = &load_job_ops, .name = "load", .uses = USES_LOAD};
	job->run = run;
	job_begin(app, &job->job);
	load_forget(app);
	app->load = load_new(app->loop, app->ring, &spec, &ops);
	if (!app_prints(app))
		app->face.act(app->face.self, "dashboard", NULL);
}

const struct command verb_load = {
	.name = "load",
	.args = {{"race", ARG_WORD, true}, {"WAY...", ARG_WAYS, true}},
	.options =
		{
			{.name = "workers", .value = "N", .help = "connections that make transfers (8)"},
			{.name = "time", .value = "S", .help = "for so many seconds (10); 0: until it is stopped"},
			{.name = "count", .value = "N", .help = "so many transfers"},
			{.name = "warm-up", .value = "S", .help = "seconds before that, which are not measured"},
			{.name = "way", .value = "WAY", .help = LOAD_WAY_CHOICES, .choices = LOAD_WAY_CHOICES},
			{.name = "amount", .value = "AMOUNT", .help = "half, all or a number (the smallest unit)"},
			{.name = "hot", .value = "N", .help = "among the first N accounts only"},
			{.name = "of", .value = "A,B,C", .help = "among these accounts only"},
			{.name = "in-flight", .value = "N", .help = "transfers under way a connection; --way oneshot"},
			{.name = "rate", .value = "N", .help = "begin N transfers a second, others over or not"},
			{.name = "zipf", .value = "S", .help = "the n-th account as often as 1/n^S"},
			{.name = "read-share", .value = "P", .help = "P of 100 only read two balances"},
			{.name = "yes", .help = "do not ask"},
			{.name = "dry-run", .help = "say what would be made, and make nothing"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS | COMMAND_CONFIRM | COMMAND_CHANGES,
	.help = "many random transfers at once; race compares ways",
	.run = do_load,
	.check = check_load,
	.prepare = prepare_load,
	.describe = describe_load,
};
