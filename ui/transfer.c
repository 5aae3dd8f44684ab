/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transfer pane: the two accounts, the amount, and one line for each attempt. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/play.h"
#include "app/shown.h"
#include "bank/amount.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/shorten.h"
#include "event/show.h"
#include "ui/attempts.h"
#include "ui/balances.h"
#include "ui/draw.h"
#include "ui/transfer_preview.h"
#include "ui/transfer_steps.h"
#include "ui/txn_summary.h"
#include "ui/view.h"
#include "ui/wrap.h"

struct transfer_pane {
	struct app *app;
	struct attempts *attempts;
	struct balances *balances;
	uint64_t seen;   /* the transfer during which these were picked */
	char *picked[2]; /* from, to; owned, NULL for none */
	long back;       /* lines scrolled back from the latest */
	int height;
	long above, below; /* steps that are out of sight */
};

static bool transfer_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The transaction that the attempts tell of is a transfer, not the filling of a table. */
static bool is_transfer(const struct transfer_pane *pane)
{
	struct shown_transfer transfer = shown_transfer(pane->app);
	if (!pane->attempts->txn || !transfer.there)
		return false;
	return transfer.txn ? transfer.txn == pane->attempts->txn : transfer.outcome == OUTCOME_NONE;
}

static void transfer_follow(struct transfer_pane *pane)
{
	const struct app *app = pane->app;
	if (!is_transfer(pane) || pane->seen == pane->attempts->txn)
		return;
	pane->seen = pane->attempts->txn;
	for (int side = 0; side < 2; side++) {
		const char *picked = side ? app->destination : app->source;
		free(pane->picked[side]);
		pane->picked[side] = picked ? mem_dup(picked) : NULL;
	}
}

/* What it does or did is shown, however it was asked for, until other accounts are picked: then what those would do. */
static bool shows_facts(const struct transfer_pane *pane)
{
	const struct app *app = pane->app;
	if (!is_transfer(pane) || pane->attempts->outcome == OUTCOME_NONE)
		return is_transfer(pane);
	return transfer_same(app->source, pane->picked[0]) && transfer_same(app->destination, pane->picked[1]);
}

/* ---- the upper part ---- */

static struct transfer_preview transfer_plan(const struct transfer_pane *pane)
{
	const struct balances *balances = pane->balances;
	struct preview preview = balances_preview(balances, TRANSFER_HALF, 0);
	struct transfer_preview shown = {
		.known = preview.known, .scale = preview.scale, .amount = preview.amount, .arrow = "->"};
	for (int side = 0; side < 2; side++) {
		shown.id[side] = balances->id[side];
		shown.before[side] =
			balances->known[side] ? balances->balance[side] ? balances->balance[side] : "NULL" : "?";
		shown.after[side] = preview.after[side];
	}
	shown.note = preview.known ? "half of From, as last read" : preview.why;
	return shown;
}

static const char *note_of(enum outcome outcome, const struct transfer_facts *facts)
{
	if (facts->again)
		return "nothing: it was made before";
	switch (outcome) {
	case OUTCOME_COMMITTED:
		return facts->recorded ? "moved, as the ledger has it" : "moved";
	case OUTCOME_NONE:
		return facts->decided ? "being moved" : "...";
	case OUTCOME_UNKNOWN:
		return "moved or not: unknown";
	case OUTCOME_REJECTED:
	case OUTCOME_FAILED:
	case OUTCOME_GAVE_UP:
	case OUTCOME_CANCELLED:
		break;
	}
	return "nothing";
}

static struct transfer_preview transfer_done(const struct transfer_pane *pane, struct amount_text before[2])
{
	struct shown_transfer transfer = shown_transfer(pane->app);
	struct transfer_facts facts = transfer.facts;
	enum outcome outcome = pane->attempts->outcome;
	bool moved = outcome == OUTCOME_COMMITTED || outcome == OUTCOME_NONE || outcome == OUTCOME_UNKNOWN;
	unsigned scale = transfer.scale;
	before[0] = amount_show(facts.source_before, scale);
	before[1] = amount_show(facts.destination_before, scale);
	return (struct transfer_preview){
		.id = {transfer.source, transfer.destination},
		.before = {facts.decided ? before[0].text : "...", facts.decided ? before[1].text : "..."},
		.scale = scale,
		.after = {facts.source_after, facts.destination_after},
		.known = moved && facts.decided && !facts.again,
		.amount = facts.amount,
		.arrow = outcome == OUTCOME_UNKNOWN ? "?>" : "->",
		.note = note_of(outcome, &facts),
	};
}

/* ---- the lower part: one line a step, and a sentence ---- */

