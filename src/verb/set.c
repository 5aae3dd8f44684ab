/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands set, protocol and wire: one table of the settings that can change while teller runs. */
#include "set.h"
#include "verb_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/setting.h"
#include "txn/backoff.h"

/* ---- what each means ---- */

static void protocol_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_protocol_explain(out, app->settings.txn.protocol);
}

static void wire_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_wire_explain(out, app->settings.txn.wire);
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

static void locking_explain(struct buf *out, const struct app *app)
{
	buf_str(out, ": ");
	txn_locking_explain(out, app->settings.txn.locking);
}

static void attempts_explain(struct buf *out, const struct app *app)
{
	buf_str(out, app->settings.txn.max_attempts == 1 ? ": nothing is retried" : " in all, the first one included");
}

static void time_explain(struct buf *out, const struct app *app)
{
	(void)app;
	buf_str(out, " s: no attempt starts later than that");
}

static void waits_explain(struct buf *out, const struct app *app)
{
	buf_str(out, " ms: ");
	backoff_explain(out, &app->settings.txn);
}

/* ---- the table ---- */

/* The settings, once: what completion and the help offer, and what is set, are made of this list. Those that are kept
 * in the program's settings are shown and set by cli/setting.h, the others here. */
#define SETTINGS(first, kept, own, bank)                                                                               \
	first("protocol", protocol) kept("wire", wire) kept("attempts", attempts) kept("time", time)                   \
		kept("backoff", waits) own("delay", delay) own("inject", inject) kept("isolation", isolation)          \
			kept("locking", locking) own("as-of", as_of) kept("mouse", mouse) kept("present", present)     \
				kept("ascii", ascii) kept("color", color) kept("format", format)                       \
					bank("overdraft", overdraft) bank("id-column", id_column)                      \
						bank("balance-column", balance_column)
#define SETTING_FIRST(name, word) name
#define SETTING_MORE(name, word) "|" name
#define SETTING_CHOICES SETTINGS(SETTING_FIRST, SETTING_MORE, SETTING_MORE, SETTING_MORE)

struct own_setting {
	const char *name;
	void (*explain)(struct buf *out, const struct app *app);
	void (*show)(struct buf *out, const struct app *app); /* NULL: by cli/setting.h, and so is `set` */
	enum status (*set)(struct app *app, const char *word, struct err *err);
	bool bank; /* the table of accounts is looked at anew */
};

#define SETTING_KEPT(name, word) {name, word##_explain, NULL, NULL, false},
#define SETTING_OWN(name, word) {name, word##_explain, word##_show, word##_set, false},
#define SETTING_BANK(name, word) {name, word##_explain, word##_show, word##_set, true},
static const struct own_setting table[] = {SETTINGS(SETTING_KEPT, SETTING_KEPT, SETTING_OWN, SETTING_BANK)};

static void set_show(struct buf *out, const struct app *app, const struct own_setting *setting)
{
	if (setting->show)
		setting->show(out, app);
	else
		setting_find(setting->name, strlen(setting->name))->show(out, &app->settings);
}

static enum status set_to(struct app *app, const struct own_setting *setting, const char *word, struct err *err)
{
	if (setting->set)
		return setting->set(app, word, err);
	return setting_find(setting->name, strlen(setting->name))->set(&app->settings, word, err);
}

/* `name` may be NAME=VALUE. */
static const struct own_setting *set_find(const char *name)
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

static void set_say(struct app *app, const void *what)
{
	const struct own_setting *setting = what;
	struct buf value = {0}, meaning = {0};
	set_show(&value, app, setting);
	setting->explain(&meaning, app);
	app_result(app, "%s %s%s", setting->name, buf_text(&value), buf_text(&meaning));
	buf_free(&value);
	buf_free(&meaning);
}

/* Sets it where there is a word, and says what it is then. */
static void change(struct run *run, const struct own_setting *setting, const char *word)
{
	struct app *app = run->app;
	struct err err = {0};
	if (word && setting->bank) {
		set_bank_change(run, setting->set, word, set_say, setting);
		return;
	}
	enum status status = word ? set_to(app, setting, word, &err) : ST_OK;
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
		set_show(&value, app, &table[i]);
		table[i].explain(&meaning, app);
		buf_fmt(&text, "%-14s  %s%s\n", table[i].name, buf_text(&value), buf_text(&meaning));
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
		set_show(&value, run->app, &table[i]);
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
