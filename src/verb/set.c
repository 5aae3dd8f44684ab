/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands set, protocol and wire: one table of the settings that can change while teller runs. */
#include "set.h"
#include "verb_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "txn/backoff.h"

enum { TIME_MAX_S = 86400 };

/* ---- what each is, and how it is set ---- */

/* Who typed a setting reads of the setting, not of the option. */
static void call_it_setting(struct err *err, const char *setting, const char *option)
{
	size_t n = strlen(option);
	if (strncmp(err->text, "--", 2) != 0 || strncmp(err->text + 2, option, n) != 0)
		return;
	char *rest = mem_dup(err->text + 2 + n);
	err_set(err, err->status, "%s%s", setting, rest);
	free(rest);
}

/* By the option of the command line that sets the same; a wrong word changes nothing. */
static enum status by_option(struct app *app, const char *setting, const char *option, const char *word,
			     struct err *err)
{
	struct txn_options before = app->settings.txn;
	enum status status = options_by_name(option, strlen(option))->apply(&app->settings, word, err);
	if (!status)
		return ST_OK;
	app->settings.txn = before;
	call_it_setting(err, setting, option);
	return status;
}

static void protocol_show(struct buf *out, const struct app *app)
{
	buf_str(out, txn_protocol_name(app->settings.txn.protocol));
}

static enum status protocol_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "protocol", "protocol", word, err);
}

static void protocol_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_protocol_explain(out, app->settings.txn.protocol);
}

static void wire_show(struct buf *out, const struct app *app)
{
	buf_str(out, txn_wire_name(app->settings.txn.wire));
}

static enum status wire_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "wire", "wire", word, err);
}

static void wire_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_wire_explain(out, app->settings.txn.wire);
}

static void isolation_show(struct buf *out, const struct app *app)
{
	buf_str(out, txn_isolation_word(app->settings.txn.isolation));
}

static enum status isolation_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "isolation", "isolation", word, err);
}

static void isolation_explain(struct buf *out, const struct app *app)
{
	struct buf doubt = {0};
	buf_str(out, ": ");
	txn_isolation_explain(out, app->settings.txn.isolation);
	if (app->browse)
		txn_isolation_doubt(&doubt, app->settings.txn.isolation, db_dialect(app->browse));
	buf_fmt(out, "%s%s", doubt.len ? "; " : "", buf_text(&doubt));
	buf_free(&doubt);
}

static void locking_show(struct buf *out, const struct app *app)
{
	buf_str(out, txn_locking_word(app->settings.txn.locking));
}

static enum status locking_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "locking", "locking", word, err);
}

static void locking_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_locking_explain(out, app->settings.txn.locking);
}

static void attempts_show(struct buf *out, const struct app *app)
{
	buf_fmt(out, "%u", app->settings.txn.max_attempts);
}

static enum status attempts_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "attempts", "max-attempts", word, err);
}

static void attempts_explain(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.txn.max_attempts == 1 ? ": nothing is retried" : " in all, the first one included");
}

static void time_show(struct buf *out, const struct app *app)
{
	buf_fmt(out, "%" PRIu64, app->settings.txn.max_elapsed_ms / 1000);
}

static enum status time_set(struct app *app, const char *word, struct err *err)
{
	unsigned long long seconds = 0;
	enum status status = options_number(word, "time", 1, TIME_MAX_S, &seconds, err);
	if (!status)
		app->settings.txn.max_elapsed_ms = seconds * 1000;
	return status;
}

static void time_explain(struct buf *out, const struct app *app)
{
	(void)app;
	buf_str(out, " s: no attempt starts later than that");
}

static void waits_show(struct buf *out, const struct app *app)
{
	buf_fmt(out, "%" PRIu64 ",%" PRIu64, app->settings.txn.backoff_base_ms, app->settings.txn.backoff_cap_ms);
}

static enum status waits_set(struct app *app, const char *word, struct err *err)
{
	return by_option(app, "backoff", "backoff", word, err);
}

static void waits_explain(struct buf *out, const struct app *app)
{
	buf_str(out, " ms: ");
	backoff_explain(out, &app->settings.txn);
}

/* ---- the table ---- */

/* The settings, once: what completion and the help offer, and what is set, are made of this list. */
#define SETTINGS(first, more)                                                                                          \
	first("protocol", protocol) more("wire", wire) more("attempts", attempts) more("time", time)                   \
		more("backoff", waits) more("delay", delay) more("inject", inject) more("isolation", isolation)        \
			more("locking", locking) more("as-of", as_of) more("mouse", mouse) more("present", present)
#define SETTING_FIRST(name, own) name
#define SETTING_MORE(name, own) "|" name
#define SETTING_CHOICES SETTINGS(SETTING_FIRST, SETTING_MORE)

