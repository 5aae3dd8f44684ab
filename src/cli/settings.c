/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line of the program into settings: options, connection, verb. */
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>

#include "argv.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/rng.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/run.h"

/* ---- taking ---- */

struct reader {
	struct settings *settings;
	struct walk walk;
	struct buf line; /* the verb with its words, as a command line */
	bool in_verb;    /* the verb was met */
	unsigned words;  /* so many of its words */
	bool demo;       /* and before it, the word demo */
	bool accounts;   /* --accounts was given */
	const char *dbname, *user;
};

static enum status wrong_option(const struct reader *reader, const struct item *item, struct err *err)
{
	if (!item->name)
		return err_set(err, ST_USAGE, "there is no option -%c; for help use -? or --help", item->word[0]);
	char *name = mem_dup_n(item->name, item->name_length);
	struct nearest nearest = {.word = name};
	size_t n;
	const struct option *table = options_table(&n);
	for (size_t i = 0; i < n; i++)
		nearest_try(&nearest, table[i].name);
	const struct command *verb = reader->walk.verb;
	for (size_t i = 0; verb && i < COMMAND_OPTIONS_MAX && verb->options[i].name; i++)
		nearest_try(&nearest, verb->options[i].name);
	if (nearest.best)
		err_set(err, ST_USAGE, "there is no option --%.80s; did you mean --%s?", name, nearest.best);
	else
		err_set(err, ST_USAGE, "there is no option --%.80s; for help use -? or --help", name);
	free(name);
	return ST_USAGE;
}

static enum status check_value(const struct item *item, struct err *err)
{
	if (item->may_lack_value)
		return ST_OK;
	if (item->wants_value && !item->value)
		return err_set(err, ST_USAGE, "%.*s needs a value; for help use -? or --help", (int)item->name_length,
			       item->name);
	if (!item->wants_value && item->value)
		return err_set(err, ST_USAGE, "--%.*s takes no value", (int)item->name_length, item->name);
	return ST_OK;
}

static void add_verb_option(struct reader *reader, const struct item *item)
{
	buf_fmt(&reader->line, " --%.*s", (int)item->name_length, item->name);
	if (item->value) {
		buf_char(&reader->line, '=');
		run_quote(&reader->line, item->value);
	}
}

/* A database may be called anything, so a word that is no verb is one, as in psql; but one that is nearly a verb is
 * more likely a slip, and -d is there for the database of that name. */
static enum status database_word(struct reader *reader, const char *word, struct err *err)
{
	struct nearest nearest = {.word = word};
	size_t n;
	const struct command *const *table = command_table(&n);
	nearest_try(&nearest, "demo");
	for (size_t i = 0; i < n; i++)
		if (table[i]->flags & COMMAND_VERB)
			nearest_try(&nearest, table[i]->name);
	if (nearest.best && word[0] != '@')
		return err_set(err, ST_USAGE,
			       "there is no verb %.80s; did you mean %s? (a database of that name: -d %.80s)", word,
			       nearest.best, word);
	if (reader->settings->demo)
		return err_set(err, ST_USAGE, "demo takes no word \"%.80s\"; give it commands with -c or -f", word);
	if (!reader->dbname && !reader->settings->conninfo.target) {
		reader->dbname = word;
		return options_by_name("dbname", 6)->apply(reader->settings, word, err);
	}
	if (reader->user)
		return err_set(err, ST_USAGE, "\"%.80s\" is one word too many, and no verb; for help use -? or --help",
			       word);
	reader->user = word;
	return ST_OK;
}

static enum status settings_take_word(struct reader *reader, const char *word, struct err *err)
{
	if (reader->in_verb) {
		bool first = !reader->words++;
		reader->settings->plays |=
			first && strcmp(reader->walk.verb->name, "trace") == 0 && strcmp(word, "play") == 0;
		buf_char(&reader->line, ' ');
		run_quote(&reader->line, word);
		return ST_OK;
	}
	if (reader->walk.verb && walk_verb(word) == reader->walk.verb) {
		reader->in_verb = true;
		return ST_OK;
	}
	if (strcmp(word, "demo") == 0 && reader->demo)
		return err_set(err, ST_USAGE, "demo is given twice; once is enough (a database of that name: -d demo)");
	if (strcmp(word, "demo") == 0) {
		reader->demo = reader->settings->demo = true;
		return ST_OK;
	}
	return database_word(reader, word, err);
}

static enum status take_item(struct reader *reader, const struct item *item, struct err *err)
{
	if (item->kind == ITEM_WORD)
		return settings_take_word(reader, item->word, err);
	/* Without a verb, an option of some verb is none: unless the program has one of that name too. */
	bool global = item->kind == ITEM_GLOBAL || (item->kind == ITEM_VERBS && !reader->walk.verb && item->option);
	if (!global && (item->kind == ITEM_WRONG || !reader->walk.verb))
		return wrong_option(reader, item, err);
	enum status status = check_value(item, err);
	if (status)
		return status;
	if (!global) {
		add_verb_option(reader, item);
		return ST_OK;
	}
	reader->accounts |= strcmp(item->option->name, "accounts") == 0;
	return item->option->apply(reader->settings, item->value, err);
}

