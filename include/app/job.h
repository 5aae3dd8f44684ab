/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job: whatever runs for a while. All of them are in one list of the app, and nothing else decides what runs. */
#ifndef APP_JOB_H
#define APP_JOB_H

#include <stdbool.h>

#include "base/err.h"

struct app;
struct job;

/* What a job has for itself. Two jobs that use the same do not run beside each other. */
enum job_use {
	USES_BROWSE = 1, /* the session that reads */
	USES_WORK = 2,   /* the session that writes, and the engine on it */
	USES_RIVAL = 4,  /* the rival and its session */
	USES_LESSON = 8, /* the one lesson that is told in lines */
	USES_STAGE = 16, /* the one lesson on the screen */
	USES_LOAD = 32,  /* the one load, which has connections of its own */
};

/* Who asks a job to stop. */
enum job_stop {
	STOP_CANCEL,    /* the command cancel: who is too late says so, and true */
	STOP_INTERRUPT, /* ^C outside the screen: false where the program is to end instead */
	STOP_LEAVE,     /* the program ends soon */
};

/* What plain mode tells of the events while it runs. */
enum job_talk {
	TALK_ALL = 1,     /* attempts, errors, waits */
	TALK_PRINTED = 2, /* but not the first attempt, whose statements the job prints */
	TALK_WAITS = 4,   /* what holds it up */
};

struct job_ops {
	/* May be NULL: it cannot be stopped. True: it ends soon, or has ended and is freed; false: nothing was done. */
	bool (*stop)(struct job *job, enum job_stop how);
	/* May be NULL: never. Whoever leaves waits for it now, for a while. */
	bool (*awaited)(const struct job *job);
	/* May be NULL. It runs, and the program ends: what its user must know; false: nothing. */
	bool (*last_words)(const struct job *job, struct err *err);
	void (*free)(struct job *job);
	unsigned talk; /* enum job_talk */
};

/* The first member of what runs. */
struct job {
	const struct job_ops *ops;
	const char *name; /* with its article, where it has one: "an import"; static */
	unsigned uses;    /* enum job_use; may change while it runs */
	struct app *app;  /* by job_begin() */
	/* job.c's own */
	bool over, asked;
	struct job *next;
};

/* With ops, name and uses set. What it uses must be free. */
void job_begin(struct app *app, struct job *job);
/* It is freed. Then, and not before, its run may be ended. */
void job_end(struct job *job);
/* It has ended, but is not freed before job_sweep(), or the end of the program: the caller comes from inside it. */
void job_over(struct job *job);
void job_sweep(struct app *app, const struct job_ops *ops);

/* The one place that decides what may run beside what: false with the sentence that names what is in the way. */
bool job_may(const struct app *app, unsigned uses, struct err *err);
bool job_uses(const struct app *app, unsigned uses); /* one of them is used by a job */
/* One that runs, of that kind; NULL. */
struct job *job_find(const struct app *app, const struct job_ops *ops);
unsigned job_talk(const struct app *app); /* of all that run */

/* The newest that can be stopped is; false where none was. */
bool jobs_stop(struct app *app, enum job_stop how);
void jobs_leave(struct app *app); /* all are asked to stop */
bool jobs_awaited(const struct app *app);
bool jobs_last_words(const struct app *app, struct err *err);
void jobs_free(struct app *app); /* at the end of the program */

/* For ops: the transaction that runs is cancelled, or else the statement that runs outside the engine. */
bool job_stop_work(struct job *job, enum job_stop how);
bool job_engine_runs(const struct job *job);
bool job_always(const struct job *job);

#endif
