/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about a transfer: transfer, its picks, and the rival. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verb_internal.h"

/* ---- picks ---- */

const char *transfer_selected(const struct app *app)
{
	if (!app->pages || pages_count(app->pages) == 0)
		return NULL;
	return pages_row(app->pages, pages_selected(app->pages)).id;
}

static void pick(struct run *run, char **field, const char *what)
{
	struct app *app = run->app;
	const char *id = run->nargs > 0 ? run->args[0] : transfer_selected(app);
	if (!id) {
		run_end(run, ST_USAGE, "no account is selected; name one by its id");
		return;
	}
	char *copy = mem_dup(id);
	free(*field);
	*field = copy;
	app_changed(app);
	app_say(app, ST_OK, "%s is %s", what, *field);
	run_end(run, ST_OK, NULL);
}

static void do_source(struct run *run)
{
	pick(run, &run->app->source, "source");
}

static void do_dest(struct run *run)
{
	pick(run, &run->app->destination, "destination");
}

static void do_swap(struct run *run)
{
	struct app *app = run->app;
	char *source = app->source;
	app->source = app->destination;
	app->destination = source;
	app_changed(app);
	app_say(app, ST_OK, "source is %s, destination is %s", app->source ? app->source : "not picked",
		app->destination ? app->destination : "not picked");
	run_end(run, ST_OK, NULL);
}

/* ---- transfer ---- */

static void transfer_add_word(struct buf *line, const char *word)
{
	buf_char(line, ' ');
	run_quote(line, word);
}

/* The line as it would be typed in full, for the question and the history. */
static void spell_out(struct run *run)
{
	struct buf line = {0};
	buf_str(&line, run->command->name);
	for (size_t i = 0; i < run->nargs; i++)
		transfer_add_word(&line, run->args[i]);
	const char *id = run_option(run, "id");
	if (id)
		buf_fmt(&line, " --id=%s", id);
	if (run_option(run, "dry-run"))
		buf_str(&line, " --dry-run");
	free(run->line);
	run->line = buf_take(&line);
}

/* Two marks, and nothing picked: from the one that was marked first to the other. */
static bool transfer_is_marked(const struct app *app)
{
	return !app->source && !app->destination && app->marks.n == 2;
}

static enum status check_transfer(const struct run *run, struct err *err)
{
	const struct app *app = run->app;
	const char *id = run_option(run, "id");
	if (run->nargs == 1)
		return err_set(err, ST_USAGE,
			       "transfer needs TO as well as FROM; usage: transfer FROM TO [half|all|AMOUNT]");
	if (run->nargs == 0 && (!app->source || !app->destination) && !transfer_is_marked(app))
		return err_set(err, ST_USAGE,
			       app_prints(app) ? "transfer from where to where? transfer FROM TO [half|all|AMOUNT]"
			       : app->marks.n  ? "mark two accounts with m, or pick the source with s and the "
						 "destination with d"
					       : "pick the source with s and the destination with d first");
	if (id && !transfer_is_id(id))
		return err_set(err, ST_USAGE,
			       "--id takes a UUID like 123e4567-e89b-12d3-a456-426614174000, not \"%.80s\"", id);
	return record_check(run, err);
}

/* What is not as it was asked for; a screen says both at the start. */
static void say_otherwise(struct app *app)
{
	struct buf doubt = {0};
	txn_isolation_doubt(&doubt, app->settings.txn.isolation, db_dialect(app->browse));
	if (app_prints(app) && doubt.len)
		app_say(app, ST_OK, "%s", doubt.p);
	if (app_prints(app) && app->catalogue->ledger_why)
		app_say(app, ST_OK, "transfers are not recorded: %s", app->catalogue->ledger_why);
	buf_free(&doubt);
}

