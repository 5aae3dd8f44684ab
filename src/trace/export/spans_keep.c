/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An event with strings of its own, in one piece of memory. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "spans_internal.h"

struct event *spans_keep(const struct event *event)
{
	struct event copy = *event;
	const char **const texts[] = {&copy.lane,        &copy.sql,          &copy.params,      &copy.values,
				      &copy.tag,         &copy.message,      &copy.detail,      &copy.holder.name,
				      &copy.holder.user, &copy.holder.state, &copy.holder.holds};
	size_t size = sizeof copy;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		size += *texts[i] ? strlen(*texts[i]) + 1 : 0;
	char *memory = mem_array(size, 1), *at = memory + sizeof copy;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		size_t n = *texts[i] ? strlen(*texts[i]) + 1 : 0;
		if (n)
			*texts[i] = memcpy(at, *texts[i], n);
		at += n;
	}
	return memcpy(memory, &copy, sizeof copy);
}
