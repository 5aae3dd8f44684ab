/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command delete: accounts by their ids, asked about first, in one transaction; and which of them were not
 * there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "app/bulk.h"
#include "bank/erase_body.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/words.h"
#include "verb_internal.h"

enum { ID_COLUMNS = 40, NAMED_MAX = 12 };

struct deletion {
	struct app *app;
	struct bulk *bulk;
	struct erase *erase;
};

/* ---- which ---- */

/* The ids of the line, each once. */
static enum status split_ids(const struct run *run, struct words *words, struct err *err)
{
	enum status status = words_split(words, run->args[0], err);
	size_t kept = 0;
	for (size_t i = 0; !status && i < words->n; i++) {
		bool twice = false;
		for (size_t k = 0; k < kept; k++)
			twice = twice || strcmp(words->word[k].text, words->word[i].text) == 0;
		if (twice)
			free(words->word[i].text);
		else
			words->word[kept++] = words->word[i];
	}
	words->n = status ? words->n : kept;
	return status;
}

static void add_id(struct buf *out, const char *id)
{
	text_escape(out, id, strlen(id), ID_COLUMNS);
}

/* "7001, 7002 and 3 more" */
static void add_ids(struct buf *out, const struct words *words)
{
	for (size_t i = 0; i < words->n && i < NAMED_MAX; i++) {
		buf_str(out, i ? ", " : "");
		add_id(out, words->word[i].text);
	}
	if (words->n > NAMED_MAX)
		buf_fmt(out, " and %zu more", words->n - NAMED_MAX);
}

/* Those that are marked, where none is named; the line says so in full, for the question and the history. */
static void take_marked(struct run *run)
{
	const struct marks *marks = &run->app->marks;
	struct buf ids = {0}, line = {0};
	for (size_t i = 0; i < marks->n; i++) {
		buf_str(&ids, i ? " " : "");
		run_quote(&ids, marks->ids[i]);
	}
	buf_fmt(&line, "%s %s", run->command->name, buf_text(&ids));
	free(run->line);
	run->line = buf_take(&line);
	run->args[run->nargs++] = buf_take(&ids);
}

static enum status check_delete(const struct run *run, struct err *err)
{
	if (run->nargs > 0 || run->app->marks.n > 0)
		return ST_OK;
	return err_set(err, ST_USAGE,
		       app_prints(run->app) ? "delete needs ID...; usage: delete ID..."
					    : "delete which? name ids: delete ID..., or mark accounts with m first");
}

static enum status prepare_delete(struct run *run, struct err *err)
{
	struct words words;
	if (run->nargs == 0)
		take_marked(run);
	enum status status = split_ids(run, &words, err);
	for (size_t i = 0; i < words.n && !status; i++)
		status = run_check_id(run, words.word[i].text, err);
	words_free(&words);
	return status;
}

static void describe_delete(struct buf *out, const struct run *run)
{
	struct words words;
	struct err err;
	if (split_ids(run, &words, &err) == ST_OK) {
		buf_fmt(out, "delete %zu %s with the money in %s: ", words.n,
			text_plural(words.n, "account", "accounts"), words.n == 1 ? "it" : "them");
		add_ids(out, &words);
		buf_fmt(out, ", in one %s transaction", app_isolation(run->app));
	}
	words_free(&words);
}

/* ---- the result ---- */

static size_t add_deleted(struct buf *out, const struct erase *erase)
{
	size_t deleted = 0;
	for (size_t i = 0; i < erase_count(erase); i++) {
		const char *held = erase_held(erase, i);
		if (!held)
			continue;
		buf_str(out, deleted++ ? ", " : ": ");
		add_id(out, erase_id(erase, i));
		buf_fmt(out, " (%s)", held);
	}
	return deleted;
}

