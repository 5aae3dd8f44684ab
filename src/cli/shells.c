/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scripts for bash, zsh and fish have in common: verbs, choices, quoting. */
#include "cli/shells.h"

#include <ctype.h>
#include <string.h>

#include "app/command.h"
#include "base/asset.h"
#include "load/way.h"

const char *shells_verb(size_t i, const char **help)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	if (i == 0) {
		*help = "the console, on a private throw-away bank";
		return "demo";
	}
	for (size_t c = 0; c < n; c++) {
		if (!(table[c]->flags & COMMAND_VERB) || --i > 0)
			continue;
		*help = table[c]->help;
		return table[c]->name;
	}
	return NULL;
}

void shells_choices(struct buf *out, const char *choices, char between)
{
	bool first = true;
	for (size_t n; *choices; choices += n + (choices[n] == '|')) {
		n = strcspn(choices, "|");
		if (!islower((unsigned char)choices[0]))
			continue;
		if (!first)
			buf_char(out, between);
		buf_add(out, choices, n);
		first = false;
	}
}

enum shells_value shells_value(const char *value)
{
	if (!value || value[0] == '[')
		return VALUE_NONE;
	return strcmp(value, "FILE") == 0 || strcmp(value, "DIR") == 0 ? VALUE_FILE : VALUE_ANY;
}

static void add_word(struct buf *out, bool first, char between, const char *word)
{
	if (!first)
		buf_char(out, between);
	buf_str(out, word);
}

static void add_commands(struct buf *out, char between)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		add_word(out, i == 0, between, table[i]->name);
}

static void add_lessons(struct buf *out, char between)
{
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++)
		add_word(out, lesson == asset_lessons, between, lesson->name);
	for (const struct asset_lesson *exercise = asset_exercises; exercise->name; exercise++)
		add_word(out, false, between, exercise->name);
}

enum shells_value shells_argument(struct buf *out, const struct command_arg *arg, char between)
{
	switch (arg->type) {
	case ARG_COMMAND:
		add_commands(out, between);
		return VALUE_ANY;
	case ARG_LESSONS:
		add_lessons(out, between);
		return VALUE_FILE;
	case ARG_WAYS:
		shells_choices(out, LOAD_WAY_CHOICES, between);
		return VALUE_ANY;
	case ARG_ONOFF:
		shells_choices(out, "on|off|toggle", between);
		return VALUE_ANY;
	case ARG_RULE:
	case ARG_WORD:
		shells_choices(out, arg->name, between);
		return command_arg_is_file(arg) ? VALUE_FILE : VALUE_ANY;
	case ARG_ACCOUNT:
	case ARG_ACCOUNTS:
	case ARG_COUNT:
	case ARG_SETTING:
	case ARG_CONDITION:
	case ARG_COLUMN:
	case ARG_CONFIG:
	case ARG_REST:
		return VALUE_NONE;
	}
	return VALUE_NONE;
}

void shells_quote(struct buf *out, const char *text)
{
	buf_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_str(out, "'\\''");
		else if (*text != '\\')
			buf_char(out, *text);
	}
	buf_char(out, '\'');
}
