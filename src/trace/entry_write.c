/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the lines of a trace: what an event does not have is left out. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "entry_internal.h"
#include "trace/members.h"

enum { ENTRY_SHORT = 4096 }; /* bytes of each text, where the whole line would be too long */

static void entry_add_holder(struct buf *out, const struct event *event, bool values, size_t max)
{
	const struct event_holder *holder = &event->holder;
	if (event->kind != EVENT_BLOCKED)
		return;
	members_number(out, "holder_pid", holder->pid > 0 ? (uint64_t)holder->pid : 0);
	members_text(out, "holder_name", holder->name, max);
	members_text(out, "holder_user", holder->user, max);
	members_text(out, "holder_state", holder->state, max);
	members_text(out, "holder_holds", values ? holder->holds : NULL, max);
	members_number(out, "holder_state_us", holder->state_us);
}

static void entry_add_numbers(struct buf *out, const struct event *event)
{
	members_number(out, "attempt", event->attempt);
	members_number(out, "limit", event->limit);
	members_number(out, "statement", event->statement);
	members_number(out, "round_trip", event->round_trip);
	members_signed(out, "rows", event->rows);
	members_true(out, "durable", event->durable);
	members_true(out, "weak", event->weak);
	members_true(out, "skipped", event->skipped);
	members_true(out, "unmade", event->unmade);
	members_true(out, "unanswered", event->unanswered);
}

/* Sentences name accounts and amounts; those about connections, and an error that has no other name, do not. */
const char *entry_message(const struct event *event, bool values)
{
	bool harmless = event->kind == EVENT_CONNECTED || event->kind == EVENT_LOST ||
			(event->kind == EVENT_RESULT && !event->sqlstate[0]);
	return values || harmless || !event->message || !event->message[0] ? event->message : "(left out)";
}

static void entry_add_sql(struct buf *out, const struct event *event, unsigned sql, size_t max)
{
	members_number(out, "sql", sql);
	members_text(out, "sql", sql ? NULL : event->sql, max);
}

static void entry_add_texts(struct buf *out, const struct event *event, bool values, size_t max)
{
	members_text(out, "params", values ? event->params : NULL, max);
	members_text(out, "values", values ? event->values : NULL, max);
	members_text(out, "message", entry_message(event, values), max);
	members_text(out, "detail", values ? event->detail : NULL, max);
	entry_add_holder(out, event, values, max);
}

/* What a form has. */
static void entry_add_common(struct buf *out, const struct event *event, unsigned sql, size_t max)
{
	members_word(out, "kind", entry_kind(event->kind));
	members_word(out, "session", entry_session(event->session));
	members_number(out, "seat", event->session > SESSION_LANE ? event->session - SESSION_LANE : 0);
	members_text(out, "lane", event->lane, max);
	if (event->verb != VERB_OTHER)
		members_word(out, "verb", entry_verb(event->verb));
	if (event->outcome != OUTCOME_NONE)
		members_word(out, "outcome", entry_outcome(event->outcome));
	entry_add_numbers(out, event);
	members_text(out, "sqlstate", event->sqlstate[0] ? event->sqlstate : NULL, max);
	entry_add_sql(out, event, sql, max);
	members_text(out, "tag", event->tag, max);
}

static void entry_add_event(struct buf *out, const struct event *event, bool values, unsigned sql, size_t max)
{
	buf_char(out, '{');
	members_number(out, "number", event->number);
	members_number(out, "wall_us", event->wall_us);
	members_number(out, "txn", event->txn);
	members_number(out, "duration_us", event->duration_us);
	members_number(out, "wait_us", event->wait_us);
	entry_add_common(out, event, sql, max);
	entry_add_texts(out, event, values, max);
	buf_str(out, "}\n");
}

static void entry_begin(struct buf *out, const char *state)
{
	buf_char(out, '{');
	members_word(out, "state", state);
}

/* The number of the statement's text; 0: it stands in the event's line. */
static unsigned entry_write_sql(struct buf *out, const char *sql, struct texts *texts)
{
	bool is_new = false;
	unsigned number = sql ? texts_number(texts, sql, &is_new) : 0;
	if (is_new) {
		entry_begin(out, "text");
		members_number(out, "number", number);
		members_text(out, "is", sql, SIZE_MAX);
		buf_str(out, "}\n");
	}
	return number;
}

static void entry_write_form(struct buf *out, const struct event *event, unsigned form, unsigned sql)
{
	entry_begin(out, "form");
	members_number(out, "form", form);
	entry_add_common(out, event, sql, SIZE_MAX);
	buf_str(out, "}\n");
}

void entry_write_base(struct buf *out, const struct trace_base *base)
{
	entry_begin(out, "base");
	members_number(out, "number", base->number);
	members_number(out, "wall_us", base->wall_us);
	buf_str(out, "}\n");
}

/* An event of a form, and short enough: false where it is to be an object. */
static bool entry_write_short(struct buf *out, const struct event *event, unsigned form, struct entry_writer *writer)
{
	size_t begin = out->len;
	if (form == 0)
		return false;
	entry_write_list(out, event, form, writer);
	if (out->len - begin < ENTRY_LINE_MAX)
		return true;
	buf_put(out, out->p + begin);
	writer->based = false; /* it is gone, too */
	return false;
}

void entry_write_event(struct buf *out, const struct event *event, bool kept, struct entry_writer *writer)
{
	bool is_new;
	unsigned sql = kept ? 0 : entry_write_sql(out, event->sql, writer->texts);
	unsigned form = forms_number(writer->forms, event, kept, sql, &is_new);
	if (kept && (is_new || !form))
		sql = entry_write_sql(out, event->sql, writer->texts);
	if (is_new)
		entry_write_form(out, event, form, sql);
	if (entry_write_short(out, event, form, writer))
		return;
	size_t begin = out->len;
	entry_add_event(out, event, writer->values, sql, SIZE_MAX);
	if (out->len - begin < ENTRY_LINE_MAX)
		return;
	buf_put(out, out->p + begin);
	entry_add_event(out, event, writer->values, sql, ENTRY_SHORT);
}

void entry_write_gap(struct buf *out, uint64_t events)
{
	buf_fmt(out, "{\"gone\":%" PRIu64 "}\n", events);
}

void entry_write_state(struct buf *out, enum trace_state state, const struct buf *members)
{
	buf_fmt(out, "{\"state\":\"%s\"", entry_state(state));
	members_number(out, "wall_us", clock_wall_us());
	buf_fmt(out, "%s%s}\n", members->len ? "," : "", buf_text(members));
}

void entry_write_header(struct buf *out, const struct trace_about *about, bool values)
{
	buf_fmt(out, "{\"teller_trace\":%d", ENTRY_FORMAT);
	members_text(out, "teller", about->teller, SIZE_MAX);
	members_text(out, "server", about->product[0] ? about->product : NULL, SIZE_MAX);
	members_text(out, "server_version", about->version[0] ? about->version : NULL, SIZE_MAX);
	members_number(out, "wall_us", clock_wall_us());
	members_key(out, "values");
	buf_str(out, values ? "true" : "false");
	members_word(out, "list", entry_list_is);
	members_key(out, "options");
	buf_char(out, '{');
	for (size_t i = 0; i < about->noptions; i++)
		members_text(out, about->options[i].name, about->options[i].value, SIZE_MAX);
	buf_str(out, "}}\n");
}
