/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the actions of commands and signals on the screen. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/browse.h"
#include "app/sessions.h"
#include "base/mem.h"
#include "event/show.h"
#include "ui/clipboard.h"
#include "ui/help.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/term.h"
#include "ui/themes.h"

/* ---- popups ---- */

/* A search in lines does not go on in others. */
void actions_put_popup(struct console *console, struct popup *popup)
{
	if (console->search.find)
		search_close(&console->search);
	popup_free(console->popup);
	console->popup = popup;
	if (popup)
		popup_fit(popup, console->layout.middle);
}

static void actions_help(struct console *console, const char *name)
{
	struct buf text = {0}, runs = {0};
	struct err err;
	if (!name || !name[0]) {
		help_all(&text, &runs, console->keymap, console->views[console->focus].ops->context);
	} else if (help_command(&text, &runs, console->keymap, name, &err) != ST_OK) {
		message_set(&console->message, err.status, err.text);
		return;
	}
	struct popup *popup = popup_new(name && name[0] ? "Help on a command" : "Help", "help", &text);
	popup_runs(popup, &runs);
	actions_put_popup(console, popup);
}

static void actions_run_line(struct console *console)
{
	char *line = console->popup ? popup_run(console->popup) : NULL;
	if (line) {
		actions_put_popup(console, NULL);
		input_ask(console, line);
	} else {
		message_set(&console->message, ST_OK, "this line stands for no command");
	}
	free(line);
}

/* A click beside the popup closes it; in it, it selects a line, and another one on that line is Enter. */
void actions_click_popup(struct console *console, int y, int x)
{
	struct rect room = popup_place(console->popup, console->layout.middle), inside = layout_inside(room);
	if (y < room.y || y >= room.y + room.h || x < room.x || x >= room.x + room.w)
		actions_put_popup(console, NULL);
	else if (popup_click(console->popup, y - inside.y))
		actions_run_line(console);
}

/* All about the event that is selected; false where none is, which is said. */
static bool actions_event(struct console *console, struct buf *text, char title[48])
{
	struct event event;
	uint64_t number = log_selected(&console->views[PANE_LOG]);
	if (console->popup || !number || !ring_get(console->app->ring, number, &event)) {
		message_set(&console->message, ST_OK, "no event is selected");
		return false;
	}
	show_full(text, &event);
	snprintf(title, 48, "Event %llu", (unsigned long long)number);
	return true;
}

static void actions_full(struct console *console)
{
	struct buf text = {0};
	char title[48];
	if (actions_event(console, &text, title))
		actions_put_popup(console, popup_new(title, "full", &text));
}

/* ---- the clipboard ---- */

static void actions_say_copied(struct console *console, const char *title, size_t n, bool all)
{
	struct buf said = {0};
	buf_fmt(&said, "copied to the terminal's clipboard: %s%s, %zu bytes", all ? "" : "the beginning of ", title, n);
	if (getenv("TMUX"))
		buf_str(&said, "; tmux passes it on where it has: set -g set-clipboard on");
	message_set(&console->message, ST_OK, buf_text(&said));
	buf_free(&said);
}

static void actions_copy_text(struct console *console, const char *title, const struct buf *text)
{
	size_t n = clipboard_fits(buf_text(text), text->len);
	if (term_copy(buf_text(text), n))
		actions_say_copied(console, title, n, n == text->len);
	else
		message_set(&console->message, ST_USAGE, "this terminal has no clipboard that a program can write to");
}

/* The text over the panes, or else the event that is selected. */
static void actions_copy(struct console *console)
{
	struct buf text = {0};
	char title[48];
	if (console->popup)
		actions_copy_text(console, popup_title(console->popup), popup_text(console->popup));
	else if (actions_event(console, &text, title))
		actions_copy_text(console, title, &text);
	buf_free(&text);
}

/* ---- panes ---- */

static void actions_next_pane(struct console *console, int step)
{
	if (console->popup)
		return;
	do
		console->focus = (enum pane)(((int)console->focus + PANE_COUNT + step) % PANE_COUNT);
	while (!layout_has(console->place, console->focus));
}

/* Sessions are asked for only while they are on the screen. */
void actions_go(struct console *console, enum place place)
{
	if (place == PLACE_SESSIONS && console->place != PLACE_SESSIONS)
		console->below = console->place;
	else if (console->place == PLACE_SESSIONS && place != PLACE_SESSIONS)
		app_sessions_leave(console->app);
	actions_put_popup(console, NULL);
	console->place = place;
	console->focus = layout_first(place);
	console->zoom = false;
}

