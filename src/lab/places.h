/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The places for values in the SQL of a step: a comment with a name directly before a literal. */
#ifndef LAB_PLACES_H
#define LAB_PLACES_H

#include "lab/lesson.h"

enum { PLACES_MAX = 16 }; /* of a step */

/* A place of which the step is not known yet. Appended to places[0..n), and n raised; names are raw and borrowed from
 * `sql`, `length` bytes long. ST_USAGE with a sentence about the SQL where a place is not well made. */
struct place {
	const char *name;
	size_t length;
	size_t from, to; /* bytes of the SQL: the comment and the literal */
};
MUST_CHECK enum status places_find(const char *sql, struct place places[PLACES_MAX], size_t *n, struct err *err);

/* Past what begins at that byte of the SQL: a text or a name in quotes, a comment, or the byte alone. */
const char *places_skip(const char *sql, const char *at);

/* Letters, digits and _, not a digit first, and not too long. */
bool places_is_name(const char *name, size_t n);

#endif
