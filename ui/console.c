/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console: runs the program with a full-screen interface. */
#include "ui/console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "event/json.h"
#include "trace/members.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/term.h"

enum { PROGRESS_MS = 100 };

/* ---- the face ---- */

static void face_say(void *self, enum status status, const char *text)
{
	struct console *console = self;
	message_set(&console->message, status, text);
	console->dirty = true;
}

static void face_review(void *self, struct run *run)
{
	struct console *console = self;
	if (console->review) {
		face_say(console, ST_USAGE, "answer the question on the screen first");
		app_reviewed(run, false);
		return;
	}
	prompt_close();
	console->review = review_new(console->app, run);
	console->dirty = console->hurry = true;
}

static void face_show(void *self, const char *title, const char *text)
{
	struct console *console = self;
	struct buf lines = {0};
	buf_str(&lines, text);
	actions_put_popup(console, popup_new(title, "full", &lines));
	console->dirty = true;
}

/* What the command line asks for is done when all is there that it may need. */
static void face_phase(void *self)
{
	struct console *console = self;
	const struct settings *settings = &console->app->settings;
	console->dirty = true;
	if (console->app->phase != PHASE_READY || console->begun)
		return;
	console->begun = true;
	for (size_t i = 0; i < settings->ncommands; i++)
		input_run(console, settings->commands[i]);
}

static void face_changed(void *self)
{
	struct console *console = self;
	balances_update(&console->balances, console->app);
	term_mouse(!console->app->settings.no_mouse);
	console->hurry |= console->awaits;
	console->awaits &= console->app->pages && pages_loading(console->app->pages);
	if (console->review)
		review_changed(console->review);
	console->dirty = true;
}

static void face_again(void *self)
{
	struct console *console = self;
	for (int i = 0; i < PANE_COUNT; i++)
		if (console->views[i].ops->again)
			console->views[i].ops->again(console->views[i].self);
}

static const char *const face_places[PLACE_COUNT] = {"bank", "ledger", "sessions", "load", "lessons", "lab"};

static void face_look(void *self, struct buf *members)
{
	const struct console *console = self;
	members_text(members, "place", face_places[console->place], SIZE_MAX);
	for (int i = 0; i < PANE_COUNT; i++)
		if (console->views[i].ops->look)
			console->views[i].ops->look(console->views[i].self, members);
}

/* Who watches may look elsewhere meanwhile: the place is another one only where it was another one then. */
static void face_look_again(void *self, const struct json_object *look)
{
	struct console *console = self;
	const char *word = look ? json_object_text(look, "place") : NULL;
	enum place place = PLACE_BANK;
	for (int i = 0; word && i < PLACE_COUNT; i++)
		if (strcmp(word, face_places[i]) == 0)
			place = (enum place)i;
	for (int i = 0; i < PANE_COUNT; i++)
		if (console->views[i].ops->look_again)
			console->views[i].ops->look_again(console->views[i].self, look);
	if (place == console->recorded)
		return;
	console->recorded = place;
	actions_go(console, place);
}

static void face_progress(void *self, const char *text)
{
	struct console *console = self;
	free(console->progress);
	console->progress = mem_dup(text);
	console->dirty = true;
}

static void face_aside(void *self, bool away)
{
	struct console *console = self;
	if (away)
		term_leave();
	else
		term_enter();
	console->dirty = true;
}

/* ---- open and close ---- */

static void join_loop(struct console *console)
{
	struct loop *loop = console->app->loop;
	console->settle = timer_new(loop, input_settle, console);
	console->frame = timer_new(loop, paint_timer, console);
	console->wake = timer_new(loop, paint_timer, console);
	console->turn = turn_new(loop, paint_turn, console);
	term_join(loop);
	console->input = watch_new_shared(loop, STDIN_FILENO, input_ready, console);
	watch_set(console->input, WATCH_READ);
}

static void become_face(struct console *console)
{
	console->app->face = (struct face){
		.say = face_say,
		.review = face_review,
		.act = actions_do,
		.show = face_show,
		.phase = face_phase,
		.look = face_look,
		.look_again = face_look_again,
		.again = face_again,
		.changed = face_changed,
		.progress = face_progress,
		.aside = face_aside,
		.progress_ms = PROGRESS_MS,
		.self = console,
	};
}

struct console *console_open(struct app *app, struct err *err)
{
	struct console *console = NEW(struct console);
	console->app = app;
	actions_signals(console, true); /* before curses checks for existing handlers */
	console->keymap = app->settings.config.keymap;
	console->keys = keys_new();
	if (term_open(err) != ST_OK) {
		console_close(console);
		return NULL;
	}
	term_keys(console->keys);
	console->views[PANE_ACCOUNTS] = accounts_view(app);
	console->views[PANE_TRANSFER] = transfer_view(app, &console->attempts, &console->balances);
	console->views[PANE_LEDGER] = ledger_view(app);
	console->views[PANE_SESSIONS] = sessions_view(app);
	console->views[PANE_LOAD] = load_view(app);
	console->views[PANE_LESSONS] = lessons_view(app);
	console->views[PANE_LAB] = lab_view(app);
	console->views[PANE_LOG] = log_view(app);
	join_loop(console);
	become_face(console);
	term_mouse(!app->settings.no_mouse);
	paint_now(console);
	return console;
}

static void leave_loop(struct console *console)
{
	term_join(NULL);
	actions_signals(console, false);
	watch_free(console->input);
	timer_free(console->settle);
	timer_free(console->frame);
	timer_free(console->wake);
	turn_free(console->turn);
}

void console_close(struct console *console)
{
	if (!console)
		return;
	leave_loop(console);
	term_close();
	prompt_end();
	if (console->app->face.self == console)
		console->app->face = (struct face){0};
	for (int i = 0; i < PANE_COUNT; i++)
		if (console->views[i].ops)
			console->views[i].ops->free(console->views[i].self);
	review_free(console->review);
	popup_free(console->popup);
	balances_free(&console->balances);
	message_free(&console->message);
	search_free(&console->search);
	free(console->progress);
	keys_free(console->keys);
	free(console);
}
