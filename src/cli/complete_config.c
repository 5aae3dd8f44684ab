/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that the commands of the configuration take: panes, commands, roles, colours, names. */
#include "complete_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct offering {
	void (*offer)(void *arg, const char *word);
	void *arg;
};

static void complete_words(const struct offering *to, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to->offer(to->arg, words[i]);
}

static void complete_commands(const struct offering *to, const struct named_list *aliases)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		to->offer(to->arg, table[i]->name);
	for (size_t i = 0; aliases && i < aliases->n; i++)
		to->offer(to->arg, aliases->all[i].name);
}

static void complete_panes(const struct offering *to)
{
	static const char *const panes[] = {"global",  "accounts", "transfer", "ledger", "sessions", "load",
					    "lessons", "lab",      "log",      "help",   "full"};
	complete_words(to, panes, COUNT_OF(panes));
}

/* ROLE FG BG ATTRIBUTES */
static void complete_colour(const struct offering *to, size_t nargs)
{
	static const char *const colours[] = {
		"default",     "black",        "red",           "green",       "yellow",
		"blue",        "magenta",      "cyan",          "white",       "bright-black",
		"bright-red",  "bright-green", "bright-yellow", "bright-blue", "bright-magenta",
		"bright-cyan", "bright-white"};
	static const char *const attributes[] = {"none", "bold", "underline", "reverse", "dim"};
	for (enum style style = 0; style < STYLE_COUNT && nargs == 0; style++)
		to->offer(to->arg, style_word(style));
	if (nargs == 1)
		to->offer(to->arg, "theme");
	if (nargs == 1 || nargs == 2)
		complete_words(to, colours, COUNT_OF(colours));
	if (nargs == 3)
		complete_words(to, attributes, COUNT_OF(attributes));
}

/* [PANE] KEY COMMAND: a key is not offered, and what comes behind it is a command. */
static void complete_bind(const struct offering *to, const struct named_list *aliases, size_t nargs, const char *before)
{
	if (nargs == 0)
		complete_panes(to);
	else if (nargs == 2 || (nargs == 1 && !keymap_is_context(before)))
		complete_commands(to, aliases);
}

void complete_config(const struct app *app, const char *command, size_t nargs, const char *before,
		     void (*offer)(void *arg, const char *word), void *arg)
{
	const struct named_list *aliases = &app->settings.config.aliases;
	struct offering to = {offer, arg};
	if (strcmp(command, "colour") == 0)
		complete_colour(&to, nargs);
	else if (strcmp(command, "bind") == 0)
		complete_bind(&to, aliases, nargs, before ? before : "");
	else if (strcmp(command, "unbind") == 0 && nargs == 0)
		complete_panes(&to);
	else if (strcmp(command, "alias") == 0 && nargs == 1)
		complete_commands(&to, NULL);
	else if (strcmp(command, "unalias") == 0 && nargs == 0)
		for (size_t i = 0; i < aliases->n; i++)
			offer(arg, aliases->all[i].name);
}
