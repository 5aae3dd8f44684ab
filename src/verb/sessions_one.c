/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session, by its process number: shown in full, its statement cancelled, or ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sessions.h"
#include "watch/cells.h"
#include "watch/signal.h"

/*
 * The session is looked up, the user is asked, and then the server is, by number and start: whoever has that number by
 * then is not hit. Where the server finds no such session, it is looked up once more, to say who has the number now.
 */

enum { STATEMENT_COLS = 200 };

/* What the user is asked about: run->work, from the first look on. */
struct target {
	int pid;
	char start_us[24];
	char xact_start_us[24];
	bool pooled; /* there may be another client's transaction in it by now */
	char id[80];
	const struct db *ours; /* only to be compared: it may be gone */
	char name[300], state[120], more[400];
};

/* A look, or a signal, under way. */
struct one {
	struct job job;
	struct run *run;
	struct app_ours ours;
	struct db *db;
	bool lent;  /* by the list of the screen */
	bool asked; /* the server was asked to do it, and found no such session */
};

static enum session_signal one_signal(const struct run *run)
{
	return strcmp(run->args[0], "end") == 0 ? SIGNAL_END : SIGNAL_CANCEL;
}

static bool one_shows(const struct run *run)
{
	return strcmp(run->args[0], "show") == 0;
}

/* ---- the connection ---- */

static void one_free(struct job *job)
{
	free(job);
}

static const struct job_ops one_ops = {.free = one_free};

static void one_finish(struct one *one, enum status status, const char *sentence)
{
	struct run *run = one->run;
	struct app *app = run->app;
	if (app_prints(app) && status == ST_LOST)
		reconnect_lost(app);
	if (one->lent)
		session_list_release(app->sessions);
	job_end(&one->job);
	run_end(run, status, sentence);
}

static void one_fail(struct one *one, const struct err *err)
{
	struct err own = *err;
	one_finish(one, own.status, own.text);
}

