/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of the configuration: a fixed set, of which none does anything to a server. */
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "cli/setting.h"
#include "cli/words.h"

/* ---- set ---- */

static enum status config_no_setting(const char *name, struct err *err)
{
	struct buf names = {0};
	size_t n;
	const struct setting *all = setting_table(&n);
	for (size_t i = 0; i < n; i++)
		buf_fmt(&names, "%s%s", i ? ", " : "", all[i].name);
	err_set(err, ST_USAGE, "a configuration sets %s; not \"%.80s\"", buf_text(&names), name);
	buf_free(&names);
	return ST_USAGE;
}

/* NAME VALUE or NAME=VALUE. */
static enum status config_set(struct settings *settings, const struct words *words, const char *rest, struct err *err)
{
	(void)rest;
	if (words->n == 0)
		return err_set(err, ST_USAGE, "set needs a name and a value: set wire pipeline");
	const char *name = words->word[0].text, *equals = strchr(name, '=');
	const struct setting *setting = setting_find(name, strcspn(name, "="));
	const char *value = equals ? equals + 1 : words->n > 1 ? words->word[1].text : NULL;
	if (!setting)
		return config_no_setting(name, err);
	if (!value || words->n > (equals ? 1u : 2u))
		return err_set(err, ST_USAGE, "set %s needs one value", setting->name);
	return setting->set(settings, value, err);
}

/* ---- keys ---- */

/* The words from that one on, as they were written, without a comment. Owned. */
static char *config_from(const struct words *words, const char *rest, size_t at)
{
	size_t from = words->word[at].from;
	return mem_dup_n(rest + from, words->end - from);
}

/* The command from that word on: as it was written, or, as a shell has it, all of it in one pair of quotes, which are
 * taken off. Owned. */
static char *config_line(const struct words *words, const char *rest, size_t at)
{
	const struct word *word = &words->word[at], *next = at + 1 < words->n ? word + 1 : NULL;
	struct buf line = {0};
	if (!word->quoted || (next && (next->quoted || next->text[0] != ';')))
		return config_from(words, rest, at);
	buf_str(&line, word->text);
	if (next) {
		char *note = config_from(words, rest, at + 1);
		buf_fmt(&line, " %s", note);
		free(note);
	}
	return buf_take(&line);
}

/* What a key stands for is run as if it were typed, but for its consent: that is given when it is asked for. */
static enum status config_check_command(const struct config *config, const char *line, bool alias, struct err *err)
{
	struct words words;
	enum status status = words_split(&words, line, err);
	const char *word = !status && words.n ? words.word[0].text : "";
	bool known = command_find(word) || (!alias && named_find(&config->aliases, word));
	if (!status && !known && alias)
		status = err_set(err, ST_USAGE, "an alias stands for a command, and %.80s is none", word);
	else if (!status && !known)
		status = err_set(err, ST_USAGE, "there is no command %.80s; see `help`", word);
	else if (!status && strstr(line, "--yes"))
		status = err_set(err, ST_USAGE, "--yes cannot be given beforehand: %.80s asks when it is run", word);
	words_free(&words);
	return status;
}

/* [CONTEXT] KEY[,KEY...]: returns the place of the next word. */
static size_t config_key(const struct words *words, const char **context, const char **keys)
{
	bool named = words->n > 1 && !words->word[0].quoted && keymap_is_context(words->word[0].text);
	*context = named ? words->word[0].text : "global";
	*keys = words->n > named ? words->word[named].text : "";
	return named + 1u;
}

static enum status config_bind(struct settings *settings, const struct words *words, const char *rest, struct err *err)
{
	const char *context, *keys;
	size_t next = config_key(words, &context, &keys);
	if (words->n <= next)
		return err_set(err, ST_USAGE, "bind needs a key and a command: bind F12 ledger, bind log x errors");
	char *line = config_line(words, rest, next);
	enum status status = config_check_command(&settings->config, line, false, err);
	if (!status)
		status = keymap_bind(settings->config.keymap, context, keys, line, err);
	free(line);
	return status;
}

static enum status config_unbind(struct settings *settings, const struct words *words, const char *rest,
				 struct err *err)
{
	const char *context, *keys;
	(void)rest;
	if (config_key(words, &context, &keys) != words->n)
		return err_set(err, ST_USAGE, "unbind needs a key: unbind F12, unbind log x");
	return keymap_unbind(settings->config.keymap, context, keys, err);
}

/* ---- colours ---- */

static enum status config_theme(struct settings *settings, const struct words *words, const char *rest, struct err *err)
{
	(void)rest;
	if (words->n != 1)
		return err_set(err, ST_USAGE, "theme needs one name: theme dark");
	return theme_parse(words->word[0].text, &settings->config.looks.theme, err);
}

/* What is not said stays as it is. */
static enum status config_look(struct look *look, const struct words *words, struct err *err)
{
	enum status status = colour_parse(words->word[1].text, &look->fg, err);
	if (!status && words->n > 2)
		status = colour_parse(words->word[2].text, &look->bg, err);
	if (!status && words->n > 3)
		status = colour_attributes_parse(words->word[3].text, &look->attributes, err);
	look->few_fg = colour_8(look->fg);
	look->few_bg = words->n > 2 ? colour_8(look->bg) : look->few_bg;
	return status;
}

