/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws one step of a transfer as a line: an attempt and its outcome, a wait, an injected fault. */
#include "ui/transfer_steps.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "ui/draw.h"

static const char *verb_words(enum verb verb)
{
	static const char *const words[] = {
		[VERB_BEGIN] = " at BEGIN",
		[VERB_SAVEPOINT] = " at SAVEPOINT",
		[VERB_SELECT] = " at SELECT",
		[VERB_INSERT] = " at INSERT",
		[VERB_UPDATE] = " at UPDATE",
		[VERB_DELETE] = " at DELETE",
		[VERB_RELEASE] = " at RELEASE",
		[VERB_COMMIT] = " at COMMIT",
		[VERB_SET] = "",
		[VERB_ROLLBACK_TO] = " at ROLLBACK TO",
	};
	return (size_t)verb < COUNT_OF(words) && words[verb] ? words[verb] : "";
}

/* How an attempt ended; an error says where it came up only if there is room for it. */
static void ending(struct buf *out, const struct step *step, enum outcome outcome, int room)
{
	bool committed = step->durable || outcome == OUTCOME_COMMITTED; /* though its connection may have been lost */
	if (!step->failed || committed) {
		buf_str(out, committed                      ? "committed"
			     : outcome == OUTCOME_NONE      ? "..."
			     : outcome == OUTCOME_REJECTED  ? "rejected, rolled back"
			     : outcome == OUTCOME_CANCELLED ? "cancelled, rolled back"
							    : "ended");
		return;
	}
	const char *reason = show_reason(step->sqlstate), *where = verb_words(step->verb);
	buf_fmt(out, "%s%s", step->sqlstate, step->sqlstate[0] ? " " : "");
	draw_harmless(out, reason ? reason : step->text);
	if ((int)text_width(buf_text(out), out->len) + (int)strlen(where) <= room)
		buf_str(out, where);
}

static void draw_attempt(struct rect at, const struct step *step, enum outcome outcome)
{
	struct buf line = {0}, words = {0};
	char took[16] = "";
	bool good = step->durable || outcome == OUTCOME_COMMITTED;
	bool bad = !good && (step->failed || outcome != OUTCOME_NONE);
	enum style style = bad ? STYLE_BAD : good ? STYLE_GOOD : STYLE_TEXT;
	if (step->took_us && (good || bad))
		text_duration(took, step->took_us);
	int time = (int)strlen(took), room = at.w - time - 1;
	buf_fmt(&line, "%-2u%s  ", step->number, bad ? "x" : good ? "*" : ".");
	ending(&words, step, outcome, room - (int)line.len);
	buf_str(&line, buf_text(&words));
	draw_line(at.y, at.x, room, style, buf_text(&line));
	draw_right(at.y, at.x + room, time + 1, style, took);
	buf_free(&line);
	buf_free(&words);
}

void transfer_steps_draw(struct rect at, const struct attempts *attempts, size_t i)
{
	const struct step *step = &attempts->steps[i];
	struct buf line = {0};
	char wait[16];
	bool last = true;
	for (size_t later = i + 1; later < attempts->n; later++)
		last = last && attempts->steps[later].kind != STEP_ATTEMPT;
	switch (step->kind) {
	case STEP_ATTEMPT:
		draw_attempt(at, step, last ? attempts->outcome : OUTCOME_FAILED);
		return;
	case STEP_WAIT:
		text_duration(wait, step->took_us);
		buf_fmt(&line, "  ~  waits %s before attempt %u", wait, step->number);
		draw_line(at.y, at.x, at.w, STYLE_WAIT, buf_text(&line));
		break;
	case STEP_LEVER:
	case STEP_SETTLE:
		buf_str(&line, step->kind == STEP_LEVER ? "  !  " : "  ?  ");
		draw_harmless(&line, step->text);
		draw_line(at.y, at.x, at.w, STYLE_LEVER, buf_text(&line));
		break;
	}
	buf_free(&line);
}