static void one_begin(struct run *run, session_list_fn *fn)
{
	struct app *app = run->app;
	struct err err;
	unsigned uses = app_prints(app) ? USES_BROWSE : 0;
	if (uses && !job_may(app, uses, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct one *one = NEW(struct one);
	*one = (struct one){.job = {.ops = &one_ops, .name = "sessions", .uses = uses}, .run = run};
	job_begin(app, &one->job);
	one->lent = !uses && session_list_use(app_sessions(app), fn, one);
	if (uses)
		fn(one, app->browse, NULL);
	else if (!one->lent)
		one_finish(one, ST_USAGE, "another session is being asked about; try again in a moment");
}

/* ---- words ---- */

static void one_copy(char *to, size_t size, struct buf *text)
{
	snprintf(to, size, "%s", buf_text(text));
	buf_free(text);
}

static size_t one_waiters(const struct sessions *sessions, long at, const struct server_wait **first)
{
	size_t n = 0;
	for (size_t i = 0; i < sessions->nwaits; i++) {
		if (sessions->waits[i].holder != at)
			continue;
		*first = n ? *first : &sessions->waits[i];
		n++;
	}
	return n;
}

/* "holds account 104, 3 sessions wait for it; UPDATE ..." */
static void one_add_more(struct buf *out, const struct sessions *sessions, long at)
{
	const struct server_session *session = &sessions->at[at];
	const struct server_wait *first = NULL;
	size_t waiters = one_waiters(sessions, at, &first);
	struct sessions_line line = {.session = at, .wait = SESSIONS_NONE};
	if (waiters) {
		size_t before = out->len;
		sessions_add_hold(out, sessions, first);
		buf_fmt(out, "%s%zu %s for it", out->len > before ? ", " : "", waiters,
			text_plural(waiters, "session waits", "sessions wait"));
	}
	if (!session->statement[0])
		return;
	struct buf statement = {0};
	buf_str(out, out->len ? "; statement: " : "statement: ");
	session_add_cell(&statement, sessions, &line, CELL_STATEMENT);
	text_escape(out, buf_text(&statement), statement.len, STATEMENT_COLS);
	buf_free(&statement);
}

static void target_take(struct target *target, const struct one *one, const struct sessions *sessions, long at)
{
	const struct server_session *session = &sessions->at[at];
	struct buf name = {0}, state = {0}, more = {0};
	target->pid = session->pid;
	snprintf(target->start_us, sizeof target->start_us, "%s", session->start_us);
	snprintf(target->xact_start_us, sizeof target->xact_start_us, "%s",
		 session->xact_start_us ? session->xact_start_us : "");
	target->pooled = db_pooled(one->db);
	snprintf(target->id, sizeof target->id, "%s", session->id);
	target->ours = session->ours == SESSIONS_NONE ? NULL : one->ours.at[session->ours];
	sessions_add_name(&name, session);
	sessions_add_state(&state, session);
	one_add_more(&more, sessions, at);
	one_copy(target->name, sizeof target->name, &name);
	one_copy(target->state, sizeof target->state, &state);
	one_copy(target->more, sizeof target->more, &more);
}

void sessions_describe_one(struct buf *out, const struct run *run)
{
	const struct target *target = run->work;
	bool end = one_signal(run) == SIGNAL_END;
	if (!target)
		return;
	buf_fmt(out, "%s %s: %s%s%s", end ? "end the session" : "cancel the statement of", target->name, target->state,
		target->more[0] ? "; " : "", target->more);
	buf_str(out, end ? ". What it has not committed is rolled back"
			 : ". Its transaction fails, and stays its own to end");
	if (target->pooled)
		buf_str(out, ". A pooler is in between: if the session has begun another transaction by then, nothing "
			     "is done, because that may be another client's");
	if (target->ours)
		buf_fmt(out, ". It is teller's: %s", app_sessions_after(run->app, target->ours));
}

/* ---- the look ---- */

/* SESSIONS_NONE with the sentence for why there is none. A prepared transaction is named by its name. */
static long one_find(const struct one *one, const struct sessions *sessions, struct err *err)
{
	const char *word = one->run->args[1], *start = run_option(one->run, "start");
	long at = SESSIONS_NONE;
	for (size_t i = 0; i < sessions->n && at == SESSIONS_NONE; i++)
		if (strcmp(sessions->at[i].id, word) == 0)
			at = (long)i;
	int pid = db_facts(one->db)->pid;
	if (at == SESSIONS_NONE && pid > 0 && strtol(word, NULL, 10) == pid)
		err_set(err, ST_REJECTED, "pid %.40s is the session that asks", word);
	else if (at == SESSIONS_NONE)
		err_set(err, ST_REJECTED, "there is no session %.80s, or not any more; nothing was done", word);
	else if (start && start[0] && strcmp(sessions->at[at].start_us, start) != 0) {
		struct buf name = {0};
		sessions_add_name(&name, &sessions->at[at]);
		err_set(err, ST_REJECTED, "that session has gone, and %s has its number now; nothing was done",
			buf_text(&name));
		buf_free(&name);
		at = SESSIONS_NONE;
	}
	return at;
}

/* What speaks against it. */
static enum status one_may(const struct app *app, const struct target *target, struct err *err)
{
	const char *keeps = target->ours ? app_sessions_keeps(app, target->ours) : NULL;
	return keeps ? err_set(err, ST_REJECTED, "%s is left alone: %s", target->name, keeps) : ST_OK;
}

static enum status one_fits(const struct one *one, const struct server_session *session, struct err *err)
{
	bool end = one_signal(one->run) == SIGNAL_END;
	bool idle = session->state[0] && strcmp(session->state, "active") != 0 &&
		    strcmp(session->state, "fastpath function call") != 0;
	struct buf state = {0};
	if (session->prepared)
		err_set(err, ST_REJECTED,
			"%.80s is a prepared transaction, without a session: COMMIT PREPARED or ROLLBACK PREPARED ends "
			"it, in database %.60s",
			session->id, session->database);
	else if (session->ours != SESSIONS_NONE && one->ours.at[session->ours] == one->db)
		err_set(err, ST_REJECTED, "session %.80s is the one that asks", session->id);
	else if (session->unlisted)
		err_set(err, ST_REJECTED, "session %.40s has just ended; nothing was done", session->id);
	else if (!end && idle) {
		sessions_add_state(&state, session);
		err_set(err, ST_REJECTED, "session %.80s runs no statement: %s; `sessions end %.80s` ends the session",
			session->id, buf_text(&state), session->id);
	}
	buf_free(&state);
	return err->status;
}

static void one_review(struct one *one)
{
	struct run *run = one->run;
	struct app *app = run->app;
	bool confirmed = run->confirmed;
	if (one->lent)
		session_list_release(app->sessions);
	job_end(&one->job);
	if (confirmed)
		sessions_one(run);
	else
		app->face.review(app->face.self, run);
}

/* Found: it is shown, or the user is asked about it. */
static void one_found(struct one *one, const struct sessions *sessions, long at)
{
	struct run *run = one->run;
	struct err err = {0};
	if (one_shows(run)) {
		sessions_show_one(run->app, sessions, at);
		one_finish(one, ST_OK, NULL);
		return;
	}
	struct target *target = NEW(struct target);
	run->work = target;
	target_take(target, one, sessions, at);
	if (one_fits(one, &sessions->at[at], &err) || one_may(run->app, target, &err))
		one_fail(one, &err);
	else
		one_review(one);
}

/* The server was asked, and there was no such session. */
static void one_gone(struct one *one, const struct sessions *sessions)
{
	const struct target *target = one->run->work;
	struct buf name = {0};
	struct err err = {0};
	long at = sessions_find(sessions, target->pid);
	if (at != SESSIONS_NONE && strcmp(sessions->at[at].start_us, target->start_us) == 0) {
		err_set(&err, ST_REJECTED,
			target->pooled ? "%s is in another transaction by now, which may be another client's of the "
					 "pooler; nothing was done"
				       : "the server did not reach %s; nothing was done",
			target->name);
	} else if (at != SESSIONS_NONE && !sessions->at[at].unlisted) {
		sessions_add_name(&name, &sessions->at[at]);
		err_set(&err, ST_REJECTED, "%s has gone, and %s has its number now; nothing was done", target->name,
			buf_text(&name));
	} else {
		err_set(&err, ST_REJECTED, "%s had gone already; nothing was done", target->name);
	}
	buf_free(&name);
	one_fail(one, &err);
}

static void one_on_sessions(void *arg, struct sessions *sessions, const struct err *asked)
{
	struct one *one = arg;
	struct err err = {0};
	long at = asked ? SESSIONS_NONE : one->asked ? 0 : one_find(one, sessions, &err);
	if (asked)
		one_fail(one, asked);
	else if (one->asked)
		one_gone(one, sessions);
	else if (at == SESSIONS_NONE)
		one_fail(one, &err);
	else
		one_found(one, sessions, at);
	sessions_free(sessions);
}

static void one_look(struct one *one)
{
	struct sessions_question question = {0};
	struct err err;
	if (!sessions_can_ask(one->db)) {
		err_set(&err, ST_USAGE, "%s does not tell teller who waits for whom", db_dialect(one->db)->product);
		one_fail(one, &err);
		return;
	}
	app_sessions_question(one->run->app, &question, &one->ours);
	sessions_ask(one->db, &question, one_on_sessions, one);
}

static void one_on_connection(void *arg, struct db *db, const struct err *err)
{
	struct one *one = arg;
	one->db = db;
	if (db)
		one_look(one);
	else
		one_fail(one, err);
}

/* ---- the signal ---- */

static void one_on_signal(void *arg, bool sent, const struct err *err)
{
	struct one *one = arg;
	struct run *run = one->run;
	const struct target *target = run->work;
	if (err) {
		one_fail(one, err);
	} else if (!sent) {
		one->asked = true;
		one_look(one);
	} else {
		app_result(run->app, "the server was asked to %s %s",
			   one_signal(run) == SIGNAL_END ? "end the session" : "cancel the statement of", target->name);
		one_finish(one, ST_OK, NULL);
	}
}

static void one_send(void *arg, struct db *db, const struct err *err)
{
	struct one *one = arg;
	struct run *run = one->run;
	const struct target *target = run->work;
	struct signalled session = {target->pid, target->start_us, target->id,
				    target->pooled ? target->xact_start_us : NULL};
	struct err why;
	one->db = db;
	if (!db)
		one_fail(one, err);
	else if (one_may(run->app, target, &why))
		one_fail(one, &why);
	else
		session_signal(db, one_signal(run), &session, one_on_signal, one);
}

/* ---- the command ---- */

enum status sessions_check_one(const struct run *run, struct err *err)
{
	bool shows = one_shows(run);
	if (!shows && strcmp(run->args[0], "end") != 0 && strcmp(run->args[0], "cancel") != 0)
		return err_set(err, ST_USAGE,
			       "unknown word \"%.80s\"; sessions lists them, and sessions show, cancel or end takes a "
			       "PID",
			       run->args[0]);
	if (app_prints(run->app) && run->nargs < 2)
		return err_set(err, ST_USAGE, "sessions %s needs the PID of a session", run->args[0]);
	if (!shows && run->app->settings.read_only)
		return err_set(err, ST_REJECTED, "sessions %s is not available with --read-only", run->args[0]);
	return ST_OK;
}

enum status sessions_prepare_one(struct run *run, struct err *err)
{
	struct session_list *list = run->app->sessions;
	struct buf line = {0};
	if (run->nargs > 1)
		return ST_OK;
	if (!list || !session_list_watched(list) || session_list_count(list) == 0)
		return err_set(err, ST_USAGE, "no session is selected; F4 lists them, or name its PID");
	const struct sessions_line *selected = session_list_line(list, session_list_selected(list));
	const struct server_session *session = &session_list_sessions(list)->at[selected->session];
	run->args[run->nargs++] = mem_dup(session->id);
	buf_fmt(&line, "sessions %s ", run->args[0]);
	run_quote(&line, session->id);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name; i++)
		if (strcmp(run->command->options[i].name, "start") == 0 && session->start_us[0]) {
			run->options[i] = mem_dup(session->start_us);
			buf_fmt(&line, " --start=%s", session->start_us);
		}
	free(run->line);
	run->line = buf_take(&line);
	return ST_OK;
}

void sessions_one(struct run *run)
{
	one_begin(run, run->work ? one_send : one_on_connection);
}
