/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the man page: verbs, options, and the commands of the console. */
#include <stdbool.h>
#include <string.h>

#include "app/command.h"
#include "cli/options.h"
#include "cli/shells.h"

/* Text as roff reads it: no dash is a hyphen, no dot or quote at the start of a line is a request. */
static void manual_add_text(struct buf *out, const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		buf_str(out, "\\&");
	for (; *text; text++) {
		if (*text == '-')
			buf_str(out, "\\-");
		else if (*text == '\\')
			buf_str(out, "\\e");
		else if (*text == '|')
			buf_str(out, "|\\:"); /* a line may end there */
		else
			buf_char(out, *text);
	}
}

static void manual_add_line(struct buf *out, const char *text)
{
	manual_add_text(out, text);
	buf_char(out, '\n');
}

static void add_named(struct buf *out, char letter, const char *name, const char *value)
{
	buf_str(out, ".TP\n");
	if (letter)
		buf_fmt(out, "\\fB\\-%c\\fR, ", letter);
	buf_str(out, "\\fB\\-\\-");
	manual_add_text(out, name);
	buf_str(out, "\\fR");
	if (value) {
		buf_str(out, value[0] == '[' ? "" : " ");
		buf_str(out, "\\fI");
		manual_add_text(out, value);
		buf_str(out, "\\fR");
	}
	buf_char(out, '\n');
}

static void manual_add_command(struct buf *out, const struct command *command)
{
	struct buf usage = {0};
	size_t name = strlen(command->name);
	command_usage(&usage, command);
	buf_str(out, ".TP\n\\fB");
	manual_add_text(out, command->name);
	buf_str(out, "\\fR");
	manual_add_line(out, usage.p + name);
	manual_add_line(out, command->help);
	buf_free(&usage);
	if (!(command->flags & COMMAND_VERB) || !command->options[0].name)
		return;
	buf_str(out, ".RS\n");
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		if (options_by_name(command->options[i].name, strlen(command->options[i].name)))
			continue; /* of the whole program, too */
		add_named(out, 0, command->options[i].name, command->options[i].value);
		manual_add_line(out, command->options[i].help);
	}
	buf_str(out, ".RE\n");
}

static void add_commands(struct buf *out, const char *title, bool verbs)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	buf_fmt(out, ".SH %s\n", title);
	if (verbs)
		buf_str(out, ".TP\n\\fBdemo\\fR\nthe console, on a private throw\\-away bank\n");
	for (size_t i = 0; i < n; i++)
		if (!(table[i]->flags & COMMAND_VERB) != verbs)
			manual_add_command(out, table[i]);
}

static void manual_add_options(struct buf *out)
{
	size_t n;
	const struct option *table = options_table(&n);
	buf_str(out, ".SH OPTIONS\n");
	for (enum option_group group = 0; group < GROUP_COUNT; group++) {
		buf_fmt(out, ".SS %s\n", options_title(group));
		for (size_t i = 0; i < n; i++) {
			if (table[i].group != group || !table[i].help)
				continue;
			add_named(out, table[i].letter, table[i].name, table[i].value);
			manual_add_line(out, table[i].help);
		}
	}
}

void shells_man(struct buf *out)
{
	add_commands(out, "VERBS", true);
	manual_add_options(out);
	buf_str(out, ".ad l\n"); /* a list of words without blanks cannot be set to both edges */
	add_commands(out, "COMMANDS OF THE CONSOLE", false);
	buf_str(out, ".ad b\n");
}
