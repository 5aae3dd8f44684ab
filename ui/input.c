/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends each key to the question, the command line, the popup, the pane or the global keymap. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/term.h"

static void input_ended(void *arg, enum status status)
{
	(void)arg, (void)status; /* what went wrong was said */
}

void input_run(struct console *console, const char *line)
{
	command_run(console->app, line, input_ended, console);
}

void input_ask(struct console *console, const char *line)
{
	command_ask(console->app, line, input_ended, console);
}

static void input_say(struct console *console, enum status status, const char *text)
{
	message_set(&console->message, status, text);
	console->dirty = true;
}

/* ---- the question ---- */

static void input_answer(struct console *console, bool yes)
{
	struct run *run = review_run(console->review);
	review_free(console->review);
	console->review = NULL;
	message_set(&console->message, ST_OK, "");
	app_reviewed(run, yes);
}

/* Keys that move, and those that no text has, were not meant as an answer, and do no harm. */
static bool is_typed(const struct key *key)
{
	bool moves = key->code >= K_UP && key->code <= K_PAGE_DOWN;
	bool named = key->code >= K_F1 && key->code <= K_F12;
	return key->code != K_NONE && !moves && !named;
}

/* A yes that is a letter in a text, typed or pasted, is none. */
static void question_key(struct console *console, const struct key *key, const char *name)
{
	const struct binding *binding = keymap_find(console->keymap, "review", name);
	const char *command = binding ? binding->command : "";
	bool alone = !keys_waiting(console->keys) && !console->typing;
	if (strcmp(command, "no") == 0)
		input_answer(console, false);
	else if (console->layout.tiny || !review_drawn(console->review) || term_waits())
		return; /* it cannot be an answer to what was not seen */
	else if (strcmp(command, "yes") == 0 && alone && review_listens(console->review))
		input_answer(console, true);
	else
		review_refuse(console->review, name, is_typed(key));
}

/* ---- everything else ---- */

static void run_binding(struct console *console, const struct binding *binding, const char *name)
{
	struct buf line = {0};
	keymap_command(&line, binding, name);
	input_ask(console, buf_text(&line));
	buf_free(&line);
}

/* What was said stays while one moves about; whatever else is done may make it untrue. */
static void input_forget_said(struct console *console, const char *command)
{
	char name[32];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(command, " "), command);
	if (motion_of(name, NULL, 1).kind == MOTION_NONE)
		message_set(&console->message, ST_OK, "");
}

static bool is_command(const struct binding *binding, const char *name)
{
	return binding && strcmp(binding->command, name) == 0;
}

static void prompt_gets(struct console *console, const struct key *key, const char *name)
{
	const struct binding *global = keymap_find(console->keymap, "global", name);
	bool control = key->mods & MOD_CTRL;
	if (key->code == K_ESC || (control && is_command(global, "cancel"))) {
		prompt_close();
	} else if (control && (is_command(global, "redraw") || is_command(global, "suspend"))) {
		run_binding(console, global, name);
	} else {
		char *line = prompt_key(key);
		if (line) {
			message_set(&console->message, ST_OK, "");
			input_run(console, line);
		}
		free(line);
	}
}

/* With something on top of the panes only what moves on the screen is for everywhere. */
static bool allowed(const struct console *console, const struct binding *binding)
{
	char name[32];
	if (!console->popup && !console->layout.tiny)
		return true;
	size_t n = strcspn(binding->command, " ");
	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), binding->command);
	const struct command *command = command_exact(name);
	if (console->layout.tiny)
		return strcmp(name, "quit") == 0 || strcmp(name, "cancel") == 0 || strcmp(name, "suspend") == 0 ||
		       strcmp(name, "redraw") == 0;
	return command && ((command->flags & COMMAND_SCREEN) || strcmp(name, "cancel") == 0);
}

