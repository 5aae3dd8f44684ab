/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stepping: each statement of a transfer is held until the user lets it go. */
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/shorten.h"
#include "event/show.h"

enum { MESSAGE_COLUMNS = 40 };

static void set(char **field, char *text)
{
	free(*field);
	*field = text;
}

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
	set(&app->private->step_next, NULL);
	if (!app->step.on || !app->transfer.run || !worth_holding(next))
		return;
	statement_show_params(&params, statement);
	show_statement(&text, statement->sql, buf_text(&params));
	set(&app->private->step_next, buf_take(&text));
	buf_free(&params);
}

bool step_holds(struct app *app)
{
	struct buf text = {0}, harmless = {0};
	if (!app->private->step_next)
		return false;
	set(&app->step.next, app->private->step_next);
	app->private->step_next = NULL;
	text_escape(&harmless, app->step.next, strlen(app->step.next), 0);
	if (app_prints(app))
		buf_str(&text, buf_text(&harmless));
	else
		shorten_sql(&text, buf_text(&harmless), MESSAGE_COLUMNS);
	buf_free(&harmless);
	app_say(app, ST_OK, "next: %s; %s sends it, ^C cancels", buf_text(&text), app_prints(app) ? "Enter" : "Space");
	buf_free(&text);
	app_changed(app);
	return true;
}

void step_forget(struct app *app)
{
	set(&app->private->step_next, NULL);
	set(&app->step.next, NULL);
}

bool app_step_on(struct app *app)
{
	if (!app->step.next)
		return false;
	step_forget(app);
	txn_go(app->txn);
	app_changed(app);
	return true;
}
