/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line at the bottom: readline edits and completes, without access to terminal or signals. */
#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* after <stdio.h>, which it needs */
#include <readline/readline.h>

#include "app/app.h"
#include "app/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/complete.h"
#include "ui/draw.h"
#include "ui/prompt_internal.h"
#include "ui/wrap.h"

enum { OFFER_ROWS = 4, DISCARD_KEY = 'U' & 0x1f };

/*
 * readline is one per process, so its state here is one too. It is fed whole keys from a queue and answers EOF when the
 * queue is empty: a reader that waited for more, or repeated its last byte, would hang in the middle of a sequence.
 */
static struct {
	struct app *app;
	bool started, open;
	char *accepted; /* set by the line callback, which must not run anything itself */
	bool ended;     /* the callback was called */
	bool drawn;     /* readline draws, and not we */
	char *given;    /* the command, with its blank, of the key that opened it; "" for none */
	struct buf queue;
	size_t at;
	struct buf offer; /* completions, separated by blanks */
	FILE *nowhere;
} prompt;

/* ---- readline's doors ---- */

/* A terminal that turns Enter into an end of line gives it as ^J, which would only end a search and not run what it
 * found. */
static int next_byte(FILE *stream)
{
	(void)stream;
	int byte = prompt.at < prompt.queue.len ? (unsigned char)prompt.queue.p[prompt.at++] : EOF;
	return prompt.drawn && byte == '\n' ? '\r' : byte;
}

static int bytes_waiting(void)
{
	return prompt.at < prompt.queue.len;
}

static void nothing_to_draw(void)
{
}

/* Removes itself at once, or readline would start a new line before we are back in the loop. */
static void prompt_on_line(char *line)
{
	rl_callback_handler_remove();
	prompt.ended = true;
	prompt.accepted = line ? mem_dup(line) : NULL;
	free(line);
}

static void offer_matches(char **matches, int n, int longest)
{
	(void)longest;
	buf_clear(&prompt.offer);
	for (int i = 1; i <= n; i++) {
		if (i > 1)
			buf_str(&prompt.offer, "  ");
		draw_harmless(&prompt.offer, matches[i]);
	}
}

static bool is_harmless(const char *text)
{
	struct buf shown = {0};
	text_escape(&shown, text, strlen(text), 0);
	bool same = strcmp(buf_text(&shown), text) == 0;
	buf_free(&shown);
	return same;
}

static char *next_match(const char *text, int state)
{
	static struct buf all; /* of the completion that readline collects just now, one NUL-terminated after another */
	static size_t left;
	static const char *at;
	(void)text;
	if (state == 0) {
		size_t from = 0;
		buf_clear(&all);
		left = command_complete(prompt.app, rl_line_buffer, (size_t)rl_point, &all, &from);
		at = buf_text(&all);
	}
	for (; left > 0 && prompt.drawn && !is_harmless(at); left--)
		at += strlen(at) + 1;
	if (left == 0) {
		buf_free(&all);
		return NULL;
	}
	char *match = strdup(at);
	at += strlen(at) + 1;
	left--;
	return match;
}

static char **prompt_complete(const char *text, int start, int end)
{
	(void)start, (void)end;
	rl_attempted_completion_over = 1; /* file names, too, come from the commands, and only where one can stand */
	char **matches = rl_completion_matches(text, next_match);
	bool directory =
		matches && !matches[1] && matches[0][0] && strrchr(matches[0], '/') && !strrchr(matches[0], '/')[1];
	rl_completion_append_character = directory ? '\0' : ' '; /* a name of what is in it may follow */
	return matches;
}

/* ---- start ---- */

/* What readline does by itself to a terminal, or waits for, is not for a loop; an inputrc, which a key reads again,
 * does not change that. */
static void override_settings(void)
{
	static const char *const settings[][2] = {
		{"show-all-if-ambiguous", "on"},
		{"blink-matching-paren", "off"}, /* it would wait */
		{"bell-style", "none"},          /* it would write to stderr */
		{"isearch-terminators", "\\e\\C-j"},
		{"input-meta", "on"}, /* a byte of a letter is no key with Meta, in the locale C neither */
		{"convert-meta", "off"},
	};
	for (size_t i = 0; i < COUNT_OF(settings); i++)
		rl_variable_bind(settings[i][0], settings[i][1]);
}

/* ^U leaves the command that a key gave, until that is all there is. */
static int prompt_discard(int count, int key)
{
	size_t given = strlen(prompt.given);
	if ((size_t)rl_point <= given || strncmp(rl_line_buffer, prompt.given, given) != 0)
		return rl_unix_line_discard(count, key);
	rl_kill_text(rl_point, (int)given);
	rl_point = rl_mark = (int)given;
	return 0;
}

/* The search that edits what is looked for in place of the line loses memory on most ways out of it (readline 8.2); the
 * one that finds as one types takes its keys, Alt-p and Alt-n. */
static void replace_search(Keymap map)
{
	for (int key = 0; key < KEYMAP_SIZE; key++) {
		rl_command_func_t **function = &map[key].function;
		if (map[key].type != ISFUNC)
			continue;
		if (*function == rl_noninc_forward_search)
			*function = rl_forward_search_history;
		else if (*function == rl_noninc_reverse_search)
			*function = rl_reverse_search_history;
	}
}

