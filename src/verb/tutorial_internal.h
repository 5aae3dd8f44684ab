/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial while it runs. */
#ifndef VERB_TUTORIAL_INTERNAL_H
#define VERB_TUTORIAL_INTERNAL_H

#include "app/app_private.h"
#include "bank/tutorial.h"
#include "event/echo.h"

/*
 * The schema's name, its tables, the table where it is missing, the ids that there are, the accounts in chunks, the
 * transfer, the count; each is sent from the end of the one before. Ids that collide are read and drawn again; so is
 * a pair that cannot be halved.
 */
struct teaching {
	struct job job;
	struct run *run;
	struct echo *echo;
	struct cursor cursor;
	struct buf shown; /* on a screen: the lines so far */
	struct rng rng;
	struct tutorial_sql sql;
	struct ids *ids;
	struct adding *adding;
	struct halving *halving;
	const char *source, *destination; /* of the pair, in `ids` */
	unsigned wanted, added, chunk, collisions, pairs;
	char *schema;
	bool listed; /* the table's name was among those of the schema */
	char count[32];
	struct err err;
	void (*next)(struct teaching *teaching); /* once the statements that were sent are answered */
};

/* tutorial.c: what it prints, how it ends, statements outside the engine */

/* Prints the statements since the last time; `all`, with an INSERT that may be sent on. */
void teaching_print(struct teaching *teaching, bool all);
void teaching_pass_over(struct teaching *teaching); /* what was sent since then is not printed */

void teaching_finish(struct teaching *teaching);
/* "the tutorial stopped WHERE: why" */
void teaching_fail(struct teaching *teaching, enum status status, const char *where, const char *why);

/* An error of a statement ends the tutorial, else next() follows when all are answered. `param` may be NULL. */
typedef void teaching_answer_fn(void *arg, size_t index, const struct answer *answer);
typedef void teaching_next_fn(struct teaching *teaching);
void teaching_send(struct teaching *teaching, const struct statement *statements, size_t n, teaching_answer_fn *answer,
		   teaching_next_fn *next);
void teaching_ask(struct teaching *teaching, const char *sql, const char *param, teaching_answer_fn *answer,
		  teaching_next_fn *next);
void teaching_keep_error(struct teaching *teaching, const struct answer *answer);

/* teach_table.c */
void teaching_begin(struct teaching *teaching);

/* teach_money.c */
void teaching_read_ids(struct teaching *teaching); /* and all that follows */
void teaching_add_accounts(struct teaching *teaching);

#endif