static enum status prepare_transfer(struct run *run, struct err *err)
{
	struct app *app = run->app;
	const char *id = run_option(run, "id");
	enum transfer_rule rule;
	int64_t amount;
	if (app->catalogue->browse_why)
		return err_set(err, ST_REJECTED, "%s", app->catalogue->browse_why);
	if (run->nargs == 0) {
		bool marked = transfer_is_marked(app);
		run->args[run->nargs++] = mem_dup(marked ? app->marks.ids[0] : app->source);
		run->args[run->nargs++] = mem_dup(marked ? app->marks.ids[1] : app->destination);
	}
	if (run->nargs == 2)
		run->args[run->nargs++] = mem_dup("half");
	if (transfer_rule_parse(run->args[2], app->catalogue, &rule, &amount, err))
		return err->status;
	if (id && !app->catalogue->ledger)
		return err_set(err, ST_USAGE, "--id is kept in the ledger, and there is none; `init` makes it");
	say_otherwise(app);
	spell_out(run);
	run->confirmed |= run_option(run, "dry-run") != NULL;
	return ST_OK;
}

static void describe_transfer(struct buf *out, const struct run *run)
{
	const char *rule = run->args[2];
	bool part = strcmp(rule, "half") == 0 || strcmp(rule, "all") == 0;
	buf_fmt(out, "move %s %s ", rule, part ? "of" : "from");
	text_escape(out, run->args[0], strlen(run->args[0]), 60);
	buf_str(out, " to ");
	text_escape(out, run->args[1], strlen(run->args[1]), 60);
	const struct txn_options *options = &run->app->settings.txn;
	buf_fmt(out, ", in one %s transaction, ", app_isolation(run->app));
	if (options->protocol == PROTOCOL_NONE || options->max_attempts <= 1)
		buf_str(out, "not retried");
	else
		buf_fmt(out, "tried up to %u times", options->max_attempts);
}

static void do_transfer(struct run *run)
{
	struct err err;
	struct transfer_spec spec = {.source = run->args[0], .destination = run->args[1], .id = run_option(run, "id")};
	enum status status = transfer_rule_parse(run->args[2], run->app->catalogue, &spec.rule, &spec.amount, &err);
	if (status)
		run_end(run, status, err.text);
	else
		app_transfer(run, &spec, record_wanted(run) ? transfer_record : NULL);
}

/* ---- rival ---- */

/* It is armed at once: a transfer that is made before its session is there waits for that. */
static void do_rival(struct run *run)
{
	struct app *app = run->app;
	const char *word = run->nargs > 0 ? run->args[0] : "toggle";
	bool on = strcmp(word, "toggle") == 0 ? !rival_armed(app->rival) : strcmp(word, "on") == 0;
	rival_arm(app->rival, on);
	app_changed(app);
	app_say(app, ST_OK, on ? "the rival is armed: the next transfer meets a real conflict" : "the rival is off");
	if (on)
		transfer_run_dial_rival(app, run);
	else
		run_end(run, ST_OK, NULL);
}

const struct command verb_dest = {
	.name = "dest",
	.alias = "destination",
	.args = {{"ID", ARG_ACCOUNT, true}},
	.flags = COMMAND_BANK,
	.help = "pick the account that receives (default: the selected one)",
	.run = do_dest,
};

const struct command verb_rival = {
	.name = "rival",
	.args = {{"on|off|toggle", ARG_ONOFF, true}},
	.flags = COMMAND_BANK,
	.help = "let the next transfer meet a real conflict",
	.run = do_rival,
};

const struct command verb_source = {
	.name = "source",
	.args = {{"ID", ARG_ACCOUNT, true}},
	.flags = COMMAND_BANK,
	.help = "pick the account that pays (default: the selected one)",
	.run = do_source,
};

const struct command verb_swap = {
	.name = "swap",
	.help = "swap source and destination",
	.run = do_swap,
};

const struct command verb_transfer = {
	.name = "transfer",
	.args = {{"FROM", ARG_ACCOUNT, true}, {"TO", ARG_ACCOUNT, true}, {"half|all|AMOUNT", ARG_RULE, true}},
	.options =
		{
			{.name = "id", .value = "UUID", .help = "the transfer's id in the ledger"},
			{.name = "yes", .help = "do not ask"},
			{.name = "dry-run", .help = "show what would be sent, and write nothing"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS | COMMAND_CONFIRM | COMMAND_CHANGES,
	.help = "move money (default: half, from source to dest)",
	.run = do_transfer,
	.check = check_transfer,
	.prepare = prepare_transfer,
	.describe = describe_transfer,
};
