/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scripts for bash, zsh and fish have in common: verbs, choices, quoting. */
#include "cli/shells.h"

#include <ctype.h>
#include <string.h>

#include "app/command.h"

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
