/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands alias and unalias: names of a user's own for commands. */
#include <string.h>

#include "cli/config.h"
#include "src/verb/verb_internal.h"

static void alias_list(struct app *app)
{
	const struct named_list *aliases = &app->settings.config.aliases;
	struct buf text = {0};
	for (size_t i = 0; i < aliases->n; i++)
		buf_fmt(&text, "alias %s %s\n", aliases->all[i].name, aliases->all[i].text);
	if (text.len)
		app_show(app, "Aliases", &text);
	else
		app_say(app, ST_OK, "there are no aliases; `alias NAME COMMAND` makes one");
}

static void do_alias(struct run *run)
{
	struct err err = {0};
	const char *rest = run->nargs > 0 ? run->args[0] : NULL;
	enum status status = rest ? config_do(&run->app->settings, run->command->name, rest, &err) : ST_OK;
	if (!rest)
		alias_list(run->app);
	run_end(run, status, status ? err.text : NULL);
}

const struct command verb_alias = {
	.name = "alias",
	.args = {{"NAME COMMAND", ARG_CONFIG, true}},
	.help = "a name for a command and its first words; without a name: those there are",
	.run = do_alias,
};

const struct command verb_unalias = {
	.name = "unalias",
	.args = {{"NAME", ARG_CONFIG, false}},
	.help = "take the name away again",
	.run = do_alias,
};
