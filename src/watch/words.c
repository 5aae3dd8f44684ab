/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words for a session: who it is, what it does, and what it keeps others from. */
#include <string.h>

#include "base/text.h"
#include "watch_internal.h"

enum { WORDS_MAX = 48 }; /* bytes of a name that a sentence has room for */

static void words_add_cut_at(struct buf *out, const char *text, size_t n)
{
	size_t cut = n <= WORDS_MAX ? n : WORDS_MAX;
	while (n > cut && cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80) /* not inside a character */
		cut--;
	buf_add(out, text, cut);
	buf_str(out, cut < n ? "..." : "");
}

static void words_add_cut(struct buf *out, const char *text)
{
	words_add_cut_at(out, text, strlen(text));
}

/* ---- who ---- */

static const char *words_application(const struct server_session *session)
{
	bool client = !session->type[0] || strcmp(session->type, "client backend") == 0;
	if (session->unlisted)
		return "a session";
	if (!client)
		return session->type;
	return session->application[0] ? session->application : "a session without a name";
}

/* Ours end with a word that only tells them apart. */
static void words_add_ours(struct buf *out, const char *application)
{
	const char *token = strrchr(application, ' ');
	words_add_cut_at(out, application, token ? (size_t)(token - application) : strlen(application));
	buf_str(out, " (ours)");
}

void sessions_add_application(struct buf *out, const struct server_session *session)
{
	if (session->prepared) {
		buf_str(out, session->id[0] ? "prepared transaction " : "a prepared transaction");
		words_add_cut(out, session->id);
		buf_str(out, session->user[0] ? " of " : "");
		words_add_cut(out, session->user);
	} else if (session->ours != SESSIONS_NONE) {
		words_add_ours(out, session->application);
	} else {
		words_add_cut(out, words_application(session));
	}
}

void sessions_add_name(struct buf *out, const struct server_session *session)
{
	sessions_add_application(out, session);
	if (!session->prepared) {
		buf_str(out, session->pid ? ", pid " : ", session ");
		words_add_cut(out, session->id);
		buf_str(out, session->user[0] ? ", " : "");
		words_add_cut(out, session->user);
	}
	if (!session->here && session->database[0]) {
		buf_str(out, ", database ");
		words_add_cut(out, session->database);
	}
}

/* ---- what it does ---- */

void sessions_add_age(struct buf *out, int64_t age_us)
{
	char text[24] = "";
	if (age_us >= 0)
		text_age(text, (uint64_t)age_us);
	buf_str(out, text);
}

/* A statement that runs counts from its start. */
int64_t sessions_state_age(const struct server_session *session)
{
	return strcmp(session->state, "active") == 0 ? session->statement_us : session->state_us;
}

void sessions_add_state_word(struct buf *out, const struct server_session *session)
{
	if (session->unlisted)
		buf_str(out, "not listed");
	else if (session->hidden)
		buf_str(out, "state hidden");
	else
		words_add_cut(out, session->state[0] ? session->state : "working");
}

void sessions_add_state(struct buf *out, const struct server_session *session)
{
	int64_t age_us = sessions_state_age(session);
	sessions_add_state_word(out, session);
	if (age_us >= 0)
		buf_char(out, ' ');
	sessions_add_age(out, age_us);
}

void sessions_add_hidden(struct buf *out, const struct sessions *sessions)
{
	if (sessions->hidden)
		buf_fmt(out,
			"state, times and statement of %zu session%s are hidden from this role: grant it "
			"pg_read_all_stats to see them",
			sessions->hidden, sessions->hidden == 1 ? "" : "s");
}

/* ---- what it holds ---- */

static void words_add_table(struct buf *out, const struct server_lock *lock)
{
	if (strcmp(lock->schema, "public") != 0) {
		words_add_cut(out, lock->schema);
		buf_char(out, '.');
	}
	words_add_cut(out, lock->name);
}

bool words_add_object(struct buf *out, const struct server_lock *lock)
{
	if (lock->account[0]) {
		buf_str(out, "account ");
		words_add_cut(out, lock->account);
	} else if (lock->row[0] && lock->name[0]) {
		buf_fmt(out, "row %.24s of ", lock->row);
		words_add_table(out, lock);
	} else if (lock->name[0]) {
		buf_str(out, "table ");
		words_add_table(out, lock);
	} else if (strcmp(lock->type, "advisory") == 0) {
		buf_str(out, "an advisory lock");
	} else {
		return false;
	}
	return true;
}

void sessions_add_hold(struct buf *out, const struct sessions *sessions, const struct server_wait *wait)
{
	struct buf object = {0};
	bool known = words_add_object(&object, &sessions->at[wait->waiter].lock);
	switch (wait->kind) {
	case WAIT_HELD:
		if (known)
			buf_fmt(out, "holds %s", object.p);
		break;
	case WAIT_AHEAD:
		buf_fmt(out, "is ahead in the queue%s%s", known ? " for " : "", buf_text(&object));
		break;
	case WAIT_SNAPSHOT:
		buf_str(out, "writes, and a deferrable transaction waits until it has ended");
		break;
	case WAIT_UNKNOWN:
		break;
	}
	buf_free(&object);
}
