/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one command line: words, command, arguments, connection, question, handler. */
#include "cli/run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/words.h"

/* ---- which command ---- */

static enum status no_command(const char *word, struct err *err)
{
	struct nearest nearest = {.word = word};
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++)
		nearest_try(&nearest, table[i]->name);
	size_t starts = 0;
	for (size_t i = 0; i < n; i++)
		starts += strncmp(table[i]->name, word, strlen(word)) == 0;
	if (starts > 1)
		return err_set(err, ST_USAGE, "\"%.80s\" is the beginning of %zu commands; type more of it", word,
			       starts);
	if (nearest.best)
		return err_set(err, ST_USAGE, "there is no command %.80s; did you mean %s?", word, nearest.best);
	return err_set(err, ST_USAGE, "there is no command %.80s; see `help`", word);
}

static enum status wrong_use(const struct command *command, struct err *err, const char *what, const char *word)
{
	struct buf usage = {0};
	command_usage(&usage, command);
	err_set(err, ST_USAGE, "%s %s%.80s; usage: %s", command->name, what, word, usage.p);
	buf_free(&usage);
	return ST_USAGE;
}

/* ---- options ---- */

static enum status no_option(const struct command *command, const char *name, struct err *err)
{
	struct nearest nearest = {.word = name};
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		nearest_try(&nearest, command->options[i].name);
	if (nearest.best)
		return err_set(err, ST_USAGE, "%s has no option --%.80s; did you mean --%s?", command->name, name,
			       nearest.best);
	return err_set(err, ST_USAGE, "%s has no option --%.80s; see `help %s`", command->name, name, command->name);
}

/* As in a shell: -o is the program's letter for an option that the command has, with a value, too. None is given so
 * that takes no value: who binds a key looks for --yes alone. */
static const char *run_by_letter(const struct command *command, const char *word)
{
	const struct option *option = word[0] == '-' && word[1] && !word[2] ? options_by_letter(word[1]) : NULL;
	for (size_t i = 0; option && i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		if (command->options[i].value && strcmp(command->options[i].name, option->name) == 0)
			return option->name;
	return NULL;
}

/* The option that word `*at` begins with; its value may be the next word. */
static enum status take_option(struct run *run, const struct words *words, size_t *at, char *name, struct err *err)
{
	char *equals = strchr(name, '=');
	const char *value = equals ? equals + 1 : NULL;
	if (equals)
		*equals = '\0';
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name; i++) {
		const struct command_option *option = &run->command->options[i];
		if (strcmp(option->name, name) != 0)
			continue;
		if (option->value && !value && *at + 1 < words->n)
			value = words->word[++*at].text;
		if (!option->value != !value)
			return err_set(err, ST_USAGE, option->value ? "--%s needs a value" : "--%s takes no value",
				       name);
		free(run->options[i]);
		run->options[i] = mem_dup(value ? value : "");
		return ST_OK;
	}
	return no_option(run->command, name, err);
}

static enum status take_lettered(struct run *run, const struct words *words, size_t *at, const char *name,
				 struct err *err)
{
	char *own = mem_dup(name);
	enum status status = take_option(run, words, at, own, err);
	free(own);
	return status;
}

/* ---- arguments ---- */

static enum status check_onoff(const char *word, struct err *err)
{
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0 || strcmp(word, "toggle") == 0)
		return ST_OK;
	return err_set(err, ST_USAGE, "use on, off or toggle, not \"%.80s\"", word);
}

static enum status check_arg(enum arg_type type, const char *name, const char *word, struct err *err)
{
	unsigned long long count;
	enum transfer_rule rule;
	int64_t amount;
	switch (type) {
	case ARG_RULE:
		return transfer_rule_parse(word, NULL, &rule, &amount, err);
	case ARG_COUNT:
		return options_number(word, name, 1, 1000000000, &count, err);
	case ARG_ONOFF:
		return check_onoff(word, err);
	case ARG_COMMAND:
		return command_find(word) ? ST_OK : no_command(word, err);
	case ARG_ACCOUNT:
	case ARG_ACCOUNTS:
		return word[0] ? ST_OK : err_set(err, ST_USAGE, "%s is empty; give an account's id", name);
	case ARG_LESSONS:
	case ARG_WAYS:
	case ARG_SETTING:
	case ARG_WORD:
	case ARG_CONDITION:
	case ARG_COLUMN:
	case ARG_CONFIG:
	case ARG_REST:
		return ST_OK;
	}
	return ST_OK;
}

/* Whether a word can be an id depends on the table, which is known only once connected. */
enum status run_check_id(const struct run *run, const char *word, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	if (!catalogue->id_is_number || text_is_integer(word))
		return ST_OK;
	return err_set(err, ST_USAGE, "\"%.80s\" is not a valid account id; ids of %s are whole numbers", word,
		       catalogue->name);
}

