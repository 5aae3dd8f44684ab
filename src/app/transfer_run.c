/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a transfer, from its start to its one-line result, with the rival in between. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "bank/amount.h"
#include "base/mem.h"
#include "base/text.h"
#include "txn/dry.h"

enum { STEPPING_MS = 600000 };

/* The transfer of app->transfer while it runs. */
struct transfer_run {
	struct job job;
	struct dry *dry;    /* NULL unless it is a dry run */
	bool rival_watches; /* the rival takes part */
	bool awaits_rival;  /* it begins when the rival's session is there */
};

static const struct job_ops transfer_run_ops;

static struct transfer_run *transfer_run_of(const struct app *app)
{
	return (struct transfer_run *)job_find(app, &transfer_run_ops);
}

/* ---- the gate ---- */

static void release(void *arg)
{
	struct app *app = arg;
	if (!step_holds(app))
		txn_go(app->txn);
}

bool transfer_run_gate(void *arg, const struct txn_gate *next)
{
	struct app *app = arg;
	watcher_look(app->watcher);
	if (app->transfer.run)
		app->transfer.txn = next->txn;
	step_look(app, next);
	const struct transfer_run *moving = transfer_run_of(app);
	if (moving && moving->rival_watches && rival_gate(app->rival, next, release, app))
		return true;
	return step_holds(app);
}

/* ---- the result ---- */

static struct amount_text transfer_run_show(const struct app *app, int64_t units)
{
	return amount_show(units, app->catalogue->balance_scale);
}

/* Its id was in the ledger: the first time counts. */
static void say_again(struct app *app, const struct transfer_facts *facts, const char *source, const char *destination)
{
	app_result(app, "moved %s from %s to %s before, as transfer %s; nothing was moved now: %s has %s, %s has %s",
		   transfer_run_show(app, facts->amount).text, source, destination, facts->id, source,
		   transfer_run_show(app, facts->source_after).text, destination,
		   transfer_run_show(app, facts->destination_after).text);
}

/* What may still lose a transfer that was committed, behind the line that tells it. */
static void add_doubt(struct buf *out, const struct txn_result *result)
{
	const char *doubt = durability_doubt(result->durability);
	if (result->warning[0])
		buf_fmt(out, "; committed, but the server warns: %s", result->warning);
	else if (result->settled && result->durability == DURABLE_UNKNOWN)
		buf_str(out, "; whether a standby has it is not known");
	else if (doubt)
		buf_fmt(out, "; %s", doubt);
}

static void say_moved(struct app *app, const struct app_transfer *transfer)
{
	struct buf doubt = {0};
	struct transfer_facts facts = transfer_facts(transfer->body);
	const char *source = transfer->source, *destination = transfer->destination;
	char time[16];
	if (facts.again) {
		say_again(app, &facts, source, destination);
		return;
	}
	text_duration(time, transfer->result.elapsed_us);
	unsigned attempts = transfer->result.attempts;
	add_doubt(&doubt, &transfer->result);
	if (facts.recorded) {
		app_result(app,
			   "moved %s from %s to %s (as the ledger has it; the balances were lost with the answer). %s, "
			   "%u %s%s",
			   transfer_run_show(app, facts.amount).text, source, destination, time, attempts,
			   text_plural(attempts, "attempt", "attempts"), buf_text(&doubt));
		buf_free(&doubt);
		return;
	}
	bool owes = transfer_run_of(app)->rival_watches && rival_busy(app->rival);
	app_result(app, "moved %s from %s to %s: %s has %s, %s has %s. %s, %u %s%s%s",
		   transfer_run_show(app, facts.amount).text, source, destination, source,
		   transfer_run_show(app, facts.source_after).text, destination,
		   transfer_run_show(app, facts.destination_after).text, time, attempts,
		   text_plural(attempts, "attempt", "attempts"), buf_text(&doubt),
		   owes ? "; the rival then gives its unit back" : "");
	buf_free(&doubt);
}

static void say_unknown(struct app *app, const struct app_transfer *transfer)
{
	const char *id = transfer_facts(transfer->body).id;
	bool ledger = app->catalogue && app->catalogue->ledger && id;
	const char *advice =
		ledger ? "`settle` finds out; the same transfer with this --id moves nothing if it happened"
		       : "look at both balances before it is tried again";
	if (ledger)
		unsettled_begin(app, id);
	app_say(app, ST_UNKNOWN, "OUTCOME UNKNOWN: transfer %s may or may not have happened: %s; %s", id ? id : "",
		transfer->result.reason.text, advice);
}

static void say_not_moved(struct app *app, const struct app_transfer *transfer)
{
	const struct txn_result *result = &transfer->result;
	enum status status = txn_status(result->outcome);
	const char *reason = result->reason.text;
	if (result->outcome == OUTCOME_REJECTED)
		app_say(app, status, "rejected: %s; nothing changed", reason);
	else if (result->outcome == OUTCOME_GAVE_UP)
		app_say(app, status, "%s; nothing changed", reason);
	else if (result->outcome == OUTCOME_CANCELLED)
		app_say(app, status, "cancelled; nothing changed");
	else
		app_say(app, status, "the transfer failed: %s; nothing changed", reason);
	if (result->cleanup.text[0])
		app_say(app, status, "while rolling back: %s", result->cleanup.text);
}

