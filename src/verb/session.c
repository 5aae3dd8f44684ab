/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about the session: init, cancel, conninfo, reconnect, version, quit. */
#include <string.h>

#include "app/create_tables.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "verb_internal.h"

/* ---- init ---- */

static void looked_again(void *arg)
{
	struct run *run = arg;
	struct app *app = run->app;
	if (app->catalogue && app->catalogue->ledger_why)
		app_say(app, ST_OK, "%s", app->catalogue->ledger_why);
	run_end(run, app->catalogue ? ST_OK : ST_STATEMENT, app->catalogue ? NULL : app->no_bank);
}

static void session_on_made(void *arg, unsigned added, const struct err *err)
{
	struct run *run = arg;
	struct app *app = run->app;
	if (err) {
		run_end(run, err->status, err->text);
		return;
	}
	if (added > 0)
		app_say(app, ST_OK, "the tables are there; added %u %s", added,
			text_plural(added, "account", "accounts"));
	else
		app_say(app, ST_OK, "the tables are there; no account was added");
	open_bank_again(app, looked_again, run);
}

/* Accounts to add where there are none: the command's own number, else the program's. */
static enum status accounts_wanted(const struct run *run, unsigned long long *accounts, struct err *err)
{
	const char *word = run_option(run, "accounts");
	*accounts = run->app->settings.accounts;
	return word ? options_number(word, "--accounts", 0, 10000000, accounts, err) : ST_OK;
}

static enum status check_init(const struct run *run, struct err *err)
{
	unsigned long long accounts;
	return accounts_wanted(run, &accounts, err);
}

static void do_init(struct run *run)
{
	struct app *app = run->app;
	struct err err;
	unsigned long long accounts;
	if (!job_may(app, USES_WORK, &err) || accounts_wanted(run, &accounts, &err))
		run_end(run, ST_USAGE, err.text);
	else
		create_tables(app, (unsigned)accounts, session_on_made, run);
}

/* ---- the others ---- */

static void do_cancel(struct run *run)
{
	struct app *app = run->app;
	if (jobs_stop(app, STOP_CANCEL))
		; /* it tells what became of it */
	else if (app->pages && pages_loading(app->pages))
		pages_cancel(app->pages);
	else
		app_say(app, ST_OK, "nothing runs; `quit` leaves");
	run_end(run, ST_OK, NULL);
}

static const char *session_text_or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void write_conninfo(struct run *run, const struct db_facts *facts, const struct who *who)
{
	struct record record = {0};
	record_add(&record, "place", facts->place);
	record_add(&record, "product", facts->product);
	record_add(&record, "version", facts->version);
	record_add(&record, "tls", facts->tls);
	record_add(&record, "pooled", who->pooled ? "true" : "false");
	record_add(&record, "standby", who->recovery ? "true" : "false");
	record_add(&record, "primary", who->recovery ? who_primary(who) : NULL);
	record_add(&record, "session_user", session_text_or_null(who->session_user));
	record_add(&record, "current_user", session_text_or_null(who->current_user));
	record_add(&record, "durability", durability_name(who->durability));
	record_add(&record, "node", session_text_or_null(who->node));
	record_end(&record, run);
}

static void do_conninfo(struct run *run)
{
	struct app *app = run->app;
	const struct db_facts *facts = db_facts(app->browse);
	struct who who = *db_who(app->browse);
	struct buf words = {0};
	who.recovery = db_standby(app->browse);
	if (record_wanted(run)) {
		write_conninfo(run, facts, &who);
		return;
	}
	who_words(&words, &who);
	app_result(app, "%s: %s %s, %s%s", facts->place, facts->product, facts->version, facts->tls, buf_text(&words));
	buf_free(&words);
	run_end(run, ST_OK, NULL);
}

static void do_reconnect(struct run *run)
{
	app_reconnect(run->app);
	run_end(run, ST_OK, NULL);
}

static void do_version(struct run *run)
{
	struct buf text = {0};
	struct record record = {0};
	if (record_wanted(run)) {
		char library[32];
		conninfo_library(library);
		record_add(&record, "name", "teller");
		record_add(&record, "version", TELLER_VERSION);
		record_add(&record, "libpq", library + strcspn(library, "0123456789"));
		record_end(&record, run);
		return;
	}
	settings_version(&text);
	app_result(run->app, "%.*s", (int)strcspn(buf_text(&text), "\n"), buf_text(&text));
	buf_free(&text);
	run_end(run, ST_OK, NULL);
}

static void do_quit(struct run *run)
{
	struct app *app = run->app;
	struct buf lost = {0};
	bool asks = !run->confirmed && !app_prints(app) && quit_loses(app, &lost);
	buf_free(&lost);
	if (asks) {
		app->face.review(app->face.self, run);
		return;
	}
	run_end(run, ST_OK, NULL);
	app_leave(app, 0);
}

static void describe_quit(struct buf *out, const struct run *run)
{
	quit_loses(run->app, out);
}

const struct command verb_cancel = {
	.name = "cancel",
	.help = "cancel the running transfer; never a commit that was sent",
	.run = do_cancel,
};

const struct command verb_conninfo = {
	.name = "conninfo",
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB | COMMAND_SERVER,
	.help = "where teller is connected",
	.run = do_conninfo,
	.check = record_check,
};

const struct command verb_init = {
	.name = "init",
	.options =
		{
			{.name = "accounts",
			 .value = "N",
			 .help = "accounts to add where there are none (default 100)"},
		},
	.flags = COMMAND_VERB | COMMAND_SERVER | COMMAND_CHANGES,
	.help = "make the tables, and fill accounts if it is empty",
	.run = do_init,
	.check = check_init,
};

const struct command verb_quit = {
	.name = "quit",
	.alias = "q",
	.options =
		{
			{.name = "yes", .help = "do not ask, whatever is lost"},
		},
	.help = "leave teller; a screen asks where something would be lost",
	.run = do_quit,
	.describe = describe_quit,
};

const struct command verb_reconnect = {
	.name = "reconnect",
	.help = "make the connections again",
	.run = do_reconnect,
};

const struct command verb_version = {
	.name = "version",
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "name and version",
	.run = do_version,
	.check = record_check,
};