/* A pane beside the focused one has a use for that key. NULL: none of this place. */
static const char *input_elsewhere(const struct console *console, const char *name)
{
	static const char *const names[PANE_COUNT] = {
		[PANE_ACCOUNTS] = "the accounts", [PANE_TRANSFER] = "the transfer", [PANE_LEDGER] = "the ledger",
		[PANE_LESSONS] = "the lessons",   [PANE_LAB] = "the lesson",        [PANE_LOG] = "the SQL log",
	};
	for (int pane = 0; pane < PANE_COUNT; pane++)
		if (layout_has(console->place, (enum pane)pane) && !console->popup && !console->layout.tiny &&
		    keymap_find(console->keymap, console->views[pane].ops->context, name))
			return names[pane];
	return NULL;
}

static void unbound(struct console *console, const struct key *key, const char *name)
{
	struct buf text = {0};
	const char *elsewhere = input_elsewhere(console, name);
	if (key->code == K_PASTE)
		buf_str(&text, "pasted text is not typed here; press : and paste it into the command line");
	else if (console->layout.tiny && key->code != K_NONE)
		buf_fmt(&text, "%s: the window is too small for that", name);
	else if (elsewhere)
		buf_fmt(&text, "%s is a key of %s; Tab goes there", name, elsewhere);
	else if (key->code != K_NONE && key->code <= K_F12)
		buf_fmt(&text, "%s does nothing here; ? shows the keys", name);
	if (text.len)
		input_say(console, key->code == K_PASTE ? ST_USAGE : ST_OK, buf_text(&text));
	buf_free(&text);
}

static void key_for_all(struct console *console, const struct key *key, const char *name)
{
	const struct binding *global = keymap_find(console->keymap, "global", name);
	/* While a statement is held, the key that lets it go does so in every pane. */
	bool steps = console->app->step.next && !console->popup && is_command(global, "step");
	bool plays = console->app->play && !console->popup;
	const struct binding *binding = plays ? keymap_find(console->keymap, "play", name) : NULL;
	if (!binding)
		binding = steps ? global : keymap_find(console->keymap, actions_context(console), name);
	if (!binding && !console->layout.tiny && actions_away(console))
		binding = keymap_find(console->keymap, "away", name);
	if (!binding && !console->popup && console->app->settings.cockroach)
		binding = keymap_find(console->keymap, "cluster", name);
	if (!binding)
		binding = global;
	if (!binding || !allowed(console, binding)) {
		unbound(console, key, name);
		return;
	}
	bool early = console->place == PLACE_BANK && !console->popup && early_awaits(console->app);
	if (early && key->code != K_NONE && early_waits(&console->early, binding->command)) {
		early_add(&console->early, key);
		return;
	}
	if (console->early.n && is_command(binding, "cancel")) {
		console->early = (struct early){0};
		input_say(console, ST_OK, "the keys that waited are forgotten");
		return;
	}
	input_forget_said(console, binding->command);
	run_binding(console, binding, name);
}

/* What must end is being ended; asked again, it is left alone. */
static void leaving_key(struct console *console, const char *name)
{
	const struct binding *binding = keymap_find(console->keymap, "global", name);
	if (is_command(binding, "quit") || is_command(binding, "cancel"))
		app_leave(console->app, console->app->exit_status);
}

/* ---- the mouse ---- */

enum { WHEEL_LINES = 3 };

static void wheel(struct console *console, enum pane pane, bool up)
{
	char lines[16];
	const char *action = up ? "up" : "down";
	snprintf(lines, sizeof lines, "%d", (int)WHEEL_LINES);
	if (console->popup)
		popup_scroll(console->popup, up ? -WHEEL_LINES : WHEEL_LINES);
	else if (pane < PANE_COUNT && console->views[pane].ops->scroll)
		console->views[pane].ops->scroll(console->views[pane].self, up ? -WHEEL_LINES : WHEEL_LINES);
	else if (pane < PANE_COUNT)
		console->views[pane].ops->act(console->views[pane].self, action, lines);
}

static enum pane pane_at(const struct console *console, int y, int x)
{
	int pane = 0;
	for (; pane < PANE_COUNT; pane++) {
		struct rect area = console->layout.pane[pane];
		if (y >= area.y && y < area.y + area.h && x >= area.x && x < area.x + area.w)
			break;
	}
	return (enum pane)pane;
}

