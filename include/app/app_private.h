/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private part of struct app: for app, cli and verb, never for the screen. */
#ifndef APP_APP_PRIVATE_H
#define APP_APP_PRIVATE_H

#include "app/app.h"
#include "app/job.h"
#include "app/sessions.h"

enum {
	APP_CONNECT_MS = 10000, /* for one host to answer */
	APP_RING_EVENTS = 20000,
};

/* A session that commands wait for was lost: since when (clock_us(), 0: it was not), and why it did not come back. */
struct loss {
	uint64_t since_us;
	struct err why;
};

/* The last transfer that was made here, or may have been, as `undo` takes it back; id is NULL before the first. */
struct last {
	char *id, *source, *destination, *amount;
	bool undone, unsure; /* whether it happened is not known */
};

struct app_private {
	bool started;         /* app_start() was called */
	uint64_t starting_us; /* when lines were told last how far the start of a cluster has got */
	bool elsewhere;       /* the catalogue is to be read: the browse session is on another server than `who`, or the
			 * table has changed */
	bool anew;            /* the user asked for all of it again */
	bool looked_again;    /* because the table seemed to have changed; until something could be read */
	bool wants_work;      /* the session that writes is connected at the start, too */
	bool opened;          /* the bank was ready once */
	struct learned *learned; /* NULL: not read since the last one was noted */
	struct who who;          /* the server whose catalogue is known */
	bool unread;             /* the last page that was asked for could not be read */
	int unwritten;           /* errno of the first data that standard output did not take */
	bool unwritten_said;     /* and its user knows */
	bool told; /* the command that ended last told what became of money: that reaches its caller in any case */
	struct run *runs;    /* all that were begun and have not ended */
	struct job *jobs;    /* all that run, the newest first */
	struct err bulk_end; /* what became of it where the program was left meanwhile */
	char *sought;        /* the id that the list was sent to, until it is known whether it is there; NULL */
	bool seek_due;       /* the account that a search went to may not hold its text: then the next one that does */
	bool seek_back;      /* the last search went up */
	int seek_more;       /* matches to go on by, up where below 0, once the one on its way is there */
	uint64_t filled; /* transactions that were committed when the bank was ready: what came later is the user's */
	uint64_t drawn;  /* accounts that were added so far: the next ones are not drawn from the same seed */
	struct last last;
	struct run *dialling; /* the command that makes the rival's session; NULL */
	struct run *undoing;  /* the undo whose transfer was asked for last; NULL once that has ended */
	char *undoes;         /* the id of what the transfer that runs undoes; NULL */
	struct timer *again;  /* connects the browse session again */
	uint64_t again_ms;
	struct timer *again_work; /* and the one that writes, while a command waits for it */
	uint64_t again_work_ms;
	struct timer *limit; /* those who wait have waited long enough */
	struct loss lost, lost_work;
	bool worked;      /* the session that writes was there before */
	uint64_t lost_us; /* when the session that reads was lost last */
	char *place;      /* where the browse session was before it was lost; NULL while it is there */
	bool unasked;     /* it was made again by itself, and nobody has asked for anything since */
	bool rests;   /* it is lost whenever it is idle: from now on it is made again only when something is asked */
	bool moves;   /* it is made elsewhere, because its node goes: nothing is said of it */
	bool awaking; /* something was: who asked waits for it */
	char *lesson, *lesson_title; /* that is played without a screen, or was last: trace_run_lesson(); NULL */
	struct trace *trace;         /* what happens is written to a file, too; NULL */
	struct trace_log *log;       /* as lines of text; NULL */
	struct timer *last_call;     /* how long leaving may take */
	struct signal_watch *signals[3];
	struct watcher_ops watching;
	char *step_next; /* the statement that the gate was last asked about, where it is to be held */
};

