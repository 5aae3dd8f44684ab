/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Playing a recorded run: its events come into the ring, and what was shown beside them is shown again. */
#ifndef APP_PLAY_H
#define APP_PLAY_H

#include "app/app.h"

/* In place of the recording that is played, if there is one. It stands at its first event. */
MUST_CHECK enum status play_open(struct app *app, const char *path, struct err *err);

/* Each stops what runs, but for play_run(). app->play is there. */
void play_to(struct app *app, uint64_t number); /* to that event, from 1, or the last one */
void play_by(struct app *app, int64_t events);
void play_run(struct app *app, bool on); /* at the recorded speed, times play_speed() */
void play_speed(struct app *app, double speed);

struct play_place {
	uint64_t at, of; /* events */
	uint64_t wall_us;
	bool runs;
	bool cut; /* the last line of the trace is, and is left out */
	double speed;
};
struct play_place play_place(const struct app *app);
void play_describe(struct buf *out, const struct app *app); /* "PostgreSQL 15.4"; raw */

#endif
