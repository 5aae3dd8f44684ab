/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The player: a lesson on the stage, step by step, for a person who watches and answers. */
#ifndef LAB_PLAYER_H
#define LAB_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/lesson.h"
#include "lab/remembered.h"
#include "lab/stage.h"

/*
 * The steps of one order (a permutation of the spec) are sent one after another, as the person asks for it, or by
 * themselves. A question that a lesson asks about a step is open until it is answered or passed over by sending the
 * step, and is judged by what the server does. A step of another session may be sent out of turn: from then on what
 * the lesson expects is not looked at. Once the order has gone another way than the lesson's, its texts may not be true
 * any more: it asks nothing then.
 */
struct player;

enum player_state {
	PLAYER_STARTING, /* connecting, setting up */
	PLAYER_READY,    /* the next step may be sent */
	PLAYER_BUSY,     /* a step is on its way, and is not known to wait */
	PLAYER_CHECKING, /* all steps were sent: the lesson's checks are asked */
	PLAYER_OVER,     /* played and torn down */
	PLAYER_FAILED,   /* player_error() says why */
};

enum player_pace {
	PLAYER_BY_HAND,
	PLAYER_GOES_ON, /* to the next breakpoint, open question or the end */
	PLAYER_AUTO,    /* with pauses, to the next breakpoint or the end; a question waits for its answer */
};

/*
 * A step of the order: one that was sent, in the order of sending, or one that is still to come. Where the engine
 * runs a session, the steps of its further attempts are rows too, and so is what it did between two of them.
 */
struct player_row {
	size_t step;                       /* in spec.steps */
	const struct stage_record *record; /* NULL: still to come */
	unsigned attempt;                  /* of the engine; 0: it does not run this session */
	bool begins;                       /* the first of a further attempt */
	const char
		*note; /* not a step: "rolled back, waited 23 ms", "COMMITTED on attempt 2", of the session of `step` */
	bool next;
	bool breakpoint;
	bool surprise; /* it did not do what the lesson expects */
	bool fresh;    /* something became of it since the last step was sent */
};

struct player_question {
	const struct lesson_ask *ask;
	long given;  /* index of the answer that was given; -1: none */
	bool judged; /* the server has done it */
	bool fresh;  /* judged since the last step was sent */
	long right;  /* index of the answer that the server gave; -1: none of them */
};

struct player_check {
	const char *sql, *wanted;
	bool second; /* on the second server */
	char *found; /* owned by the player; NULL: not asked yet */
	bool ok;
};

/*
 * The lesson must outlive it. `info` is borrowed, `name` (of the lesson) copied. `changed` is called from the loop
 * whenever there is something else to see.
 */
typedef void player_changed_fn(void *arg);
struct player *player_new(struct loop *loop, struct ring *ring, const struct conninfo *info, const char *name,
			  const struct lesson *lesson, player_changed_fn *changed, void *arg);
/* Before the first player_begin(): where the sessions of a lesson are that are on a second server. */
void player_second(struct player *player, const struct conninfo *info);
/* Closes at once. What a lesson made is torn down only if it was played to its end, or by player_end(). */
void player_free(struct player *player);

/*
 * For a person who sees one screen of it at a time: a verdict is read before the next question opens, the end of an
 * order before another one begins, and a step that was asked for ahead passes no question and no verdict over.
 */
void player_for_reader(struct player *player);

/* Asks for the teardown; `ended` comes when it is done, at once where there is nothing to do. */
void player_end(struct player *player, player_changed_fn *ended, void *arg);

/* Orders: those of the spec; where it has none, all interleavings, of which the first PLAYER_ORDERS_MAX are offered. */
enum { PLAYER_ORDERS_MAX = 100 };
size_t player_norders(const struct player *player);
size_t player_order(const struct player *player);
/* What it is played on, as far as that is known before it is connected to; the connection itself says it anew. */
void player_server(struct player *player, const struct lesson_server *server);
/* Whether the server can play an order; `why` says what it needs. Where the server is not known, it can. */
bool player_can(const struct player *player, size_t order, struct err *why);
size_t player_first(const struct player *player); /* order that can be played; player_norders() where there is none */
/* The next one that this server can play; player_norders() where there is none. */
size_t player_following(const struct player *player);
/* Of the orders that this server can play: which one this is, from 1, and how many there are. */
struct player_place {
	size_t at, of;
};
struct player_place player_place(const struct player *player);
void player_begin(struct player *player, size_t order); /* from its start, whatever was being played */

