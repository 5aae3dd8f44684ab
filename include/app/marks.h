/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts that were marked, by their ids, whatever the list shows: what `delete` and `transfer` take where none is named. */
#ifndef APP_MARKS_H
#define APP_MARKS_H

#include <stdbool.h>
#include <stddef.h>

enum { MARKS_MAX = 60 }; /* as many as a line holds as words */

/* Zero-initialise. In the order in which they were marked; owned. */
struct marks {
	size_t n;
	char *ids[MARKS_MAX];
};

bool marks_has(const struct marks *marks, const char *id);
bool marks_toggle(struct marks *marks, const char *id); /* false: there is no room for one more */
void marks_clear(struct marks *marks);

#endif
