/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command tutorial: what the tutorial's program does, through our engine, printed as it prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/add_accounts.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "tutorial_internal.h"
#include "verb_internal.h"

enum { ACCOUNTS_MAX = 10000 };

/* ---- what it prints ---- */

void teaching_print(struct teaching *teaching, bool all)
{
	struct app *app = teaching->run->app;
	struct buf *out = &teaching->shown;
	struct event event;
	while (cursor_read(&teaching->cursor, app->ring, &event))
		if (event.session == SESSION_TRANSFER)
			echo_event(teaching->echo, out, &event);
	if (all)
		echo_flush(teaching->echo, out);
	if (!app_prints(app) || out->len == 0)
		return;
	output_text(stdout, out->p, out->len);
	fflush(stdout);
	buf_clear(out);
}

void teaching_pass_over(struct teaching *teaching)
{
	teaching->cursor.next = ring_next(teaching->run->app->ring);
}

/* ---- its end ---- */

static void free_teaching(struct job *job)
{
	struct teaching *teaching = (struct teaching *)job;
	adding_free(teaching->adding);
	halving_free(teaching->halving);
	ids_free(teaching->ids);
	tutorial_sql_free(&teaching->sql);
	echo_free(teaching->echo);
	buf_free(&teaching->shown);
	free(teaching->schema);
	free(teaching);
}

static const struct job_ops teaching_ops = {
	.stop = job_stop_work, .awaited = job_engine_runs, .free = free_teaching, .talk = TALK_ALL | TALK_PRINTED};

void teaching_finish(struct teaching *teaching)
{
	struct run *run = teaching->run;
	struct app *app = run->app;
	struct err err = teaching->err;
	teaching_print(teaching, true);
	if (!err.status)
		app_say(app, ST_OK, "added %u %s; moved %s from %s to %s", teaching->added,
			text_plural(teaching->added, "account", "accounts"), halving_amount(teaching->halving),
			teaching->source, teaching->destination);
	if (!app_prints(app))
		app_show(app, "Tutorial", &teaching->shown);
	job_end(&teaching->job);
	if (app->pages)
		pages_refresh(app->pages);
	app_changed(app);
	run_end(run, err.status, err.status ? err.text : NULL);
}

void teaching_fail(struct teaching *teaching, enum status status, const char *what, const char *why)
{
	err_set(&teaching->err, status, "the tutorial stopped %s: %s", what, why);
	teaching_finish(teaching);
}

/* ---- statements outside the engine ---- */

static void tutorial_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct teaching *teaching = arg;
	teaching_fail(teaching, ST_LOST, "because the connection was lost", why->message);
}

void teaching_keep_error(struct teaching *teaching, const struct answer *answer)
{
	if (!answer->ok && !answer->skipped && !teaching->err.status)
		answer_tell(&teaching->err, ST_STATEMENT, answer, "the tutorial stopped");
}

static void ignore(void *arg, size_t index, const struct answer *answer)
{
	(void)arg;
	(void)index;
	(void)answer;
}

/* A transaction that failed is not left open. */
static void roll_back(struct teaching *teaching)
{
	static const struct statement statement = {.sql = "ROLLBACK", .verb = VERB_ROLLBACK};
	teaching_send(teaching, &statement, 1, ignore, teaching_finish);
}

static void tutorial_on_idle(void *arg)
{
	struct teaching *teaching = arg;
	teaching_print(teaching, false);
	if (!teaching->err.status)
		teaching->next(teaching);
	else if (db_in_transaction(teaching->run->app->work))
		roll_back(teaching);
	else
		teaching_finish(teaching);
}

void teaching_send(struct teaching *teaching, const struct statement *statements, size_t n, teaching_answer_fn *answer,
		   teaching_next_fn *next)
{
	struct db_context context = {0};
	struct db_reply reply = {answer, tutorial_on_idle, tutorial_on_lost, teaching, NULL};
	teaching->next = next;
	if (db_state(teaching->run->app->work) != DB_IDLE) { /* lost behind a commit that was answered */
		teaching_fail(teaching, ST_LOST, "because the connection was lost",
			      "what it committed up to here is kept");
		return;
	}
	db_send(teaching->run->app->work, statements, n, &context, &reply);
}

void teaching_ask(struct teaching *teaching, const char *sql, const char *param, teaching_answer_fn *answer,
		  teaching_next_fn *next)
{
	const char *params[] = {param};
	struct statement statement = {
		.sql = sql, .verb = VERB_SELECT, .nparams = param != NULL, .params = params, .once = true};
	if (sql == teaching->sql.ids || sql == teaching->sql.count)
		tutorial_sql_bind(&teaching->sql, &statement);
	teaching_send(teaching, &statement, 1, answer, next);
}

/* ---- the command ---- */

static enum status accounts_of(const struct run *run, unsigned *accounts, struct err *err)
{
	const char *word = run_option(run, "accounts");
	unsigned long long n = 100;
	enum status status = word ? options_number(word, "--accounts", 1, ACCOUNTS_MAX, &n, err) : ST_OK;
	*accounts = (unsigned)n;
	return status;
}

static enum status check_tutorial(const struct run *run, struct err *err)
{
	unsigned accounts;
	if (run->app->settings.format != FORMAT_TABLE)
		return err_set(err, ST_USAGE, "the tutorial prints what its program prints; leave --format out");
	return accounts_of(run, &accounts, err);
}

/* The money of a private server is nobody's. */
static enum status prepare_tutorial(struct run *run, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	run->confirmed |= run->app->settings.demo;
	if (catalogue && catalogue->browse_why)
		return err_set(err, ST_REJECTED, "%s", catalogue->browse_why);
	if (catalogue && add_accounts_may(catalogue, err))
		return err->status;
	if (!catalogue && run->app->settings.bank.table) /* only `accounts` is made where it is missing */
		return err_set(err, ST_STATEMENT, "%s", app_not_ready(run->app, COMMAND_BANK));
	return ST_OK;
}

static void describe_tutorial(struct buf *out, const struct run *run)
{
	struct err err;
	unsigned accounts = 0;
	if (accounts_of(run, &accounts, &err))
		return; /* cannot be: it was checked when the line was read */
	buf_fmt(out, "add %u random %s to %s, and move half of a random account to another", accounts,
		text_plural(accounts, "account", "accounts"),
		run->app->catalogue ? run->app->catalogue->name : "a new table");
}

static void do_tutorial(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	unsigned accounts = 0;
	if (!job_may(app, USES_WORK, &err) || accounts_of(run, &accounts, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct teaching *teaching = NEW(struct teaching);
	*teaching = (struct teaching){.job = {.ops = &teaching_ops, .name = "the tutorial", .uses = USES_WORK},
				      .run = run,
				      .echo = echo_new(),
				      .wanted = accounts};
	teaching->cursor.next = ring_next(app->ring);
	rng_seed(&teaching->rng, app->settings.seed);
	job_begin(app, &teaching->job);
	teaching_begin(teaching);
}

const struct command verb_tutorial = {
	.name = "tutorial",
	.options =
		{
			{.name = "accounts", .value = "N", .help = "accounts to add to those there are (default 100)"},
			{.name = "yes", .help = "do not ask"},
		},
	.flags = COMMAND_VERB | COMMAND_SERVER | COMMAND_CHANGES | COMMAND_TABLES | COMMAND_CONFIRM,
	.help = "the tutorial's program, printed as it prints",
	.run = do_tutorial,
	.check = check_tutorial,
	.prepare = prepare_tutorial,
	.describe = describe_tutorial,
};
