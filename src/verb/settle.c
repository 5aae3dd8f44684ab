/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command settle: asks the ledger what became of a transfer whose outcome is not known. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bank/lookup_body.h"
#include "base/mem.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

struct settling {
	struct job job;
	struct run *run;
	struct lookup *lookup;
	struct txn_inject inject; /* are for transfers: put aside meanwhile */
};

/* ---- the question ---- */

static void free_settling(struct job *job)
{
	struct settling *settling = (struct settling *)job;
	lookup_free(settling->lookup);
	free(settling);
}

static const struct job_ops settling_ops = {.stop = job_stop_work, .awaited = job_engine_runs, .free = free_settling};

static const char *settle_text_or_null(const char *text)
{
	return text ? text : "NULL";
}

static enum status write_answer(const struct run *run, const struct lookup_facts *facts, struct err *err)
{
	struct record record = {0};
	record_add(&record, "id", facts->id);
	record_add(&record, "outcome", "COMMITTED");
	record_add(&record, "source", facts->source);
	record_add(&record, "destination", facts->destination);
	record_add(&record, "amount", facts->amount);
	return record_write(&record, run, err);
}

/* Only the ledger's own answer settles it: a question that failed leaves it as unknown as it was. */
static enum status settle_answer(const struct run *run, const struct lookup_facts *facts,
				 const struct txn_result *result, struct err *err)
{
	struct app *app = run->app;
	if (result->outcome == OUTCOME_COMMITTED) {
		unsettled_end(app, facts->id);
		if (record_wanted(run))
			return write_answer(run, facts, err);
		app_result(app, "transfer %s committed: it moved %s from %s to %s", facts->id,
			   settle_text_or_null(facts->amount), settle_text_or_null(facts->source),
			   settle_text_or_null(facts->destination));
		return ST_OK;
	}
	if (result->outcome == OUTCOME_REJECTED && facts->swallowed)
		return err_set(err, ST_UNKNOWN, "%s", result->reason.text);
	if (result->outcome == OUTCOME_REJECTED && !facts->open) {
		unsettled_end(app, facts->id);
		return err_set(err, ST_REJECTED, "%s", result->reason.text);
	}
	if (result->outcome == OUTCOME_CANCELLED)
		return err_set(err, ST_CANCELLED, "transfer %s is not settled: cancelled", facts->id);
	return err_set(err, ST_UNKNOWN, "transfer %s is not settled: %s; try `settle %s` again later", facts->id,
		       result->reason.text, facts->id);
}

static void settle_on_done(void *arg, const struct txn_result *result)
{
	struct settling *settling = arg;
	struct run *run = settling->run;
	struct app *app = run->app;
	struct lookup_facts facts = lookup_facts(settling->lookup);
	struct err err = {0};
	*txn_inject(app->txn) = settling->inject;
	enum status status = settle_answer(run, &facts, result, &err);
	job_end(&settling->job);
	app_changed(app);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

static void settle_start(struct run *run, const char *id)
{
	struct app *app = run->app;
	struct settling *settling = NEW(struct settling);
	struct txn_options options = app->settings.txn;
	struct buf what = {0};
	options.protocol = PROTOCOL_AUTO;
	options.wire = WIRE_PIPELINE;
	settling->job = (struct job){.ops = &settling_ops, .name = "settle", .uses = USES_WORK};
	settling->run = run;
	settling->lookup = lookup_new(app->catalogue, id, db_dialect(app->work)->others_sql);
	settling->inject = *txn_inject(app->txn);
	*txn_inject(app->txn) = (struct txn_inject){0};
	buf_fmt(&what, "settle transfer %s", id);
	job_begin(app, &settling->job);
	txn_start(app->txn, lookup_body(settling->lookup), what.p, &options, settle_on_done, settling);
	buf_free(&what);
	app_changed(app);
}

/* ---- the command ---- */

static enum status check_settle(const struct run *run, struct err *err)
{
	if (run->nargs == 0 && !run->app->unsettled_id)
		return err_set(err, ST_USAGE, "no transfer waits to be settled; name one by its id: settle UUID");
	if (run->nargs > 0 && !ledger_names_one(run->args[0]))
		return err_set(err, ST_USAGE,
			       "settle takes a UUID like 123e4567-e89b-12d3-a456-426614174000, or its first 8 "
			       "characters or more, not \"%.80s\"",
			       run->args[0]);
	return record_check(run, err);
}

static enum status prepare_settle(struct run *run, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	if (catalogue->ledger)
		return ST_OK;
	if (catalogue->ledger_why)
		return err_set(err, ST_USAGE, "cannot settle: there is no ledger table: %s", catalogue->ledger_why);
	return err_set(err, ST_USAGE,
		       "cannot settle: there is no ledger table; `init` makes one, for the transfers to come");
}

static void settle_named(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	const char *id = run->nargs > 0 ? run->args[0] : app->unsettled_id;
	if (!id)
		run_end(run, ST_OK, "it was settled meanwhile");
	else if (!job_may(app, USES_WORK, &err))
		run_end(run, err.status, err.text);
	else
		settle_start(run, id);
}

/* One that the ledger has, or the one that waits to be settled. */
static void settle_take_whole(struct reading *reading, const struct rows *rows)
{
	struct run *run = reading->run;
	const char *waits = run->app->unsettled_id, *word = run->args[0];
	bool meant = waits && strncasecmp(waits, word, strlen(word)) == 0;
	const char *id = rows->nrows == 0 && meant ? waits : ledger_take_one(reading, rows, word);
	if (!id)
		return;
	char *whole = mem_dup(id);
	free(run->args[0]);
	run->args[0] = whole;
}

static void do_settle(struct run *run)
{
	if (run->nargs == 0 || transfer_is_id(run->args[0])) {
		settle_named(run);
		return;
	}
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading)
		return;
	reading->what = "the ledger";
	reading->take = settle_take_whole;
	reading->then = settle_named;
	ledger_ask_one(reading, run->args[0]);
}

const struct command verb_settle = {
	.name = "settle",
	.args = {{"UUID", ARG_WORD, true}},
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS | COMMAND_WORK,
	.help = "find out what became of a transfer",
	.run = do_settle,
	.check = check_settle,
	.prepare = prepare_settle,
};
