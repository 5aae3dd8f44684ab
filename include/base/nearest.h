/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest match of a mistyped word, for "did you mean". */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* Zero-initialise with `word`, show it each candidate, read `best`: borrowed, NULL where nothing is near. */
struct nearest {
	const char *word;
	const char *best;
	size_t distance;
};

void nearest_try(struct nearest *nearest, const char *candidate);

#endif