/* A click on a key of the key line is that key; a question is never answered so. */
static void click_hint(struct console *console, int x)
{
	const struct binding *binding = help_hint_at(&console->hints, x);
	char name[KEY_NAME_SIZE];
	if (!binding)
		return;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(binding->keys, ","), binding->keys);
	message_seen(&console->message);
	key_for_all(console, &(struct key){.code = K_NONE}, name);
}

/* It looks and selects, and never answers a question. The wheel scrolls what it points at. */
static void mouse(struct console *console, const struct key *key)
{
	if (console->app->leaving || console->review || console->layout.tiny || prompt_is_open())
		return;
	enum pane pane = pane_at(console, key->y, key->x);
	console->dirty = console->hurry = true;
	if (key->code == K_CLICK && key->y == console->layout.keys && !console->search.open) {
		click_hint(console, key->x);
	} else if (key->code != K_CLICK) {
		wheel(console, pane, key->code == K_WHEEL_UP);
	} else if (console->popup) {
		actions_click_popup(console, key->y, key->x);
	} else if (pane < PANE_COUNT) {
		const struct view *view = &console->views[pane];
		struct rect inside = layout_inside(console->layout.pane[pane]);
		console->focus = pane;
		if (view->ops->click && key->y >= inside.y && key->y < inside.y + inside.h)
			view->ops->click(view->self, key->y - inside.y);
	}
}

static void one_key(struct console *console, const struct key *key)
{
	char name[KEY_NAME_SIZE];
	key_show(name, key);
	message_seen(&console->message);
	console->dirty = console->hurry = true;
	if (console->app->leaving)
		leaving_key(console, name);
	else if (console->review)
		question_key(console, key, name);
	else if (prompt_is_open() && !console->layout.tiny)
		prompt_gets(console, key, name);
	else if (console->search.open && !console->layout.tiny)
		search_key(&console->search, console->app, key);
	else
		key_for_all(console, key, name);
}

/* Esc and what was typed right after it come in one piece over a slow line; nothing here but the command line knows
 * Alt. */
static void key_pressed(struct console *console, const struct key *key)
{
	struct key next = *key;
	if (key->code == K_CLICK || key->code == K_WHEEL_UP || key->code == K_WHEEL_DOWN) {
		mouse(console, key);
		return;
	}
	if (key->code == K_CHAR && (key->mods & MOD_ALT) && !prompt_is_open()) {
		next.mods &= ~(unsigned)MOD_ALT;
		one_key(console, &(struct key){.code = K_ESC});
	}
	one_key(console, &next);
}

/* ---- keys that were early ---- */

void input_early(struct console *console)
{
	struct early early = console->early;
	if (!early.n || early_awaits(console->app))
		return;
	console->early = (struct early){0};
	for (int i = 0; i < early.n && console->app->phase != PHASE_FAILED; i++)
		key_pressed(console, &early.keys[i]);
	console->dirty = console->hurry = true;
}

/* ---- bytes ---- */

static void take_keys(struct console *console)
{
	struct key key;
	while (keys_next(console->keys, &key))
		key_pressed(console, &key);
	console->awaits = console->app->pages && pages_loading(console->app->pages);
	unsigned wait_ms = keys_wait_ms(console->keys);
	if (wait_ms)
		timer_start(console->settle, wait_ms);
	else
		timer_stop(console->settle);
}

void input_settle(void *arg)
{
	struct console *console = arg;
	keys_settle(console->keys);
	take_keys(console);
}

void input_ready(void *arg, int events)
{
	(void)events;
	struct console *console = arg;
	char bytes[4096];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof bytes);
	console->typing = n == (ssize_t)sizeof bytes;
	if (n > 0) {
		keys_feed(console->keys, bytes, (size_t)n);
		take_keys(console);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		watch_set(console->input, 0); /* the terminal is gone */
		app_leave(console->app, 128 + SIGHUP);
	}
}
