/* SPDX-License-Identifier: GPL-3.0-or-later */
/* struct app: the whole program while it runs; what commands and the screen share. */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "app/marks.h"
#include "app/run.h"
#include "app/settings.h"
#include "app/terminal.h"
#include "bank/catalogue.h"
#include "bank/history.h"
#include "bank/pages.h"
#include "bank/rival.h"
#include "bank/transfer.h"
#include "base/err.h"
#include "base/loop.h"
#include "db/db.h"
#include "event/ring.h"
#include "server/server.h"
#include "txn/txn.h"
#include "watch/watcher.h"

struct player;       /* lab/player.h */
struct session_list; /* watch/list.h */
struct load;         /* load/load.h */
struct race;         /* load/race.h */
struct load_seen;    /* load/seen.h */
struct play;         /* app/play.h */
struct json_object;  /* event/json.h */

/* Where the start has got to. Each step says so on the screen. */
enum app_phase {
	PHASE_SERVER,     /* the private server starts */
	PHASE_CONNECTING, /* browse and transfer sessions connect */
	PHASE_TABLES,     /* demo: tables are made and filled */
	PHASE_LOOKING,    /* the accounts table is looked at */
	PHASE_READY,      /* connected; `catalogue` is there, or `no_bank` says why not */
	PHASE_FAILED,     /* `failure` says why */
};

/*
 * What a front end does for the commands. ui/ supplies one, plain mode another. `say` shows a line that was made
 * harmless. `review` asks about run->line and calls app_reviewed() once; `act` does something on the screen (commands
 * flagged SCREEN): false where it knows no such action.
 */
struct face {
	void (*say)(void *self, enum status status, const char *text);
	void (*review)(void *self, struct run *run);
	bool (*act)(void *self, const char *action, const char *argument);
	/* Puts a line on standard output. NULL where a screen covers it: commands then say what they found. */
	void (*print)(void *self, const char *text);
	/* Shows lines of harmless text, each ended by a newline, over what is on the screen. NULL where they are
	 * printed. */
	void (*show)(void *self, const char *title, const char *text);
	void (*phase)(void *self); /* app->phase changed */
	/* What only the screen knows, as members of an object of a trace; and the same of a recording, which is shown again,
	 * NULL for nothing. May be NULL. */
	void (*look)(void *self, struct buf *members);
	void (*look_again)(void *self, const struct json_object *look);
	void (*again)(void *self);   /* the ring was begun anew: its readers do so, too; may be NULL */
	void (*changed)(void *self); /* accounts, picks or levers changed */
	/* How far long work has got, as a line of harmless text that takes the place of the one before; NULL takes
	 * it away. May be NULL. */
	void (*progress)(void *self, const char *text);
	/* A question is asked on the terminal, without the loop: leaves it as the shell had it, or takes it back.
	 * May be NULL. */
	void (*aside)(void *self, bool away);
	/* ^C, and nothing runs that it could be for: true where it was for what is asked. NULL: it ends the program. */
	bool (*interrupt)(void *self);
	/* The next line of standard input, NULL at its end. NULL where a screen has the keys. */
	void (*ask)(void *self, const char *hint, void (*line)(void *arg, const char *line), void *arg);
	unsigned progress_ms; /* how often it wants one */
	void *self;
};

/* A transfer being made, or the last one made. */
struct app_transfer {
	struct transfer *body;           /* NULL before the first */
	char *source, *destination;      /* raw ids */
	struct txn_result result;        /* outcome OUTCOME_NONE while it runs */
	uint32_t txn;                    /* its number in the events, 0 before the first */
	struct run *run;                 /* the command that waits for it, NULL when over */
	void (*report)(struct app *app); /* writes its result in place of a sentence; NULL */
};

/* Stepping: each statement of a transfer is held until the user lets it go. */
struct app_step {
	bool on;
	char *next; /* the statement that is held now, harmless, for people; NULL where none is */
};

