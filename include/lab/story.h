/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be said of a lesson, in which order and in which words; the screen and plain lines only show it. */
#ifndef LAB_STORY_H
#define LAB_STORY_H

#include "lab/judge.h"
#include "lab/player.h"

enum story_kind {
	STORY_TITLE,     /* of an order that begins */
	STORY_ERROR,     /* why it does not go on */
	STORY_TEXT,      /* the lesson's: before a step, or behind the last one */
	STORY_WORD,      /* who is a word that is new in this order, text what it means */
	STORY_QUESTION,  /* about the next step; its answers follow */
	STORY_ANSWER,    /* number from 1; good: the one that the lesson has for right */
	STORY_NEXT,      /* the next step: number, who; text is its SQL */
	STORY_STEP,      /* likewise one that the user looks at */
	STORY_OUTCOME,   /* of a step: number, who, late; bad: an error or a surprise, good: a commit */
	STORY_ENGINE,    /* what the engine did between two steps: who */
	STORY_JUDGED,    /* of a question: the server's answer; good: the given one, bad: another was given */
	STORY_ASTRAY,    /* why the lesson's texts are not told any more */
	STORY_REASON,    /* why an answer is right, or wrong */
	STORY_CHECK,     /* good: it holds */
	STORY_VERDICT,   /* of `lab run`: number is a line of the file */
	STORY_LEFT,      /* what is left of the lesson on the server */
	STORY_PROGRAM,   /* text is the topic of a program that does what the lesson teaches */
	STORY_RACE,      /* text is the command line that races ways of writing what the lesson is about */
	STORY_SURPRISES, /* how many steps did something else than the lesson expects */
	STORY_SCORE,     /* of the answers */
};

enum story_colour { STORY_PLAIN, STORY_GOOD, STORY_BAD };

struct story_item {
	enum story_kind kind;
	enum story_colour colour;
	size_t number;
	bool late;  /* another step has been sent since: it needs its name */
	char *who;  /* harmless, as in "A" or "A, attempt 2"; "" where there is none */
	char *text; /* harmless; the lesson's own texts keep their newlines */
};

/* Zero-initialise. */
struct story_items {
	struct story_item *at;
	size_t n;
	const struct values *values; /* for {NAME} in the lesson's texts: of the player that is told; else NULL */
};
void story_items_free(struct story_items *items);

/* ---- each adds what there is to say ---- */

void story_title(struct story_items *items, const struct player *player);
void story_ahead(struct story_items *items, const struct player *player); /* texts, the open question, the next step */
void story_end(struct story_items *items, const struct player *player);   /* of an order that is over */

/* All of it that is of use now: what has happened since the last step was sent, what comes, the end. */
void story_now(struct story_items *items, const struct player *player);
void story_row(struct story_items *items, const struct player *player, size_t row); /* for the user who looks back */

/* What the lesson says before a step of a permutation, without a server; behind each answer stands its reason. */
void story_before(struct story_items *items, const struct lesson *lesson, long permutation, long step);

void story_verdict(struct story_items *items, const struct judge_verdict *verdict);

/* ---- sentences at the end ---- */

enum status story_surprised(struct err *err, uint64_t surprises);     /* ST_CHECK; ST_OK for none */
enum status story_left(struct err *err, const struct player *player); /* ST_STATEMENT; ST_OK where nothing is left */

/* ---- as it happens ---- */

/* Follows a player, which must outlive it, and has each thing said once. */
struct story;
struct story *story_new(const struct player *player);
void story_free(struct story *story);
void story_begin(struct story *story); /* the player begins an order: nothing of it was said */
/* What became of the steps since the last call: the last step's first, then those that it let go on. */
void story_follow(struct story *story, struct story_items *items);

/* ---- the outcome of a step ---- */

enum story_end {
	STORY_TO_COME,
	STORY_RUNS,
	STORY_WAITS,
	STORY_FAILED, /* code, message */
	STORY_CUT,    /* its answer was lost with the connection, which we cut */
	STORY_READS,  /* rows */
	STORY_DONE,   /* tag, "" for an empty statement */
};

/* All borrowed from the record, raw. */
struct story_outcome {
	enum story_end end;
	const struct stage_record *record;
	const char *code,
		*message;        /* of its first error, which says why; code "": the connection was lost without one */
	const char *tag;         /* the last one; "" where there is none */
	const struct rows *rows; /* the last answer that has rows */
};
struct story_outcome story_outcome(const struct stage_record *record); /* NULL: still to come */

/* Harmless, as in "waits for A", "error 40001: could not serialize access", "reads 500", "UPDATE 1". */
void story_outcome_words(struct buf *out, const struct spec *spec, const struct story_outcome *outcome);

/* Whom a step waits for: "A", "A and another session"; nothing where that is not known. */
void story_blockers(struct buf *out, const struct spec *spec, const struct stage_record *record);

/* An answer as lessons write it: "1, 500; 2, NULL", "no rows"; harmless, at most so many columns (0: all). */
void story_value(struct buf *out, const struct rows *rows, size_t columns);

#endif
