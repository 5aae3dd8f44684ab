/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts that were marked, by their ids, whatever the list shows: what `delete` and `transfer` take where none is named. */
#include "app/marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t marks_find(const struct marks *marks, const char *id)
{
	size_t i = 0;
	while (i < marks->n && strcmp(marks->ids[i], id) != 0)
		i++;
	return i;
}

bool marks_has(const struct marks *marks, const char *id)
{
	return marks_find(marks, id) < marks->n;
}

bool marks_toggle(struct marks *marks, const char *id)
{
	size_t i = marks_find(marks, id);
	if (i == marks->n) {
		if (marks->n == MARKS_MAX)
			return false;
		marks->ids[marks->n++] = mem_dup(id);
		return true;
	}
	free(marks->ids[i]);
	marks->n--;
	memmove(marks->ids + i, marks->ids + i + 1, (marks->n - i) * sizeof *marks->ids);
	return true;
}

void marks_clear(struct marks *marks)
{
	for (size_t i = 0; i < marks->n; i++)
		free(marks->ids[i]);
	marks->n = 0;
}
