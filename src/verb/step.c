/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command step: turns stepping on and off, and sends the statement that is held. */
#include <string.h>
#include <unistd.h>

#include "verb_internal.h"

static enum status check_step(const struct run *run, struct err *err)
{
	bool on = run->nargs > 0 && strcmp(run->args[0], "off") != 0;
	if (on && app_prints(run->app) && !isatty(STDIN_FILENO))
		return err_set(
			err, ST_USAGE,
			"step on needs an interactive terminal: use it in the console; here --wire step --echo shows "
			"each statement as it goes");
	return ST_OK;
}

static void step_turn(struct app *app, bool on)
{
	app->step.on = on;
	app_say(app, ST_OK,
		on ? "step on: each statement of the next transfer is held until you let it go"
		   : "step off: transfers run through");
	app_changed(app);
	if (!on)
		app_step_on(app);
}

static void do_step(struct run *run)
{
	struct app *app = run->app;
	const char *word = run->nargs > 0 ? run->args[0] : NULL;
	if (word)
		step_turn(app, strcmp(word, "toggle") == 0 ? !app->step.on : strcmp(word, "on") == 0);
	else if (!app_step_on(app))
		app_say(app, ST_OK,
			app->transfer.run ? "nothing is held now"
			: app->step.on    ? "nothing is held; the next transfer will be"
					  : "nothing is held; `step on` holds each statement of the next transfer");
	run_end(run, ST_OK, NULL);
}

const struct command verb_step = {
	.name = "step",
	.args = {{"on|off|toggle", ARG_ONOFF, true}},
	.help = "hold each statement of a transfer; alone: send it",
	.run = do_step,
	.check = check_step,
};
