/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom the sessions of a lesson wait for: the lab asks the server by process numbers, and its answers are in the trace. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "diagram_internal.h"

/* The first statement of each session, which has its process number, and what the lab asks of those that may wait. */
static const char probe_who[] = "SELECT version(), pg_backend_pid(), ";
static const char probe_waits[] = "pg_isolation_test_session_is_blocked(";

static struct diagram_probed *probe_of(struct diagram_probe *probe, long pid)
{
	for (size_t i = 0; i < probe->n; i++)
		if (probe->sessions[i].pid == pid)
			return &probe->sessions[i];
	return NULL;
}

/* A session that comes back has another process. */
static void probe_learn(struct diagram_probe *probe, const struct event *event)
{
	static const char first[] = "$1 = ";
	if (!event->params || strncmp(event->params, first, strlen(first)) != 0)
		return;
	size_t i = 0;
	while (i < probe->n && probe->sessions[i].session != event->session)
		i++;
	if (i == COUNT_OF(probe->sessions))
		return;
	struct diagram_probed *session = &probe->sessions[i];
	probe->n += i == probe->n;
	session->session = event->session;
	session->pid = strtol(event->params + strlen(first), NULL, 10);
	diagram_set(&session->name, event->lane, DIAGRAM_NAME_MAX);
}

static size_t probe_lane(const struct diagram *diagram, const struct diagram_probed *session)
{
	for (size_t i = 1; i < diagram->nlanes; i++)
		if (diagram->lanes[i].session == session->session)
			return i;
	return DIAGRAM_NONE;
}

/* "A", "A and B"; numbers of others are other sessions. */
static void probe_names(struct diagram_probe *probe, struct buf *out, const char *pids)
{
	char *end;
	for (long pid = strtol(pids, &end, 10); end > pids; pid = strtol(pids, &end, 10)) {
		const struct diagram_probed *holder = probe_of(probe, pid);
		buf_fmt(out, "%s%s", out->len ? " and " : "", holder ? holder->name : "another session");
		pids = end;
	}
}

static void probe_draw(struct diagram_reader *reader, struct diagram_probed *waiter, const char *pids,
		       const struct event *event)
{
	struct buf what = {0}, names = {0};
	size_t lane = probe_lane(reader->diagram, waiter);
	size_t from = lane == DIAGRAM_NONE ? DIAGRAM_NONE : diagram_waiting(reader, lane);
	probe_names(&reader->probe, &names, pids);
	buf_fmt(&what, "waits for %s", names.len ? names.p : "others");
	bool same = waiter->from == from && waiter->waits && strcmp(waiter->waits, what.p) == 0;
	if (from != DIAGRAM_NONE && !same) {
		size_t row = diagram_put(reader, DIAGRAM_WAIT, lane, event);
		struct diagram_row *drawn = diagram_row_at(reader, row);
		drawn->tone = DIAGRAM_WAITING;
		diagram_set(&drawn->who, waiter->name, DIAGRAM_NAME_MAX);
		diagram_set(&drawn->what, what.p, DIAGRAM_TEXT_MAX);
		diagram_set(&drawn->answer, "", 1);
		diagram_set(&drawn->ms, "", 1);
		diagram_begin_wait(reader, lane, from);
		diagram_set(&waiter->waits, what.p, DIAGRAM_TEXT_MAX);
		waiter->from = from;
	}
	buf_free(&what);
	buf_free(&names);
}

/* "4712, t, 4711; 4713, f, ": who, whether it waits, and for whom. */
static void probe_answer(struct diagram_reader *reader, const struct event *event)
{
	for (const char *row = event->values; row && *row;) {
		char *end;
		long pid = strtol(row, &end, 10);
		struct diagram_probed *waiter = probe_of(&reader->probe, pid);
		if (waiter && strncmp(end, ", t, ", 5) == 0)
			probe_draw(reader, waiter, end + 5, event);
		row = strchr(row, ';');
		row += row ? 1 : 0;
	}
}

void diagram_probe(struct diagram_reader *reader, const struct event *event)
{
	if (!event->sql || event->kind != EVENT_RESULT)
		return;
	bool room = reader->diagram->nrows < DIAGRAM_ROWS_MAX;
	if (event->session >= SESSION_LANE && strncmp(event->sql, probe_who, strlen(probe_who)) == 0)
		probe_learn(&reader->probe, event);
	else if (event->session == SESSION_LAB && room && strstr(event->sql, probe_waits) &&
		 export_in_range(reader->selection.export, event->number))
		probe_answer(reader, event);
}

void diagram_probe_free(struct diagram_probe *probe)
{
	for (size_t i = 0; i < probe->n; i++) {
		free(probe->sessions[i].name);
		free(probe->sessions[i].waits);
	}
}
