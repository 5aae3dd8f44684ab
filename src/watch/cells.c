/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of the list of sessions as cells, for people. */
#include "watch/cells.h"

#include <ctype.h>
#include <string.h>

#include "watch_internal.h"

const char *const session_cell_titles[SESSION_CELLS] = {
	"session", "application", "user", "state", "transaction", "waits for", "statement",
};

static void cells_add_id(struct buf *out, const struct server_session *session, const struct sessions_line *line)
{
	buf_fill(out, ' ', 2 * (size_t)line->depth);
	buf_str(out, session->id[0] ? session->id : session->xid);
	buf_str(out, session->ours != SESSIONS_NONE ? "*" : "");
}

void session_add_ours(struct buf *out, const struct server_session *session)
{
	const char *name = session->application, *slash = strchr(name, '/');
	name = slash ? slash + 1 : name;
	const char *end = strrchr(name, ' '); /* the token of the connection */
	buf_add(out, name, end ? (size_t)(end - name) : strlen(name));
}

static void cells_add_application(struct buf *out, const struct server_session *session)
{
	bool client = !session->type[0] || strcmp(session->type, "client backend") == 0;
	if (session->ours != SESSIONS_NONE && client) {
		buf_str(out, "teller/");
		session_add_ours(out, session);
	} else {
		buf_str(out, client ? session->application : session->type);
	}
	if (!session->here && session->database[0])
		buf_fmt(out, "@%s", session->database);
}

/* A lock of a table is wanted for its own sake; of the others the server says only what kind of thing it is. */
static void cells_add_other_lock(struct buf *out, const struct server_lock *lock)
{
	if (strcmp(lock->type, "transactionid") == 0)
		buf_str(out, "the end of a transaction");
	else if (lock->type[0])
		buf_fmt(out, "a lock (%s)", lock->type);
}

void session_add_wanted(struct buf *out, const struct sessions *sessions, const struct sessions_line *line)
{
	const struct server_session *session = &sessions->at[line->session];
	enum wait_kind kind = line->wait == SESSIONS_NONE ? WAIT_UNKNOWN : sessions->waits[line->wait].kind;
	if (kind == WAIT_SNAPSHOT)
		buf_str(out, "a safe snapshot");
	else if (!words_add_object(out, &session->lock))
		cells_add_other_lock(out, &session->lock);
	if (kind == WAIT_AHEAD)
		buf_str(out, ", in its queue");
}

/* What is no lock is of interest while something runs. */
static void cells_add_waits(struct buf *out, const struct sessions *sessions, const struct sessions_line *line)
{
	const struct server_session *session = &sessions->at[line->session];
	size_t before = out->len;
	if (line->circle)
		buf_str(out, "itself, a deadlock: ");
	session_add_wanted(out, sessions, line);
	if (out->len > before && session->lock.age_us >= 0) {
		buf_char(out, ' ');
		sessions_add_age(out, session->lock.age_us);
	}
	if (out->len == before && session->wait_type[0] && strcmp(session->state, "active") == 0)
		buf_fmt(out, "%s: %s", session->wait_type, session->wait_name);
	if (line->again)
		buf_str(out, ", see above");
}

static void cells_add_statement(struct buf *out, const char *statement)
{
	bool blank = false, any = false;
	for (; *statement; statement++) {
		if (isspace((unsigned char)*statement)) {
			blank = any;
			continue;
		}
		if (blank)
			buf_char(out, ' ');
		buf_char(out, *statement);
		blank = false;
		any = true;
	}
}

void session_add_cell(struct buf *out, const struct sessions *sessions, const struct sessions_line *line,
		      enum session_cell cell)
{
	const struct server_session *session = &sessions->at[line->session];
	switch (cell) {
	case CELL_ID:
		cells_add_id(out, session, line);
		break;
	case CELL_APPLICATION:
		cells_add_application(out, session);
		break;
	case CELL_USER:
		buf_str(out, session->user);
		break;
	case CELL_STATE:
		if (session->state[0] || session->hidden || session->unlisted)
			sessions_add_state(out, session);
		break;
	case CELL_XACT:
		sessions_add_age(out, session->xact_us);
		break;
	case CELL_WAITS:
		cells_add_waits(out, sessions, line);
		break;
	case CELL_STATEMENT:
		cells_add_statement(out, session->statement);
		break;
	case SESSION_CELLS:
		break;
	}
}