/* app.c */
void app_keep_run(struct app *app, struct run *run);
void app_forget_run(struct app *app, struct run *run);
bool app_prints(const struct app *app); /* standard output is ours: plain mode */
bool app_tells(const struct app *app);  /* what runs tells what became of money, or of accounts */
/* The one line that a command is for: on standard output in plain mode, on the message line of the screen. */
void app_result(struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Several lines, each ended by a newline: printed in plain mode, over the panes on a screen. Takes the text. */
void app_show(struct app *app, const char *title, struct buf *text);
void app_changed(struct app *app);

/* trace_run.c */
struct trace;
struct trace_log;
enum status trace_run_begin(struct app *app, const char *path, struct err *err); /* in place of the one before */
void trace_run_end(struct app *app);                                             /* nothing where there is none */
void trace_run_now(struct app *app); /* trace and log have all that has happened so far */
struct lesson;
void trace_run_lesson(struct app *app, const char *name,
		      const struct lesson *lesson); /* is played now, without a screen */

/* blocked.c */
void blocked_begin(struct app *app); /* app->watcher is there from now on */

/* quit.c */
/* What the user would lose by leaving now, as sentences; false: nothing. */
bool quit_loses(const struct app *app, struct buf *out);
void quit_look(struct app *app);                /* something ended: leaves if that was waited for */
void quit_last_call(void *arg);                 /* the timer; arg is the app */
void quit_signal(void *arg, int signal_number); /* arg is the app */

/* start.c */
void start_phase(struct app *app, enum app_phase phase);
void start_fail(struct app *app, const struct err *err, const char *advice);
void start_go_on(struct app *app); /* a session is connected: the next phase begins where both are that it needs */
/* Asks for a password where the server wants one and there is none, and connects again, with `done` as in db_connect().
 * False where the error stands; `err` says why nobody was asked, or is as it was. */
bool start_ask_password(struct app *app, struct db *db, db_connected_fn *done, struct err *err);

/* own_cluster.c */
void own_cluster_start(struct app *app, server_ready_fn *ready);
void own_cluster_started(struct app *app);                                     /* it is ready */
void own_cluster_log(struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3); /* a lever, in the log */
enum status own_cluster_arm(struct app *app, struct err *err);  /* the next commit in flight kills its node */
void own_cluster_armed(struct buf *out, const struct app *app); /* for the title: which nodes are down */
bool own_cluster_serves(const struct app *app);                 /* more than half of its nodes are up */

/* open_bank.c */
void open_bank(struct app *app);                                           /* over `browse`; READY follows */
void open_bank_again(struct app *app, void (*then)(void *arg), void *arg); /* reads the catalogue anew over `work` */
/* The same, where the table may turn out not to be usable: then the catalogue stays as it was, and the error says why. */
void open_bank_try(struct app *app, void (*tried)(void *arg, const struct err *err), void *arg);

/* waiters.c */
/* Calls fn(arg, NULL) once what `command_flags` ask for is there, possibly at once, or fn(arg, err) where it is not.
 * The start is waited for, and in plain mode a connection that was lost, too; on a screen that is said at once. */
void waiters_wait(struct app *app, unsigned command_flags, void (*fn)(void *arg, const struct err *err), void *arg);
void waiters_serve(struct app *app);           /* serves those who wait */
bool waiters_want_work(const struct app *app); /* a command waits for the session that writes */
void waiters_fail_work(struct app *app,
		       const struct err *err); /* no session that writes: those who wait for it are told */

/* reconnect.c */
void reconnect_watch(struct app *app);        /* once, before the session that reads is connected first */
void reconnect_lost(struct app *app);         /* the session that reads is down: connects it again, by and by */
void reconnect_wake(struct app *app);         /* something is asked: connects it again now, where it rests */
void reconnect_elsewhere(struct app *app);    /* reads the accounts of another server, once nothing uses the old ones */
uint64_t reconnect_pause(uint64_t *pause_ms); /* the next pause in a row; 0 begins a new row */
void reconnect_note_loss(struct app *app, struct loss *loss, const char *why);
/* True where commands wait for the lost session: in plain mode, as long as a transaction may take. */
bool reconnect_awaits(const struct app *app, const struct loss *loss);
/* The sentence for those who have waited in vain; `what` was lost. */
enum status reconnect_gave_up(const struct app *app, const struct loss *loss, const char *what, struct err *err);
void reconnect_begin(struct app *app, unsigned uses); /* sessions are dialled: enum job_use */
void reconnect_end(struct app *app, unsigned uses);   /* whether they are there or not: the rest is no longer its own */
void reconnect_close_work(struct app *app);           /* the session that writes is dialled, and not wanted any more */

/* work_session.c */
void work_watch(struct app *app);   /* once, before it is connected first */
void work_connect(struct app *app); /* unless it is connected, or about to be */
void work_dial(struct app *app);    /* in any case: the caller knows that nothing uses it */

/* Something that reads or writes accounts has ended: where it failed as it does when their table was changed, the
 * catalogue is read again. */
void reconnect_if_outdated(struct app *app, bool failed);

/* transfer_run.c */
bool transfer_run_gate(void *arg, const struct txn_gate *next); /* the engine's gate; arg is the app */
bool transfer_run_was_dry(
	const struct app *app); /* the transfer that has ended was a dry run, and reached its writes */

/* The rival's session is made where there is none; `run`, which may be NULL, ends when it is there. */
void transfer_run_dial_rival(struct app *app, struct run *run);

/* step.c */
void step_look(struct app *app, const struct txn_gate *next); /* remembers what would be sent */
bool step_holds(struct app *app); /* true where it is held now, until app_step_on(); it is said what it is */
void step_forget(struct app *app);

/* last_transfer.c */
bool last_is_undo(const struct run *run);                /* the transfer is an undo's */
void last_begin(struct app *app, const struct run *run); /* a transfer begins */
void last_ended(struct app *app, bool known);            /* it moved something, or had before; or that is not known */

/* unsettled.c */
void unsettled_begin(struct app *app, const char *id); /* the outcome of that transfer is not known */
void unsettled_end(struct app *app, const char *id);   /* it is */

/* run.c */
void run_confirmed(struct run *run); /* its question was answered with yes */

#endif
