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

/* Adds the text where there is room for it. */
static bool ending_add(struct buf *out, const char *text, int room)
{
	bool fits = (int)(text_width(buf_text(out), out->len) + text_width(text, strlen(text))) <= room;
	if (fits)
		buf_str(out, text);
	return fits;
}

static const char *ending_word(const struct step *step, enum outcome outcome)
{
	bool committed = step->durable || outcome == OUTCOME_COMMITTED; /* though its connection may have been lost */
	return committed                      ? "committed"
	       : step->failed                 ? NULL
	       : outcome == OUTCOME_NONE      ? "..."
	       : outcome == OUTCOME_REJECTED  ? "rejected, rolled back"
	       : outcome == OUTCOME_CANCELLED ? "cancelled, rolled back"
					      : "ended";
}

/* How an attempt ended. Where there is no room for all, what it waited for others goes before the words for an error,
 * and those before where it came up. */
static void ending(struct buf *out, const struct step *step, enum outcome outcome, int room)
{
	const char *word = ending_word(step, outcome), *reason = show_reason(step->sqlstate);
	struct buf waited = {0}, words = {0};
	char time[16];
	text_duration(time, step->waited_us);
	if (step->waited_us)
		buf_fmt(&waited, ", waited %s", time);
	room -= (int)waited.len;
	buf_str(out, word ? word : step->sqlstate);
	if (!word) {
		buf_str(&words, step->sqlstate[0] ? " " : "");
		draw_harmless(&words, reason ? reason : step->text);
		if (!ending_add(out, buf_text(&words), room) && !waited.len)
			buf_str(out, buf_text(&words));
		ending_add(out, verb_words(step->verb), room);
	}
	buf_str(out, buf_text(&waited));
	buf_free(&waited);
	buf_free(&words);
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
