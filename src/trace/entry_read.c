/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads an event from a line of a trace, which anyone may have written: nothing in it is believed unseen. */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "entry_internal.h"

enum { ENTRY_SEATS = 1000 };

static uint64_t entry_number(const struct json_object *object, const char *key, uint64_t max)
{
	int64_t number = json_object_number(object, key, 0);
	return number < 0 ? 0 : (uint64_t)number > max ? max : (uint64_t)number;
}

static unsigned entry_unsigned(const struct json_object *object, const char *key)
{
	return (unsigned)entry_number(object, key, UINT_MAX);
}

/* Five digits and capitals, or nothing. */
static void entry_read_sqlstate(char sqlstate[6], const char *text)
{
	size_t n = text ? strlen(text) : 0;
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)text[i]) && !(text[i] >= 'A' && text[i] <= 'Z'))
			n = 0;
	if (n == 5)
		memcpy(sqlstate, text, 6);
}

static const char *entry_word(const struct json_object *object, const char *key, const char *other)
{
	const char *word = json_object_text(object, key);
	return word ? word : other;
}

static bool entry_read_kinds(const struct json_object *object, struct event *event)
{
	int kind = entry_kind_of(json_object_text(object, "kind"));
	int session = entry_session_of(json_object_text(object, "session"));
	int verb = entry_verb_of(entry_word(object, "verb", "other"));
	int outcome = entry_outcome_of(entry_word(object, "outcome", "none"));
	if (kind < 0 || session < 0 || verb < 0 || outcome < 0)
		return false;
	event->kind = (enum event_kind)kind;
	event->session = (enum session)session;
	if (event->session == SESSION_LANE)
		event->session += (unsigned)entry_number(object, "seat", ENTRY_SEATS);
	event->verb = (enum verb)verb;
	event->outcome = (enum outcome)outcome;
	return true;
}

static void entry_read_numbers(const struct json_object *object, struct event *event)
{
	event->number = entry_number(object, "number", INT64_MAX);
	event->wall_us = entry_number(object, "wall_us", ENTRY_WALL_MAX);
	event->txn = entry_unsigned(object, "txn");
	event->attempt = entry_unsigned(object, "attempt");
	event->limit = entry_unsigned(object, "limit");
	event->statement = entry_unsigned(object, "statement");
	event->round_trip = entry_unsigned(object, "round_trip");
	event->duration_us = entry_number(object, "duration_us", INT64_MAX);
	event->wait_us = entry_number(object, "wait_us", INT64_MAX);
	event->rows = json_object_number(object, "rows", 0);
	event->durable = json_object_true(object, "durable");
	event->weak = json_object_true(object, "weak");
	event->skipped = json_object_true(object, "skipped");
	event->unmade = json_object_true(object, "unmade");
	event->unanswered = json_object_true(object, "unanswered");
}

static void entry_read_holder(const struct json_object *object, struct event_holder *holder)
{
	holder->pid = (int)entry_number(object, "holder_pid", INT_MAX);
	holder->name = entry_word(object, "holder_name", "");
	holder->user = entry_word(object, "holder_user", "");
	holder->state = entry_word(object, "holder_state", "");
	holder->holds = entry_word(object, "holder_holds", "");
	holder->state_us = entry_number(object, "holder_state_us", INT64_MAX);
}

/* All but a statement that is named by its number. */
static bool entry_read_object(const struct json_object *object, struct event *event)
{
	*event = (struct event){0};
	if (!entry_read_kinds(object, event))
		return false;
	entry_read_numbers(object, event);
	entry_read_sqlstate(event->sqlstate, json_object_text(object, "sqlstate"));
	event->lane = json_object_text(object, "lane");
	event->sql = json_object_text(object, "sql");
	event->params = json_object_text(object, "params");
	event->values = json_object_text(object, "values");
	event->tag = json_object_text(object, "tag");
	event->message = json_object_text(object, "message");
	event->detail = json_object_text(object, "detail");
	if (event->kind == EVENT_BLOCKED)
		entry_read_holder(object, &event->holder);
	return true;
}

bool entry_read_form(const struct json_object *object, struct event *event, int64_t *sql)
{
	struct event whole;
	if (!entry_read_object(object, &whole))
		return false;
	*sql = json_object_number(object, "sql", 0);
	*event = (struct event){
		.kind = whole.kind,
		.session = whole.session,
		.verb = whole.verb,
		.outcome = whole.outcome,
		.attempt = whole.attempt,
		.limit = whole.limit,
		.statement = whole.statement,
		.round_trip = whole.round_trip,
		.rows = whole.rows,
		.durable = whole.durable,
		.weak = whole.weak,
		.skipped = whole.skipped,
		.unmade = whole.unmade,
		.unanswered = whole.unanswered,
		.lane = whole.lane,
		.sql = whole.sql,
		.tag = whole.tag,
	};
	memcpy(event->sqlstate, whole.sqlstate, sizeof event->sqlstate);
	return true;
}

void entry_read_base(const struct json_object *object, struct trace_base *base)
{
	base->number = entry_number(object, "number", INT64_MAX);
	base->wall_us = entry_number(object, "wall_us", ENTRY_WALL_MAX);
}

bool entry_read_event(const struct json_object *line, const struct refs *refs, const struct trace_base *base,
		      struct event *event)
{
	if (json_is_list(line))
		return entry_read_list(line, refs, base, event);
	int64_t sql = json_object_number(line, "sql", 0);
	if (!entry_read_object(line, event))
		return false;
	event->sql = sql ? refs_text(refs, sql) : event->sql;
	return !sql || event->sql;
}
