/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands bind and unbind: what a key stands for, until teller ends or `save` keeps it. */
#include "cli/config.h"
#include "src/verb/verb_internal.h"

/* The line is what a configuration file would hold; so it is done in the same way. */
static void config_run(struct run *run)
{
	struct err err = {0};
	enum status status =
		config_do(&run->app->settings, run->command->name, run->nargs > 0 ? run->args[0] : "", &err);
	if (!status)
		app_changed(run->app);
	run_end(run, status, status ? err.text : NULL);
}

const struct command verb_bind = {
	.name = "bind",
	.args = {{"[PANE] KEY COMMAND", ARG_CONFIG, false}},
	.help = "let a key stand for a command, everywhere or in one pane",
	.run = config_run,
};

const struct command verb_unbind = {
	.name = "unbind",
	.args = {{"[PANE] KEY", ARG_CONFIG, false}},
	.help = "let a key stand for nothing",
	.run = config_run,
};
