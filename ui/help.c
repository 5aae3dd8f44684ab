/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The help: keys from the keymap, commands from the command table; and the key line. */
#include "ui/help.h"

#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"

enum { KEYS_COLS = 12, LABEL_COLS = 16, NARROW = 60 };

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

/* ---- what a line runs ---- */

static size_t help_count_lines(const struct buf *text)
{
	size_t n = 0;
	for (size_t i = 0; i < text->len; i++)
		n += text->p[i] == '\n';
	return n;
}

/* The line that was written last runs that. */
static void help_line_runs(struct buf *runs, const struct buf *out, const char *command)
{
	buf_fill(runs, '\n', help_count_lines(out) - 1 - help_count_lines(runs));
	buf_str(runs, command);
	buf_char(runs, '\n');
}

/* Not keys that answer what is asked, or close what will be closed then. */
static void help_binding_runs(struct buf *runs, const struct buf *out, const struct binding *binding)
{
	static const char *const none[] = {"review", "help", "full", "themes"};
	bool runnable = strcmp(binding->command, "back") != 0 && strcmp(binding->command, "close") != 0;
	for (size_t i = 0; i < COUNT_OF(none); i++)
		runnable &= strcmp(binding->context, none[i]) != 0;
	if (runnable && !strchr(binding->command, '%'))
		help_line_runs(runs, out, binding->command);
}

/* What takes words is not run yet: its name is typed, and the words are left to be added. */
static void help_command_runs(struct buf *runs, const struct buf *out, const struct command *command)
{
	const struct command_arg *first = &command->args[0];
	bool at_once = command->flags & COMMAND_SCREEN ? !first->name || first->optional
						       : !first->name && !command->options[0].name;
	struct buf line = {0};
	buf_fmt(&line, "%s%s", at_once ? "" : "prompt ", command->name);
	help_line_runs(runs, out, buf_text(&line));
	buf_free(&line);
}

/* ---- keys ---- */

/* What a user has bound need not have a note. */
static const char *help_means(const struct binding *binding)
{
	return binding->note[0] ? binding->note : binding->command;
}

static void keys_of(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *context,
		    const char *heading)
{
	size_t n;
	const struct binding *all = keymap_all(keymap, &n);
	buf_fmt(out, "%s:\n", heading);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].context, context) != 0)
			continue;
		struct buf keys = {0};
		keymap_keys(&keys, &all[i]);
		two_columns(out, buf_text(&keys), KEYS_COLS, help_means(&all[i]));
		help_binding_runs(runs, out, &all[i]);
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

static void commands(struct buf *out, struct buf *runs, bool screen, const char *heading)
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
		help_command_runs(runs, out, table[i]);
		buf_free(&text);
	}
	buf_char(out, '\n');
}

/* Those of where one is come first. */
static void help_keys(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *context)
{
	static const char *const sections[][2] = {
		{"global", "Keys everywhere"},
		{"accounts", "Keys in the accounts"},
		{"transfer", "Keys in the transfer"},
		{"lessons", "Keys in the list of lessons"},
		{"lab", "Keys in a lesson"},
		{"ledger", "Keys in the ledger"},
		{"sessions", "Keys in the list of sessions"},
		{"load", "Keys in the load"},
		{"log", "Keys in the SQL log"},
		{"play", "Keys in a recording"},
		{"away", "Keys away from the accounts"},
		{"cluster", "Keys with a cluster of demo --cockroach"},
		{"review", "Keys in the review box"},
		{"help", "Keys in this help"},
		{"full", "Keys in a full text"},
		{"themes", "Keys in the list of themes"},
	};
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < COUNT_OF(sections); i++)
			if ((strcmp(sections[i][0], context) != 0) == (others != 0))
				keys_of(out, runs, keymap, sections[i][0], sections[i][1]);
}

static void help_labels(struct buf *out)
{
	static const char *const labels[][2] = {
		{"STANDBY", "the server follows another one and takes no transfers"},
		{"READ-ONLY", "teller was asked not to write, or the server does not let it"},
		{"NO TLS", "what is sent can be read on the way"},
		{"RIVAL ARMED", "the next transfer meets a real conflict"},
		{"INJECT 2", "the server will fail the first 2 attempts"},
		{"CUT ARMED", "our connection will be cut while the commit is on its way"},
		{"DELAY 20 ms", "a wait before each round trip"},
		{"STEPPING", "each statement is held until it is let go"},
		{"CONNECTION RESTS", "it was lost, and is made again when something is asked"},
	};
	buf_str(out, "Words in the title:\n");
	for (size_t i = 0; i < COUNT_OF(labels); i++)
		two_columns(out, labels[i][0], LABEL_COLS, labels[i][1]);
	buf_char(out, '\n');
}