struct setting {
	const char *name;
	void (*show)(struct buf *out, const struct app *app);
	enum status (*set)(struct app *app, const char *word, struct err *err);
	void (*explain)(struct buf *out, const struct app *app);
};

#define SETTING_ROW(name, own) {name, own##_show, own##_set, own##_explain},
static const struct setting table[] = {SETTINGS(SETTING_ROW, SETTING_ROW)};

/* `name` may be NAME=VALUE. */
static const struct setting *set_find(const char *name)
{
	size_t n = strcspn(name, "=");
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strlen(table[i].name) == n && strncmp(table[i].name, name, n) == 0)
			return &table[i];
	return NULL;
}

static const char *value_of(const struct run *run)
{
	const char *equals = run->nargs > 0 ? strchr(run->args[0], '=') : NULL;
	return run->nargs > 1 ? run->args[1] : equals ? equals + 1 : NULL;
}

static void set_say(struct app *app, const struct setting *setting)
{
	struct buf value = {0}, meaning = {0};
	setting->show(&value, app);
	setting->explain(&meaning, app);
	app_result(app, "%s %s%s", setting->name, buf_text(&value), buf_text(&meaning));
	buf_free(&value);
	buf_free(&meaning);
}

/* Sets it where there is a word, and says what it is then. */
static void change(struct run *run, const struct setting *setting, const char *word)
{
	struct app *app = run->app;
	struct err err = {0};
	enum status status = word ? setting->set(app, word, &err) : ST_OK;
	if (!status) {
		set_say(app, setting);
		app_changed(app);
	}
	run_end(run, status, status ? err.text : NULL);
}

/* ---- the commands ---- */

static void list(struct app *app)
{
	struct buf text = {0};
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf value = {0}, meaning = {0};
		table[i].show(&value, app);
		table[i].explain(&meaning, app);
		buf_fmt(&text, "%-9s  %s%s\n", table[i].name, buf_text(&value), buf_text(&meaning));
		buf_free(&value);
		buf_free(&meaning);
	}
	app_show(app, "Settings", &text);
}

static enum status set_write_all(const struct run *run, struct err *err)
{
	struct record record = {0};
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf value = {0};
		table[i].show(&value, run->app);
		record_add(&record, table[i].name, buf_text(&value));
		buf_free(&value);
	}
	return record_write(&record, run, err);
}

static enum status check_set(const struct run *run, struct err *err)
{
	enum status status = record_check(run, err);
	if (run->nargs > 1 && strchr(run->args[0], '='))
		return err_set(err, ST_USAGE, "set takes NAME=VALUE or NAME VALUE, not both");
	if (status || run->nargs == 0 || set_find(run->args[0]))
		return status;
	struct buf names = {0};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		buf_fmt(&names, "%s%s", i ? ", " : "", table[i].name);
	err_set(err, ST_USAGE, "there is no setting \"%.80s\"; there are %s", run->args[0], buf_text(&names));
	buf_free(&names);
	return ST_USAGE;
}

static void do_set(struct run *run)
{
	if (run->nargs > 0) {
		change(run, set_find(run->args[0]), value_of(run));
		return;
	}
	struct err err = {0};
	enum status status = record_wanted(run) ? set_write_all(run, &err) : ST_OK;
	if (!record_wanted(run))
		list(run->app);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

/* protocol, wire, delay, inject: the setting of the command's own name */
void do_setting(struct run *run)
{
	change(run, set_find(run->command->name), run->nargs > 0 ? run->args[0] : NULL);
}

static void do_protocol(struct run *run)
{
	enum txn_protocol now = run->app->settings.txn.protocol;
	const char *next = txn_protocol_name(now == PROTOCOL_NONE ? PROTOCOL_AUTO : now + 1);
	change(run, set_find("protocol"), run->nargs > 0 ? run->args[0] : next);
}

const struct command verb_protocol = {
	.name = "protocol",
	.args = {{TXN_PROTOCOL_CHOICES, ARG_WORD, true}},
	.help = "how to retry; without a word: the next one",
	.run = do_protocol,
};

const struct command verb_set = {
	.name = "set",
	.args = {{SETTING_CHOICES, ARG_WORD, true}, {"VALUE", ARG_SETTING, true}},
	.options =
		{
			COMMAND_FORMATS,
		},
	.help = "show the settings, or change one",
	.run = do_set,
	.check = check_set,
};

const struct command verb_wire = {
	.name = "wire",
	.args = {{TXN_WIRE_CHOICES, ARG_WORD, true}},
	.help = "how statements travel",
	.run = do_setting,
};
