/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands mark and unmark: accounts that `delete` and `transfer` take where none is named. */
#include "app/marks.h"

#include <stdio.h>

#include "bank/pages.h"
#include "verb_internal.h"

/* Whoever marks the selected account goes on to the next. */
static void do_mark(struct run *run)
{
	struct app *app = run->app;
	const char *id = run->nargs > 0 ? run->args[0] : transfer_selected(app);
	char sentence[80];
	if (!id) {
		run_end(run, ST_USAGE, "no account is selected; name one by its id");
		return;
	}
	if (!marks_toggle(&app->marks, id)) {
		snprintf(sentence, sizeof sentence, "%d accounts are marked, and no more can be", (int)MARKS_MAX);
		run_end(run, ST_USAGE, sentence);
		return;
	}
	if (run->nargs == 0)
		pages_move(app->pages, 1);
	app_changed(app);
	run_end(run, ST_OK, NULL);
}

static void do_unmark(struct run *run)
{
	marks_clear(&run->app->marks);
	app_changed(run->app);
	run_end(run, ST_OK, NULL);
}

const struct command verb_mark = {
	.name = "mark",
	.args = {{"ID", ARG_ACCOUNT, true}},
	.flags = COMMAND_SCREEN | COMMAND_BANK,
	.help = "mark an account, or unmark it, for delete and transfer; alone: the selected one",
	.run = do_mark,
};

const struct command verb_unmark = {
	.name = "unmark",
	.flags = COMMAND_SCREEN | COMMAND_BANK,
	.help = "unmark all accounts",
	.run = do_unmark,
};
