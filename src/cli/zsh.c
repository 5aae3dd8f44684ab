/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion for zsh, made from the tables. */
#include <string.h>

#include "app/command.h"
#include "cli/options.h"
#include "cli/shells.h"

/* NAME:HELP as _describe takes it. */
static void add_described(struct buf *out, const char *dashes, const char *name, const char *help)
{
	struct buf text = {0};
	buf_fmt(&text, "%s%s:%s", dashes, name, help);
	buf_char(out, ' ');
	shells_quote(out, text.p);
	buf_free(&text);
}

static void zsh_add_values(struct buf *out)
{
	size_t n;
	const struct option *table = options_table(&n);
	buf_str(out, "    case ${words[CURRENT-1]} in\n");
	for (size_t i = 0; i < n; i++) {
		enum shells_value value = shells_value(table[i].value);
		if (!table[i].help || value == VALUE_NONE)
			continue;
		buf_fmt(out, "    (--%s", table[i].name);
		if (table[i].letter)
			buf_fmt(out, "|-%c", table[i].letter);
		buf_str(out, ") ");
		if (table[i].choices) {
			buf_str(out, "compadd -- ");
			shells_choices(out, table[i].choices, ' ');
		} else {
			buf_str(out, value == VALUE_FILE ? "_files" : "_message value");
		}
		buf_str(out, "; return ;;\n");
	}
	buf_str(out, "    esac\n");
}

/* What the options of the verbs take. */
static void zsh_add_choices(struct buf *out, const struct command *command)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		const struct command_option *option = &command->options[i];
		if (!option->choices)
			continue;
		buf_fmt(out, "    (%s.--%s) compadd -- ", command->name, option->name);
		shells_choices(out, option->choices, ' ');
		buf_str(out, "; return ;;\n");
	}
}

static void zsh_add_command(struct buf *out, const struct command *command)
{
	buf_fmt(out, "    (%s)", command->name);
	if (command->options[0].name)
		buf_str(out, " options+=(");
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		add_described(out, "--", command->options[i].name, command->options[i].help);
	if (command->options[0].name)
		buf_str(out, " );");
	for (size_t i = 0; i < COMMAND_ARGS_MAX && command->args[i].name; i++) {
		struct buf words = {0};
		bool files = shells_argument(&words, &command->args[i], ' ') == VALUE_FILE;
		if (words.len || files)
			buf_fmt(out, " if (( at %s %zu )); then",
				command_arg_repeats(&command->args[i]) ? ">=" : "==", i);
		if (words.len)
			buf_fmt(out, " compadd -- %s;", words.p);
		buf_str(out, files ? " _files;" : "");
		buf_str(out, words.len || files ? " fi;" : "");
		buf_free(&words);
	}
	buf_str(out, " ;;\n");
}

void shells_zsh(struct buf *out)
{
	size_t n, ncommands;
	const struct option *options = options_table(&n);
	const struct command *const *commands = command_table(&ncommands);
	const char *help, *verb;
	buf_str(out, "#compdef teller\n"
		     "# Put it as _teller into a directory of $fpath, or: source <(teller completion zsh)\n"
		     "_teller() {\n"
		     "    local word verb= at=0\n"
		     "    local -a verbs options\n"
		     "    verbs=(");
	for (size_t i = 0; (verb = shells_verb(i, &help)) != NULL; i++)
		add_described(out, "", verb, help);
	buf_str(out, " )\n    options=(");
	for (size_t i = 0; i < n; i++)
		if (options[i].help)
			add_described(out, "--", options[i].name, options[i].help);
	buf_str(out, " )\n");
	zsh_add_values(out);
	buf_str(out, "    for word in ${words[2,CURRENT-1]}; do\n"
		     "        if [[ -n $verb && $verb != demo ]]; then [[ $word == -* ]] || (( at++ )); continue; fi\n"
		     "        if (( ${verbs[(I)$word:*]} )); then verb=$word; fi\n"
		     "    done\n"
		     "    case $verb.${words[CURRENT-1]} in\n");
	for (size_t i = 0; i < ncommands; i++)
		if (commands[i]->flags & COMMAND_VERB)
			zsh_add_choices(out, commands[i]);
	buf_str(out, "    esac\n"
		     "    case $verb in\n"
		     "    (''|demo) [[ ${words[CURRENT]} == -* ]] || _describe -t verbs verb verbs ;;\n");
	for (size_t i = 0; i < ncommands; i++)
		if ((commands[i]->flags & COMMAND_VERB))
			zsh_add_command(out, commands[i]);
	buf_str(out, "    esac\n"
		     "    _describe -t options option options\n"
		     "}\n"
		     "if [[ $funcstack[1] == _teller ]]; then _teller \"$@\"; else compdef _teller teller; fi\n");
}
