/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion for bash, made from the tables. */
#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "cli/options.h"
#include "cli/shells.h"

static void bash_add_verbs(struct buf *out, char between)
{
	const char *help, *verb;
	for (size_t i = 0; (verb = shells_verb(i, &help)) != NULL; i++) {
		if (i)
			buf_char(out, between);
		buf_str(out, verb);
	}
}

/* A pattern of all options of the program whose values are of a kind; "" where there is none. */
static void add_options_of(struct buf *out, enum shells_value kind)
{
	size_t n;
	const struct option *table = options_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (!table[i].help || table[i].choices || shells_value(table[i].value) != kind)
			continue;
		buf_fmt(out, "%s--%s", out->len ? "|" : "", table[i].name);
		if (table[i].letter)
			buf_fmt(out, "|-%c", table[i].letter);
	}
}

static void bash_add_values(struct buf *out)
{
	struct buf files = {0}, others = {0};
	size_t n;
	const struct option *table = options_table(&n);
	add_options_of(&files, VALUE_FILE);
	add_options_of(&others, VALUE_ANY);
	buf_fmt(out, "    case $prev in\n    %s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", files.p);
	buf_fmt(out, "    %s) return ;;\n", others.p);
	for (size_t i = 0; i < n; i++) {
		if (!table[i].choices || table[i].value[0] == '[')
			continue;
		buf_fmt(out, "    --%s) COMPREPLY=($(compgen -W '", table[i].name);
		shells_choices(out, table[i].choices, ' ');
		buf_str(out, "' -- \"$cur\")); return ;;\n");
	}
	buf_str(out, "    esac\n");
	buf_free(&files);
	buf_free(&others);
}

static void bash_add_options(struct buf *out, const struct command *command)
{
	struct buf words = {0};
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		buf_fmt(&words, "%s--%s", words.len ? " " : "", command->options[i].name);
	if (words.len)
		buf_fmt(out, "    %s) own='%s' ;;\n", command->name, words.p);
	buf_free(&words);
}

/* What the options of the verbs take. */
static void bash_add_choices(struct buf *out, const struct command *command)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		const struct command_option *option = &command->options[i];
		if (!option->choices)
			continue;
		buf_fmt(out, "    %s.--%s) COMPREPLY=($(compgen -W '", command->name, option->name);
		shells_choices(out, option->choices, ' ');
		buf_str(out, "' -- \"$cur\")); return ;;\n");
	}
}

/* By its place: what may stand there. */
static void bash_add_arguments(struct buf *out, const struct command *command)
{
	for (size_t i = 0; i < COMMAND_ARGS_MAX && command->args[i].name; i++) {
		struct buf words = {0};
		char place[24] = "*"; /* stands behind those before it */
		bool files = shells_argument(&words, &command->args[i], ' ') == VALUE_FILE;
		if (!command_arg_repeats(&command->args[i]))
			snprintf(place, sizeof place, "%zu", i);
		if (words.len || files)
			buf_fmt(out, "    %s.%s) words='%s'%s ;;\n", command->name, place, buf_text(&words),
				files ? " files=yes" : "");
		buf_free(&words);
	}
}

static void bash_add_globals(struct buf *out)
{
	size_t n;
	const struct option *options = options_table(&n);
	for (size_t i = 0; i < n; i++)
		if (options[i].help)
			buf_fmt(out, " --%s", options[i].name);
}

void shells_bash(struct buf *out)
{
	size_t n;
	const struct command *const *commands = command_table(&n);
	buf_str(out, "# teller completion bash\n"
		     "# Put it into ~/.local/share/bash-completion/completions/teller, or: eval \"$(teller completion "
		     "bash)\"\n"
		     "_teller() {\n"
		     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "    local word verb= at=0 own= words= files=\n");
	bash_add_values(out);
	buf_str(out, "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
		     "        if [ -n \"$verb\" ] && [ \"$verb\" != demo ]; then\n"
		     "            [ \"${word:0:1}\" = - ] || at=$((at + 1))\n"
		     "            continue\n"
		     "        fi\n"
		     "        case $word in\n        ");
	bash_add_verbs(out, '|');
	buf_str(out, ") verb=$word ;;\n        esac\n    done\n    case $verb in\n");
	for (size_t i = 0; i < n; i++)
		if (commands[i]->flags & COMMAND_VERB)
			bash_add_options(out, commands[i]);
	buf_str(out, "    esac\n    case $verb.$prev in\n");
	for (size_t i = 0; i < n; i++)
		if (commands[i]->flags & COMMAND_VERB)
			bash_add_choices(out, commands[i]);
	buf_str(out, "    esac\n    case $verb.$at in\n    .0|demo.0) words='");
	bash_add_verbs(out, ' ');
	buf_str(out, "' ;;\n");
	for (size_t i = 0; i < n; i++)
		if (commands[i]->flags & COMMAND_VERB)
			bash_add_arguments(out, commands[i]);
	buf_str(out, "    esac\n    if [ \"${cur:0:1}\" = - ]; then\n        words=\"$own");
	bash_add_globals(out);
	buf_str(out, "\" files=\n"
		     "    elif [ -z \"$words$files\" ]; then\n"
		     "        words=$own\n"
		     "    fi\n"
		     "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		     "    [ -z \"$files\" ] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
		     "}\n"
		     "complete -F _teller teller\n");
}