static void bind_keys(void)
{
	replace_search(rl_get_keymap_by_name("emacs-meta"));
	if (rl_get_keymap()[DISCARD_KEY].function == rl_unix_line_discard)
		rl_bind_key(DISCARD_KEY, prompt_discard);
	rl_bind_keyseq_if_unbound("\\e[3~", rl_delete);
	rl_bind_keyseq_if_unbound("\\e[1;5C", rl_forward_word);
	rl_bind_keyseq_if_unbound("\\e[1;5D", rl_backward_word);
	rl_bind_keyseq_if_unbound("\\e[Z", rl_old_menu_complete);
}

void prompt_start(FILE *out)
{
	prompt.started = true;
	prompt.drawn = out != NULL;
	prompt.nowhere = fmemopen(NULL, 16, "w"); /* no descriptor, which may be short */
	rl_readline_name = "teller";
	rl_change_environment = 0; /* LINES and COLUMNS would freeze the size of the screen */
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_outstream = out ? out : prompt.nowhere; /* it would write over the screen */
	rl_getc_function = next_byte;
	rl_input_available_hook = bytes_waiting;
	rl_redisplay_function = out ? rl_redisplay : nothing_to_draw;
	rl_completion_display_matches_hook = offer_matches;
	rl_attempted_completion_function = prompt_complete;
	rl_completer_word_break_characters = " ";
	rl_completer_quote_characters = "";
	rl_completion_query_items = -1;
	rl_initialize();
	rl_tty_set_echoing(out != NULL); /* it does not look itself, where the modes are not its own */
	bind_keys();
	prompt_history_open();
}

static void prompt_install(struct app *app, const char *head, const char *text)
{
	prompt_close();
	prompt.app = app;
	prompt.open = true;
	prompt.ended = false;
	buf_clear(&prompt.offer);
	const char *blank = text ? strchr(text, ' ') : NULL;
	free(prompt.given);
	prompt.given = mem_dup_n(blank ? text : "", blank ? (size_t)(blank + 1 - text) : 0);
	rl_callback_handler_install(head, prompt_on_line);
}

void prompt_open_line(struct app *app, const char *head)
{
	prompt_install(app, head, NULL);
}

void prompt_open(struct app *app, const char *text)
{
	if (!prompt.started)
		prompt_start(NULL);
	prompt_install(app, ":", text);
	if (text && text[0])
		rl_insert_text(text);
}

bool prompt_is_open(void)
{
	return prompt.open;
}

/* A key that waits for another one (^V, ^], ^X) is given one: what readline keeps for it is freed only so. */
static void end_sequence(void)
{
	buf_clear(&prompt.queue);
	prompt.at = 0;
	buf_char(&prompt.queue, '\0'); /* sets the mark, which nobody sees */
	rl_callback_read_char();
}

void prompt_close(void)
{
	if (!prompt.open)
		return;
	if (!prompt.ended)
		end_sequence();
	if (!prompt.ended) {
		rl_callback_sigcleanup();
		rl_free_line_state();
		rl_callback_handler_remove();
	}
	rl_replace_line("", 0);
	buf_clear(&prompt.queue);
	prompt.at = 0;
	prompt.open = false;
}

void prompt_end(void)
{
	prompt_close();
	if (!prompt.started)
		return;
	rl_initialize(); /* gives the line back that was left for an older one */
	prompt_history_close();
	free(prompt.given);
	prompt.given = NULL;
	buf_free(&prompt.queue);
	buf_free(&prompt.offer);
	if (prompt.nowhere)
		fclose(prompt.nowhere);
	prompt.started = false;
}

/* ---- keys ---- */

/* What readline knows a key by; "" for a key that it does not know. */
static const char *sequence_of(const struct key *key, char out[8])
{
	static const char *const fixed[K_COUNT] = {
		[K_UP] = "\x1b[A", [K_DOWN] = "\x1b[B",    [K_LEFT] = "\x1b[D",    [K_RIGHT] = "\x1b[C",
		[K_HOME] = "\x01", [K_END] = "\x05",       [K_DELETE] = "\x1b[3~", [K_ENTER] = "\r",
		[K_TAB] = "\t",    [K_BACKSPACE] = "\x7f",
	};
	bool control = key->mods & MOD_CTRL;
	if (key->code == K_LEFT || key->code == K_RIGHT)
		if (control)
			return key->code == K_LEFT ? "\x1b[1;5D" : "\x1b[1;5C";
	if (key->code == K_TAB && (key->mods & MOD_SHIFT))
		return "\x1b[Z";
	if (key->code != K_CHAR)
		return fixed[key->code] ? fixed[key->code] : "";
	size_t n = 0;
	if (key->mods & MOD_ALT)
		out[n++] = '\x1b';
	if (control)
		out[n++] = (char)(key->cp & 0x1f);
	else
		n += key_utf8(out + n, key->cp);
	out[n] = '\0';
	return out;
}

