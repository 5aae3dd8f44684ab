/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays the orders of a lesson one after another, by itself, and shows the player at the end of each. */
#ifndef LAB_PLAYTHROUGH_H
#define LAB_PLAYTHROUGH_H

#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "lab/lesson.h"
#include "lab/player.h"

/* All are called from the loop. */
struct playthrough_to {
	void (*skipped)(void *arg, size_t order, const char *why); /* may be NULL; it is not for this server */
	/* It cannot be: a session waits for one that gets its next step only behind it. `why`: a sentence without its end. */
	void (*impossible)(void *arg, size_t order, const char *why);
	void (*played)(void *arg, size_t order, struct player *player); /* to its end; nothing may be sent by it */
	void (*done)(void *arg,
		     const struct err *err); /* once; `err`: one was not played to its end, or not torn down */
	void *arg;
};

struct playthrough;
/*
 * The lesson must outlive it. `server` is what it is played on; `info` is borrowed. `isolation` is that of transactions
 * that name none: "REPEATABLE READ", static; NULL: the server's own.
 */
struct playthrough *playthrough_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
				      const char *name, const struct lesson *lesson, const struct lesson_server *server,
				      const char *isolation, const struct playthrough_to *to);
void playthrough_stop(struct playthrough *through); /* tears down, then done(), without an error */
void playthrough_free(struct playthrough *through); /* not from one of its calls; NULL is fine */

#endif