void help_all(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *context)
{
	help_keys(out, runs, keymap, context);
	buf_str(out, "Who, in the log:\n");
	two_columns(out, "T3.1", KEYS_COLS, "a transfer: transaction 3 of this teller, its attempt 1");
	two_columns(out, "R4.1", KEYS_COLS, "the rival: another session of teller's, which makes a conflict");
	two_columns(out, "B", KEYS_COLS, "reads of the list of accounts");
	two_columns(out, "L", KEYS_COLS, "sessions of a lesson");
	buf_char(out, '\n');
	buf_str(out, "Signs in the log:\n");
	two_columns(out, "x", KEYS_COLS, "an error");
	two_columns(out, "~", KEYS_COLS, "a wait before the next attempt; nothing is locked meanwhile");
	two_columns(out, "<", KEYS_COLS, "rolled back");
	two_columns(out, "*", KEYS_COLS, "durable from here: the commit");
	two_columns(out, "!", KEYS_COLS, "something was injected, such as a conflict by the rival");
	two_columns(out, ".", KEYS_COLS, "sent, not answered yet");
	two_columns(out, "?", KEYS_COLS, "sent, and the connection was lost before the answer");
	buf_char(out, '\n');
	help_labels(out);
	commands(out, runs, false, "Commands, after :");
	commands(out, runs, true, "Commands that move on the screen");
	buf_str(out, "A few letters are enough where they are clear: :tr 104 107 all. An id alone goes there: :104.\n");
	buf_str(out, "The wheel scrolls, a click selects; here, another click runs the selected line, and one outside "
		     "closes it.\n"
		     "To select text, drag with Shift held, or turn the mouse off: M.\n");
}

static void keys_for(struct buf *out, struct buf *runs, const struct keymap *keymap, const struct command *command)
{
	size_t n, length = strlen(command->name);
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++) {
		const char *line = all[i].command;
		if (strncmp(line, command->name, length) != 0 || (line[length] && line[length] != ' '))
			continue;
		struct buf keys = {0};
		keymap_keys(&keys, &all[i]);
		buf_fmt(out, "  key %s (%s): %s\n", buf_text(&keys), all[i].context, help_means(&all[i]));
		help_binding_runs(runs, out, &all[i]);
		buf_free(&keys);
	}
}

enum status help_command(struct buf *out, struct buf *runs, const struct keymap *keymap, const char *name,
			 struct err *err)
{
	const struct command *command = command_find(name);
	if (!command)
		return err_set(err, ST_USAGE, "there is no command '%s'; ? shows them all", name);
	usage(out, command);
	buf_char(out, '\n');
	help_command_runs(runs, out, command);
	buf_fmt(out, "\n%s\n", command->help);
	if (command->alias)
		buf_fmt(out, "also: %s\n", command->alias);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		struct buf option = {0};
		const char *value = command->options[i].value;
		buf_fmt(&option, "--%s%s%s", command->options[i].name, value ? " " : "", value ? value : "");
		two_columns(out, buf_text(&option), 20, command->options[i].help);
		buf_free(&option);
	}
	keys_for(out, runs, keymap, command);
	return ST_OK;
}

/* ---- the key line ---- */

enum side { LEFT, RIGHT };

/* The key of a binding as the keymap has it: its first one. */
static void help_first_key(struct buf *out, const struct binding *binding)
{
	buf_add(out, binding->keys, strcspn(binding->keys, ","));
}

static bool is_digit(const struct binding *binding)
{
	return strncmp(binding->keys, "digit", 5) == 0;
}

static bool is_right(const struct binding *binding)
{
	size_t n = strlen(binding->hint);
	return n > 0 && binding->hint[n - 1] == '!';
}

static bool is_away(const char *context)
{
	return strcmp(context, "away") == 0 || strcmp(context, "cluster") == 0;
}