static void feed(const char *bytes, size_t n)
{
	if (!RL_ISSTATE(RL_STATE_ISEARCH)) /* the search still reads those that it began with */
		override_settings();
	buf_clear(&prompt.queue);
	prompt.at = 0;
	buf_add(&prompt.queue, bytes, n);
	while (!prompt.ended && prompt.at < prompt.queue.len)
		rl_callback_read_char();
}

/* A key that is the first of several, as ^X: readline's search (8.2) loses its way in those. */
static bool begins_sequence(char byte)
{
	unsigned char first = (unsigned char)byte;
	return first && first != '\x1b' && rl_get_keymap()[first].type == ISKMAP;
}

/* The whole paste is one change, so that one undo takes it back. */
static void prompt_insert(const char *text)
{
	rl_begin_undo_group();
	rl_insert_text(text);
	rl_end_undo_group();
}

static char *take_accepted(void)
{
	char *line = prompt.accepted;
	prompt_close();
	prompt.accepted = NULL;
	if (line)
		prompt_history_add(line);
	return line;
}

char *prompt_key(const struct key *key)
{
	char out[8];
	bool empty = rl_end == 0;
	buf_clear(&prompt.offer);
	if (key->code == K_PASTE) {
		if (RL_ISSTATE(RL_STATE_ISEARCH)) /* which reads the line that it began with */
			feed("\x1b", 1);
		prompt_insert(key->text);
		return NULL;
	}
	if (key->code == K_BACKSPACE && empty && !RL_ISSTATE(RL_STATE_ISEARCH)) {
		prompt_close();
		return NULL;
	}
	const char *bytes = sequence_of(key, out);
	if (RL_ISSTATE(RL_STATE_ISEARCH) && bytes[0] && !bytes[1] && begins_sequence(bytes[0]))
		feed("\x1b", 1);
	if (!prompt.ended)
		feed(bytes, strlen(bytes));
	return prompt.ended ? take_accepted() : NULL;
}

size_t prompt_bytes(const char *bytes, size_t n, bool *ended, char **line)
{
	size_t used = 0, piece = 1;
	if (RL_ISSTATE(RL_STATE_ISEARCH) && begins_sequence(bytes[0]))
		feed("\x1b", 1);
	while (piece < n && !begins_sequence(bytes[piece]))
		piece++;
	if (!prompt.ended) {
		feed(bytes, piece);
		used = prompt.at;
	}
	*ended = prompt.ended;
	*line = prompt.ended ? take_accepted() : NULL;
	return used;
}

/* ---- drawing ---- */

/* The part of the line around the cursor that fits: it is moved by halves, so that typing at the end does not move
 * it at every key. */
static const char *visible(const char *text, size_t point, int columns, int *cursor)
{
	int at = (int)text_width(text, point), step = columns / 2 > 0 ? columns / 2 : 1, skip = 0;
	while (at - skip >= columns)
		skip += step;
	size_t bytes = text_cut(text, strlen(text), (size_t)skip);
	*cursor = at - (int)text_width(text, bytes);
	return text + bytes;
}

static int draw_offer(struct rect room)
{
	if (!prompt.offer.len)
		return 0;
	int rows = room.h - 1 < OFFER_ROWS ? room.h - 1 : OFFER_ROWS;
	struct wrap wrap = wrap_start(buf_text(&prompt.offer), room.w - 2);
	int lines = 0;
	for (struct piece piece; lines < rows && wrap_next(&wrap, &piece);)
		lines++;
	struct rect area = {room.y + room.h - 1 - lines, room.x, lines, room.w};
	draw_clear(area);
	draw_wrapped((struct rect){area.y, area.x + 1, area.h, area.w - 2}, STYLE_FAINT, buf_text(&prompt.offer));
	if (!wrap.done && lines > 0)
		draw_right(area.y + lines - 1, area.x + area.w - 6, 5, STYLE_KEY, " ...");
	return lines;
}

struct rect prompt_draw(struct rect room)
{
	int y = room.y + room.h - 1, cursor = 0;
	struct buf before = {0}, line = {0};
	const char *head = rl_display_prompt ? rl_display_prompt : ":";
	draw_harmless(&before, head);
	buf_add(&line, buf_text(&before), before.len);
	text_escape(&before, rl_line_buffer, (size_t)rl_point, 0);
	draw_harmless(&line, rl_line_buffer);
	const char *shown = visible(buf_text(&line), before.len, room.w - 1, &cursor);
	draw_offer(room);
	draw_line(y, room.x, room.w, STYLE_TEXT, "");
	draw_text(y, room.x, room.w - 1, STYLE_TEXT, shown);
	buf_free(&before);
	buf_free(&line);
	return (struct rect){y, room.x + cursor, 1, 1};
}

bool prompt_hint(struct buf *out)
{
	const char *line = rl_line_buffer + strspn(rl_line_buffer, " ");
	char *name = mem_dup_n(line, strcspn(line, " "));
	const struct command *command = name[0] ? command_find(name) : NULL;
	free(name);
	if (!command)
		return false;
	command_usage(out, command);
	buf_fmt(out, "   %s", command->help);
	return true;
}

const char *prompt_library(void)
{
	return rl_library_version;
}
