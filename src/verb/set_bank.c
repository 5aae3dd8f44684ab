/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings of the accounts table: which columns count, and how far a balance may go below zero; it is looked at anew. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "app/job.h"
#include "base/mem.h"
#include "set.h"

static const char found[] = "auto";

/* ---- what they are ---- */

static void set_bank_show(struct buf *out, const char *column)
{
	buf_str(out, column ? column : found);
}

static void set_bank_explain(struct buf *out, const struct app *app, const char *column, const char *why)
{
	if (app->catalogue)
		buf_fmt(out, ": %s, %s", column, why);
}

static enum status set_bank_column(char **column, const char *word, struct err *err)
{
	if (!word[0])
		return err_set(err, ST_USAGE, "a column has a name; %s finds the one that fits", found);
	free(*column);
	*column = strcmp(word, found) == 0 ? NULL : mem_dup(word);
	return ST_OK;
}

void id_column_show(struct buf *out, const struct app *app)
{
	set_bank_show(out, app->settings.bank.id_column);
}

void id_column_explain(struct buf *out, const struct app *app)
{
	const struct catalogue *c = app->catalogue;
	set_bank_explain(out, app, c ? c->id_name : NULL, c ? c->id_why : NULL);
}

enum status id_column_set(struct app *app, const char *word, struct err *err)
{
	return set_bank_column(&app->settings.bank.id_column, word, err);
}

void balance_column_show(struct buf *out, const struct app *app)
{
	set_bank_show(out, app->settings.bank.balance_column);
}

void balance_column_explain(struct buf *out, const struct app *app)
{
	const struct catalogue *c = app->catalogue;
	set_bank_explain(out, app, c ? c->balance_name : NULL, c ? c->balance_why : NULL);
}

enum status balance_column_set(struct app *app, const char *word, struct err *err)
{
	return set_bank_column(&app->settings.bank.balance_column, word, err);
}

void overdraft_show(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.bank.overdraft ? app->settings.bank.overdraft : "none");
}

void overdraft_explain(struct buf *out, const struct app *app)
{
	const char *overdraft = app->settings.bank.overdraft;
	if (!overdraft || strcmp(overdraft, "none") == 0)
		buf_str(out, ": no transfer takes a balance below 0");
	else if (strcmp(overdraft, "unlimited") == 0)
		buf_str(out, ": transfers of an amount take a balance as far down as its column goes");
	else
		buf_fmt(out, ": transfers of an amount take a balance down to -%s", overdraft);
}

enum status overdraft_set(struct app *app, const char *word, struct err *err)
{
	enum status status = bank_choice_check_overdraft(word, err);
	if (status) {
		size_t dashes = strspn(err->text, "-"); /* who typed a setting reads of the setting */
		memmove(err->text, err->text + dashes, strlen(err->text + dashes) + 1);
		return status;
	}
	free(app->settings.bank.overdraft);
	app->settings.bank.overdraft = mem_dup(word);
	return ST_OK;
}

/* ---- looking at the table anew ---- */

struct change {
	struct run *run;
	set_bank_fn *set;
	char *word;
	struct bank_choice before; /* comes back where the table cannot be used so */
	bool set_already;
	char *id_name;
	set_bank_said_fn *said;
	const void *what;
};

static void set_bank_end(struct change *change, const struct err *err)
{
	struct run *run = change->run;
	struct app *app = run->app;
	enum status status = err ? err->status : ST_OK;
	if (err && change->set_already) {
		bank_choice_free(&app->settings.bank);
		app->settings.bank = change->before;
	} else {
		bank_choice_free(&change->before);
	}
	if (!err)
		change->said(app, change->what);
	app_changed(app);
	free(change->word);
	free(change->id_name);
	free(change);
	run_end(run, status == ST_CHECK ? ST_STATEMENT : status, err ? err->text : NULL);
}

/* Picks and marks are ids. */
static void set_bank_on_looked(void *arg, const struct err *err)
{
	struct change *change = arg;
	struct app *app = change->run->app;
	if (!err && change->id_name && strcmp(change->id_name, app->catalogue->id_name) != 0) {
		free(app->source);
		free(app->destination);
		app->source = app->destination = NULL;
		marks_clear(&app->marks);
	}
	set_bank_end(change, err);
}

static enum status set_bank_now(struct change *change, struct err *err)
{
	struct app *app = change->run->app;
	bank_choice_copy(&change->before, &app->settings.bank);
	change->set_already = true;
	return change->set(app, change->word, err);
}

/* The bank is open by now, or cannot be opened as it was set before. */
static void set_bank_on_server(void *arg, const struct err *err)
{
	struct change *change = arg;
	struct app *app = change->run->app;
	struct err wrong = {0};
	if (app->catalogue)
		change->id_name = mem_dup(app->catalogue->id_name);
	if (err)
		set_bank_end(change, err);
	else if (!job_may(app, USES_WORK, &wrong) || set_bank_now(change, &wrong))
		set_bank_end(change, &wrong);
	else
		open_bank_try(app, set_bank_on_looked, change);
}

void set_bank_change(struct run *run, set_bank_fn *set, const char *word, set_bank_said_fn *said, const void *what)
{
	struct app *app = run->app;
	struct change *change = NEW(struct change);
	struct err err;
	*change = (struct change){.run = run, .set = set, .word = mem_dup(word), .said = said, .what = what};
	if (app->phase != PHASE_FAILED)
		waiters_wait(app, COMMAND_SERVER | COMMAND_WORK, set_bank_on_server, change);
	else /* there is no server to look at */
		set_bank_end(change, set_bank_now(change, &err) ? &err : NULL);
}
