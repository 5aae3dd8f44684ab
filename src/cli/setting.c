/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `set` changes of the program's settings: most by the option of the command line that sets the same. */
#include "cli/setting.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "cli/output.h"

enum { TIME_MAX_S = 86400 };

/* ---- by options ---- */

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

static enum status by_option(struct settings *settings, const char *setting, const char *option, const char *word,
			     struct err *err)
{
	struct txn_options before = settings->txn;
	enum status status = options_by_name(option, strlen(option))->apply(settings, word, err);
	if (!status)
		return ST_OK;
	settings->txn = before;
	call_it_setting(err, setting, option);
	return status;
}

#define SETTING_BY_OPTION(own, name, option)                                                                           \
	static enum status own##_set(struct settings *settings, const char *word, struct err *err)                     \
	{                                                                                                              \
		return by_option(settings, name, option, word, err);                                                   \
	}

SETTING_BY_OPTION(protocol, "protocol", "protocol")
SETTING_BY_OPTION(wire, "wire", "wire")
SETTING_BY_OPTION(isolation, "isolation", "isolation")
SETTING_BY_OPTION(locking, "locking", "locking")
SETTING_BY_OPTION(attempts, "attempts", "max-attempts")
SETTING_BY_OPTION(waits, "backoff", "backoff")
SETTING_BY_OPTION(color, "color", "color")
SETTING_BY_OPTION(format, "format", "format")

static void protocol_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, txn_protocol_name(settings->txn.protocol));
}

static void wire_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, txn_wire_name(settings->txn.wire));
}

static void isolation_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, txn_isolation_word(settings->txn.isolation));
}

static void locking_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, txn_locking_word(settings->txn.locking));
}

static void attempts_show(struct buf *out, const struct settings *settings)
{
	buf_fmt(out, "%u", settings->txn.max_attempts);
}

static void waits_show(struct buf *out, const struct settings *settings)
{
	buf_fmt(out, "%" PRIu64 ",%" PRIu64, settings->txn.backoff_base_ms, settings->txn.backoff_cap_ms);
}

static void color_show(struct buf *out, const struct settings *settings)
{
	static const char *const words[] = {COLOR_WHENS(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
	buf_str(out, words[settings->color]);
}

static void format_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, output_format_word(settings->format));
}

/* ---- others ---- */

static void time_show(struct buf *out, const struct settings *settings)
{
	buf_fmt(out, "%" PRIu64, settings->txn.max_elapsed_ms / 1000);
}

static enum status time_set(struct settings *settings, const char *word, struct err *err)
{
	unsigned long long seconds = 0;
	enum status status = options_number(word, "time", 1, TIME_MAX_S, &seconds, err);
	if (!status)
		settings->txn.max_elapsed_ms = seconds * 1000;
	return status;
}

/* on, off or toggle. */
static enum status setting_switch(bool *on, const char *name, const char *word, struct err *err)
{
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0)
		*on = strcmp(word, "on") == 0;
	else if (strcmp(word, "toggle") == 0)
		*on = !*on;
	else
		return err_set(err, ST_USAGE, "%s is on, off or toggle, not \"%.80s\"", name, word);
	return ST_OK;
}

static void mouse_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, settings->no_mouse ? "off" : "on");
}

static enum status mouse_set(struct settings *settings, const char *word, struct err *err)
{
	bool on = !settings->no_mouse;
	enum status status = setting_switch(&on, "mouse", word, err);
	settings->no_mouse = !on;
	return status;
}

static void present_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, settings->present ? "on" : "off");
}

static enum status present_set(struct settings *settings, const char *word, struct err *err)
{
	return setting_switch(&settings->present, "present", word, err);
}

static void ascii_show(struct buf *out, const struct settings *settings)
{
	buf_str(out, settings->ascii ? "on" : "off");
}

static enum status ascii_set(struct settings *settings, const char *word, struct err *err)
{
	return setting_switch(&settings->ascii, "ascii", word, err);
}

/* ---- the table ---- */

#define SETTING_SWITCH "on|off|toggle"
#define SETTING_ROW(name, choices, own)                                                                                \
	{                                                                                                              \
		name, choices, own##_show, own##_set                                                                   \
	}
static const struct setting table[] = {
	SETTING_ROW("protocol", TXN_PROTOCOL_CHOICES, protocol),
	SETTING_ROW("wire", TXN_WIRE_CHOICES, wire),
	SETTING_ROW("attempts", NULL, attempts),
	SETTING_ROW("time", NULL, time),
	SETTING_ROW("backoff", NULL, waits),
	SETTING_ROW("isolation", TXN_ISOLATION_CHOICES, isolation),
	SETTING_ROW("locking", TXN_LOCKING_CHOICES, locking),
	SETTING_ROW("mouse", SETTING_SWITCH, mouse),
	SETTING_ROW("present", SETTING_SWITCH, present),
	SETTING_ROW("ascii", SETTING_SWITCH, ascii),
	SETTING_ROW("color", COLOR_CHOICES, color),
	SETTING_ROW("format", OUTPUT_FORMAT_CHOICES, format),
};

const struct setting *setting_table(size_t *n)
{
	*n = COUNT_OF(table);
	return table;
}

const struct setting *setting_find(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strlen(table[i].name) == length && strncmp(table[i].name, name, length) == 0)
			return &table[i];
	return NULL;
}
