/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review box: the exact command, its effect, and a question that only y confirms. */
#include "ui/review.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/balances.h"
#include "ui/draw.h"
#include "ui/phase.h"
#include "ui/transfer_preview.h"
#include "ui/txn_summary.h"
#include "ui/wrap.h"

enum { WIDTH_MAX = 74, PARAGRAPHS = 5, PAUSE_US = 1000000 };

struct review {
	struct app *app;
	struct run *run;
	bool transfer; /* it is one, with accounts to show */
	enum transfer_rule rule;
	int64_t amount;
	struct balances balances;
	bool drawn;
	char refused[96];
	uint64_t deaf_until_us; /* something was typed: a yes does not count before */
};

struct review *review_new(struct app *app, struct run *run)
{
	struct review *review = NEW(struct review);
	struct err err;
	review->app = app;
	review->run = run;
	review->transfer = strcmp(run->command->name, "transfer") == 0 && run->args[0] && run->args[1];
	if (review->transfer && run->args[2] &&
	    transfer_rule_parse(run->args[2], app->catalogue, &review->rule, &review->amount, &err) != ST_OK)
		review->transfer = false;
	review_changed(review);
	return review;
}

void review_free(struct review *review)
{
	if (!review)
		return;
	balances_free(&review->balances);
	free(review);
}

struct run *review_run(const struct review *review)
{
	return review->run;
}

bool review_drawn(const struct review *review)
{
	return review->drawn;
}

/* Each further key makes the pause anew, whatever it is. */
void review_refuse(struct review *review, const char *key, bool typed)
{
	bool deaf = typed || !review_listens(review);
	if (deaf)
		review->deaf_until_us = clock_us() + PAUSE_US;
	snprintf(review->refused, sizeof review->refused, "%s does nothing here%s", key,
		 deaf ? ": y or n, and y only after a pause of a second" : "; y does it, n does not");
}

bool review_listens(const struct review *review)
{
	return clock_us() >= review->deaf_until_us;
}

uint64_t review_wake(const struct review *review)
{
	return review_listens(review) ? 0 : review->deaf_until_us;
}

void review_changed(struct review *review)
{
	if (!review->transfer)
		return;
	if (!review->balances.id[0])
		balances_update(&review->balances, review->app);
	balances_look(&review->balances, review->app, review->run->args[0], review->run->args[1]);
}

/* ---- words ---- */

static void read_when(const struct review *review, struct buf *out)
{
	uint64_t from = review->balances.read_at[0], to = review->balances.read_at[1];
	uint64_t oldest = from && (from < to || !to) ? from : to;
	char time[16];
	if (!oldest)
		return;
	clock_show(time, oldest);
	buf_fmt(out, "%sas read at %.8s", review->rule == TRANSFER_HALF ? "half, " : "", time);
}

static void question(const struct review *review, struct buf *out)
{
	const struct run *run = review->run;
	struct buf raw = {0};
	bool word = run->nargs > 0 && run->command->args[0].type == ARG_WORD; /* one of its own: sessions end */
	if (!review->transfer) {
		buf_fmt(out, "%s%s%s?", run->command->name, word ? " " : "", word ? run->args[0] : "");
		return;
	}
	if (review->rule == TRANSFER_AMOUNT)
		buf_fmt(&raw, "Transfer %s from %s to %s?", run->args[2], run->args[0], run->args[1]);
	else
		buf_fmt(&raw, "Transfer %s of %s to %s?", review->rule == TRANSFER_ALL ? "all" : "half", run->args[0],
			run->args[1]);
	text_escape(out, buf_text(&raw), raw.len, WIDTH_MAX - 6);
	buf_free(&raw);
}

/* ---- the box ---- */

struct content {
	struct buf command, note, how, rival, answer;
	bool has_preview;
};

static struct transfer_preview preview_of(const struct review *review, const struct buf *note)
{
	const struct balances *balances = &review->balances;
	struct preview preview = balances_preview(balances, review->rule, review->amount);
	struct transfer_preview shown = {.known = preview.known,
					 .scale = preview.scale,
					 .amount = preview.amount,
					 .arrow = "->",
					 .note = buf_text(note)};
	for (int side = 0; side < 2; side++) {
		shown.id[side] = review->run->args[side];
		shown.before[side] =
			balances->known[side] ? balances->balance[side] ? balances->balance[side] : "NULL" : "?";
		shown.after[side] = preview.after[side];
	}
	if (!preview.known)
		shown.note = preview.why;
	return shown;
}