static void actions_go_log(struct console *console)
{
	actions_put_popup(console, NULL);
	console->focus = PANE_LOG;
}

static void actions_back(struct console *console)
{
	if (prompt_is_open())
		prompt_close();
	else if (console->search.open)
		search_leave(&console->search, console->app);
	else if (console->popup)
		actions_put_popup(console, NULL);
	else if (console->zoom)
		console->zoom = false;
	else if (console->app->searched && console->place == PLACE_BANK)
		browse_searched(console->app, NULL); /* its marks go */
	else if (console->app->filter)
		input_run(console, "filter");
}

const char *actions_context(const struct console *console)
{
	return console->review  ? "review"
	       : console->popup ? popup_context(console->popup)
				: console->views[console->focus].ops->context;
}

/* One pane has the room of all, as it would be drawn now, and it is not the place's own. */
static bool actions_alone(const struct console *console)
{
	enum pane first = layout_first(console->place);
	struct wish wish = {.place = console->place, .focus = console->focus, .accounts = -1};
	wish.present = paint_presents(console);
	struct layout layout;
	layout_make(&layout, term_rows(), term_cols(), &wish);
	return !layout.tiny && console->focus != first && layout.pane[console->focus].h && !layout.pane[first].h;
}

bool actions_away(const struct console *console)
{
	return console->zoom || console->place != PLACE_BANK || actions_alone(console);
}

static void actions_close(struct console *console)
{
	if (console->popup)
		actions_put_popup(console, NULL);
	else if (console->zoom)
		console->zoom = false;
	else if (actions_alone(console))
		console->focus = layout_first(console->place);
	else if (console->place == PLACE_SESSIONS)
		actions_go(console, console->below);
	else if (console->place == PLACE_LAB)
		input_run(console, "lab leave");
	else if (console->place != PLACE_BANK)
		input_run(console, "bank");
}

/* What `filter` would begin with: the filter there is, to be changed. */
static void actions_prompt(struct console *console, const char *text)
{
	const char *filter = console->app->filter;
	struct buf line = {0};
	if (text && strcmp(text, "filter") == 0)
		buf_fmt(&line, "filter %s", filter ? filter : "");
	else
		buf_str(&line, text ? text : "");
	prompt_open(console->app, buf_text(&line));
	buf_free(&line);
}

/* In the lines of what is on top; without any, nothing is looked for. */
static struct found actions_find(void *self, const char *text, enum find_way way)
{
	struct console *console = self;
	const struct view *view = &console->views[console->focus];
	if (console->popup)
		return popup_find(console->popup, text, way);
	return view->ops->find ? view->ops->find(view->self, text, way) : (struct found){.how = FOUND_UNASKED};
}

/* Accounts are looked for on the server, too. */
static bool actions_seek(struct console *console, enum find_way way)
{
	struct app *app = console->app;
	bool here = console->place == PLACE_BANK && !console->popup && console->focus != PANE_LOG;
	if (!here || !app->searched || !app->pages)
		return false;
	browse_seek(app, way == FIND_NEXT ? SEEK_NEXT : SEEK_PREVIOUS);
	return true;
}

static void actions_match(struct console *console, enum find_way way)
{
	if (actions_seek(console, way))
		return;
	char which[FIND_WORDS], text[128];
	struct found found = actions_find(console, NULL, way);
	const char *none = found.part ? "no line that was read so far holds what was searched for"
				      : "no line holds what was searched for";
	const char *how = found.how == FOUND_NONE      ? none
			  : found.how == FOUND_UNASKED ? "nothing was searched for here; / does"
			  : found.how != FOUND_AROUND  ? ""
			  : way == FIND_NEXT           ? "no match below; went on at the first line"
						       : "no match above; went on at the last line";
	find_words(which, &found);
	snprintf(text, sizeof text, "%s%s%s", how, how[0] && which[0] ? ": " : "", which);
	message_set(&console->message, ST_OK, text);
}

static void actions_lines(struct console *console)
{
	if (console->popup || console->views[console->focus].ops->find)
		search_open_lines(&console->search, actions_find, console);
	else
		message_set(&console->message, ST_USAGE, "this pane has no lines to search");
}

