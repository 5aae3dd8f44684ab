/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace as the lines of the log; what was sent and not answered stands at the end. */
#include "trace/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "event/show.h"

enum { LINES_PENDING_MAX = 256 };

struct lines_sent {
	enum session session;
	char *line; /* owned */
};

struct trace_lines {
	struct lines_sent sent[LINES_PENDING_MAX]; /* the oldest first */
	size_t n;
};

struct trace_lines *trace_lines_new(void)
{
	return NEW(struct trace_lines);
}

static void lines_forget(struct trace_lines *lines, size_t i)
{
	free(lines->sent[i].line);
	lines->n--;
	memmove(&lines->sent[i], &lines->sent[i + 1], (lines->n - i) * sizeof lines->sent[0]);
}

void trace_lines_free(struct trace_lines *lines)
{
	while (lines && lines->n)
		lines_forget(lines, lines->n - 1);
	free(lines);
}

static void lines_send(struct trace_lines *lines, const struct event *event)
{
	struct buf line = {0};
	if (lines->n == LINES_PENDING_MAX)
		lines_forget(lines, 0);
	show_plain(&line, event);
	lines->sent[lines->n++] = (struct lines_sent){event->session, buf_take(&line)};
}

/* Answers come in the order of the statements; a lost connection has none left. */
static void lines_answer(struct trace_lines *lines, const struct event *event)
{
	bool lost = event->kind == EVENT_LOST;
	for (size_t i = 0; i < lines->n;) {
		if (lines->sent[i].session != event->session) {
			i++;
			continue;
		}
		lines_forget(lines, i);
		if (!lost)
			return;
	}
}

bool trace_lines_event(struct trace_lines *lines, struct buf *out, const struct event *event)
{
	if (event->kind == EVENT_SENT) {
		lines_send(lines, event);
		return false;
	}
	if (event->kind == EVENT_RESULT || event->kind == EVENT_LOST)
		lines_answer(lines, event);
	show_plain(out, event);
	return true;
}

bool trace_lines_rest(struct trace_lines *lines, struct buf *out)
{
	if (lines->n == 0)
		return false;
	buf_str(out, lines->sent[0].line);
	lines_forget(lines, 0);
	return true;
}
