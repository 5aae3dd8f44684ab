/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the stage, shared by its files only. */
#ifndef LAB_STAGE_INTERNAL_H
#define LAB_STAGE_INTERNAL_H

#include "db/pool.h"
#include "lab/stage.h"

/* ---- words.c: what was said, copied ---- */

struct words {
	struct stage_word *at;
	size_t n, cap;
};

struct stage_word *words_add(struct words *words,
			     const struct stage_word *word); /* copies all but the rows, which it takes */
void words_drop(struct words *words, size_t n);              /* the first n */
void words_clear(struct words *words);
void words_move(struct words *to, struct words *from); /* to the end of `to`; `from` is empty then */
void word_from_answer(struct stage_word *word, const struct answer *answer); /* borrows; the rows are a copy */
void word_from_notice(struct stage_word *word, const struct db_notice *notice);
void word_own(struct stage_word *word, const char *text); /* an error of libpq's, or of ours */

/* ---- lane.c: one session ---- */

struct record {
	struct stage_record pub;
	struct lane *lane;
	struct words words;
	char *sql;     /* pub.sql, where values were sent; else NULL */
	bool waiting;  /* as of now */
	bool answered; /* by hand: to its end, and seen so */
	enum { BLOCKED_UNASKED, BLOCKED_ASKED, BLOCKED_NO, BLOCKED_YES } blocked; /* what the server said last */
	int *targets; /* of the turn's marks: so many notices must have been seen */
};

struct lane {
	struct stage *stage;
	long index; /* -1: the control connection */
	const char *name;
	struct db *db;
	bool guest;            /* on the second server: its connection is the host's (guests.c) */
	bool fresh;            /* connected, and not used yet */
	const char *isolation; /* that was set for its transactions, as the stage has it; NULL: none was */
	bool entered;          /* of the control connection: it is what the schema was named with */
	uint64_t dialled_us;
	bool busy;               /* something was sent and is not answered to its end */
	bool answered;           /* its first result is there */
	bool speechless;         /* it was lost before any result came */
	char *lost;              /* why it was lost, for people; NULL: it was not */
	bool lost_due;           /* FACT_LOST has to be told */
	char *end;               /* libpq's words on that */
	struct words heard;      /* in the order of arrival; nobody has looked at them yet */
	struct words notified;   /* until the next step is done */
	struct words last_words; /* of a session that ended while idle: the answer to what is sent next */
	struct record *record;   /* the step that runs */
	bool cut;                /* with the latest step; a new connection may stand since */
	enum {
		AGAIN_NO,
		AGAIN_DUE,
		AGAIN_CONNECT,
		AGAIN_SCHEMA,
		AGAIN_ISOLATION,
		AGAIN_SETUP
	} again;                        /* that one is made */
	const struct stage_lane *shown; /* of a recording: what there is to see of it; NULL: it is real */
	struct engine_lane *engine;     /* the engine runs its steps; NULL: they are sent as they are */
	int notices;                    /* of its steps that were heard, of all its life */
	bool idle_when_asked;           /* it had nothing to do when the server was asked who waits */
};

void lane_init(struct lane *lane, struct stage *stage, long index, const char *name);
void lane_done(struct lane *lane);
void lane_connect(struct lane *lane, db_connected_fn *done);
void lane_close(struct lane *lane);
size_t lane_count(const struct stage *stage); /* of the sessions and, first, the control connection */
struct lane *lane_at(struct stage *stage, size_t at);
/* Of those on one of two servers; LANE_OTHER: it is not ours. */
long lane_of_pid(const struct stage *stage, int pid, bool guest);
void lane_listen(struct lane *lane); /* what its connection says is heard here */
bool lane_connected(const struct lane *lane);
void lane_add_pid(struct buf *out, const struct lane *lane); /* to an int4[] that is begun and not closed */
char *lane_pids(const struct stage *stage, bool guests);     /* of those that are connected, as an int4[]; owned */
bool lane_can_send(const struct lane *lane);                 /* it is connected, or has last words to answer with */
void lane_send(struct lane *lane, const char *sql, unsigned number);
void lane_send_statement(struct lane *lane, const struct statement *statement);
/* A step's SQL, or `sent` in its place. */
void lane_send_step(struct lane *lane, const char *sql, const struct values_sent *sent, unsigned number);
void lane_hear(struct lane *lane, const struct stage_word *word);
void lane_over(struct lane *lane); /* what was sent is answered to its end */
void lane_lose(struct lane *lane, const char *why);

/* Takes the answer to a set-up or teardown, tells its notices, and hands its last result out; borrowed until
 * lane_clear(). */
const struct stage_word *lane_result(struct lane *lane);
void lane_clear(struct lane *lane);

/* ---- stage_step.c: the road of one step ---- */

enum { STEP_ASK_FIRST_MS = 10, STEP_ASK_LAST_MS = 1000, STEP_BLIND_MS = 300 };

