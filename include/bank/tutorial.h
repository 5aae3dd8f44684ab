/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's statements, in its own words, and its two transactions: add random accounts; move half of one to another. */
#ifndef BANK_TUTORIAL_H
#define BANK_TUTORIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bank/catalogue.h"
#include "base/rng.h"
#include "txn/body.h"

/* What the tutorial's program sends before there is a table. Owned; `qualified` where a name may find what a user
 * made. */
char *tutorial_sql_schema(bool qualified);
char *tutorial_sql_tables(bool qualified); /* $1 schema: the names of its tables */
extern const char tutorial_sql_create[];

/* The tutorial's texts for the table of a catalogue, laid out as SQLAlchemy does. Zero-initialise; owned. */
struct tutorial_sql {
	char *ids;    /* at most TUTORIAL_IDS_MAX of them */
	char *insert; /* $1 id, $2 balance */
	char *read;   /* $1 id */
	char *debit;  /* $1 the new balance, $2 id: what was read is written back, less the amount */
	char *credit; /* $1 amount, $2 id */
	char *count;
	size_t nfixed; /* what the fixed columns hold, bound behind the parameters above */
	char *fixed[BANK_KEYS_MAX];
};
enum { TUTORIAL_IDS_MAX = 100000 };
void tutorial_sql_make(struct tutorial_sql *sql, const struct catalogue *catalogue);
void tutorial_sql_bind(const struct tutorial_sql *sql, struct statement *statement); /* of one of these texts */
void tutorial_sql_free(struct tutorial_sql *sql);

/* Ids that were seen: each once, any of them by its number. */
struct ids;
struct ids *ids_new(void);
void ids_free(struct ids *ids);
bool ids_add(struct ids *ids, const char *id); /* false where it is there already */
size_t ids_count(const struct ids *ids);
const char *ids_at(const struct ids *ids, size_t i); /* borrowed */

/*
 * Adds n accounts, an INSERT each, with ids that are not in `ids` (and are then) and random balances. NULL with a
 * sentence where no free ids are found. An id that another session took meanwhile rejects the whole, and
 * adding_collided() says so. All borrowed.
 */
struct adding;
struct adding *adding_new(const struct catalogue *catalogue, const struct tutorial_sql *sql, struct ids *ids,
			  unsigned n, struct rng *rng, struct err *err);
void adding_free(struct adding *adding);
struct body *adding_body(struct adding *adding);
bool adding_collided(const struct adding *adding);

/*
 * Moves half of the source, rounded down, to the destination: the source's balance is read and written back, which is
 * right only where nobody else can write it in between: REPEATABLE READ at the least. Rejected where there is nothing
 * to halve. All borrowed.
 */
struct halving;
struct halving *halving_new(const struct tutorial_sql *sql, const char *source, const char *destination);
void halving_free(struct halving *halving);
struct body *halving_body(struct halving *halving);
const char *halving_amount(const struct halving *halving); /* once it has committed; borrowed */

#endif
