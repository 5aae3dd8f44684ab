/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as the columns of a log line, as one plain line, and as the full text. */
#include "event/show.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

const char *show_session(enum session session)
{
	static const char *const names[SESSION_COUNT] = {"teller", "browse", "transfer", "rival", "lab", "watch"};
	return session < SESSION_COUNT ? names[session] : "teller";
}

char show_session_label(enum session session)
{
	return session < SESSION_COUNT ? "-BTRLW"[session] : '-';
}

const char *show_outcome(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_NONE:
		return "RUNNING";
	case OUTCOME_COMMITTED:
		return "COMMITTED";
	case OUTCOME_REJECTED:
		return "REJECTED";
	case OUTCOME_FAILED:
		return "FAILED";
	case OUTCOME_GAVE_UP:
		return "GAVE UP";
	case OUTCOME_CANCELLED:
		return "CANCELLED";
	case OUTCOME_UNKNOWN:
		return "UNKNOWN";
	}
	return "UNKNOWN";
}

enum { SHARED_US = 10 };

/* On one line: a run of blanks, of which a newline and a tab are some, is one. */
static void show_escape(struct buf *out, const char *s)
{
	for (bool more = s != NULL; more;) {
		size_t n = strcspn(s, "\n\t\r"), gap = strspn(s + n, " \n\t\r");
		text_escape(out, s, n, 0);
		more = s[n] && s[n + gap];
		if (more)
			buf_char(out, ' ');
		s += n + gap;
	}
}

/* ---- what ---- */

static void show_fact(struct buf *out, const char *words, const char *message)
{
	buf_str(out, words);
	if (message && message[0]) {
		buf_str(out, words[0] ? ": " : "");
		show_escape(out, message);
	}
}

static void show_add_blocked(struct buf *out, const struct event *event)
{
	if (event->rows <= 0) {
		buf_str(out, "waits no more");
		return;
	}
	buf_str(out, "waits for ");
	show_holder(out, event, 0);
}

static void show_add_what(struct buf *out, const struct event *event)
{
	char wait[16];
	switch (event->kind) {
	case EVENT_SENT:
	case EVENT_RESULT:
		show_statement(out, event->sql ? event->sql : "", event->params);
		return;
	case EVENT_CONNECTED:
		buf_str(out, "connected to ");
		show_escape(out, event->message);
		return;
	case EVENT_LOST:
		show_fact(out, event->unmade ? "" : "connection lost", event->message);
		return;
	case EVENT_NOTICE:
		show_fact(out, "notice", event->message);
		return;
	case EVENT_TXN:
	case EVENT_SETTLE:
	case EVENT_LEVER:
		show_fact(out, "", event->message);
		return;
	case EVENT_ATTEMPT:
		buf_fmt(out, "attempt %u of %u", event->attempt, event->limit);
		return;
	case EVENT_BACKOFF:
		text_duration(wait, event->wait_us);
		buf_fmt(out, "attempt %u of %u starts in %s", event->attempt, event->limit, wait);
		return;
	case EVENT_BLOCKED:
		show_add_blocked(out, event);
		return;
	case EVENT_OUTCOME:
		buf_fmt(out, "%u ", event->attempt);
		show_fact(out, text_plural(event->attempt, "attempt", "attempts"), event->message);
		return;
	}
}

/* ---- result ---- */

/* A command tag is worth a word where it is not the one that its statement asks for: COMMIT answered by ROLLBACK. The
 * tag of a COMMIT is always shown, because it is what decides. */
static bool show_tag_is_expected(const struct event *event)
{
	switch (event->verb) {
	case VERB_BEGIN:
		return strcmp(event->tag, "BEGIN") == 0;
	case VERB_SAVEPOINT:
		return strcmp(event->tag, "SAVEPOINT") == 0;
	case VERB_RELEASE:
		return strcmp(event->tag, "RELEASE") == 0;
	case VERB_ROLLBACK:
	case VERB_ROLLBACK_TO:
		return strcmp(event->tag, "ROLLBACK") == 0;
	case VERB_SET:
		return strcmp(event->tag, "SET") == 0;
	case VERB_OTHER:
	case VERB_SELECT:
	case VERB_INSERT:
	case VERB_UPDATE:
	case VERB_DELETE:
	case VERB_COMMIT:
	case VERB_DDL:
		return false;
	}
	return false;
}

static void show_add_answer(struct buf *out, const struct event *event)
{
	bool has_rows = event->rows >= 0;
	if (event->values && event->values[0]) {
		show_escape(out, event->values);
		if (event->rows > 2)
			buf_fmt(out, " (%" PRId64 " rows)", event->rows);
	} else if (has_rows) {
		uint64_t rows = (uint64_t)event->rows;
		buf_fmt(out, "%" PRIu64 " %s", rows, text_plural(rows, "row", "rows"));
	} else if (!event->tag || !event->tag[0] || show_tag_is_expected(event)) {
		buf_str(out, "ok");
	} else {
		show_escape(out, event->tag);
	}
}