/* Before the first player_begin(): each order begins with sessions as new, and with this (static) sent to them. */
void player_clean(struct player *player, const char *session_sql);
/* Of transactions that name no level, from the next player_begin() on: see stage_isolation(). */
void player_isolation(struct player *player, const char *level);

/* On ST_USAGE nothing was sent, and the sentence says why. */
MUST_CHECK enum status player_next(struct player *player, struct err *err);
MUST_CHECK enum status player_step(struct player *player, size_t session,
				   struct err *err); /* its next step, out of turn too */
MUST_CHECK enum status player_answer(struct player *player, size_t answer,
				     struct err *err); /* from 1; 0 passes it over */
void player_pace(struct player *player, enum player_pace pace);
void player_pause_ms(struct player *player, uint64_t pause_ms); /* of PLAYER_AUTO */
uint64_t player_pause(const struct player *player);
/* Sends as many steps as were sent before without waiting for anybody; for the same place on another server. */
void player_go_to(struct player *player, size_t sent);
void player_break(struct player *player, size_t row); /* sets or clears a breakpoint */
void player_cancel(struct player *player);            /* cancels what the sessions run */

/*
 * A player as the members of an object, and one that shows what they say without a server: nothing is to be sent with
 * it. Whatever the object says is within the lesson, which must outlive it. (src/lab/recorded/)
 */
struct json_object;
void player_record(struct buf *members, const struct player *player);
struct player *player_recorded(struct loop *loop, struct ring *ring, const char *name, const struct lesson *lesson,
			       const struct json_object *object);

/* ---- to be shown; all borrowed until the next change ---- */

const char *player_name(const struct player *player);
const struct lesson *player_lesson(const struct player *player);
const struct stage *player_stage(const struct player *player);
const struct values *player_values(const struct player *player); /* that its steps have read */
/* A row's statement, raw: as it was sent, or as it would be now. */
void player_sql(struct buf *out, const struct player *player, size_t row);
enum player_state player_state(const struct player *player);
enum player_pace player_paced(const struct player *player);
const char *player_error(const struct player *player);
/* Why the order cannot go on as it is: a session waits for one that has nothing to do, and the next step is its own.
 * NULL: it can. The error says so too. */
const char *player_impossible(const struct player *player);
const char *player_left(const struct player *player); /* what was not torn down, and has to be by hand; NULL */
bool player_strayed(const struct player *player);     /* a step was sent out of turn */
/* How many rows the lesson's texts are true of: up to a step out of turn, or behind one that did not do what the lesson
 * expects. */
#define PLAYER_ALL_TRUE SIZE_MAX
size_t player_true_rows(const struct player *player);

bool player_waits(const struct player *player); /* the session of the next step does: that is sent when it is over */

size_t player_nrows(const struct player *player);
size_t player_nsent(const struct player *player);
struct player_row player_row(const struct player *player, size_t row);
size_t player_next_row(const struct player *player); /* player_nrows() where there is none */

const char *player_title(const struct player *player); /* of the order, else of the lesson, else NULL */
/* The question about the next step, or the last one that was asked; ask is NULL where there is none. */
struct player_question player_question(const struct player *player);
struct player_question player_row_question(const struct player *player, size_t row); /* about a row, if there is one */
bool player_asks(const struct player *player);                                       /* it is open */
bool player_verdict(const struct player *player); /* there is a fresh one, of any question */
bool player_holds(const struct player *player);   /* it opens when the verdict before it was read: player_next() */
/* Whether a session that is closed now was in a transaction, which was not ended by it, when it was last answered. */
bool player_left_open(const struct player *player, size_t session);
size_t player_nchecks(const struct player *player);
const struct player_check *player_check(const struct player *player, size_t i);
/* What others see now: the answer to the lesson's first check, with the names of its columns; NULL: not known. */
const char *player_committed(const struct player *player);
/* What a session read last, and whether another one has committed since; NULL: nothing. */
const char *player_read(const struct player *player, size_t session, bool *old);
/* What SERIALIZABLE remembered of a session's reads when the server was last asked; nothing on CockroachDB, which does
 * not say. */
const struct remembered *player_remembered(const struct player *player, size_t session);

struct player_score {
	size_t asked, answered, right, surprises, failed; /* failed: checks */
};
struct player_score player_score(const struct player *player); /* of the order as far as it was played */

#endif
