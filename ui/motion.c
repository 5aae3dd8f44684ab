/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The movements that every view knows, from the names of their commands. */
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