/* What it would have sent and moved, and did not. */
static void say_dry(struct app *app, const struct app_transfer *transfer)
{
	struct transfer_facts facts = transfer_facts(transfer->body);
	const char *source = transfer->source, *destination = transfer->destination;
	struct buf text = {0};
	for (const char *line = dry_held(transfer_run_of(app)->dry); *line; line += strcspn(line, "\n") + 1)
		buf_fmt(&text, "would send  %.*s\n", (int)strcspn(line, "\n"), line);
	app_show(app, "Dry run", &text);
	app_result(app, "would move %s from %s to %s: %s would have %s, %s would have %s; nothing was moved",
		   transfer_run_show(app, facts.amount).text, source, destination, source,
		   transfer_run_show(app, facts.source_after).text, destination,
		   transfer_run_show(app, facts.destination_after).text);
}

bool transfer_run_was_dry(const struct app *app)
{
	const struct transfer_run *moving = transfer_run_of(app);
	return moving && moving->dry && dry_held(moving->dry) && app->transfer.result.outcome == OUTCOME_REJECTED;
}

static void say_result(struct app *app, const struct app_transfer *transfer)
{
	bool record = transfer->report != NULL;
	if (record)
		transfer->report(app);
	if (transfer_run_was_dry(app)) {
		if (!record)
			say_dry(app, transfer);
		return;
	}
	switch (transfer->result.outcome) {
	case OUTCOME_COMMITTED:
		last_ended(app, true);
		unsettled_end(app, transfer_facts(transfer->body).id);
		if (!record)
			say_moved(app, transfer);
		return;
	case OUTCOME_UNKNOWN:
		last_ended(app, false);
		say_unknown(app, transfer);
		return;
	case OUTCOME_NONE:
	case OUTCOME_REJECTED:
	case OUTCOME_FAILED:
	case OUTCOME_GAVE_UP:
	case OUTCOME_CANCELLED:
		say_not_moved(app, transfer);
		return;
	}
}

/* ---- the way ---- */

static void transfer_run_over(void *arg)
{
	struct transfer_run *moving = arg;
	struct app *app = moving->job.app;
	struct run *run = app->transfer.run;
	enum status status = transfer_run_was_dry(app) ? ST_OK : txn_status(app->transfer.result.outcome);
	app->transfer.run = NULL;
	job_end(&moving->job);
	if (app->pages)
		pages_refresh(app->pages);
	if (app->history)
		history_refresh(app->history);
	app_changed(app);
	run_end(run, status, NULL);
}

static void transfer_run_on_done(void *arg, const struct txn_result *result)
{
	struct transfer_run *moving = arg;
	struct app *app = moving->job.app;
	watcher_look(app->watcher); /* counters that are asked for next have what it waited */
	app->transfer.result = *result;
	app->transfer.txn = result->txn;
	step_forget(app);
	say_result(app,
		   &app->transfer); /* before the rival puts its unit back: the balances told are those of the commit */
	if (moving->rival_watches)
		rival_transfer_ended(app->rival, transfer_run_over, moving);
	else
		transfer_run_over(moving);
}

/* Whoever walks through a transfer sees each statement, and takes the time it takes. */
struct txn_options app_txn_options(const struct app *app)
{
	struct txn_options options = app->settings.txn;
	const struct transfer_run *moving = transfer_run_of(app);
	options.unnumbered = moving && moving->dry; /* no commit can be lost */
	if (app->rival && rival_armed(app->rival) && options.wire == WIRE_ONESHOT)
		options.wire = WIRE_PIPELINE; /* the rival needs a gap between the read and the write */
	if (app->step.on) {
		options.wire = WIRE_STEP;
		if (options.max_elapsed_ms < STEPPING_MS)
			options.max_elapsed_ms = STEPPING_MS;
	}
	return options;
}

static void transfer_run_go(struct transfer_run *moving)
{
	struct app *app = moving->job.app;
	struct app_transfer *transfer = &app->transfer;
	struct buf what = {0};
	buf_fmt(&what, "%stransfer from %s to %s", moving->dry ? "dry run: " : "", transfer->source,
		transfer->destination);
	moving->rival_watches = app->rival && rival_armed(app->rival);
	if (moving->rival_watches)
		rival_watch(app->rival, transfer->source, transfer->destination);
	struct txn_options options = app_txn_options(app);
	struct body *body = transfer_body(transfer->body);
	txn_start(app->txn, moving->dry ? dry_body(moving->dry) : body, what.p, &options, transfer_run_on_done, moving);
	buf_free(&what);
	app_changed(app);
}

/* ---- the rival's session ---- */