/* NULL where the stage has failed with it. */
struct record *step_send(struct stage *stage, size_t step, const struct spec_turn *turn);
/* Tells the notices that came before the first result; true where that is there. */
bool step_hear(struct lane *lane);
bool step_held(const struct record *record);                 /* a mark holds it back, answered as it may be */
bool step_mark_holds(const struct record *record, size_t i); /* the mark at that place */
bool step_waits_at_once(const struct record *record); /* a mark wants it to be called waiting as soon as it is sent */
void step_set_waiting(struct record *record, bool waiting);
/* Asks the server whether this lane waits, or (NULL) all that run; record->blocked and its blockers are the answer.
 * One question at a time: stage->asking. */
void step_ask(struct stage *stage, const struct lane *only);
void step_change(struct record *record, bool blocked, const long *blockers, size_t n);
bool step_unasked(struct stage *stage, const struct stage_word *word); /* it could not be asked, and has failed */
void step_finish(struct lane *lane);                                   /* the step is answered to its end */

/* ---- stage_hand.c: steps that are sent by hand ---- */

void hand_news(struct stage *stage); /* something is sent or answered: who waits has to be asked anew */
void hand_advance(struct stage *stage);
/* Blind: asks for a sign of life, in place of step_ask(). */
void hand_ping(struct stage *stage, stage_answer_fn *answer);

/* ---- again.c: a session whose connection is cut, and its new one ---- */

void again_arm(struct record *record); /* it was sent, and is to be cut */
/* Of a lane that is being connected again these are no answers to a step; false where it is another. */
bool again_lost(struct lane *lane, const struct answer *why);
bool again_answer(struct lane *lane, const struct answer *answer);
bool again_idle(struct lane *lane);
void again_turn(struct lane *lane);

/* ---- engine_check.c ---- */

/* COMMIT, or what does the same. */
bool engine_check_commits(const char *sql, const struct dialect *dialect);

/* ---- engine_lane.c: a lane whose steps the engine runs ---- */

void engine_lane_set(struct lane *lane, bool on);
void engine_lane_free(struct lane *lane);
/* All below: of a lane that has one, but for cancel, abandon and show, which do nothing to others. */
void engine_lane_begin(struct lane *lane); /* with the steps that the stage's permutation has for it */
bool engine_lane_expects(const struct lane *lane, size_t step);
void engine_lane_send(struct lane *lane); /* the step that it expects */
char *
engine_lane_sql(const struct lane *lane); /* of the step that it sends, with the values in it; owned, NULL: as it is */
void engine_lane_turn(struct lane *lane);
void engine_lane_tell(struct lane *lane, const struct stage_record *record); /* another attempt, or the outcome */
bool engine_lane_cancel(struct lane *lane); /* false where the engine has nothing under way */
void engine_lane_abandon(struct lane *lane);
void engine_lane_show(const struct lane *lane, struct stage_lane *out);

/* ---- control.c: what is asked over the control connection ---- */

struct control_job {
	char *sql;
	char *params[2];
	bool statement; /* with parameters */
	stage_answer_fn *answer;
	void *arg;
	struct control_job *next;
};

/* stage_ask() with one or two parameters, which it takes; param2 may be NULL. In front of all that is queued. */
void control_ask_first(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer,
		       void *arg);
/* The same, behind what is queued. */
void control_ask(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer, void *arg);
void control_turn(struct stage *stage);
bool control_idle(const struct stage *stage); /* nothing runs, nothing is queued */
void control_drop(struct stage *stage);       /* forgets what runs and what is queued */

/* ---- stuck.c: can a session that waits go on before another step is sent? ---- */

void stuck_note_idle(struct stage *stage); /* the server is about to be asked who waits */
/* By its last answer, about all that run: no. False where that is not known. */
bool stuck_is(struct stage *stage, const struct lane *lane);

/* ---- automatic.c: a permutation by itself ---- */

enum { LOOK_NONBLOCK = 1, LOOK_RETRY = 2 };
enum look { LOOK_PENDING, LOOK_HELD, LOOK_DONE };

struct automatic {
	enum {
		AUTOMATIC_NEXT,
		AUTOMATIC_FREE,       /* the lane of the next step is still busy: wait for it */
		AUTOMATIC_FREE_SWEEP, /* and for those who may hold it */
		AUTOMATIC_FIRST_LOOK, /* the step was sent */
		AUTOMATIC_SWEEP,
		AUTOMATIC_LAST,
	} at;
	struct record **waiting;
	size_t nwaiting;
	struct record *sent;
	bool must_wait;
	uint64_t free_us;

	struct record *looked; /* the look that is under way; NULL for none */
	unsigned flags;
	uint64_t look_us;
	uint64_t pinged_us; /* blind: the server has answered since then */
	bool collecting, cancelled;
	bool stuck; /* it waits for ever, the server said once */

	bool sweeping, marked;
	size_t sweep_at, sweep_had;
};

void automatic_start(struct stage *stage);
void automatic_turn(struct stage *stage);
void automatic_stop(struct stage *stage);

