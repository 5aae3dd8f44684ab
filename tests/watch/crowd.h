/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that hold locks and wait for them, and a question about them, all in one loop. */
#ifndef WATCH_CROWD_H
#define WATCH_CROWD_H

#include "base/err.h"
#include "tests/support/rig.h"
#include "watch/ask.h"
#include "watch/signal.h"

enum { CROWD_MAX = 16 };

struct crowd {
	struct rig *rig;
	struct db *at[CROWD_MAX];
	size_t n;
	bool failed[CROWD_MAX];            /* a statement of that session ended with an error */
	struct sessions *sessions;         /* the last answer */
	struct err err;                    /* or why there is none */
	struct sessions_question question; /* what is asked; `ours` is set by the test */
	bool answered, sent;
};

/* A server of the suite that the environment names, as `rig` has it. */
void crowd_begin(struct crowd *crowd, struct rig *rig);
void crowd_end(struct crowd *crowd);

/* For a group: a server of the test's own, with prepared transactions. */
int crowd_server(void **state);
int crowd_no_server(void **state);
/* For a test: a bank of five accounts, and a crowd as its state. */
int crowd_setup(void **state);
int crowd_teardown(void **state);

/* A session; its process number. */
size_t crowd_add(struct crowd *crowd, const char *name);
int crowd_pid(const struct crowd *crowd, size_t session);
/* Sends a text and does not wait. */
void crowd_send(struct crowd *crowd, size_t session, const char *sql);
/* Sends it, and returns when it was answered. */
void crowd_run(struct crowd *crowd, size_t session, const char *sql);
/* Sends it, and returns when the server says that it waits. */
void crowd_wait(struct crowd *crowd, size_t session, const char *sql);
/* Returns when it has been answered. */
void crowd_done(struct crowd *crowd, size_t session);

/* Asks over the rig's connection; then crowd->sessions is the answer. */
void crowd_ask(struct crowd *crowd);
void crowd_ask_over(struct crowd *crowd, struct db *db);
/* The session of that process in the answer; fails where it is not there. */
const struct server_session *crowd_find(const struct crowd *crowd, int pid);
/* Signals that session, as it was listed; false where the server knows it no more. */
bool crowd_signal(struct crowd *crowd, enum session_signal which, const struct server_session *session);
/* "PID<PID PID<PID" of all pairs, sorted: the waiter, then its holder, a prepared transaction by its name. Owned. */
char *crowd_pairs(const struct crowd *crowd);

#endif
