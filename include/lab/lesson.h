/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson: a spec file whose #@ comments say what to tell, to ask and to expect. */
#ifndef LAB_LESSON_H
#define LAB_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/db.h"
#include "db/dialect.h"
#include "lab/spec.h"

/*
 * assets/teller-lesson.5 has the format: each directive, and the words of an OUTCOME and of a VALUE. What stands before
 * the first permutation holds for all of them; what stands behind a permutation holds for that one alone, and there goes
 * before what holds for all.
 */

/* One way in which a step may end. */
struct lesson_way {
	bool waits;
	long waits_for;    /* a session; -1: any */
	const char *end;   /* "ok", an SQLSTATE, "lost", or NULL: any */
	const char *reads; /* NULL: anything */
	const char *tag;   /* NULL: anything */
};

enum { LESSON_WAYS_MAX = 4 };

/* The ways parted by `or`: each of them is as good. */
struct lesson_outcome {
	struct lesson_way ways[LESSON_WAYS_MAX];
	size_t nways; /* 0: none is given */
};

/* Where a directive holds: permutation -1 is all of them, step -1 is none. */
struct lesson_scope {
	long permutation, step;
	struct spec_place place;
};

enum lesson_text_kind { LESSON_TITLE, LESSON_TEACHES, LESSON_SAY, LESSON_END };

struct lesson_text {
	enum lesson_text_kind kind;
	struct lesson_scope scope;
	const char *text; /* lines parted by \n */
};

struct lesson_answer {
	const char *text;
	struct lesson_outcome outcome; /* of the step, if this is what happens */
	bool right;
	const char *because; /* why it is right, or wrong; lines parted by \n; NULL: not said */
};

enum { LESSON_ANSWERS_MIN = 2, LESSON_ANSWERS_MAX = 9 };

struct lesson_ask {
	struct lesson_scope scope; /* asked before this step ... */
	long about;                /* ... and judged by what this one does: the same, or another */
	const char *question;
	struct lesson_answer answers[LESSON_ANSWERS_MAX];
	size_t nanswers;
};

struct lesson_expect {
	struct lesson_scope scope;
	struct lesson_outcome outcome;
};

/* What to tell once a step has done this; of several that fit, the first. */
struct lesson_after {
	struct lesson_scope scope;
	struct lesson_outcome outcome;
	const char *text; /* lines parted by \n */
};

struct lesson_check {
	struct lesson_scope scope;
	bool second; /* asked of the second server */
	const char *sql, *value;
};

/* What a word means. */
struct lesson_word {
	struct lesson_scope scope;
	const char *name;
	const char *text; /* lines parted by \n */
};

/* Where SQL is run, of a lesson with two servers. */
enum lesson_place_of { LESSON_ON_FIRST, LESSON_ON_SECOND, LESSON_ON_BOTH };

/* What of a lesson is on a second server; not `wanted`: nothing is. */
struct lesson_second {
	bool wanted;
	bool *sessions;               /* [nsessions] */
	enum lesson_place_of *setups; /* [nsetups] */
	enum lesson_place_of teardown;
	struct spec_place place; /* of the first mark; line 0: none */
};

/* A program that is built in does what the lesson teaches. */
struct lesson_program {
	struct lesson_scope scope;
	const char *topic;
};

enum { LESSON_RACE_MIN = 2, LESSON_RACE_MAX = 8 };

/* Ways of writing the lesson's transfer, to be raced by the user. */
struct lesson_race {
	struct lesson_scope scope;
	const char *ways[LESSON_RACE_MAX]; /* as load race takes them */
	size_t nways;
	unsigned hot; /* accounts that all workers want */
};

/* The connection of this step's session is cut when the server has done the step. */
struct lesson_cut {
	struct lesson_scope scope;
};

struct lesson_retry {
	struct lesson_scope scope;
	size_t session;
	unsigned attempt; /* that commits; 0: nothing is expected */
};

/* A name for the first row's first or named cell of what a step reads. */
struct lesson_let {
	struct lesson_scope scope;
	const char *name;
	const char *column; /* NULL: the first */
};

/* Where a step's SQL has a place for such a value: a comment with its name, and a literal that it replaces. */
struct lesson_place {
	size_t step;
	size_t from, to; /* bytes of its SQL, comment and literal */
	const char *name;
};

enum lesson_need_kind { LESSON_ABILITY, LESSON_PRODUCT, LESSON_SUPERUSER };

struct lesson_fact;
struct lesson_ability; /* what some servers do and others do not; the table is in src/lab/needs.c */

struct lesson_need {
	struct lesson_scope scope;
	enum lesson_need_kind kind;
	const struct lesson_ability *ability;
	bool without; /* the server must not have it */
	enum sql_server product;
	int major; /* of the product, at least; 0: any */
};

/* How it is known that a product does what an order expects: it was played there, or its documentation says so. */
enum lesson_proof_kind { LESSON_UNPROVED, LESSON_DOCUMENTED, LESSON_VERIFIED };

struct lesson_proof {
	struct lesson_scope scope;
	enum lesson_proof_kind kind;
	enum sql_server product;
};

/* What the user has to do: mend the SQL of steps, find an order that breaks a check, or write what steps will do. */
enum lesson_exercise { LESSON_NO_EXERCISE, LESSON_MEND, LESSON_FIND_ORDER, LESSON_FORETELL };

struct lesson_solution {
	struct lesson_scope scope; /* step -1: the order */
	const char *text;          /* SQL, or the names of the steps */
};

