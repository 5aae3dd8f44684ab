/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything about one event, line by line. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "event/show.h"

static const char *full_kind_name(const struct event *event)
{
	static const char *const names[] = {
		[EVENT_CONNECTED] = "connected",
		[EVENT_LOST] = "connection lost",
		[EVENT_NOTICE] = "notice",
		[EVENT_TXN] = "transaction starts",
		[EVENT_ATTEMPT] = "attempt starts",
		[EVENT_SENT] = "statement sent",
		[EVENT_RESULT] = "statement answered",
		[EVENT_BACKOFF] = "wait before the next attempt",
		[EVENT_SETTLE] = "settling a lost commit",
		[EVENT_OUTCOME] = "transaction ended",
		[EVENT_LEVER] = "lever",
		[EVENT_BLOCKED] = "waits for a lock",
	};
	return event->unmade ? "no connection" : names[event->kind];
}

/* A value of several lines (DETAIL and HINT) gets one line each: a newline is the one control character with a
 * meaning here. */
static void full_add_lines(struct buf *out, const char *label, const char *value)
{
	while (value && *value) {
		size_t n = strcspn(value, "\n");
		buf_fmt(out, "%-12s", label);
		text_escape(out, value, n, 0);
		buf_char(out, '\n');
		value += value[n] == '\n' ? n + 1 : n;
		label = "";
	}
}

static void full_add_place(struct buf *out, const struct event *event)
{
	char time[16];
	clock_show(time, event->wall_us);
	buf_fmt(out, "%-12s%" PRIu64 ", %s\n", "event", event->number, full_kind_name(event));
	buf_fmt(out, "%-12s%s\n", "time", time);
	full_add_lines(out, "session", event->lane ? event->lane : show_session(event->session));
	if (event->txn)
		buf_fmt(out, "%-12s%u\n", "transaction", event->txn);
	if (event->attempt && event->limit)
		buf_fmt(out, "%-12s%u of %u\n", "attempt", event->attempt, event->limit);
	else if (event->attempt)
		buf_fmt(out, "%-12s%u\n", "attempt", event->attempt);
	if (event->statement)
		buf_fmt(out, "%-12s%u, in round trip %u\n", "statement", event->statement, event->round_trip);
}

static void full_add_outcome(struct buf *out, const struct event *event)
{
	char text[16];
	struct show_line line = {0};
	show_line(&line, event);
	full_add_lines(out, "result", buf_text(&line.result));
	show_line_free(&line);
	if (event->kind == EVENT_RESULT || event->kind == EVENT_OUTCOME) {
		text_duration(text, event->duration_us);
		bool along = event->kind == EVENT_RESULT && show_came_along(event);
		bool shared = event->kind == EVENT_RESULT && event->round_trip;
		buf_fmt(out, "%-12s%s%s\n", "took", along ? "answered together with the statement before it" : text,
			!along && shared ? ", with its round trip" : "");
	}
	if (event->durable)
		full_add_lines(out, event->weak ? "committed" : "durable",
			       event->weak ? "from this statement on; a crash or a failover may lose it"
					   : "from this statement on");
	if (event->unanswered)
		full_add_lines(out, "no answer", "the connection was lost; the server may have run it or not");
	else if (event->skipped)
		full_add_lines(out, "not run", "an earlier statement of the same round trip failed");
}

void show_full(struct buf *out, const struct event *event)
{
	full_add_place(out, event);
	if (event->sql) {
		struct buf text = {0};
		show_statement(&text, event->sql, event->params);
		full_add_lines(out, "statement", buf_text(&text));
		buf_free(&text);
		full_add_lines(out, "sql", event->sql);
		full_add_lines(out, "parameters", event->params);
	}
	if (event->kind == EVENT_BLOCKED && event->rows > 0) {
		struct buf words = {0};
		show_holder(&words, event, 0);
		full_add_lines(out, "waits for", buf_text(&words));
		buf_free(&words);
	}
	full_add_outcome(out, event);
	full_add_lines(out, "rows", event->values);
	full_add_lines(out, "tag", event->tag);
	full_add_lines(out, "sqlstate", event->sqlstate);
	full_add_lines(out, "message", event->message);
	full_add_lines(out, "detail", event->detail);
}
