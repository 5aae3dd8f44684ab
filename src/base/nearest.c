/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest match of a mistyped word: edits and swaps of neighbours, counted. */
#include "base/nearest.h"

#include <string.h>

enum { WORD_MAX = 24 };

static size_t nearest_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, change, or swap two neighbours, each one edit. */
static size_t nearest_edits(const char *a, size_t na, const char *b, size_t nb)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];
	for (size_t i = 0; i <= na; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			size_t change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			d[i][j] = nearest_least(change, nearest_least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = nearest_least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[na][nb];
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	size_t n = strlen(nearest->word), m = strlen(candidate);
	if (n < 2 || n > WORD_MAX || m > WORD_MAX)
		return;
	size_t distance = nearest_edits(nearest->word, n, candidate, m);
	size_t limit = n < 5 ? 1 : n < 9 ? 2 : 3;
	if (distance <= limit && (!nearest->best || distance < nearest->distance)) {
		nearest->best = candidate;
		nearest->distance = distance;
	}
}
