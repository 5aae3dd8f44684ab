/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session in full: all that the server says of it, and those on the other end of its waits. */
#include <string.h>

#include "base/text.h"
#include "sessions.h"

static void sessions_show_line(struct buf *out, const char *name, const char *value)
{
	if (!value[0])
		return;
	buf_fmt(out, "%-12s", name);
	text_escape(out, value, strlen(value), 0);
	buf_char(out, '\n');
}

static void sessions_show_age(struct buf *out, const char *name, int64_t age_us)
{
	struct buf age = {0};
	sessions_add_age(&age, age_us);
	sessions_show_line(out, name, buf_text(&age));
	buf_free(&age);
}

/* Those on the other end of its waits: whom it waits for, or who waits for it. */
static void sessions_show_others(struct buf *out, const struct sessions *sessions, long at, bool holders)
{
	for (size_t i = 0; i < sessions->nwaits; i++) {
		const struct server_wait *wait = &sessions->waits[i];
		if ((holders ? wait->waiter : wait->holder) != at)
			continue;
		const struct server_session *other = &sessions->at[holders ? wait->holder : wait->waiter];
		struct buf words = {0};
		sessions_add_name(&words, other);
		buf_str(&words, ": ");
		sessions_add_state(&words, other);
		if (holders) {
			buf_str(&words, ", ");
			sessions_add_hold(&words, sessions, wait);
		}
		sessions_show_line(out, holders ? "waits for" : "keeps", buf_text(&words));
		buf_free(&words);
	}
}

static void sessions_show_statement(struct buf *out, const char *statement)
{
	if (!statement[0])
		return;
	buf_char(out, '\n');
	text_escape_lines(out, statement, strlen(statement));
	buf_char(out, '\n');
}

void sessions_show_one(struct app *app, const struct sessions *sessions, long at)
{
	const struct server_session *session = &sessions->at[at];
	struct buf text = {0}, name = {0}, state = {0}, memory = {0};
	sessions_add_name(&name, session);
	sessions_add_state(&state, session);
	sessions_show_line(&text, "session", buf_text(&name));
	sessions_show_line(&text, "database", session->database);
	sessions_show_line(&text, "client", session->client);
	sessions_show_line(&text, "type", session->type);
	sessions_show_line(&text, "state", buf_text(&state));
	sessions_show_age(&text, "transaction", session->xact_us);
	sessions_show_line(&text, "xid", session->xid);
	sessions_show_line(&text, "xmin", session->xmin);
	if (session->remembered)
		buf_fmt(&memory, "%u locks of SERIALIZABLE (SIReadLock)", session->remembered);
	sessions_show_line(&text, "remembers", buf_text(&memory));
	sessions_show_others(&text, sessions, at, true);
	sessions_show_others(&text, sessions, at, false);
	sessions_show_statement(&text, session->statement);
	app_show(app, "A session of the server", &text);
	buf_free(&name);
	buf_free(&state);
	buf_free(&memory);
}