static enum status check_ids(const struct run *run, struct err *err)
{
	const struct catalogue *catalogue = run->app->catalogue;
	enum status status = ST_OK;
	for (size_t i = 0; catalogue && i < run->nargs && !status; i++)
		if (run->command->args[i].type == ARG_ACCOUNT)
			status = run_check_id(run, run->args[i], err);
	return status;
}

/* Ids, one behind the other, quoted where needed, are one text. */
static void put_id(struct run *run, size_t at, const char *word)
{
	struct buf ids = {0};
	if (run->args[at])
		buf_fmt(&ids, "%s ", run->args[at]);
	run_quote(&ids, word);
	free(run->args[at]);
	run->args[at] = buf_take(&ids);
}

/* Into the next place; what repeats stays in the last one. */
static void put_arg(struct run *run, const char *word)
{
	const struct command_arg *args = run->command->args;
	bool again = run->nargs > 0 && command_arg_repeats(&args[run->nargs - 1]);
	size_t at = again ? run->nargs - 1 : run->nargs;
	if (args[at].type == ARG_ACCOUNTS) {
		put_id(run, at, word);
	} else if (again) {
		run->more = mem_grow(run->more, run->nmore, sizeof *run->more);
		run->more[run->nmore++] = mem_dup(word);
	} else {
		run->args[at] = mem_dup(word);
	}
	run->nargs = at + 1;
}

/* The argument that the next word is for; its name is NULL where there is no place for one. */
static const struct command_arg *next_arg(const struct run *run)
{
	static const struct command_arg none;
	const struct command_arg *args = run->command->args;
	if (run->nargs > 0 && command_arg_repeats(&args[run->nargs - 1]))
		return &args[run->nargs - 1];
	return run->nargs < COMMAND_ARGS_MAX ? &args[run->nargs] : &none;
}

static enum status take_args(struct run *run, const struct words *words, size_t first, const char *line,
			     struct err *err)
{
	const struct command *command = run->command;
	bool only_args = false;
	for (size_t i = first; i < words->n; i++) {
		const struct word *word = &words->word[i];
		const struct command_arg *arg = next_arg(run);
		bool dashes = !word->quoted && !only_args && strncmp(word->text, "--", 2) == 0;
		const char *lettered = word->quoted || only_args ? NULL : run_by_letter(command, word->text);
		enum status status = ST_OK;
		if (arg->name && command_arg_is_text(arg)) {
			run->args[run->nargs++] = mem_dup(line + word->from);
			break;
		}
		if (dashes && !word->text[2])
			only_args = true;
		else if (dashes)
			status = take_option(run, words, &i, word->text + 2, err);
		else if (lettered)
			status = take_lettered(run, words, &i, lettered, err);
		else if (!arg->name)
			status = wrong_use(command, err, "has no place for ", word->text);
		else if (!(status = check_arg(arg->type, arg->name, word->text, err)))
			put_arg(run, word->text);
		if (status)
			return status;
	}
	const struct command_arg *missing = run->nargs < COMMAND_ARGS_MAX ? &command->args[run->nargs] : NULL;
	if (missing && missing->name && !missing->optional)
		return wrong_use(command, err, "needs ", missing->name);
	return ST_OK;
}

/* Fingers that know psql type \q; digits alone are an account to go to. */
static enum status run_take_words(struct run *run, const struct words *words, const char *line, struct err *err)
{
	const char *name = words->word[0].text + (words->word[0].text[0] == '\\');
	bool jump = words->n == 1 && text_is_integer(name);
	run->command = command_find(jump ? "goto" : name);
	if (!run->command)
		return no_command(name, err);
	return take_args(run, words, jump ? 0 : 1, line, err);
}

/* What stands behind "filter" or "search" is a text of its own: quotes in it are its own, too. */
static bool rest_is_text(const struct words *words)
{
	const struct command *command = words->n > 1 ? command_find(words->word[0].text) : NULL;
	return command && command->args[0].name && command_arg_is_text(&command->args[0]);
}

static enum status check_may(const struct run *run, struct err *err)
{
	if (!run->app->settings.read_only || !(run->command->flags & COMMAND_WRITES))
		return ST_OK;
	return err_set(err, ST_REJECTED, "%s is not available with --read-only", run->command->name);
}

/* What looks, and what moves on the screen. */
static bool plays_along(const struct command *command)
{
	static const char *const names[] = {"bind", "cancel", "completion", "counters", "help",
					    "quit", "set",    "trace",      "unbind",   "version"};
	bool along = command->flags & COMMAND_SCREEN;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		along = along || strcmp(command->name, names[i]) == 0;
	return along && !(command->flags & (COMMAND_BANK | COMMAND_SERVER | COMMAND_WORK));
}

static enum status check_plays(const struct run *run, struct err *err)
{
	const char *name = run->command->name;
	if (!run->app->settings.plays || plays_along(run->command))
		return ST_OK;
	if (strcmp(name, "sessions") == 0 || strcmp(name, "ledger") == 0)
		return err_set(err, ST_USAGE, "%s needs a server, and a recording has none: %s", name,
			       name[0] == 's' ? "F4 shows the recorded ones" : "F5 shows the recorded one");
	return err_set(err, ST_USAGE,
		       "%s needs a server, and a recording has none: it shows what happened; > and < step in it",
		       run->command->name);
}