static int paragraph(struct rect *rest, enum style style, const char *text)
{
	int used = rest->h > 0 ? draw_wrapped(*rest, style, text) : 0;
	rest->y += used;
	rest->h -= used;
	return used;
}

static int review_height_of(const struct content *content, int columns)
{
	int height = wrap_count(buf_text(&content->command), columns) + (content->has_preview ? 3 : 0);
	if (content->how.len)
		height += wrap_count(buf_text(&content->how), columns);
	if (content->rival.len)
		height += wrap_count(buf_text(&content->rival), columns);
	return height;
}

static void review_fill(const struct review *review, struct content *content)
{
	const struct run *run = review->run;
	buf_str(&content->command, ":");
	draw_harmless(&content->command, run->line);
	content->has_preview = review->transfer;
	if (review->transfer) {
		read_when(review, &content->note);
		txn_summary_sentence(&content->how, review->app);
	} else {
		struct buf raw = {0};
		if (run->command->describe)
			run->command->describe(&raw, run);
		else
			buf_str(&raw, run->command->help);
		draw_harmless(&content->how, buf_text(&raw));
		buf_free(&raw);
	}
	if (review->transfer && review->app->rival && rival_armed(review->app->rival))
		buf_str(&content->rival, "The rival is armed: the first attempt will meet a real conflict.");
	struct buf levers = {0};
	app_armed_words(&levers, review->app);
	if (review->transfer && levers.len)
		buf_fmt(&content->rival, "%s%s", content->rival.len ? " " : "", buf_text(&levers));
	buf_free(&levers);
	buf_str(&content->answer, review->refused[0] ? review->refused : "Enter does nothing here, on purpose");
}

static void draw_answer(struct rect rest, const struct content *content, bool refused, bool listens)
{
	int x = rest.x;
	x += draw_text(rest.y, x, rest.w, listens ? STYLE_KEY : STYLE_FAINT, "y");
	x += draw_text(rest.y, x, rest.w, listens ? STYLE_TEXT : STYLE_FAINT, " do it   ");
	x += draw_text(rest.y, x, rest.w, STYLE_KEY, "n");
	draw_text(rest.y, x, rest.w, STYLE_TEXT, " no");
	if (rest.h > 1)
		draw_wrapped((struct rect){rest.y + 1, rest.x, rest.h - 1, rest.w}, refused ? STYLE_BAD : STYLE_FAINT,
			     buf_text(&content->answer));
}

static void draw_content(const struct review *review, struct rect inside, const struct content *content)
{
	struct rect rest = inside;
	int answer = 2; /* lines kept for it, whatever else has to go */
	rest.h -= answer;
	paragraph(&rest, STYLE_KEY, buf_text(&content->command));
	if (content->has_preview) {
		struct transfer_preview shown = preview_of(review, &content->note);
		int used = transfer_preview_draw(rest, &shown);
		rest.y += used;
		rest.h -= used;
	}
	paragraph(&rest, STYLE_LEVER, buf_text(&content->rival));
	paragraph(&rest, STYLE_TEXT, buf_text(&content->how));
	rest.y = inside.y + inside.h - answer;
	rest.h = answer;
	draw_answer(rest, content, review->refused[0] != '\0', review_listens(review));
}

void review_draw(struct review *review, struct rect room)
{
	struct content content = {.has_preview = false};
	struct buf title = {0};
	if (review->deaf_until_us && review_listens(review)) {
		review->refused[0] = '\0';
		review->deaf_until_us = 0;
	}
	review_fill(review, &content);
	question(review, &title);
	int width = room.w < WIDTH_MAX ? room.w : WIDTH_MAX;
	int want = review_height_of(&content, width - 4) + 3 + 2; /* a blank line, the answer, the frame */
	int height = want < room.h ? want : room.h;
	struct rect box = {room.y + (room.h - height) / 2, room.x + (room.w - width) / 2, height, width};
	struct rect inside = layout_inside(box);
	draw_clear(inside);
	draw_frame(box, true, buf_text(&title), NULL);
	draw_content(review, (struct rect){inside.y, inside.x + 1, inside.h, inside.w - 2}, &content);
	review->drawn = true;
	buf_free(&title);
	buf_free(&content.command);
	buf_free(&content.note);
	buf_free(&content.how);
	buf_free(&content.rival);
	buf_free(&content.answer);
}
