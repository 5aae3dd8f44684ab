/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that hold locks and wait for them, and a question about them, all in one loop. */
#include "tests/watch/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"

static struct own_server server;

void crowd_begin(struct crowd *crowd, struct rig *rig)
{
	*crowd = (struct crowd){.rig = rig};
}

void crowd_end(struct crowd *crowd)
{
	sessions_free(crowd->sessions);
	for (size_t i = 0; i < crowd->n; i++) {
		int pid = db_state(crowd->at[i]) == DB_BUSY ? crowd_pid(crowd, i) : 0;
		db_free(crowd->at[i]);
		if (pid) /* it waits, and would not notice that its client has gone */
			pg_end_backend(pid);
	}
	*crowd = (struct crowd){0};
}

/* ---- sessions ---- */

size_t crowd_add(struct crowd *crowd, const char *name)
{
	assert_true(crowd->n < CROWD_MAX);
	crowd->at[crowd->n] = rig_connect(crowd->rig, SESSION_RIVAL, name);
	return crowd->n++;
}

int crowd_pid(const struct crowd *crowd, size_t session)
{
	return db_facts(crowd->at[session])->pid;
}

static void crowd_on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	bool *failed = arg;
	*failed = *failed || !answer->ok;
}

static void crowd_on_idle(void *arg)
{
	(void)arg;
}

static void crowd_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered, (void)why;
	bool *failed = arg;
	*failed = true;
}

void crowd_send(struct crowd *crowd, size_t session, const char *sql)
{
	struct db_context context = {0};
	struct db_reply reply = {crowd_on_answer, crowd_on_idle, crowd_on_lost, &crowd->failed[session], NULL};
	db_send_text(crowd->at[session], sql, &context, &reply);
}

static bool crowd_is_idle(void *arg)
{
	return db_state(arg) != DB_BUSY;
}

void crowd_done(struct crowd *crowd, size_t session)
{
	rig_until(crowd->rig, crowd_is_idle, crowd->at[session]);
}

void crowd_run(struct crowd *crowd, size_t session, const char *sql)
{
	crowd_send(crowd, session, sql);
	crowd_done(crowd, session);
	assert_false(crowd->failed[session]);
}

static bool crowd_is_waiting(void *arg)
{
	return pg_number("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d", *(int *)arg) > 0;
}

void crowd_wait(struct crowd *crowd, size_t session, const char *sql)
{
	int pid = crowd_pid(crowd, session);
	crowd_send(crowd, session, sql);
	rig_until(crowd->rig, crowd_is_waiting, &pid);
}

/* ---- the question ---- */

static void crowd_on_sessions(void *arg, struct sessions *sessions, const struct err *err)
{
	struct crowd *crowd = arg;
	crowd->sessions = sessions;
	if (err)
		crowd->err = *err;
	crowd->answered = true;
}

void crowd_ask_over(struct crowd *crowd, struct db *db)
{
	sessions_free(crowd->sessions);
	crowd->sessions = NULL;
	crowd->answered = false;
	err_clear(&crowd->err);
	sessions_ask(db, &crowd->question, crowd_on_sessions, crowd);
	loop_run_until(crowd->rig->loop, &crowd->answered);
}

void crowd_ask(struct crowd *crowd)
{
	crowd_ask_over(crowd, crowd->rig->db);
	if (crowd->err.status)
		fail_msg("%s", crowd->err.text);
}

const struct server_session *crowd_find(const struct crowd *crowd, int pid)
{
	long at = sessions_find(crowd->sessions, pid);
	if (at == SESSIONS_NONE)
		fail_msg("no session has pid %d", pid);
	return &crowd->sessions->at[at];
}

static void crowd_on_signalled(void *arg, bool sent, const struct err *err)
{
	struct crowd *crowd = arg;
	crowd->sent = sent;
	if (err)
		crowd->err = *err;
	crowd->answered = true;
}

bool crowd_signal(struct crowd *crowd, enum session_signal which, const struct server_session *session)
{
	struct signalled signalled = {session->pid, session->start_us, session->id, NULL};
	crowd->answered = false;
	err_clear(&crowd->err);
	session_signal(crowd->rig->db, which, &signalled, crowd_on_signalled, crowd);
	loop_run_until(crowd->rig->loop, &crowd->answered);
	return crowd->sent;
}

static int crowd_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *crowd_pairs(const struct crowd *crowd)
{
	const struct sessions *sessions = crowd->sessions;
	char **pairs = mem_array(sessions->nwaits, sizeof *pairs);
	struct buf out = {0};
	for (size_t i = 0; i < sessions->nwaits; i++) {
		struct buf pair = {0};
		buf_fmt(&pair, "%s<%s", sessions->at[sessions->waits[i].waiter].id,
			sessions->at[sessions->waits[i].holder].id);
		pairs[i] = buf_take(&pair);
	}
	qsort((void *)pairs, sessions->nwaits, sizeof *pairs, crowd_compare);
	for (size_t i = 0; i < sessions->nwaits; i++) {
		buf_fmt(&out, "%s%s", i ? " " : "", pairs[i]);
		free(pairs[i]);
	}
	free((void *)pairs);
	return buf_take(&out);
}

/* ---- setup and teardown ---- */

int crowd_server(void **state)
{
	(void)state;
	static const char *const options[] = {"-c", "max_prepared_transactions=10", NULL};
	own_server_make(&server, options);
	return 0;
}

int crowd_no_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

int crowd_setup(void **state)
{
	struct crowd *crowd = NEW(struct crowd);
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_bank(5);
	crowd_begin(crowd, rig_new());
	*state = crowd;
	return 0;
}

int crowd_teardown(void **state)
{
	struct crowd *crowd = *state;
	struct rig *rig = crowd->rig;
	crowd_end(crowd);
	rig_free(rig);
	free(crowd);
	return 0;
}
