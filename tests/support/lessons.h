/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped lessons as a server plays them: how many orders, and where a lesson stands in the list. */
#ifndef SUPPORT_LESSONS_H
#define SUPPORT_LESSONS_H

#include <stddef.h>

#include "lab/lesson.h"

struct lessons_orders {
	size_t played, skipped; /* of all lessons, on this server */
};

struct lesson *lessons_parsed(const char *name, const char *text); /* owned; a refusal ends the running test */
struct lessons_orders lessons_orders(struct lesson_server server);
struct lesson_server lessons_postgres(bool superuser); /* the suite's server, for a role that is one or not */
size_t lessons_count(void);
size_t lessons_index(const char *name); /* in the list, from 0; a lesson that is not there ends the running test */

#endif
