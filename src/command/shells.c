/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command completion: the tables of commands and options in the languages of others. */
#include "shells.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "command/options.h"
#include "handlers.h"
#include "inner.h"

static const struct {
	const char *name;
	void (*write)(struct buf *out);
} languages[] = {{"bash", shells_bash}, {"zsh", shells_zsh}, {"fish", shells_fish}, {"man", shells_man}};

const char *shells_verb(size_t i, const char **help)
{
	size_t n;
	const struct command *table = command_table(&n);
	if (i == 0) {
		*help = "the console, on a private throw-away bank";
		return "demo";
	}
	for (size_t c = 0; c < n; c++) {
		if (!(table[c].flags & COMMAND_VERB) || --i > 0)
			continue;
		*help = table[c].help;
		return table[c].name;
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

enum status check_completion(const struct run *run, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(languages); i++)
		if (strcmp(run->args[0], languages[i].name) == 0)
			return ST_OK;
	return err_set(err, ST_USAGE, "completion is for bash, zsh or fish, not \"%.80s\"", run->args[0]);
}

void do_completion(struct run *run)
{
	struct buf text = {0};
	for (size_t i = 0; i < COUNT_OF(languages); i++)
		if (strcmp(run->args[0], languages[i].name) == 0)
			languages[i].write(&text);
	if (app_prints(run->app))
		fputs(buf_text(&text), stdout);
	else
		app_show(run->app, "Completion", &text);
	buf_free(&text);
	run_end(run, ST_OK, NULL);
}
