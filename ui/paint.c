/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides when the screen is drawn, and in which order. */
#include <stdio.h>

#include "base/clock.h"
#include "ui/draw.h"
#include "ui/help.h"
#include "ui/lab/present.h"
#include "ui/present.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/style.h"
#include "ui/term.h"
#include "ui/themes.h"
#include "ui/title.h"

/*
 * What keys change is drawn at the end of the turn that read them, unless more of them wait to be read, and so are the
 * accounts that they asked for: a key held down is answered as fast as it comes. What events change is drawn at most 30
 * times a second: each such drawing costs FRAME_US of time, and what was not used is kept for up to SAVED_FRAMES of
 * them.
 */
enum { FRAME_US = 33334, SAVED_FRAMES = 3 };

/* What is awaited for longer is said. */
enum { SAID_US = 250000 };

/* ---- one drawing ---- */

static void paint_pane(const struct console *console, enum pane pane)
{
	struct rect area = console->layout.pane[pane];
	const struct view *view = &console->views[pane];
	bool focus = pane == console->focus;
	struct buf title = {0}, footer = {0};
	if (area.h < 3 || area.w < 8)
		return;
	view->ops->draw(view->self, layout_inside(area), focus);
	if (view->ops->wanted)
		draw_found(layout_inside(area), view->ops->wanted(view->self));
	view->ops->title(view->self, &title);
	view->ops->footer(view->self, &footer, area.w - 6);
	draw_frame(area, focus, buf_text(&title), buf_text(&footer));
	buf_free(&title);
	buf_free(&footer);
}

/* ---- to an audience ---- */

bool paint_presents(const struct console *console)
{
	const struct app *app = console->app;
	bool shows = console->place == PLACE_BANK || (console->place == PLACE_LAB && app->player);
	return app->settings.present && shows && !console->zoom;
}

static void paint_show(const struct console *console)
{
	struct present present = {0};
	if (!console->layout.show.h)
		return;
	if (console->place == PLACE_LAB)
		lab_present(&present, console->app->player, lab_looked_at(&console->views[PANE_LAB]));
	else
		present_transfer(&present, console->app, &console->attempts);
	present_draw(&present, console->layout.show);
	present_free(&present);
}

/* ---- all of it ---- */

static void paint_keys(struct console *console, int columns)
{
	struct buf hint = {0};
	int y = console->layout.keys;
	console->hints.n = 0;
	if (prompt_is_open()) {
		bool clear = prompt_hint(&hint);
		draw_line(y, 0, columns, STYLE_TEXT, "");
		draw_line(y, 1, columns - 2, STYLE_FAINT,
			  clear ? buf_text(&hint)
				: "Enter runs it  Tab completes  Up goes back in history  Esc leaves");
	} else if (console->search.open) {
		draw_line(y, 0, columns, STYLE_TEXT, "");
		draw_line(y, 1, columns - 2, STYLE_FAINT,
			  console->search.find ? "a text, in capitals or not  Enter stays  Esc goes back"
			  : console->app->catalogue && console->app->catalogue->nextra
				  ? "the beginning of an id, or a text of other columns  Enter stays  Esc goes back"
				  : "the beginning of an id  Enter stays  Esc goes back");
	} else if (console->app->settings.present) {
		draw_line(y, 0, columns, STYLE_TEXT, "");
	} else {
		console->hints.keymap = console->keymap;
		console->hints.context = actions_context(console);
		console->hints.away = actions_away(console);
		console->hints.play = console->app->settings.plays;
		console->hints.cluster = console->app->settings.cockroach != NULL;
		help_hints(&console->hints, columns);
		help_draw_hints(&console->hints, y, columns);
	}
	buf_free(&hint);
}

static void paint_tiny(const struct console *console)
{
	const char *said = console->review         ? "too small to ask: n is no"
			   : console->message.text ? console->message.text
						   : "";
	title_draw_tiny(console->app, term_rows(), term_cols(), said);
}

/* What is awaited, as it is now, has the message line where nothing new was said. */
static bool paint_pending(const struct console *console, char words[96])
{
	const struct pages *pages = console->app->pages;
	if (console->progress || early_words(&console->early, words))
		return true;
	if (pages && pages_sought(pages) == SOUGHT_RUNS && clock_us() - pages_sought_since(pages) > SAID_US) {
		snprintf(words, 96, "searching the accounts for %u s; ^C stops it",
			 (unsigned)((clock_us() - pages_sought_since(pages)) / 1000000));
		return true;
	}
	snprintf(words, 96, "a command waits for its session; ^C cancels it");
	return app_waits(console->app);
}