/* In full where there is room for it and for the keys. */
static void transfer_held(const struct transfer_pane *pane, struct buf *out, struct rect room)
{
	struct buf sql = {0};
	draw_harmless(&sql, pane->app->step.next);
	for (int columns = INT_MAX; columns; columns = columns == INT_MAX ? room.w - (int)strlen("next: ") : 0) {
		buf_clear(out);
		buf_str(out, "next: ");
		shorten_sql(out, buf_text(&sql), columns);
		buf_str(out, "; Space sends it, ^C cancels");
		if (wrap_count(buf_text(out), room.w) <= room.h)
			break;
	}
	buf_free(&sql);
}

/* For whom it waits, if that is known. */
static bool transfer_add_holder(const struct transfer_pane *pane, struct buf *out, uint64_t now)
{
	struct event event;
	if (!pane->attempts->in_flight || !pane->attempts->blocked ||
	    !ring_get(pane->app->ring, pane->attempts->blocked, &event))
		return false;
	buf_str(out, "waits for ");
	show_holder(out, &event, now > event.wall_us ? now - event.wall_us : 0);
	return true;
}

/* What happens now, without a clock that ticks while nothing is awaited. */
static void doing(const struct transfer_pane *pane, struct buf *out, struct rect room)
{
	const struct attempts *attempts = pane->attempts;
	uint64_t now = shown_now_us(pane->app);
	if (pane->app->step.next) {
		transfer_held(pane, out, room);
		return;
	}
	uint64_t seconds = now > attempts->since_us ? (now - attempts->since_us) / 1000000 : 0;
	if (transfer_add_holder(pane, out, now))
		return;
	if (attempts_waiting(attempts))
		buf_str(out, "rolled back, waits");
	else if (attempts->in_flight)
		buf_str(out, "waiting for the server");
	else if (shown_rival_busy(pane->app))
		buf_str(out, "the rival moves first");
	else
		buf_str(out, "running");
	if (seconds)
		buf_fmt(out, ", %" PRIu64 " s", seconds);
}

static void transfer_ended(const struct transfer_pane *pane, struct buf *out)
{
	struct shown_transfer transfer = shown_transfer(pane->app);
	const struct attempts *attempts = pane->attempts;
	char took[16];
	if (!shows_facts(pane)) {
		buf_fmt(out, "T%" PRIu64 " ", (uint64_t)attempts->txn);
		draw_harmless(out, transfer.source);
		buf_str(out, " -> ");
		draw_harmless(out, transfer.destination);
		buf_str(out, ": ");
	}
	if (attempts->outcome == OUTCOME_COMMITTED && transfer.facts.again) {
		buf_str(out, "it is in the ledger already: nothing was moved again");
		return;
	}
	if (attempts->outcome != OUTCOME_COMMITTED) {
		draw_harmless(out, transfer.reason[0] ? transfer.reason : show_outcome(attempts->outcome));
		return;
	}
	text_duration(took, attempts->took_us);
	struct amount_text amount = amount_show(transfer.facts.amount, transfer.scale);
	buf_fmt(out, "moved %s in %s, %u %s", transfer.bare ? "an amount that is not recorded" : amount.text, took,
		attempts->round_trips, text_plural(attempts->round_trips, "round trip", "round trips"));
}

/* The last sentence has its lines at the bottom of the room, the steps what is left above: the latest ones. */
static void draw_lower(struct transfer_pane *pane, struct rect room)
{
	const struct attempts *attempts = pane->attempts;
	struct buf words = {0};
	int n = shows_facts(pane) ? (int)attempts->n : 0, most = room.h - (n < room.h ? n : room.h - 1);
	if (attempts->outcome == OUTCOME_NONE)
		doing(pane, &words, (struct rect){room.y, room.x, most, room.w});
	else
		transfer_ended(pane, &words);
	enum style style = attempts->outcome == OUTCOME_NONE        ? STYLE_TEXT
			   : attempts->outcome == OUTCOME_COMMITTED ? STYLE_GOOD
								    : STYLE_BAD;
	int need = wrap_count(buf_text(&words), room.w);
	int lines = need < most ? need : most; /* the message line has all of it, the steps are only here */
	int height = room.h - lines;
	int hidden = n > height ? n - height : 0;
	if (pane->back > hidden)
		pane->back = hidden;
	int first = hidden - (int)pane->back, shown = n - first < height ? n - first : height;
	for (int i = 0; i < shown; i++)
		transfer_steps_draw((struct rect){room.y + i, room.x, 1, room.w}, attempts, (size_t)(first + i));
	draw_wrapped((struct rect){room.y + (shown > 0 ? shown : 0), room.x, lines, room.w}, style, buf_text(&words));
	pane->height = height;
	pane->above = first;
	pane->below = n - first - shown;
	buf_free(&words);
}

/* Before the first transfer the room shows the way to it. */
static void draw_way(struct rect room)
{
	static const char *const way[] = {
		"Enter reviews it, y moves the money",
		"I     the next one meets a real conflict",
		"u     takes it back",
		"F3    lessons: sessions side by side",
	};
	int n = (int)COUNT_OF(way), blank = room.h > n ? 1 : 0;
	for (int i = 0; i < n && i < room.h - blank; i++)
		draw_text(room.y + blank + i, room.x, room.w, STYLE_FAINT, way[i]);
}

