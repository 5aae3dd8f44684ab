/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values that a lesson's steps have read under a name, and where they are sent and told. */
#ifndef LAB_VALUES_H
#define LAB_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/rows.h"
#include "lab/lesson.h"

/* Of the order that is played; the lesson must outlive it. */
struct values;
struct values *values_new(const struct lesson *lesson);
void values_free(struct values *values);
void values_begin(struct values *values, long permutation); /* nothing is known */

/* What a step has read; NULL or no row: nothing, and what was known before stays. */
void values_learn(struct values *values, size_t step, const struct rows *rows);

/* The value of lesson->lets[i], NULL for SQL NULL; false where it is not known. */
bool values_known(const struct values *values, size_t i, const char **text);
void values_set(struct values *values, size_t i, const char *text);

/* A statement with parameters in the place of literals; all of it is owned. */
struct values_sent {
	char *sql;   /* with $1 ... */
	char *shown; /* with the values, for reading, raw */
	char *params[16];
	size_t n;
};
/* False where nothing that is known has a place in this step: its SQL is sent as it is. */
bool values_bind(const struct values *values, size_t step, struct values_sent *sent);
void values_sent_free(struct values_sent *sent);

/* A step's SQL for reading, raw: values that are known, and :NAME for others. `values` may be NULL: none is known. */
void values_show(struct buf *out, const struct values *values, const struct lesson *lesson, size_t step);

/* text[0..n) harmless, with the values of {NAME}; the name alone where it is not known. `values` may be NULL. */
void values_text(struct buf *out, const struct values *values, const char *text, size_t n);

#endif
