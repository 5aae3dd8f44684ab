/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion of a command line: names of commands, then what each argument can be. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/asset.h"
#include "base/mem.h"
#include "cli/complete.h"
#include "cli/options.h"
#include "cli/run.h"
#include "cli/setting.h"
#include "complete_config.h"
#include "complete_files.h"
#include "load/way.h"

struct completion {
	const char *prefix; /* what stands before the cursor, of the word being completed */
	size_t length;
	char *before; /* the word before it; owned, NULL for none */
	struct buf *out;
	size_t n;
};

static void complete_offer(struct completion *completion, const char *word)
{
	if (strncmp(word, completion->prefix, completion->length) != 0)
		return;
	buf_add(completion->out, word, strlen(word) + 1);
	completion->n++;
}

static void offer_names(struct completion *completion)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		complete_offer(completion, table[i]->name);
}

static void offer_aliases(struct completion *completion, const struct named_list *aliases)
{
	for (size_t i = 0; i < aliases->n; i++)
		complete_offer(completion, aliases->all[i].name);
}

static void offer_ids(struct completion *completion, const struct pages *pages)
{
	struct buf word = {0};
	for (size_t i = 0; pages && i < pages_count(pages); i++) {
		buf_clear(&word);
		run_quote(&word, pages_row(pages, i).id);
		complete_offer(completion, word.p);
	}
	buf_free(&word);
}

static void offer_lessons(struct completion *completion)
{
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++)
		complete_offer(completion, lesson->name);
	for (const struct asset_lesson *lesson = asset_exercises; lesson->name; lesson++)
		complete_offer(completion, lesson->name);
}

static void offer_options(struct completion *completion, const struct command *command)
{
	struct buf word = {0};
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		buf_clear(&word);
		buf_fmt(&word, "--%s%s", command->options[i].name, command->options[i].value ? "=" : "");
		complete_offer(completion, word.p);
	}
	buf_free(&word);
}

static void offer_words(struct completion *completion, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		complete_offer(completion, words[i]);
}

/* Those that need no quotes: a word of the line ends at a blank, even in quotes. */
static void offer_columns(struct completion *completion, const struct catalogue *catalogue, size_t first)
{
	for (size_t i = first; catalogue && i < catalogue->ncolumns; i++) {
		const char *name = catalogue->columns[i];
		if (!isdigit((unsigned char)name[0]) && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
			complete_offer(completion, name);
	}
}

static void offer_file(void *arg, const char *word)
{
	complete_offer(arg, word);
}

static void offer_files(struct completion *completion)
{
	complete_files(completion->prefix, completion->length, offer_file, completion);
}

/* "auto|savepoint|MS": the words among them, not what stands for something else. */
static void offer_choices(struct completion *completion, const char *choices)
{
	for (size_t n; *choices; choices += n + (choices[n] == '|')) {
		n = strcspn(choices, "|");
		char *word = mem_dup_n(choices, n);
		if (islower((unsigned char)word[0]))
			complete_offer(completion, word);
		free(word);
	}
}

static const struct command_option *option_of(const struct command *command, const char *name, size_t n)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		if (strlen(command->options[i].name) == n && strncmp(command->options[i].name, name, n) == 0)
			return &command->options[i];
	return NULL;
}

/* "--to=svg", for what is typed of it. */
static void offer_after_equals(struct completion *completion, const struct command_option *option)
{
	struct buf words = {0};
	for (const char *p = option->choices; *p; p++) {
		bool first = p == option->choices || p[-1] == '|';
		if (first)
			buf_fmt(&words, "--%s=", option->name);
		buf_char(&words, *p == '|' ? '\0' : *p);
	}
	for (const char *word = buf_text(&words); word < words.p + words.len; word += strlen(word) + 1)
		complete_offer(completion, word);
	buf_free(&words);
}

/* The value of an option, behind its '=' or as the next word; false where it is not known what it takes. */
static bool offer_value(struct completion *completion, const struct command *command)
{
	const char *before = completion->before ? completion->before : "", *prefix = completion->prefix;
	size_t name = strcspn(prefix, "= \t");
	bool inside = strncmp(prefix, "--", 2) == 0 && name < completion->length && prefix[name] == '=';
	bool behind = !inside && strncmp(before, "--", 2) == 0;
	const struct command_option *option = inside   ? option_of(command, prefix + 2, name - 2)
					      : behind ? option_of(command, before + 2, strlen(before) - 2)
						       : NULL;
	if (!option || !option->choices)
		return false;
	if (inside)
		offer_after_equals(completion, option);
	else
		offer_choices(completion, option->choices);
	return true;
}

