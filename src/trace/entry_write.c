/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the lines of a trace: what an event does not have is left out. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "entry_internal.h"
#include "secret_internal.h"

enum { ENTRY_SHORT = 4096 }; /* bytes of each text, where the whole line would be too long */

static void entry_add_key(struct buf *out, const char *key)
{
	buf_fmt(out, "%s\"%s\":", out->len && out->p[out->len - 1] != '{' ? "," : "", key);
}

static void entry_add_number(struct buf *out, const char *key, uint64_t number)
{
	if (number == 0)
		return;
	entry_add_key(out, key);
	buf_fmt(out, "%" PRIu64, number);
}

static void entry_add_true(struct buf *out, const char *key, bool value)
{
	if (!value)
		return;
	entry_add_key(out, key);
	buf_str(out, "true");
}

/* JSON has no place for bytes that are no text: they are written as they would be shown. */
static void entry_add_bytes(struct buf *out, const char *s, size_t n)
{
	struct buf whole = {0};
	uint32_t cp = 0;
	for (size_t i = 0, used; i < n; i += used) {
		used = text_decode(s + i, n - i, &cp);
		if (cp == UINT32_MAX)
			buf_fmt(&whole, "\\x%02x", (unsigned)(unsigned char)s[i]);
		else
			buf_add(&whole, s + i, used);
	}
	json_add_string(out, buf_text(&whole), whole.len);
	buf_free(&whole);
}

/* Without the password of a connection string, in whatever sentence it stands, and of a role. */
static void entry_add_text(struct buf *out, const char *key, const char *s, size_t max)
{
	if (!s)
		return;
	char *text = mem_dup_n(s, strnlen(s, max));
	secret_hide(text);
	entry_add_key(out, key);
	entry_add_bytes(out, text, strlen(text));
	free(text);
}

static void entry_add_word(struct buf *out, const char *key, const char *word)
{
	entry_add_text(out, key, word, strlen(word));
}

static void entry_add_holder(struct buf *out, const struct event *event, bool values, size_t max)
{
	const struct event_holder *holder = &event->holder;
	if (event->kind != EVENT_BLOCKED)
		return;
	entry_add_number(out, "holder_pid", holder->pid > 0 ? (uint64_t)holder->pid : 0);
	entry_add_text(out, "holder_name", holder->name, max);
	entry_add_text(out, "holder_user", holder->user, max);
	entry_add_text(out, "holder_state", holder->state, max);
	entry_add_text(out, "holder_holds", values ? holder->holds : NULL, max);
	entry_add_number(out, "holder_state_us", holder->state_us);
}

static void entry_add_numbers(struct buf *out, const struct event *event)
{
	entry_add_number(out, "txn", event->txn);
	entry_add_number(out, "attempt", event->attempt);
	entry_add_number(out, "limit", event->limit);
	entry_add_number(out, "statement", event->statement);
	entry_add_number(out, "round_trip", event->round_trip);
	entry_add_number(out, "duration_us", event->duration_us);
	entry_add_number(out, "wait_us", event->wait_us);
	entry_add_key(out, "rows");
	buf_fmt(out, "%" PRId64, event->rows);
	entry_add_true(out, "durable", event->durable);
	entry_add_true(out, "weak", event->weak);
	entry_add_true(out, "skipped", event->skipped);
	entry_add_true(out, "unmade", event->unmade);
	entry_add_true(out, "unanswered", event->unanswered);
}

/* Sentences name accounts and amounts; those about connections, and an error that has no other name, do not. */
static const char *entry_message(const struct event *event, bool values)
{
	bool harmless = event->kind == EVENT_CONNECTED || event->kind == EVENT_LOST ||
			(event->kind == EVENT_RESULT && !event->sqlstate[0]);
	return values || harmless || !event->message || !event->message[0] ? event->message : "(left out)";
}

static void entry_add_texts(struct buf *out, const struct event *event, bool values, size_t max)
{
	entry_add_text(out, "sqlstate", event->sqlstate[0] ? event->sqlstate : NULL, max);
	entry_add_text(out, "lane", event->lane, max);
	entry_add_text(out, "sql", event->sql, max);
	entry_add_text(out, "params", values ? event->params : NULL, max);
	entry_add_text(out, "values", values ? event->values : NULL, max);
	entry_add_text(out, "tag", event->tag, max);
	entry_add_text(out, "message", entry_message(event, values), max);
	entry_add_text(out, "detail", values ? event->detail : NULL, max);
	entry_add_holder(out, event, values, max);
}

static void entry_add_event(struct buf *out, const struct event *event, bool values, size_t max)
{
	buf_char(out, '{');
	entry_add_number(out, "number", event->number);
	entry_add_number(out, "wall_us", event->wall_us);
	entry_add_word(out, "kind", entry_kind(event->kind));
	entry_add_word(out, "session", entry_session(event->session));
	entry_add_number(out, "seat", event->session > SESSION_LANE ? event->session - SESSION_LANE : 0);
	if (event->verb != VERB_OTHER)
		entry_add_word(out, "verb", entry_verb(event->verb));
	if (event->outcome != OUTCOME_NONE)
		entry_add_word(out, "outcome", entry_outcome(event->outcome));
	entry_add_numbers(out, event);
	entry_add_texts(out, event, values, max);
	buf_char(out, '}');
}

void entry_write_event(struct buf *out, const struct event *event, bool values)
{
	struct buf line = {0};
	entry_add_event(&line, event, values, SIZE_MAX);
	if (line.len >= ENTRY_LINE_MAX) {
		buf_clear(&line);
		entry_add_event(&line, event, values, ENTRY_SHORT);
	}
	buf_add(out, line.p, line.len);
	buf_free(&line);
}

void entry_write_gap(struct buf *out, uint64_t events)
{
	buf_fmt(out, "{\"gone\":%" PRIu64 "}", events);
}

void entry_write_header(struct buf *out, const struct trace_about *about, bool values)
{
	buf_fmt(out, "{\"teller_trace\":%d", ENTRY_FORMAT);
	entry_add_word(out, "teller", about->teller);
	entry_add_text(out, "server", about->product[0] ? about->product : NULL, SIZE_MAX);
	entry_add_text(out, "server_version", about->version[0] ? about->version : NULL, SIZE_MAX);
	entry_add_number(out, "wall_us", clock_wall_us());
	entry_add_key(out, "values");
	buf_str(out, values ? "true" : "false");
	entry_add_key(out, "options");
	buf_char(out, '{');
	for (size_t i = 0; i < about->noptions; i++)
		entry_add_word(out, about->options[i].name, about->options[i].value);
	buf_str(out, "}}");
}
