/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The movements that every view knows, from the names of their commands; and where a list that moves begins. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/view.h"

static long times(const char *argument)
{
	long n = argument ? strtol(argument, NULL, 10) : 1;
	return n < 1 ? 1 : n > 1000000 ? 1000000 : n;
}

struct motion motion_of(const char *action, const char *argument, int page)
{
	long full = page > 1 ? page - 1 : 1, half = page > 2 ? page / 2 : 1;
	const struct {
		const char *name;
		struct motion motion;
	} table[] = {
		{"up", {MOTION_BY, -1}},          {"down", {MOTION_BY, 1}},        {"page-up", {MOTION_BY, -full}},
		{"page-down", {MOTION_BY, full}}, {"half-up", {MOTION_BY, -half}}, {"half-down", {MOTION_BY, half}},
		{"first", {MOTION_FIRST, 0}},     {"last", {MOTION_LAST, 0}},      {"left", {MOTION_SIDE, -1}},
		{"right", {MOTION_SIDE, 1}},
	};
	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i].name, action) == 0)
			return (struct motion){table[i].motion.kind, table[i].motion.by * times(argument)};
	return (struct motion){MOTION_NONE, 0};
}

static uint64_t scroll_up(const struct scroll *list, uint64_t top, uint64_t selected)
{
	uint64_t more = top - selected < list->ahead ? list->ahead : 0;
	return selected > list->first + more ? selected - more : list->first;
}

static uint64_t scroll_down(const struct scroll *list, uint64_t top, uint64_t selected)
{
	uint64_t gone = selected - top - list->height;
	uint64_t least = selected - list->height + 1 + (gone < list->ahead ? list->ahead : 0);
	return least < selected ? least : selected;
}

uint64_t scroll_top(const struct scroll *list, uint64_t top, uint64_t selected)
{
	struct scroll seen = *list;
	if (!seen.height)
		seen.height = 1;
	if (seen.ahead >= seen.height)
		seen.ahead = seen.height - 1;
	if (top < seen.first)
		top = seen.first;
	if (selected < top)
		top = scroll_up(&seen, top, selected);
	else if (selected - top >= seen.height)
		top = scroll_down(&seen, top, selected);
	uint64_t most = seen.first + (seen.count > seen.height ? seen.count - seen.height : 0);
	return top < most ? top : most;
}