static size_t add_left(struct buf *out, const struct erase *erase, bool kept)
{
	size_t left = 0;
	for (size_t i = 0; i < erase_count(erase); i++) {
		if (erase_held(erase, i) || erase_kept(erase, i) != kept)
			continue;
		buf_str(out, left++ ? ", " : "");
		add_id(out, erase_id(erase, i));
	}
	return left;
}

static void say_left(struct app *app, const struct erase *erase, bool deleted)
{
	struct buf missing = {0}, kept = {0};
	size_t absent = add_left(&missing, erase, false), stayed = add_left(&kept, erase, true);
	const char *nothing = deleted ? "" : "; nothing was changed";
	if (absent)
		app_say(app, ST_REJECTED, "%s not there: %s%s",
			absent == 1 ? "this account was" : "these accounts were", missing.p, stayed ? "" : nothing);
	if (stayed)
		app_say(app, ST_REJECTED, "a trigger or a rule keeps %s: %s%s",
			stayed == 1 ? "this account" : "these accounts", kept.p, nothing);
	buf_free(&missing);
	buf_free(&kept);
}

static enum status say_deleted(struct app *app, const struct erase *erase)
{
	struct buf gone = {0};
	size_t deleted = add_deleted(&gone, erase);
	marks_clear(&app->marks);
	if (deleted)
		app_result(app, "deleted %zu %s%s", deleted, text_plural(deleted, "account", "accounts"), gone.p);
	say_left(app, erase, deleted > 0);
	buf_free(&gone);
	return deleted < erase_count(erase) ? ST_REJECTED : ST_OK;
}

static void delete_on_done(void *arg, const struct txn_result *result)
{
	struct deletion *deletion = arg;
	struct app *app = deletion->app;
	struct err err = {0};
	enum status status = txn_status(result->outcome);
	if (result->outcome == OUTCOME_COMMITTED)
		status = say_deleted(app, deletion->erase);
	else if (result->outcome == OUTCOME_UNKNOWN)
		err_set(&err, status, "whether the accounts were deleted is not known: %.400s", result->reason.text);
	else
		err_set(&err, status, "nothing was deleted: %.500s", result->reason.text);
	bulk_end(deletion->bulk, status, err.status ? err.text : NULL);
}

/* ---- the command ---- */

static void delete_stop(void *work)
{
	struct deletion *deletion = work;
	txn_cancel(deletion->app->txn);
}

static void delete_forget(void *work)
{
	struct deletion *deletion = work;
	erase_free(deletion->erase);
	free(deletion);
}

static void do_delete(struct run *run)
{
	struct app *app = run->app;
	struct words words;
	struct err err;
	const char *ids[WORDS_MAX];
	if (!job_may(app, USES_WORK, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	if (split_ids(run, &words, &err)) {
		words_free(&words);
		run_end(run, err.status, err.text);
		return;
	}
	for (size_t i = 0; i < words.n; i++)
		ids[i] = words.word[i].text;
	struct deletion *deletion = NEW(struct deletion);
	*deletion = (struct deletion){.app = app, .erase = erase_new(app->catalogue, ids, words.n)};
	words_free(&words);
	deletion->bulk = bulk_begin(&(struct bulk){.job = {.name = "delete", .uses = USES_WORK},
						   .run = run,
						   .did = "deleted",
						   .stop = delete_stop,
						   .free = delete_forget,
						   .work = deletion});
	txn_start(app->txn, erase_body(deletion->erase), "delete accounts", &app->settings.txn, delete_on_done,
		  deletion);
}

const struct command verb_delete = {
	.name = "delete",
	.args = {{"ID...", ARG_ACCOUNTS, true}},
	.options =
		{
			{.name = "yes", .help = "do not ask"},
		},
	.flags = COMMAND_READS | COMMAND_CONFIRM | COMMAND_CHANGES,
	.help = "delete accounts with their money; alone: the marked",
	.run = do_delete,
	.check = check_delete,
	.prepare = prepare_delete,
	.describe = describe_delete,
};