struct app {
	struct settings settings;
	struct loop *loop;
	struct ring *ring;
	struct server *server; /* NULL unless demo */
	struct db *browse;
	struct db *work; /* teller/transfer */
	struct db *rival_db;
	struct watcher *watcher; /* whom those wait for */
	struct txn *txn;         /* engine on `work` */
	struct txn *rival_txn;
	struct rival *rival;           /* NULL before the catalogue is known */
	struct catalogue *catalogue;   /* NULL before it is known */
	char *no_bank;                 /* READY without a usable accounts table: the sentence that says what to do */
	struct player *player;         /* the lesson that is played on the screen; NULL */
	struct history *history;       /* the ledger while the screen shows it, else NULL */
	struct session_list *sessions; /* of the server, once the screen has shown them; NULL */
	struct load *load;             /* that runs, or has run last; NULL */
	struct race *race;             /* the same of a race of ways: one of the two at most; NULL */
	struct load_seen *load_seen;   /* what is seen of it, or was in a recording: app/shown.h; NULL */
	struct play *play;             /* a recorded run, and no server is connected; NULL */
	struct pages *pages;           /* NULL before the catalogue is known, and in plain mode */
	struct app_transfer transfer;
	struct app_step step;
	char *filter;          /* which accounts are looked at, as it was typed; NULL: all */
	struct sort sort;      /* and in which order */
	unsigned sort_offered; /* by which column it was asked for last, taken or not */
	struct marks marks;
	char *searched;             /* the text that was searched for among the accounts last; NULL */
	char *unsettled_id;         /* id of the last transfer whose outcome is unknown, until it is settled; NULL */
	char *source, *destination; /* picks, raw ids; NULL */
	enum app_phase phase;
	char *starting; /* how far the start of a cluster has got, for people; NULL */
	struct err failure;
	struct face face;
	terminal_facts_fn *terminal; /* may be NULL: there is nothing that could draw */
	cast_fn *cast;               /* NULL with it */
	bool leaving;
	int exit_status;
	struct app_private *private; /* for app, cli and verb only */
};

/* Made in main.c; takes the settings over (theirs are empty then). The face is set before app_start(). */
struct app *app_new(struct settings *settings);
bool app_free(struct app *app);  /* closes sessions, stops the server; false as loop_free() */
void app_start(struct app *app); /* begins with PHASE_SERVER or PHASE_CONNECTING; everything else comes from the loop */
void app_reconnect(struct app *app);

/*
 * Leaves the program. A transfer that runs is cancelled, and its end is waited for: a moment on a screen, where
 * people want to leave, longer in plain mode; when asked again it is not waited for at all. Then it is abandoned
 * (txn/txn.h).
 */
void app_leave(struct app *app, int exit_status);
/* At the very end: what the user must know of transfers whose outcome is unknown. False where there are none. Of single
 * transfers, and of bulk work, lines have said it already; `screen` is for what was shown on one. */
bool app_last_words(const struct app *app, bool screen, struct err *err);

/* Every event from now on, and those that the log has, go to the files that --trace and --log-file name; nothing where
 * none does. */
MUST_CHECK enum status app_trace(struct app *app, struct err *err);
bool app_is_traced(const struct app *app); /* every event is written to a file now */
void app_drawn(struct app *app);           /* the screen was: what it alone knows is written, too */
void app_trace_end(struct app *app);       /* while the face is there, which learns where it fails */

/* Says a sentence to the user. The text is made harmless. */
void app_say(struct app *app, enum status status, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The answer to a review: yes runs the command, no ends it with ST_CANCELLED and changes nothing. */
void app_reviewed(struct run *run, bool yes);

/* Starts the transfer of run; ends the run when it is over (and the rival has put its unit back). The result is said
 * in a sentence, or by report(), which may be NULL. */
void app_transfer(struct run *run, const struct transfer_spec *spec, void (*report)(struct app *app));

/* How the next transfer would be made: as it is set, and as what is armed wants it; and whether it reads FOR UPDATE. */
struct txn_options app_txn_options(const struct app *app);
bool app_locks(const struct app *app);
const char *app_isolation(const struct app *app); /* the level that it really has: "SERIALIZABLE" */

/* Lets go the statement that is held; false where none is. */
bool app_step_on(struct app *app);

/* The state of the transaction as a word for the title. Static. */
const char *app_txn_word(const struct app *app);

/* The levers that are armed beside the rival, for the title: "INJECT 2  DELAY 500 ms"; nothing where none is. */
void app_armed(struct buf *out, const struct app *app);
/* What they will do to the next transfer, as sentences; nothing where none is. */
void app_armed_words(struct buf *out, const struct app *app);

/* A command waits for a session that is being made. */
bool app_waits(const struct app *app);

/* The session for reading was lost while idle, and is made again when something is asked. */
bool app_rests(const struct app *app);

/* "teller needs ...": a sentence for why the bank cannot be used now, or NULL where it can. Borrowed. */
const char *app_not_ready(const struct app *app, unsigned command_flags);

#endif
