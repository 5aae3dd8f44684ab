/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help: keys from the keymap, commands from the command table; and the key line. */
#include "ui/help.h"

#include <string.h>

#include "app/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"

enum { KEYS_COLS = 12, NARROW = 60 };

static void two_columns(struct buf *out, const char *left, int width, const char *right)
{
	size_t n = text_width(left, strlen(left));
	buf_str(out, "  ");
	buf_str(out, left);
	buf_fill(out, ' ', n < (size_t)width ? (size_t)width - n : 0);
	buf_str(out, "  ");
	buf_str(out, right);
	buf_char(out, '\n');
}

/* ---- keys ---- */

static void keys_of(struct buf *out, const struct keymap *keymap, const char *context, const char *heading)
{
	size_t n;
	const struct binding *all = keymap_all(keymap, &n);
	buf_fmt(out, "%s:\n", heading);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].context, context) != 0)
			continue;
		struct buf keys = {0};
		keymap_keys(&keys, &all[i]);
		two_columns(out, buf_text(&keys), KEYS_COLS, all[i].note[0] ? all[i].note : all[i].command);
		buf_free(&keys);
	}
	buf_char(out, '\n');
}

/* ---- commands ---- */

static void usage(struct buf *out, const struct command *command)
{
	command_usage(out, command);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		buf_fmt(out, " [--%s", command->options[i].name);
		if (command->options[i].value)
			buf_fmt(out, " %s", command->options[i].value);
		buf_char(out, ']');
	}
}

static void commands(struct buf *out, bool screen, const char *heading)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	buf_fmt(out, "%s:\n", heading);
	for (size_t i = 0; i < n; i++) {
		if (((table[i]->flags & COMMAND_SCREEN) != 0) != screen)
			continue;
		struct buf text = {0};
		command_usage(&text, table[i]);
		two_columns(out, buf_text(&text), screen ? 16 : 30, table[i]->help);
		buf_free(&text);
	}
	buf_char(out, '\n');
}

void help_all(struct buf *out, const struct keymap *keymap)
{
	static const char *const sections[][2] = {
		{"global", "Keys everywhere"},        {"accounts", "Keys in the accounts"},
		{"transfer", "Keys in the transfer"}, {"ledger", "Keys in the ledger"},
		{"log", "Keys in the SQL log"},       {"review", "Keys in the review box"},
		{"help", "Keys in this help"},        {"full", "Keys in a full text"},
	};
	for (size_t i = 0; i < COUNT_OF(sections); i++)
		keys_of(out, keymap, sections[i][0], sections[i][1]);
	buf_str(out, "Signs in the log:\n");
	two_columns(out, "x", KEYS_COLS, "an error");
	two_columns(out, "~", KEYS_COLS, "a wait before the next attempt; nothing is locked meanwhile");
	two_columns(out, "<", KEYS_COLS, "rolled back");
	two_columns(out, "*", KEYS_COLS, "durable from here: the commit");
	two_columns(out, "!", KEYS_COLS, "something was injected, such as a conflict by the rival");
	two_columns(out, ".", KEYS_COLS, "sent, not answered yet");
	two_columns(out, "?", KEYS_COLS, "sent, and the connection was lost before the answer");
	buf_char(out, '\n');
	commands(out, false, "Commands, after :");
	commands(out, true, "Commands that move on the screen");
	buf_str(out, "A few letters are enough where they are clear: :tr 104 107 all. An id alone goes there: :104.\n");
	buf_str(out, "The wheel scrolls, a click selects. To select text, drag with Shift held, or turn the mouse off: "
		     "M.\n");
}

static void keys_for(struct buf *out, const struct keymap *keymap, const struct command *command)
{
	size_t n, length = strlen(command->name);
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++) {
		const char *line = all[i].command;
		if (strncmp(line, command->name, length) != 0 || (line[length] && line[length] != ' '))
			continue;
		struct buf keys = {0};
		keymap_keys(&keys, &all[i]);
		buf_fmt(out, "  key %s (%s): %s\n", buf_text(&keys), all[i].context, all[i].note);
		buf_free(&keys);
	}
}

enum status help_command(struct buf *out, const struct keymap *keymap, const char *name, struct err *err)
{
	const struct command *command = command_find(name);
	if (!command)
		return err_set(err, ST_USAGE, "there is no command '%s'; ? shows them all", name);
	usage(out, command);
	buf_fmt(out, "\n\n%s\n", command->help);
	if (command->alias)
		buf_fmt(out, "also: %s\n", command->alias);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		struct buf option = {0};
		const char *value = command->options[i].value;
		buf_fmt(&option, "--%s%s%s", command->options[i].name, value ? " " : "", value ? value : "");
		two_columns(out, buf_text(&option), 20, command->options[i].help);
		buf_free(&option);
	}
	keys_for(out, keymap, command);
	return ST_OK;
}

/* ---- the key line ---- */

enum side { LEFT, RIGHT };

/* The key of a binding as the line shows it: its first one. */
static void first_key(struct buf *out, const struct binding *binding)
{
	size_t n = strcspn(binding->keys, ",");
	if (strncmp(binding->keys, "digit", 5) == 0)
		buf_str(out, "0-9");
	else
		buf_add(out, binding->keys, n);
}

static bool belongs(const struct binding *binding, const char *context, enum side side)
{
	size_t n = strlen(binding->hint);
	bool right = n > 0 && binding->hint[n - 1] == '!';
	return n > 0 && strcmp(binding->context, context) == 0 && right == (side == RIGHT);
}

/* Draws them from x on, those that fit; with y < 0 only measures. Returns where the next one would go. */
static int hints_of(const struct keymap *keymap, const char *context, enum side side, int y, int x, int end)
{
	size_t n;
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++) {
		if (!belongs(&all[i], context, side))
			continue;
		struct buf key = {0}, hint = {0};
		first_key(&key, &all[i]);
		buf_add(&hint, all[i].hint, strcspn(all[i].hint, "!"));
		int width = (int)(key.len + 1 + hint.len);
		if (x + width <= end) {
			draw_text(y, x, end - x, STYLE_KEY, buf_text(&key));
			draw_text(y, x + (int)key.len + 1, end - x, STYLE_FAINT, buf_text(&hint));
			x += width + 2;
		}
		buf_free(&key);
		buf_free(&hint);
	}
	return x;
}

void help_hints(const struct keymap *keymap, const char *context, int y, int columns)
{
	bool pane = strcmp(context, "review") != 0 && strcmp(context, "help") != 0 && strcmp(context, "full") != 0;
	int right = pane ? hints_of(keymap, "global", RIGHT, -1, 0, columns < NARROW ? columns / 2 : columns) : 0;
	draw_line(y, 0, columns, STYLE_TEXT, "");
	int x = hints_of(keymap, context, LEFT, y, 1, columns - right);
	if (!pane)
		return;
	hints_of(keymap, "global", LEFT, y, x, columns - right);
	hints_of(keymap, "global", RIGHT, y, columns - right + 1,
		 columns < NARROW ? columns - right + 1 + columns / 2 : columns + 1);
}