/* A setting takes the words that are known of it, or those of the command of its name. */
static void offer_setting(struct completion *completion, const struct app *app)
{
	const char *name = completion->before ? completion->before : "";
	const struct setting *setting = setting_find(name, strlen(name));
	const struct command *command = command_exact(name);
	if (strcmp(name, "id-column") == 0 || strcmp(name, "balance-column") == 0) {
		offer_words(completion, (const char *const[]){"auto"}, 1);
		offer_columns(completion, app->catalogue, ACCOUNT_ID);
	} else if (strcmp(name, "overdraft") == 0) {
		offer_words(completion, (const char *const[]){"none", "unlimited"}, 2);
	} else if (setting && setting->choices)
		offer_choices(completion, setting->choices);
	else if (command && command->args[0].name && command->args[0].type == ARG_WORD)
		offer_choices(completion, command->args[0].name);
	else if (command && command->args[0].name && command->args[0].type == ARG_ONOFF)
		offer_words(completion, (const char *const[]){"off", "on"}, 2);
}

static void offer_argument(struct completion *completion, const struct app *app, const struct command_arg *arg)
{
	static const char *const onoff[] = {"off", "on", "toggle"}, *const rules[] = {"all", "half"};
	switch (arg->type) {
	case ARG_ACCOUNT:
	case ARG_ACCOUNTS:
		offer_ids(completion, app->pages);
		return;
	case ARG_ONOFF:
		offer_words(completion, onoff, COUNT_OF(onoff));
		return;
	case ARG_RULE:
		offer_words(completion, rules, COUNT_OF(rules));
		return;
	case ARG_COMMAND:
		offer_names(completion);
		return;
	case ARG_LESSONS:
		offer_lessons(completion);
		if (!completion->n)
			offer_files(completion);
		return;
	case ARG_WAYS:
		offer_choices(completion, LOAD_WAY_CHOICES);
		return;
	case ARG_SETTING:
		offer_setting(completion, app);
		return;
	case ARG_CONFIG: /* offer_word() knows more of it */
		return;
	case ARG_WORD:
	case ARG_REST:
		offer_choices(completion, arg->name);
		if (command_arg_is_file(arg))
			offer_files(completion);
		return;
	case ARG_CONDITION:
		offer_columns(completion, app->catalogue, ACCOUNT_ID);
		return;
	case ARG_COLUMN:
		offer_choices(completion, arg->name);
		offer_columns(completion, app->catalogue, ACCOUNT_EXTRA);
		return;
	case ARG_COUNT:
		return;
	}
}

/* The first word of the line, and how many words that are no options stand between it and `from`. */
static const struct command *command_before(const char *line, size_t from, size_t *nargs, char **last)
{
	const struct command *command = NULL;
	size_t at = strspn(line, " \t");
	for (bool first = true; at < from; first = false) {
		size_t n = strcspn(line + at, " \t");
		char *word = mem_dup_n(line + at, n);
		if (first)
			command = command_find(word);
		else
			*nargs += strncmp(word, "--", 2) != 0;
		free(*last);
		*last = word;
		at += n + strspn(line + at + n, " \t");
	}
	return command;
}

/* NULL: it takes no more. A condition, and what repeats, has all words from its own place on. */
static const struct command_arg *argument_at(const struct command *command, size_t nargs)
{
	for (size_t i = 0; i < COMMAND_ARGS_MAX && i <= nargs && command->args[i].name; i++)
		if (i == nargs || command->args[i].type == ARG_CONDITION || command_arg_repeats(&command->args[i]))
			return &command->args[i];
	return NULL;
}

static void offer_known(void *arg, const char *word)
{
	complete_offer(arg, word);
}

static void offer_word(struct completion *completion, const struct app *app, const struct command *command,
		       size_t nargs)
{
	if (command->args[0].name && command->args[0].type == ARG_CONFIG) {
		complete_config(app, command->name, nargs, completion->before, offer_known, completion);
		return;
	}
	const struct command_arg *arg = argument_at(command, nargs);
	if (strncmp(completion->prefix, "--", 2) == 0)
		offer_options(completion, command);
	else if (arg)
		offer_argument(completion, app, arg);
}

size_t command_complete(struct app *app, const char *line, size_t at, struct buf *out, size_t *from)
{
	size_t start = at, nargs = 0;
	while (start > 0 && line[start - 1] != ' ' && line[start - 1] != '\t')
		start--;
	*from = start;
	struct completion completion = {.prefix = line + start, .length = at - start, .out = out};
	const struct command *command = command_before(line, start, &nargs, &completion.before);
	bool is_first = strspn(line, " \t") >= start;
	if (is_first) {
		offer_names(&completion);
		offer_aliases(&completion, &app->settings.config.aliases);
	}
	if (!is_first && command && !offer_value(&completion, command))
		offer_word(&completion, app, command, nargs);
	free(completion.before);
	return completion.n;
}
