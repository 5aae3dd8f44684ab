/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stepping: each statement of a transfer is held until somebody lets it go. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "handlers.h"
#include "inner.h"

enum { MESSAGE_COLUMNS = 40 };

static void set(char **field, char *text)
{
	free(*field);
	*field = text;
}

/* ---- what is held ---- */

/* Behind the commit there is nothing left to hold, and nothing that could be cancelled. */
static bool worth_holding(const struct txn_gate *next)
{
	return next->statement->verb != VERB_COMMIT || next->statement->commits;
}

/* The statement is borrowed for the gate's call, and the rival may hold first: its text is kept. */
void step_look(struct app *app, const struct txn_gate *next)
{
	const struct statement *statement = next->statement;
	struct buf params = {0}, text = {0};
	set(&app->inner->step_next, NULL);
	if (!app->step.on || !app->transfer.run || !worth_holding(next))
		return;
	for (unsigned i = 0; i < statement->nparams; i++)
		buf_fmt(&params, "%s$%u = %s", i ? ", " : "", i + 1,
			statement->params[i] ? statement->params[i] : "NULL");
	show_statement(&text, statement->sql, buf_text(&params));
	set(&app->inner->step_next, buf_take(&text));
	buf_free(&params);
}

bool step_holds(struct app *app)
{
	struct buf text = {0};
	if (!app->inner->step_next)
		return false;
	set(&app->step.next, app->inner->step_next);
	app->inner->step_next = NULL;
	text_escape(&text, app->step.next, strlen(app->step.next), app_prints(app) ? 0 : MESSAGE_COLUMNS);
	app_say(app, ST_OK, "next: %s; %s sends it, ^C cancels", buf_text(&text), app_prints(app) ? "Enter" : "Space");
	buf_free(&text);
	inner_changed(app);
	return true;
}

void step_forget(struct app *app)
{
	set(&app->inner->step_next, NULL);
	set(&app->step.next, NULL);
}

bool app_step_on(struct app *app)
{
	if (!app->step.next)
		return false;
	step_forget(app);
	txn_go(app->txn);
	inner_changed(app);
	return true;
}

/* ---- the command ---- */

enum status check_step(const struct run *run, struct err *err)
{
	bool on = run->nargs > 0 && strcmp(run->args[0], "off") != 0;
	if (on && app_prints(run->app) && !isatty(STDIN_FILENO))
		return err_set(
			err, ST_USAGE,
			"step on needs an interactive terminal: use it in the console; here --wire step --echo shows "
			"each statement as it goes");
	return ST_OK;
}

static void turn(struct app *app, bool on)
{
	app->step.on = on;
	app_say(app, ST_OK,
		on ? "step on: each statement of the next transfer is held until you let it go"
		   : "step off: transfers run through");
	inner_changed(app);
	if (!on)
		app_step_on(app);
}

void do_step(struct run *run)
{
	struct app *app = run->app;
	const char *word = run->nargs > 0 ? run->args[0] : NULL;
	if (word)
		turn(app, strcmp(word, "toggle") == 0 ? !app->step.on : strcmp(word, "on") == 0);
	else if (!app_step_on(app))
		app_say(app, ST_OK,
			app->transfer.run ? "nothing is held now"
			: app->step.on    ? "nothing is held; the next transfer will be"
					  : "nothing is held; `step on` holds each statement of the next transfer");
	run_end(run, ST_OK, NULL);
}