/* On a screen nothing is passed over in silence. */
static enum status check_prints(const struct run *run, struct err *err)
{
	const struct command *command = run->command;
	if (app_prints(run->app))
		return ST_OK;
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
		if (run->options[i] && command->options[i].prints)
			return err_set(err, ST_USAGE,
				       "%s takes --%s only where it prints, in a shell: teller %s --%s; leave it out "
				       "on a screen",
				       command->name, command->options[i].name, command->name,
				       command->options[i].name);
	return ST_OK;
}

/* Of the session that writes, where it is there; it is made only when something is to be written. */
enum status run_standby(const struct app *app, const char *who_writes, struct err *err)
{
	enum db_state work = db_state(app->work);
	const struct db *db = work == DB_IDLE || work == DB_BUSY ? app->work : app->browse;
	struct buf way = {0};
	if (!db_standby(db))
		return ST_OK;
	who_way(&way, db_who(db));
	err_set(err, ST_REJECTED,
		"%s writes, and this server is a standby, read-only: %s; after a promotion `reconnect` looks again",
		who_writes, buf_text(&way));
	buf_free(&way);
	return err->status;
}

static enum status check_standby(const struct run *run, struct err *err)
{
	if (!(run->command->flags & COMMAND_WRITES))
		return ST_OK;
	return run_standby(run->app, run->command->name, err);
}

/* ---- the way of a run ---- */

static void run_connected(void *arg, const struct err *not_ready)
{
	struct run *run = arg;
	struct err err = {0};
	enum status status = ST_OK;
	if (not_ready)
		err = *not_ready;
	else if (!(status = check_standby(run, &err)) && !(status = check_ids(run, &err)) && run->command->prepare)
		status = run->command->prepare(run, &err);
	if (not_ready || status)
		run_end(run, err.status, err.text);
	else if ((run->command->flags & COMMAND_CONFIRM) && !run->confirmed)
		run->app->face.review(run->app->face.self, run);
	else
		run->command->run(run);
}

/* On a screen the session for reading belongs to the pages: what reads by itself uses the other one, which may have
 * been lost while idle. */
static unsigned needed(const struct run *run)
{
	const unsigned reads = COMMAND_VERB | COMMAND_SERVER | COMMAND_BANK;
	unsigned flags = run->command->flags;
	return (flags & reads) == reads && !app_prints(run->app) ? flags | COMMAND_WORK : flags;
}

/* An alias stands for a command, and what is typed behind it follows; the run has that line then. */
static bool run_expand(struct run *run, const struct words *words)
{
	const char *name = words->n > 0 ? words->word[0].text : "";
	const char *text = command_find(name) ? NULL : named_find(&run->app->settings.config.aliases, name);
	struct buf line = {0};
	if (!text)
		return false;
	buf_fmt(&line, "%s%s%s", text, words->n > 1 ? " " : "", words->n > 1 ? run->line + words->word[1].from : "");
	free(run->line);
	run->line = buf_take(&line);
	return true;
}

/* Takes the line apart, and waits for what its command needs. */
static void run_begin(struct run *run, const char *line)
{
	struct app *app = run->app;
	struct words words;
	struct err err = {0};
	app_keep_run(app, run);
	enum status status = words_split(&words, line, &err);
	if (run_expand(run, &words)) {
		line = run->line;
		words_free(&words);
		status = words_split(&words, line, &err);
	}
	if (rest_is_text(&words))
		status = ST_OK;
	if (!status && words.n > 0)
		status = run_take_words(run, &words, line, &err);
	if (!status && words.n > 0)
		status = check_may(run, &err);
	if (!status && words.n > 0)
		status = check_plays(run, &err);
	if (!status && words.n > 0)
		status = check_prints(run, &err);
	if (!status && words.n > 0 && run->command->check)
		status = run->command->check(run, &err);
	bool nothing = words.n == 0;
	words_free(&words);
	if (status || nothing) {
		run_end(run, status, status ? err.text : NULL);
		return;
	}
	run->confirmed = !run->asks && (run_option(run, "yes") || app->settings.yes);
	waiters_wait(app, needed(run), run_connected, run);
}

void command_run(struct app *app, const char *line, void (*done)(void *arg, enum status status), void *arg)
{
	struct run *run = NEW(struct run);
	*run = (struct run){.app = app, .line = mem_dup(line), .done = done, .arg = arg};
	run_begin(run, line);
}

void command_ask(struct app *app, const char *line, void (*done)(void *arg, enum status status), void *arg)
{
	struct run *run = NEW(struct run);
	*run = (struct run){.app = app, .line = mem_dup(line), .asks = true, .done = done, .arg = arg};
	run_begin(run, line);
}