/* All of it is owned by the lesson; texts are raw bytes of the file: text_escape() before showing. */
struct lesson {
	struct spec *spec;
	char *source; /* the text that it was made from */
	size_t nsource;
	char *strings; /* what the texts point into */
	struct lesson_text *texts;
	size_t ntexts;
	struct lesson_ask *asks;
	size_t nasks;
	struct lesson_expect *expects;
	size_t nexpects;
	struct lesson_after *afters;
	size_t nafters;
	struct lesson_check *checks;
	size_t nchecks;
	struct lesson_let *lets;
	size_t nlets;
	struct lesson_place *places; /* in the order of the file */
	size_t nplaces;
	struct lesson_need *needs;
	size_t nneeds;
	struct lesson_proof *proofs;
	size_t nproofs;
	struct lesson_word *words;
	size_t nwords;
	struct lesson_second second;
	struct lesson_program *programs;
	size_t nprograms;
	struct lesson_race *races;
	size_t nraces;
	struct lesson_cut *cuts;
	size_t ncuts;
	struct lesson_retry *retries;
	size_t nretries;
	enum lesson_exercise exercise;
	struct spec_place exercise_place;
	struct lesson_scope *edits; /* steps that are the user's */
	size_t nedits;
	struct lesson_solution *solutions;
	size_t nsolutions;
};

/* Like spec_parse(): any spec is a lesson, and most say nothing. */
struct lesson *lesson_parse(const char *file, const char *text, size_t n, struct err *err);
void lesson_free(struct lesson *lesson);
/* The built-in lesson behind this one in the order of learning, exercises behind them; NULL: the last, or the user's own. */
const char *lesson_following(const char *name);

/* What is there for a step (-1: none) of a permutation, or NULL; borrowed. */
const char *lesson_text(const struct lesson *lesson, enum lesson_text_kind kind, long permutation, long step);
const struct lesson_ask *lesson_ask_of(const struct lesson *lesson, long permutation, long step);
const struct lesson_expect *lesson_expect_of(const struct lesson *lesson, long permutation, long step);
/* The questions of a permutation that this step decides, one after another from *at = 0; NULL: no more. */
const struct lesson_ask *lesson_ask_about(const struct lesson *lesson, long permutation, long step, size_t *at);
/* Whether this answer is what the step did; one without an outcome is, where it is right and all expected came true. */
bool lesson_answers(const struct lesson *lesson, long permutation, const struct lesson_ask *ask, size_t answer,
		    const struct lesson_fact *fact);

/* What races the ways of this order, as a command line appended; false where it has none. */
bool lesson_race_show(struct buf *out, const struct lesson *lesson, long permutation);
bool lesson_cuts(const struct lesson *lesson, long permutation, long step);

bool lesson_edits(const struct lesson *lesson, long step); /* the step's SQL is the user's, in an exercise */

/* NULL: this session's steps are sent as they are. */
const struct lesson_retry *lesson_retry_of(const struct lesson *lesson, long permutation, size_t session);
bool lesson_retries(const struct lesson *lesson, long permutation); /* any of its sessions */

/* What gives a name its value, or NULL; and the column of an answer that it is in, ncols where it has none. */
const struct lesson_let *lesson_let_of(const struct lesson *lesson, long permutation, const char *name, size_t n);
size_t lesson_let_column(const struct lesson_let *let, const struct rows *rows);

/* What a server must be like for the lesson (permutation -1), or for one of its permutations besides. */
struct lesson_server {
	enum sql_server kind;
	int major;
	bool superuser;
	const struct conninfo *second; /* where another server is; NULL: there is none. Not set by lesson_server_of() */
};
bool lesson_server_of(const struct db *db, struct lesson_server *server); /* false where it is not connected */
bool lesson_runs(const struct lesson *lesson, long permutation, const struct lesson_server *server, struct err *why);

/* What is known of an order on a product; LESSON_UNPROVED where it does not run there. */
enum lesson_proof_kind lesson_proof_of(const struct lesson *lesson, long permutation, enum sql_server product);
/* The orders that run on the newest of a product, and how many of them are proved so. */
struct lesson_proved {
	size_t orders, verified, documented;
};
struct lesson_proved lesson_proved_on(const struct lesson *lesson, enum sql_server product);

/* What a step did, as far as it is known. */
struct lesson_fact {
	bool waited;
	const bool *waited_for; /* [nsessions], or NULL: not known */
	bool complete;
	const char *sqlstate; /* NULL: no error */
	bool lost;            /* the connection was, without an answer */
	const char *reads;    /* the last answer with rows, as a VALUE; NULL: none */
	const char *tag;
};
bool lesson_holds(const struct lesson_outcome *outcome, const struct lesson_fact *fact);
/* What to tell of a step that did this, as far as it is known; borrowed, NULL: nothing. */
const char *lesson_after_of(const struct lesson *lesson, long permutation, long step, const struct lesson_fact *fact);

void lesson_product_show(struct buf *out, enum sql_server product);     /* as in a directive: "pg" */
void lesson_need_show(struct buf *out, const struct lesson_need *need); /* as in its directive: "pg>=15" */

/* Both in the words of an OUTCOME, harmless, as in "waits for A ok reads 500"; `out` is empty before. */
void lesson_outcome_show(struct buf *out, const struct lesson *lesson, const struct lesson_outcome *outcome);
void lesson_fact_show(struct buf *out, const struct lesson *lesson, const struct lesson_fact *fact);

#endif