/* What is presented stands out, because all else is dimmed. */
static void paint_panes(struct console *console, int columns)
{
	bool presents = console->layout.show.h > 0 && !console->popup;
	style_dim(presents);
	title_draw(console->app, columns);
	bool covered = console->popup && !popup_is_small(console->popup);
	for (enum pane pane = 0; pane < PANE_COUNT && !covered; pane++)
		paint_pane(console, pane);
	style_dim(false);
	if (console->popup)
		popup_draw(console->popup, console->layout.middle);
	else
		paint_show(console);
}

/* Returns where the cursor belongs, y < 0 for nowhere. */
static struct rect paint_all(struct console *console)
{
	int rows = term_rows(), columns = term_cols();
	struct rect cursor = {-1, -1, 0, 0}, all = {0, 0, rows, columns};
	char words[96];
	paint_panes(console, columns);
	paint_keys(console, columns);
	if (prompt_is_open())
		cursor = prompt_draw(all);
	else if (console->search.open)
		cursor = search_draw(&console->search, console->app, rows - 1, columns);
	else if (!message_waits(&console->message) && paint_pending(console, words))
		draw_line(rows - 1, 1, columns - 2, STYLE_TEXT, console->progress ? console->progress : words);
	else
		message_draw(&console->message, (struct rect){1, 0, rows - 1, columns});
	if (console->review)
		review_draw(console->review, (struct rect){1, 0, rows - 3, columns});
	return cursor;
}

/* Rows that were not shown before may need wider columns than the layout gave them: then it is made once more. */
static struct rect paint_laid_out(struct console *console)
{
	struct rect cursor = {-1, -1, 0, 0};
	const struct view *accounts = &console->views[PANE_ACCOUNTS];
	struct wish wish = {.place = console->place, .focus = console->focus, .zoom = console->zoom, .accounts = -1};
	wish.present = paint_presents(console);
	for (int pass = 0; pass < 2 && wish.accounts != accounts_columns(accounts); pass++) {
		wish.accounts = accounts_columns(accounts);
		layout_make(&console->layout, term_rows(), term_cols(), &wish);
		term_erase();
		if (console->layout.tiny)
			paint_tiny(console);
		else
			cursor = paint_all(console);
	}
	return cursor;
}

/* In the colours that are set, or that are tried out. */
static void paint_begin(const struct console *console)
{
	const struct settings *settings = &console->app->settings;
	struct looks looks = settings->config.looks;
	if (console->popup)
		themes_tried(console->popup, &looks);
	style_show(settings, &looks);
	draw_start(settings);
}

void paint_now(struct console *console)
{
	paint_begin(console);
	bool asked = console->review && !review_drawn(console->review);
	struct rect cursor = paint_laid_out(console);
	term_flush(cursor.y, cursor.x);
	if (asked && !console->layout.tiny) { /* what was typed before the question does not answer it */
		term_forget_typed();
		keys_drop(console->keys);
	}
	console->dirty = console->hurry = false;
	timer_stop(console->frame);
	app_drawn(console->app);
}

/* ---- when ---- */

/* Microseconds until a drawing is paid for; pays for it where that is 0. */
static uint64_t pay(struct console *console)
{
	uint64_t now = clock_us(), most = SAVED_FRAMES * (uint64_t)FRAME_US;
	if (console->paid_us + most < now)
		console->paid_us = now - most;
	uint64_t need = console->paid_us + FRAME_US;
	if (need > now)
		return need - now;
	console->paid_us += FRAME_US;
	return 0;
}

static void paint_if_due(struct console *console)
{
	if (!console->dirty || term_waits())
		return;
	uint64_t wait_us = console->hurry && !console->typing ? 0 : pay(console);
	if (wait_us == 0)
		paint_now(console);
	else
		timer_start(console->frame, wait_us / 1000 + 1);
}

/* The earliest time at which a view wants to be drawn. */
static void plan_wake(struct console *console)
{
	uint64_t at = 0, now = clock_us();
	for (int i = 0; i < PANE_COUNT; i++) {
		const struct view *view = &console->views[i];
		uint64_t wish = view->ops->wake ? view->ops->wake(view->self) : 0;
		if (wish && (!at || wish < at))
			at = wish;
	}
	uint64_t answers = console->review ? review_wake(console->review) : 0;
	if (answers && (!at || answers < at))
		at = answers;
	if (!at)
		timer_stop(console->wake);
	else if (!timer_pending(console->wake))
		timer_start(console->wake, at > now ? (at - now) / 1000 + 1 : 1);
}

void paint_timer(void *arg)
{
	struct console *console = arg;
	console->dirty = true;
}

void paint_turn(void *arg)
{
	struct console *console = arg;
	input_early(console);
	for (int i = 0; i < PANE_COUNT; i++)
		if (console->views[i].ops->read(console->views[i].self))
			console->dirty = true;
	plan_wake(console);
	paint_if_due(console);
}
