/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The enums of an event as words of a trace, which stay what they are in every later version. */
#include <string.h>

#include "base/mem.h"
#include "entry_internal.h"

static const char *const entry_kinds[] = {"connected", "lost",    "notice",  "txn",    "attempt", "sent",
					  "result",    "backoff", "outcome", "settle", "lever",   "blocked"};
static const char *const entry_verbs[] = {"other",   "begin",  "savepoint", "select",      "insert", "update", "delete",
					  "release", "commit", "rollback",  "rollback to", "ddl",    "set"};
static const char *const entry_outcomes[] = {"none",    "committed", "rejected", "failed",
					     "gave up", "cancelled", "unknown"};
static const char *const entry_sessions[] = {"none", "browse", "transfer", "rival", "lab", "watch", "lane"};

/* What a screen shows beside the events: trace/state.h. */
static const char *const entry_states[] = {"run",    "transfer", "counters", "accounts", "lesson", "player",
					   "screen", "ledger",   "entry",    "sessions", "load",   "picks"};

static int entry_find(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; word && i < n; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -1;
}

const char *entry_kind(enum event_kind kind)
{
	return entry_kinds[kind];
}

const char *entry_verb(enum verb verb)
{
	return entry_verbs[verb];
}

const char *entry_outcome(enum outcome outcome)
{
	return entry_outcomes[outcome];
}

const char *entry_session(enum session session)
{
	return entry_sessions[session < SESSION_LANE ? session : SESSION_LANE];
}

int entry_kind_of(const char *word)
{
	return entry_find(entry_kinds, COUNT_OF(entry_kinds), word);
}

int entry_verb_of(const char *word)
{
	return entry_find(entry_verbs, COUNT_OF(entry_verbs), word);
}

int entry_outcome_of(const char *word)
{
	return entry_find(entry_outcomes, COUNT_OF(entry_outcomes), word);
}

int entry_session_of(const char *word)
{
	return entry_find(entry_sessions, COUNT_OF(entry_sessions), word);
}

const char *entry_state(enum trace_state state)
{
	return entry_states[state];
}

int entry_state_of(const char *word, size_t n)
{
	int i = 0;
	while (i < TRACE_STATE_COUNT && (strlen(entry_states[i]) != n || memcmp(entry_states[i], word, n) != 0))
		i++;
	return i;
}