/* ---- teardown.c: the end ---- */
void teardown_start(struct stage *stage, bool regular);
void teardown_turn(struct stage *stage);
void teardown_late(void *arg); /* patience has an end */

/* ---- pooled.c: sessions behind a pooler ---- */
bool pooled_try(struct stage *stage); /* begins to try out whether they stay; false: no need to */
void pooled_none(const struct lane *lane, const struct err *err); /* a lane cannot connect, where others could */
bool pooled_any(struct stage *stage);                             /* a connected one is */
void pooled_stop(struct stage *stage);

/* ---- schema.c: the schema of this player ---- */

enum { SCHEMA_NAME_SIZE = 64 };

struct schema {
	char name[SCHEMA_NAME_SIZE]; /* harmless, and needs no quotes in SQL */
	enum { SCHEMA_NONE, SCHEMA_COMES, SCHEMA_STANDS } at;
	bool made; /* or being made: it has to be dropped */
};

/* True when it stands, and all sessions have it first in their search_path. Not for a bare stage. */
bool schema_set_up(struct stage *stage);
void schema_enter(struct lane *lane);     /* sends what puts it first; for a connection that is made later, too */
void schema_reenter(struct stage *stage); /* the same for a control connection that was made anew */
void schema_drop(struct stage *stage, stage_answer_fn *answer);
void schema_forget(struct stage *stage); /* it was dropped, or cannot be */

/* ---- guests.c: sessions on a second server ---- */

/* All of them: nothing where there are none. */
void guests_free(struct stage *stage);
bool guests_set_up(struct stage *stage); /* true when they stand */
bool guests_idle(const struct stage *stage);
bool guests_end(struct stage *stage);                            /* true when they are gone */
struct stage *lane_home(const struct lane *lane);                /* whose server it is on */
bool guests_setup_here(const struct stage *stage, size_t setup); /* it is run on the first server (too) */
bool guests_teardown_here(const struct stage *stage);
/* As control_ask_first(), on the second server; params are taken. */
void guests_ask_first(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer,
		      void *arg);

/* ---- setup.c: the start ---- */
void setup_start(struct stage *stage);
void setup_turn(struct stage *stage);
void setup_isolation(struct lane *lane); /* sends what gives its transactions the stage's isolation */

/* ---- stage.c ---- */

struct stage {
	struct loop *loop;
	struct ring *ring;
	struct conninfo info;
	const struct spec *spec;
	struct stage_options options;
	const char *isolation; /* of transactions that name none; NULL: as the server has it */
	stage_fact_fn *fn;
	void *arg;

	enum stage_state state;
	bool *cuts; /* [spec->nsteps] */
	const struct spec_permutation *permutation;
	size_t turn;
	struct lane *lanes, control;
	struct guests *guests; /* NULL: all sessions are on one server */
	struct record **records;
	size_t nrecords, records_cap, ndone;

	struct timer *soon; /* carries on, after something was heard */
	struct timer *tick; /* carries on, because nothing was */
	bool ticked;

	struct control_job *control_jobs, *control_job; /* queued, running */
	bool blind;                                     /* the server cannot say who waits */
	bool pinged;                                    /* blind: it has answered since the last news */
	bool asking;                                    /* it is being asked */
	unsigned asks;                                  /* of how many servers */
	bool news,
		asked_since_news; /* by hand: something was sent or done since it was asked; nothing was since it answered */
	enum { TIMEOUTS_UNASKED, TIMEOUTS_ASKED, TIMEOUTS_NONE, TIMEOUTS_SOME } timeouts; /* that may end a wait */
	uint64_t ask_ms; /* by hand: until it is asked again */
	bool ask_again;  /* by hand: once more, although all are known to wait */

	enum {
		SETUP_CONNECT,
		SETUP_POOL,
		SETUP_CLEAN,
		SETUP_NAME,
		SETUP_SCHEMA,
		SETUP_ISOLATION,
		SETUP_COMMON,
		SETUP_SESSIONS
	} setup;
	size_t setup_at; /* connecting and naming: 0 is the control connection, then the lanes; else the text */
	bool setup_sent;
	bool set_up; /* one set-up has succeeded, or there is none: there is something to tear down */
	struct schema schema;
	struct pool_probe *probe; /* while it is tried out whether sessions stay */

	struct automatic automatic;
	bool new_notice;

	enum {
		TEARDOWN_CANCEL,
		TEARDOWN_SESSIONS,
		TEARDOWN_GUESTS,
		TEARDOWN_CONNECT,
		TEARDOWN_COMMON,
		TEARDOWN_SCHEMA
	} teardown;
	size_t teardown_at;
	bool teardown_regular, teardown_sent;
	bool teardown_common_done;
	bool teardown_again; /* the control connection was lost with the teardown, which is sent once more */
	struct timer *patience;
	char *not_cleared;
};

void stage_forget_records(struct stage *stage);
void stage_stir(struct stage *stage);
void stage_tell(struct stage *stage, const struct stage_fact *fact);
void stage_fail(struct stage *stage, const struct stage_fact *fact);
void stage_off(struct stage *stage);

#endif