/* The command that made it, and the transfer that waits for it. */
static void transfer_run_on_rival(void *arg, const struct err *err)
{
	struct app *app = arg;
	struct run *run = app->private->dialling;
	struct transfer_run *moving = transfer_run_of(app);
	app->private->dialling = NULL;
	if (err) {
		rival_arm(app->rival, false);
		app_changed(app);
	}
	if (err && !run)
		app_say(app, err->status, "no rival this time: %s", err->text);
	if (run)
		run_end(run, err ? err->status : ST_OK, err ? err->text : NULL);
	if (moving && moving->awaits_rival) {
		moving->awaits_rival = false;
		transfer_run_go(moving);
	}
}

void transfer_run_dial_rival(struct app *app, struct run *run)
{
	enum db_state state = db_state(app->rival_db);
	if (state == DB_IDLE || state == DB_BUSY || app->private->dialling) {
		if (run)
			run_end(run, ST_OK, NULL);
		return;
	}
	app->private->dialling = run;
	if (state != DB_CONNECTING)
		db_connect(app->rival_db, &app->settings.conninfo, 10000, transfer_run_on_rival, app);
}

/* ---- the job ---- */

/* The rival's session was awaited, and is awaited no more. */
static void transfer_run_give_up(struct transfer_run *moving)
{
	struct app *app = moving->job.app;
	struct run *run = app->transfer.run;
	app->transfer.run = NULL;
	db_close(app->rival_db);
	job_end(&moving->job);
	if (app->private->dialling)
		run_end(app->private->dialling, ST_CANCELLED, NULL);
	app->private->dialling = NULL;
	run_end(run, ST_CANCELLED, "cancelled; nothing changed");
}

static bool stop_transfer_run(struct job *job, enum job_stop how)
{
	struct transfer_run *moving = (struct transfer_run *)job;
	if (moving->awaits_rival)
		transfer_run_give_up(moving);
	else if (txn_running(job->app->txn) || how != STOP_CANCEL)
		return job_stop_work(job, how);
	else
		app_say(job->app, ST_OK, "too late: the transfer is over, and the rival gives its unit back");
	return true;
}

static void free_transfer_run(struct job *job)
{
	struct transfer_run *moving = (struct transfer_run *)job;
	dry_free(moving->dry);
	free(moving);
}

static const struct job_ops transfer_run_ops = {
	.stop = stop_transfer_run, .awaited = job_always, .free = free_transfer_run, .talk = TALK_ALL};

static struct transfer_run *transfer_run_begin(struct app *app, bool dry)
{
	struct transfer_run *moving = NEW(struct transfer_run);
	moving->job = (struct job){.ops = &transfer_run_ops, .name = "a transfer", .uses = USES_WORK};
	moving->job.uses |= rival_armed(app->rival) ? USES_RIVAL : 0;
	moving->dry = dry ? dry_new(transfer_body(app->transfer.body)) : NULL;
	job_begin(app, &moving->job);
	return moving;
}

const char *app_isolation(const struct app *app)
{
	enum txn_isolation isolation = app->settings.txn.isolation;
	return app->browse ? txn_isolation_on(isolation, db_dialect(app->browse)) : txn_isolation_name(isolation);
}

/* The rival could not come between a read that locks and its write. */
bool app_locks(const struct app *app)
{
	bool armed = app->rival && rival_armed(app->rival);
	if (!app->browse || armed)
		return false;
	enum txn_locking locking = app->settings.txn.locking;
	const struct dialect *dialect = db_dialect(app->browse);
	bool can = db_version_at_least(app->browse, dialect->locking_major, dialect->locking_minor);
	return txn_locks(locking, dialect) && (can || locking == LOCKING_ON);
}

static void set_transfer(struct app *app, struct run *run, const struct transfer_spec *spec)
{
	struct app_transfer *transfer = &app->transfer;
	struct transfer_spec locking = *spec;
	locking.locking = app_locks(app) && !run_option(run, "dry-run");
	last_begin(app, run);
	transfer_free(transfer->body);
	free(transfer->source);
	free(transfer->destination);
	*transfer = (struct app_transfer){
		.body = transfer_new(app->catalogue, &locking),
		.source = mem_dup(spec->source),
		.destination = mem_dup(spec->destination),
		.run = run,
	};
}

void app_transfer(struct run *run, const struct transfer_spec *spec, void (*report)(struct app *app))
{
	struct app *app = run->app;
	struct err err;
	if (!job_may(app, USES_WORK | (rival_armed(app->rival) ? USES_RIVAL : 0), &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	set_transfer(app, run, spec);
	app->transfer.report = report;
	struct transfer_run *moving = transfer_run_begin(app, run_option(run, "dry-run") != NULL);
	moving->awaits_rival = rival_armed(app->rival) && db_state(app->rival_db) != DB_IDLE;
	if (moving->awaits_rival)
		transfer_run_dial_rival(app, NULL);
	else
		transfer_run_go(moving);
}
