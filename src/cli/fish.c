/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion for fish, made from the tables. */
#include <string.h>

#include "app/command.h"
#include "cli/options.h"
#include "cli/shells.h"

static void fish_add_option(struct buf *out, const char *verb, const char *name, char letter, const char *value,
			    const char *choices, const char *help)
{
	buf_str(out, "complete -c teller");
	if (verb)
		buf_fmt(out, " -n '__fish_seen_subcommand_from %s'", verb);
	if (letter)
		buf_fmt(out, " -s %s%c", letter == '?' ? "\\" : "", letter);
	buf_fmt(out, " -l %s", name);
	switch (shells_value(value)) {
	case VALUE_NONE:
		break;
	case VALUE_FILE:
		buf_str(out, " -r -F");
		break;
	case VALUE_ANY:
		buf_str(out, " -x");
		break;
	}
	if (choices && value[0] != '[') {
		buf_str(out, " -a '");
		shells_choices(out, choices, ' ');
		buf_char(out, '\'');
	}
	buf_str(out, " -d ");
	shells_quote(out, help);
	buf_char(out, '\n');
}

static void fish_add_command(struct buf *out, const struct command *command)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		const struct command_option *own = &command->options[i];
		const struct option *same = options_by_name(own->name, strlen(own->name));
		fish_add_option(out, command->name, own->name, 0, own->value,
				own->choices ? own->choices
				: same       ? same->choices
					     : NULL,
				own->help);
	}
	for (size_t i = 0; i < COMMAND_ARGS_MAX && command->args[i].name; i++) {
		struct buf words = {0};
		bool files = shells_argument(&words, &command->args[i], ' ') == VALUE_FILE;
		if (words.len || files)
			buf_fmt(out, "complete -c teller -n '__fish_seen_subcommand_from %s'%s", command->name,
				files ? " -F" : "");
		if (words.len)
			buf_fmt(out, " -a '%s'", words.p);
		buf_str(out, words.len || files ? "\n" : "");
		buf_free(&words);
	}
}

void shells_fish(struct buf *out)
{
	size_t n, ncommands;
	const struct option *options = options_table(&n);
	const struct command *const *commands = command_table(&ncommands);
	const char *help, *verb;
	buf_str(out, "# Put it into ~/.config/fish/completions/teller.fish, or: teller completion fish | source\n"
		     "complete -c teller -f\n");
	buf_str(out, "set -l verbs"); /* after demo another one may stand */
	for (size_t i = 1; (verb = shells_verb(i, &help)) != NULL; i++)
		buf_fmt(out, " %s", verb);
	buf_char(out, '\n');
	for (size_t i = 0; (verb = shells_verb(i, &help)) != NULL; i++) {
		buf_fmt(out, "complete -c teller -n \"not __fish_seen_subcommand_from %s$verbs\" -a %s -d ",
			i == 0 ? "demo " : "", verb);
		shells_quote(out, help);
		buf_char(out, '\n');
	}
	for (size_t i = 0; i < n; i++)
		if (options[i].help)
			fish_add_option(out, NULL, options[i].name, options[i].letter, options[i].value,
					options[i].choices, options[i].help);
	for (size_t i = 0; i < ncommands; i++)
		if (commands[i]->flags & COMMAND_VERB)
			fish_add_command(out, commands[i]);
}
