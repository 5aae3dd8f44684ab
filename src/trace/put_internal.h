/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of JSON as a trace has them: numbers, and texts without what is secret. */
#ifndef TRACE_PUT_INTERNAL_H
#define TRACE_PUT_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

enum { PUT_DIGITS = 24 /* characters of a number, at most, with its sign */ };

/* Characters that a text of n bytes takes, at most. */
static inline size_t put_room(size_t n)
{
	return 6 * n + 2; /* \u001b for one byte, and quotes */
}

/* Written where there is room for them; where they end. */
char *put_number(char *p, uint64_t number);
char *put_signed(char *p, int64_t number);

/* In quotes, without the password of a connection string, in whatever sentence it stands, or of a role. A byte that is
 * no text stands there as people see it: \xe9. */
char *put_text(char *p, const char *s, size_t n);

#endif