static void show_add_error(struct buf *out, const struct event *event)
{
	const char *reason = show_reason(event->sqlstate);
	buf_fmt(out, "%s%s", event->sqlstate, event->sqlstate[0] ? " " : "");
	if (reason)
		buf_str(out, reason);
	else
		show_escape(out, event->message);
}

static void show_add_result(struct buf *out, const struct event *event)
{
	char wait[16];
	switch (event->kind) {
	case EVENT_RESULT:
		if (event->unanswered)
			buf_str(out, "no answer");
		else if (event->skipped)
			buf_str(out, "not run");
		else if (event_failed(event))
			show_add_error(out, event);
		else
			show_add_answer(out, event);
		return;
	case EVENT_BACKOFF:
		text_duration(wait, event->wait_us);
		buf_fmt(out, "wait %s", wait);
		return;
	case EVENT_BLOCKED:
		text_duration(wait, event->wait_us);
		buf_fmt(out, "waited %s", wait);
		return;
	case EVENT_OUTCOME:
		buf_str(out, show_outcome(event->outcome));
		return;
	case EVENT_LOST:
	case EVENT_NOTICE:
		buf_str(out, event->sqlstate);
		return;
	case EVENT_CONNECTED:
	case EVENT_TXN:
	case EVENT_ATTEMPT:
	case EVENT_SENT:
	case EVENT_SETTLE:
	case EVENT_LEVER:
		return;
	}
}

static char show_sign_of(const struct event *event)
{
	bool rollback = event->verb == VERB_ROLLBACK || event->verb == VERB_ROLLBACK_TO;
	switch (event->kind) {
	case EVENT_RESULT:
		return event->unanswered     ? '?'
		       : event_failed(event) ? 'x'
		       : event->durable      ? '*'
		       : rollback            ? '<'
					     : ' ';
	case EVENT_OUTCOME:
		return event->outcome == OUTCOME_COMMITTED ? ' ' : 'x';
	case EVENT_LOST:
		return 'x';
	case EVENT_BACKOFF:
	case EVENT_BLOCKED:
		return '~';
	case EVENT_SETTLE:
	case EVENT_LEVER:
		return '!';
	case EVENT_SENT:
		return '.';
	case EVENT_CONNECTED:
	case EVENT_NOTICE:
	case EVENT_TXN:
	case EVENT_ATTEMPT:
		return ' ';
	}
	return ' ';
}

/* ---- lines ---- */

static void show_add_who(struct buf *out, const struct event *event)
{
	if (event->lane)
		show_escape(out, event->lane);
	else
		buf_char(out, show_session_label(event->session));
	if (event->txn)
		buf_fmt(out, "%u", event->txn);
	if (event->txn && event->attempt)
		buf_fmt(out, ".%u", event->attempt);
}

bool show_came_along(const struct event *event)
{
	return event->duration_us < SHARED_US && event->statement > 1;
}

/* In 7 columns, whatever it is. */
static void show_add_ms(struct buf *out, uint64_t us)
{
	if (us < 10000000)
		buf_fmt(out, "%" PRIu64 ".%02u", us / 1000, (unsigned)(us % 1000 / 10));
	else if (us < 1000000000)
		buf_fmt(out, "%" PRIu64 ".%u s", us / 1000000, (unsigned)(us % 1000000 / 100000));
	else
		buf_fmt(out, "%" PRIu64 " s", us / 1000000);
}

void show_line(struct show_line *line, const struct event *event)
{
	show_add_who(&line->who, event);
	show_add_what(&line->what, event);
	show_add_result(&line->result, event);
	bool timed = (event->kind == EVENT_RESULT && !event->skipped && !show_came_along(event)) ||
		     event->kind == EVENT_OUTCOME;
	if (timed)
		show_add_ms(&line->ms, event->duration_us);
	line->sign = show_sign_of(event);
}

void show_line_free(struct show_line *line)
{
	buf_free(&line->who);
	buf_free(&line->what);
	buf_free(&line->result);
	buf_free(&line->ms);
}

const char *show_mark(const struct event *event)
{
	if (!event->durable)
		return "";
	return event->weak ? "  <- committed from here" : "  <- durable from here";
}

void show_plain(struct buf *out, const struct event *event)
{
	struct show_line line = {0};
	char time[16];
	show_line(&line, event);
	clock_show(time, event->wall_us);
	buf_fmt(out, "%s %c %-5s %s", time, line.sign, buf_text(&line.who), buf_text(&line.what));
	buf_str(out, show_mark(event));
	if (line.result.len)
		buf_fmt(out, "  [%s]", line.result.p);
	if (line.ms.len)
		buf_fmt(out, " %s%s", line.ms.p, strchr(line.ms.p, 's') ? "" : " ms");
	if (event_failed(event) && show_reason(event->sqlstate)) {
		buf_str(out, " ");
		show_escape(out, event->message);
	}
	show_line_free(&line);
}