/* ROLE FG [BG [ATTRIBUTES]]; ROLE theme: as the theme has it. */
static enum status config_colour(struct settings *settings, const struct words *words, const char *rest,
				 struct err *err)
{
	struct looks *looks = &settings->config.looks;
	enum style style;
	(void)rest;
	if (words->n < 2 || words->n > 4)
		return err_set(err, ST_USAGE, "colour needs a role and a colour: colour good bright-cyan default bold");
	if (style_parse(words->word[0].text, &style, err))
		return err->status;
	if (words->n == 2 && strcmp(words->word[1].text, "theme") == 0) {
		looks->changed[style] = false;
		return ST_OK;
	}
	struct look look = looks_get(looks, style);
	if (config_look(&look, words, err))
		return err->status;
	looks->own[style] = look;
	looks->changed[style] = true;
	return ST_OK;
}

/* ---- names ---- */

static enum status config_check_name(const char *name, struct err *err)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	if (name[n] || n == 0 || n > 32 || strchr("0123456789-_", name[0]))
		return err_set(err, ST_USAGE,
			       "a name is a letter, then letters, digits, - and _, 32 at most; not \"%.40s\"", name);
	return ST_OK;
}

/* What stands for a command is none, nor the beginning of one; and it stands for a command, not for another alias: so
 * it ends. */
static enum status config_alias(struct settings *settings, const struct words *words, const char *rest, struct err *err)
{
	if (words->n < 2)
		return err_set(err, ST_USAGE, "alias needs a name and a command: alias rich filter balance > 1000");
	const char *name = words->word[0].text;
	const struct command *command = command_find(name);
	if (config_check_name(name, err))
		return err->status;
	if (command)
		return err_set(err, ST_USAGE, "%s is the command %s already; take another name", name, command->name);
	char *line = config_line(words, rest, 1);
	enum status status = config_check_command(&settings->config, line, true, err);
	if (!status)
		status = named_put(&settings->config.aliases, name, line, err);
	free(line);
	return status;
}

static enum status config_unalias(struct settings *settings, const struct words *words, const char *rest,
				  struct err *err)
{
	(void)rest;
	if (words->n != 1)
		return err_set(err, ST_USAGE, "unalias needs one name");
	if (named_drop(&settings->config.aliases, words->word[0].text))
		return ST_OK;
	return err_set(err, ST_USAGE, "there is no alias %.80s; `alias` lists them", words->word[0].text);
}

static enum status config_check_server(const struct config *config, const char *name, const char *target,
				       struct err *err)
{
	struct conninfo info = {0};
	struct err why = {0};
	bool secret = false;
	if (conninfo_target(&info, target, &why))
		err_set(err, why.status, "server %s: %s", name, why.text);
	else if ((secret = conninfo_has_password(&info)) && config->shared)
		err_set(err, ST_USAGE,
			"server %s has a password, and others can read this file: keep it in ~/.pgpass, or `chmod "
			"600` the file",
			name);
	conninfo_free(&info);
	return err->status;
}

/* NAME CONNINFO: one word, or several keys with their values. */
static enum status config_server(struct settings *settings, const struct words *words, const char *rest,
				 struct err *err)
{
	if (words->n < 2)
		return err_set(err, ST_USAGE, "server needs a name and a place: server prod service=prod");
	const char *name = words->word[0].text;
	if (config_check_name(name, err))
		return err->status;
	char *target = words->n == 2 ? mem_dup(words->word[1].text) : config_from(words, rest, 1);
	if (!config_check_server(&settings->config, name, target, err))
		(void)!named_put(&settings->config.servers, name, target, err);
	free(target);
	return err->status;
}

/* ---- the table ---- */

static const struct {
	const char *name;
	enum status (*run)(struct settings *settings, const struct words *words, const char *rest, struct err *err);
} config_table[] = {
	{"set", config_set},     {"bind", config_bind},       {"unbind", config_unbind},
	{"theme", config_theme}, {"colour", config_colour},   {"color", config_colour},
	{"alias", config_alias}, {"unalias", config_unalias}, {"server", config_server},
};

static enum status config_no_command(const char *name, struct err *err)
{
	struct nearest nearest = {.word = name};
	struct buf names = {0};
	for (size_t i = 0; i < COUNT_OF(config_table); i++) {
		nearest_try(&nearest, config_table[i].name);
		buf_fmt(&names, "%s%s", i ? ", " : "", config_table[i].name);
	}
	if (nearest.best)
		err_set(err, ST_USAGE, "a configuration has no command %.80s; did you mean %s?", name, nearest.best);
	else
		err_set(err, ST_USAGE, "a configuration has no command %.80s; it has %s", name, buf_text(&names));
	buf_free(&names);
	return ST_USAGE;
}

enum status config_do(struct settings *settings, const char *command, const char *rest, struct err *err)
{
	struct words words;
	enum status status = words_split(&words, rest, err);
	size_t i = 0;
	while (i < COUNT_OF(config_table) && strcmp(config_table[i].name, command) != 0)
		i++;
	if (!status)
		status = i < COUNT_OF(config_table) ? config_table[i].run(settings, &words, rest, err)
						    : config_no_command(command, err);
	words_free(&words);
	return status;
}