static void transfer_draw(void *self, struct rect inside, bool focus)
{
	(void)focus;
	struct transfer_pane *pane = self;
	struct amount_text before[2];
	struct rect area = {inside.y, inside.x + 1, inside.h, inside.w - 2};
	draw_clear(inside);
	transfer_follow(pane);
	pane->above = pane->below = 0;
	struct transfer_preview shown = shows_facts(pane) ? transfer_done(pane, before) : transfer_plan(pane);
	bool terms = area.w >= 2 * TXN_SUMMARY_COLS && area.h >= TXN_SUMMARY_ROWS;
	int used = transfer_preview_draw(
		(struct rect){area.y, area.x, area.h, area.w - (terms ? TXN_SUMMARY_COLS + 1 : 0)}, &shown);
	if (terms)
		txn_summary_draw(
			(struct rect){area.y, area.x + area.w - TXN_SUMMARY_COLS, TXN_SUMMARY_ROWS, TXN_SUMMARY_COLS},
			pane->app);
	if (area.h > 8)
		used++;
	if (!is_transfer(pane) && used < area.h)
		draw_way((struct rect){area.y + used, area.x, area.h - used, area.w});
	if (is_transfer(pane) && used < area.h)
		draw_lower(pane, (struct rect){area.y + used, area.x, area.h - used, area.w});
}

/* ---- the pane ---- */

static void transfer_title(void *self, struct buf *out)
{
	const struct transfer_pane *pane = self;
	const struct attempts *attempts = pane->attempts;
	buf_str(out, "Transfer");
	if (!shows_facts(pane))
		return;
	buf_fmt(out, " T%u  %s", attempts->txn, show_outcome(attempts->outcome));
	if (attempts->made)
		buf_fmt(out, "  attempt %u of %u", attempts->made, attempts->limit);
}

static void transfer_pane_free(void *self)
{
	struct transfer_pane *pane = self;
	free(pane->picked[0]);
	free(pane->picked[1]);
	free(pane);
}

static void transfer_footer(void *self, struct buf *out, int columns)
{
	const struct transfer_pane *pane = self;
	bool armed = shown_rival_armed(pane->app);
	if (pane->above && columns > 20)
		buf_fmt(out, "%ld %s above", pane->above, text_plural((uint64_t)pane->above, "line", "lines"));
	if (pane->below && columns > 20)
		buf_fmt(out, "%s%ld below", pane->above ? ", " : "", pane->below);
	if (armed && columns > (out->len ? 40 : 20))
		buf_fmt(out, "%srival armed", out->len ? "  " : "");
}

static bool transfer_act(void *self, const char *action, const char *argument)
{
	struct transfer_pane *pane = self;
	struct motion motion = motion_of(action, argument, pane->height);
	if (motion.kind == MOTION_BY)
		pane->back -= motion.by;
	else if (motion.kind == MOTION_FIRST)
		pane->back = STEPS_MAX;
	else if (motion.kind == MOTION_LAST)
		pane->back = 0;
	if (pane->back < 0)
		pane->back = 0;
	return motion.kind != MOTION_NONE;
}

static bool transfer_read_events(void *self)
{
	struct transfer_pane *pane = self;
	return attempts_read(pane->attempts, pane->app->ring);
}

/* Seconds are counted only while a transfer runs. */
static uint64_t transfer_wake(void *self)
{
	const struct transfer_pane *pane = self;
	const struct attempts *attempts = pane->attempts;
	if (!is_transfer(pane) || attempts->outcome != OUTCOME_NONE || pane->app->step.next)
		return 0;
	if (pane->app->play && !play_place(pane->app).runs)
		return 0;
	uint64_t now = shown_now_us(pane->app);
	uint64_t gone = now > attempts->since_us ? now - attempts->since_us : 0;
	return clock_us() + 1000000 - gone % 1000000;
}

static void transfer_pane_again(void *self)
{
	struct transfer_pane *pane = self;
	*pane->attempts = (struct attempts){0};
	pane->seen = 0;
}

struct view transfer_view(struct app *app, struct attempts *attempts, struct balances *balances)
{
	static const struct view_ops ops = {
		.context = "transfer",
		.title = transfer_title,
		.footer = transfer_footer,
		.draw = transfer_draw,
		.act = transfer_act,
		.again = transfer_pane_again,
		.read = transfer_read_events,
		.wake = transfer_wake,
		.free = transfer_pane_free,
	};
	struct transfer_pane *pane = NEW(struct transfer_pane);
	pane->app = app;
	pane->attempts = attempts;
	pane->balances = balances;
	return (struct view){&ops, pane};
}