/* ---- the whole ---- */

/* DATABASE_URL names the server where nothing else does; a bare DBNAME then picks a database on it. */
static enum status use_environment(struct settings *settings, struct err *err)
{
	const char *url = getenv("DATABASE_URL");
	struct conninfo *info = &settings->conninfo;
	if (!url || !url[0] || settings->demo || info->host || getenv("PGHOST") || getenv("PGHOSTADDR") ||
	    getenv("PGSERVICE"))
		return ST_OK;
	bool bare = info->target && !strchr(info->target, '=') && !strstr(info->target, "://");
	if (info->target && !bare)
		return ST_OK;
	if (bare) {
		free(info->dbname);
		info->dbname = info->target;
		info->target = NULL;
	}
	struct err why = {0};
	return conninfo_target(info, url, &why) ? err_set(err, ST_USAGE, "DATABASE_URL: %.500s", why.text) : ST_OK;
}

/* The verb comes before what -c adds, wherever it stands. */
static void settings_add_verb(struct settings *settings, char *line)
{
	settings->commands = mem_resize(settings->commands, settings->ncommands + 1, sizeof(char *));
	memmove(settings->commands + 1, settings->commands, settings->ncommands * sizeof(char *));
	settings->commands[0] = line;
	settings->ncommands++;
}

static enum status settings_finish(struct reader *reader, struct err *err)
{
	struct settings *settings = reader->settings;
	if (settings->plays && settings->demo)
		return err_set(err, ST_USAGE, "a recording is played without a server: leave demo out");
	if (settings->read_only && settings->demo)
		return err_set(err, ST_USAGE, "demo makes its own tables, and --read-only makes none");
	if (settings->keep && !settings->demo)
		return err_set(err, ST_USAGE, "--keep goes with the verb demo");
	if (settings->bindir && (!settings->demo || settings->cockroach))
		return err_set(err, ST_USAGE, "--bindir goes with the verb demo, and names the programs of PostgreSQL");
	if (settings->cockroach && !settings->demo)
		return err_set(err, ST_USAGE, "--cockroach goes with the verb demo");
	if (settings->nodes && !settings->cockroach)
		return err_set(err, ST_USAGE, "--nodes goes with demo --cockroach");
	if (settings->cockroach && settings->keep)
		return err_set(err, ST_USAGE,
			       "--keep keeps a PostgreSQL; a cluster of demo --cockroach is thrown away");
	if (settings->cockroach && !settings->nodes)
		settings->nodes = 1;
	if (reader->accounts && !settings->demo)
		return err_set(err, ST_USAGE, "--accounts goes with the verbs demo, init and tutorial");
	if (reader->user && !settings->conninfo.user)
		settings->conninfo.user = mem_dup(reader->user);
	settings->bare = settings->demo && reader->walk.verb && (reader->walk.verb->flags & COMMAND_TABLES);
	if (reader->walk.verb)
		settings_add_verb(settings, buf_take(&reader->line));
	return use_environment(settings, err);
}

void settings_default(struct settings *settings)
{
	settings->accounts = 100;
	settings->seed = rng_entropy();
	txn_options_init(&settings->txn);
	config_init(&settings->config);
}

/* The file is read before the options, so that they win; which one, some of them say. */
static enum status settings_configure(struct settings *settings, int argc, char **argv, const struct command *verb,
				      struct err *err)
{
	struct walk walk = {.argc = argc, .at = 1, .argv = argv, .verb = verb};
	enum status status = ST_OK;
	bool asked = false;
	for (struct item item = walk_next(&walk); item.kind != ITEM_END && !status; item = walk_next(&walk)) {
		const char *name = item.kind == ITEM_GLOBAL ? item.option->name : "";
		asked |= strcmp(name, "help") == 0 || strcmp(name, "version") == 0;
		if (strcmp(name, "no-config") == 0 || (strcmp(name, "config") == 0 && item.value))
			status = item.option->apply(settings, item.value, err);
	}
	if (!status && settings->config.none && settings->config.path)
		return err_set(err, ST_USAGE, "--config and --no-config exclude each other");
	return status || asked || settings->config.none ? status : config_read(settings, err);
}

enum status settings_parse(struct settings *settings, int argc, char **argv, struct err *err)
{
	settings_default(settings);
	struct reader reader = {.settings = settings, .walk = {.argc = argc, .at = 1, .argv = argv}};
	reader.walk.verb = walk_find_verb(argc, argv);
	settings->help_of = reader.walk.verb;
	if (reader.walk.verb)
		buf_str(&reader.line, reader.walk.verb->name);
	enum status status = settings_configure(settings, argc, argv, reader.walk.verb, err);
	for (struct item item = walk_next(&reader.walk); item.kind != ITEM_END && !status;
	     item = walk_next(&reader.walk))
		status = take_item(&reader, &item, err);
	if (!status)
		status = settings_finish(&reader, err);
	buf_free(&reader.line);
	return status;
}