/* The key does something else here: a binding of the pane, or of a place away from the accounts, comes before it. */
static bool help_covered(const struct hints *hints, const struct binding *binding)
{
	struct buf key = {0};
	bool global = strcmp(binding->context, "global") == 0, covered = false;
	help_first_key(&key, binding);
	if (global || is_away(binding->context))
		covered = keymap_find(hints->keymap, hints->context, buf_text(&key)) != NULL;
	if (hints->play && strcmp(binding->context, "play") != 0)
		covered |= keymap_find(hints->keymap, "play", buf_text(&key)) != NULL;
	if (global && hints->cluster)
		covered |= keymap_find(hints->keymap, "cluster", buf_text(&key)) != NULL;
	if (global && hints->away)
		covered |= keymap_find(hints->keymap, "away", buf_text(&key)) != NULL;
	buf_free(&key);
	return covered;
}

/* In a recording only what looks at it has a use. */
static bool help_of_use(const struct hints *hints, const struct binding *binding)
{
	char name[32];
	const char *line = binding->command;
	line += strncmp(line, "prompt ", 7) == 0 ? 7 : 0; /* what is typed there is meant */
	snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
	const struct command *command = command_exact(name);
	unsigned needs = COMMAND_BANK | COMMAND_SERVER | COMMAND_WORK;
	if (!hints->play || !command || strcmp(name, "quit") == 0 || strcmp(name, "help") == 0)
		return true;
	return (command->flags & COMMAND_SCREEN) && !(command->flags & needs);
}

static int hint_width(const struct binding *binding)
{
	size_t key = is_digit(binding) ? 3 : strcspn(binding->keys, ",");
	return (int)(key + 1 + strcspn(binding->hint, "!"));
}

/* Places those of a context from x on that fit. Returns where the next one would go. */
static int help_place(struct hints *hints, const char *context, enum side side, int x, int end)
{
	size_t n;
	const struct binding *all = keymap_all(hints->keymap, &n);
	for (size_t i = 0; i < n && hints->n < HINTS_MAX; i++) {
		const struct binding *binding = &all[i];
		if (!binding->hint[0] || strcmp(binding->context, context) != 0 || is_right(binding) != (side == RIGHT))
			continue;
		int width = hint_width(binding);
		if (!help_of_use(hints, binding) || help_covered(hints, binding) || x + width > end)
			continue;
		hints->all[hints->n++] = (struct hint){x, width, binding};
		x += width + 2;
	}
	return x;
}

/* Those at the right are placed first, from column 0 on, and moved to where they end at the edge. */
static int help_place_right(struct hints *hints, int columns)
{
	int room = columns < NARROW ? columns / 3 : columns;
	int width = help_place(hints, "global", RIGHT, 0, room);
	if (hints->away)
		width = help_place(hints, "away", RIGHT, width, room);
	for (int i = 0; i < hints->n; i++)
		hints->all[i].x += columns - width + 1;
	return width;
}

void help_hints(struct hints *hints, int columns)
{
	const char *context = hints->context;
	bool pane = strcmp(context, "review") != 0 && strcmp(context, "help") != 0 && strcmp(context, "full") != 0 &&
		    strcmp(context, "themes") != 0;
	hints->n = 0;
	hints->changes = keymap_changes(hints->keymap);
	int right = pane ? help_place_right(hints, columns) : 0;
	int x = pane && hints->play ? help_place(hints, "play", LEFT, 1, columns - right) : 1;
	x = help_place(hints, context, LEFT, x, columns - right);
	if (pane && hints->cluster)
		x = help_place(hints, "cluster", LEFT, x, columns - right);
	if (pane)
		help_place(hints, "global", LEFT, x, columns - right);
}

void help_draw_hints(const struct hints *hints, int y, int columns)
{
	draw_line(y, 0, columns, STYLE_TEXT, "");
	for (int i = 0; i < hints->n; i++) {
		const struct hint *hint = &hints->all[i];
		struct buf key = {0}, words = {0};
		if (is_digit(hint->binding))
			buf_str(&key, "0-9");
		else
			help_first_key(&key, hint->binding);
		buf_add(&words, hint->binding->hint, strcspn(hint->binding->hint, "!"));
		draw_text(y, hint->x, columns - hint->x, STYLE_KEY, buf_text(&key));
		int x = hint->x + (int)key.len + 1;
		draw_text(y, x, columns - x, STYLE_FAINT, buf_text(&words));
		buf_free(&key);
		buf_free(&words);
	}
}

const struct binding *help_hint_at(const struct hints *hints, int x)
{
	if (!hints->keymap || hints->changes != keymap_changes(hints->keymap))
		return NULL;
	for (int i = 0; i < hints->n; i++) {
		const struct hint *hint = &hints->all[i];
		if (x >= hint->x && x < hint->x + hint->width)
			return is_digit(hint->binding) ? NULL : hint->binding;
	}
	return NULL;
}
