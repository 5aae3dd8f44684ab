/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for the session that a statement waits for. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "event/show.h"

enum { HOLDER_WORD = 48, HOLDER_SENTENCE = 160 }; /* columns */

static void holder_add(struct buf *out, const char *before, const char *text, size_t columns)
{
	if (!text || !text[0])
		return;
	buf_str(out, before);
	text_escape(out, text, strlen(text), columns);
}

void show_holder(struct buf *out, const struct event *event, uint64_t later_us)
{
	const struct event_holder *holder = &event->holder;
	char age[24];
	holder_add(out, "", holder->name, HOLDER_WORD);
	if (holder->pid)
		buf_fmt(out, ", pid %d", holder->pid);
	holder_add(out, ", ", holder->user, HOLDER_WORD);
	holder_add(out, ": ", holder->state, HOLDER_WORD);
	if (holder->state_us) {
		text_age(age, holder->state_us + later_us);
		buf_fmt(out, " %s", age);
	}
	holder_add(out, ", ", holder->holds, HOLDER_SENTENCE);
	if (event->rows > 1)
		buf_fmt(out, "; and for %" PRId64 " more", event->rows - 1);
	holder_add(out, "; ", event->message, HOLDER_SENTENCE);
}
