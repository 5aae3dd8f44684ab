/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the player, shared by its files only. */
#ifndef LAB_PLAYER_INTERNAL_H
#define LAB_PLAYER_INTERNAL_H

#include "base/buf.h"
#include "base/loop.h"
#include "lab/observed.h"
#include "lab/player.h"

enum { NO_PLACE = -1 };

/* A turn: of the order, or one that the engine added to it. */
struct turn {
	size_t step;
	long place;       /* in the permutation; NO_PLACE: it was added */
	unsigned attempt; /* of the engine; 0: it does not run this session */
	char *note;       /* not a step: what the engine did between two */
	bool begins;      /* the first of a further attempt */
	bool dropped;     /* it does not come: the attempt has ended before it */
	bool sent, breakpoint, surprise, judged;
	bool moot; /* it was sent and its question had not been put: what that is about was decided, or out of turn */
	size_t record;           /* its number, where sent */
	size_t changed, decided; /* the moments when something became of it, and of its question */
	long given;              /* the answer to its question */
	long right;
};

/* What a session knows, and did to others, in its transaction. */
struct knows {
	char *read; /* NULL: nothing */
	bool old;   /* another session has committed since */
	bool wrote;
	bool open;                    /* in a transaction, as of its last answer */
	struct remembered remembered; /* by the server, after its transaction, too */
};

enum { WANTS_NOTHING = -1, WANTS_NEXT = -2 };

struct player {
	struct loop *loop;
	struct ring *ring;
	char *name;
	const struct lesson *lesson;
	const char *isolation; /* of transactions that name none; NULL: the server's own */
	struct stage *stage;
	struct values *values;
	const struct conninfo *second; /* NULL: no session is on a second server */
	player_changed_fn *changed, *ended;
	void *arg, *ended_arg;
	struct timer *pause;
	uint64_t pause_ms;

	size_t order, norders;
	struct lesson_server server;
	bool server_known;
	struct spec_permutations *made; /* where the spec has no permutations: what `permutation` is borrowed from */
	const struct spec_permutation *permutation;
	long begin; /* the order to begin with when the stage is off; -1: none */

	enum player_state state;
	enum player_pace pace;
	size_t go_to; /* GOES_ON without stopping while fewer steps were sent */
	long wants;   /* asked for while a step was on its way: the next step, or a session */
	bool strayed;
	size_t strayed_at;  /* row of the first step out of turn */
	bool reader;        /* player_for_reader() */
	bool has_read;      /* the verdict of this moment, or the end of the order */
	size_t moment;      /* how many steps were sent */
	char *impossible;   /* why; NULL: it is not known to be */
	struct turn *turns; /* [nturns] */
	size_t nturns, nsent;
	size_t *sent;        /* [nsent] turns, in the order of sending */
	long asked;          /* the turn whose question was the last one; -1: none */
	struct knows *knows; /* [spec->nsessions] */
	struct player_check *checks;
	size_t nchecks, next_check;
	char *committed;
	bool watching;                /* the first check is being asked for `committed` ... */
	bool watch_again;             /* ... and has to be again: what it reads is of before the latest step */
	bool recalling, recall_again; /* the same of what the server remembers */
	char *error, *left;
	struct stage_lane *shown; /* of a recording: [spec->nsessions]; NULL: it is real */
};

/* player.c */
void player_take_order(struct player *player, size_t order);
void player_forget_order(struct player *player);
void player_tell(struct player *player);
void player_fail(struct player *player, const char *sentence);
void player_starts(struct player *player);                                /* a permutation starts */
void player_failed(struct player *player, const struct stage_fact *fact); /* the stage cannot go on */
void player_ended(struct player *player, const struct stage_fact *fact);  /* the stage is off */

/* player_step.c: the road of a step */
size_t player_next_turn(const struct player *player); /* nturns where there is none */
void player_on_fact(void *arg, const struct stage_fact *fact);
void player_on_pause(void *arg);

/* player_show.c: the question of a turn, unless it is not asked there */
const struct lesson_ask *player_ask_of(const struct player *player, size_t turn);
bool player_verdict_on_answer(const struct player *player); /* there is a fresh one of a question that was answered */

/* player_turns.c: the turns of the order that is played, and those that the engine adds */
void player_turns_make(struct player *player);
void player_turns_forget(struct player *player);
void player_turns_again(struct player *player, const struct stage_fact *fact);   /* the engine begins again */
void player_turns_outcome(struct player *player, const struct stage_fact *fact); /* it is done with a session */

/* player_data.c: what is known of the data */
void player_learn(struct player *player, const struct stage_record *record, const struct lesson_fact *fact);
void player_checks_make(struct player *player); /* those of the order, none of them asked */
void player_checks_ask(struct player *player);  /* one after another; then the stage is ended */
void player_watch(struct player *player);       /* asks what others see now */
void player_recall(struct player *player);      /* asks what the server remembers of reads */
void player_data_forget(struct player *player);

#endif
