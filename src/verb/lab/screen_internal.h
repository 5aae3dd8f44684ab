/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of a lesson on the screen, shared by its files only. */
#ifndef VERB_LAB_SCREEN_INTERNAL_H
#define VERB_LAB_SCREEN_INTERNAL_H

#include "lab/player.h"
#include "lab_internal.h"
#include "src/verb/verb_internal.h"
#include "try.h"

/* The lesson of app->player while it is there. */
struct playing {
	struct job job;
	bool ends, over; /* it is being torn down; it was */
	bool against;    /* on the server of --against */
	bool turns;      /* then it goes on there, or comes back, at this place: */
	size_t order, sent;
	bool read;             /* that this was the last order */
	const char *following; /* then this lesson is played; NULL: none; not owned */
	struct timer *sweep;
	struct lesson *lesson;     /* the player's */
	bool noted;                /* the result of this order */
	struct exercise *exercise; /* NULL: it is a lesson */
	bool tried;                /* an answer was judged */
	struct lesson *back;       /* then this one is played, with the answer in it; NULL */
};

struct call {
	struct app *app;
	const struct run *run;
	struct player *player; /* never NULL */
	const char *argument;  /* may be NULL */
};

/* ---- screen.c ---- */

struct playing *lab_screen_playing(const struct app *app); /* NULL: nothing is played */
/* Takes the lesson and the exercise (NULL: it is none) over. */
void lab_screen_open(struct app *app, const char *name, struct lesson *lesson, struct exercise *exercise, bool against);
void lab_screen_end(struct playing *playing); /* tears down */

/* ---- screen_race.c ---- */

enum status lab_screen_race(const struct call *call, struct err *err);

/* ---- screen_exercise.c ---- */

void lab_screen_say_task(struct app *app); /* of an exercise */
/* All of it at once, up to its end: the user looks back, or plays it again. */
void lab_screen_begin_back(struct app *app, const char *name, const struct playing *was);
enum status lab_screen_edit(const struct call *call, struct err *err);
enum status lab_screen_try(const struct call *call, struct err *err);
enum status lab_screen_solution(const struct call *call, struct err *err);

#endif