static void actions_search(struct console *console)
{
	if (console->place != PLACE_BANK)
		actions_go(console, PLACE_BANK);
	actions_put_popup(console, NULL);
	console->focus = PANE_ACCOUNTS;
	search_open(&console->search, console->app);
}

/* What lines know: those of the log, the help and full texts. */
static bool actions_of_lines(struct console *console, const char *action)
{
	if (strcmp(action, "match") == 0)
		actions_lines(console);
	else if (strcmp(action, "next-match") == 0)
		actions_match(console, FIND_NEXT);
	else if (strcmp(action, "previous-match") == 0)
		actions_match(console, FIND_PREVIOUS);
	else if (strcmp(action, "run") == 0)
		actions_run_line(console);
	else
		return false;
	return true;
}

/* What moves is the popup's alone; what else is typed there reaches the panes under it. */
static bool actions_to_view(struct console *console, const char *action, const char *argument)
{
	if (console->popup &&
	    (popup_act(console->popup, action, argument) || motion_of(action, argument, 1).kind != MOTION_NONE))
		return true;
	struct view *view = &console->views[console->focus];
	struct view *log = &console->views[PANE_LOG];
	return view->ops->act(view->self, action, argument) || log->ops->act(log->self, action, argument);
}

bool actions_do(void *self, const char *action, const char *argument)
{
	struct console *console = self;
	console->dirty = true;
	if (strcmp(action, "theme") == 0)
		actions_put_popup(console, themes_popup(&console->app->settings.config.looks));
	else if (strcmp(action, "help") == 0)
		actions_help(console, argument);
	else if (strcmp(action, "full") == 0)
		actions_full(console);
	else if (strcmp(action, "copy") == 0)
		actions_copy(console);
	else if (strcmp(action, "prompt") == 0)
		actions_prompt(console, argument);
	else if (strcmp(action, "search") == 0)
		actions_search(console);
	else if (strcmp(action, "next-pane") == 0)
		actions_next_pane(console, 1);
	else if (strcmp(action, "previous-pane") == 0)
		actions_next_pane(console, -1);
	else if (strcmp(action, "zoom") == 0)
		console->zoom = !console->zoom;
	else if (strcmp(action, "back") == 0)
		actions_back(console);
	else if (strcmp(action, "close") == 0)
		actions_close(console);
	else if (strcmp(action, "bank") == 0)
		actions_go(console, PLACE_BANK);
	else if (strcmp(action, "ledger") == 0)
		actions_go(console, PLACE_LEDGER);
	else if (strcmp(action, "sessions") == 0)
		actions_go(console, PLACE_SESSIONS);
	else if (strcmp(action, "dashboard") == 0)
		actions_go(console, PLACE_LOAD);
	else if (strcmp(action, "lessons") == 0)
		actions_go(console, PLACE_LESSONS);
	else if (strcmp(action, "playing") == 0)
		actions_go(console, PLACE_LAB);
	else if (strcmp(action, "log") == 0)
		actions_go_log(console);
	else if (strcmp(action, "redraw") == 0)
		term_again();
	else if (strcmp(action, "suspend") == 0)
		actions_suspend(console);
	else
		return actions_of_lines(console, action) || actions_to_view(console, action, argument);
	return true;
}

/* ---- signals ---- */

/* Those that end the program are the program's own business. */
static const int watched[SCREEN_SIGNALS] = {SIGTSTP, SIGCONT, SIGWINCH};

static void actions_on_signal(void *arg, int signum)
{
	struct console *console = arg;
	console->dirty = true;
	if (signum == SIGTSTP)
		actions_suspend(console);
	else if (signum == SIGCONT)
		term_again();
	else
		term_resize();
}

void actions_signals(struct console *console, bool on)
{
	for (size_t i = 0; i < COUNT_OF(watched); i++) {
		signal_free(console->signals[i]);
		console->signals[i] =
			on ? signal_new(console->app->loop, watched[i], actions_on_signal, console) : NULL;
	}
}

/* The whole process group stops, as it would for the terminal's own ^Z: make or a shell script that started us stops
 * with us. */
void actions_suspend(struct console *console)
{
	term_leave();
	signal_free(console->signals[0]); /* back to what the system does with it */
	kill(0, SIGTSTP);
	console->signals[0] = signal_new(console->app->loop, SIGTSTP, actions_on_signal, console);
	term_enter();
	console->dirty = true;
}
