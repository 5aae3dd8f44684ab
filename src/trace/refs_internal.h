/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lines of a trace that is read have said for later ones: texts of statements, and forms of events. */
#ifndef TRACE_REFS_INTERNAL_H
#define TRACE_REFS_INTERNAL_H

#include <stdbool.h>

#include "event/event.h"
#include "event/json.h"
#include "trace/index.h"

struct refs;
struct refs *refs_new(void);
void refs_free(struct refs *refs); /* NULL is fine */

/* Takes such a line, {"state":"text"...} or {"state":"form"...}; and {"state":"base"...} into `base`. False where it is
 * none of them. */
bool refs_take(struct refs *refs, const struct json_object *object, struct trace_base *base);
bool refs_is_line(const char *line, size_t n); /* by how it begins */
bool refs_is_base(const char *line, size_t n);

/* A statement's text; borrowed, NULL: there is none of that number. */
const char *refs_text(const struct refs *refs, int64_t number);
/* The event of that form as far as it goes; false where there is no such form, or not its statement. */
bool refs_form(const struct refs *refs, int64_t number, struct event *event);

#endif
