/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms of events in a trace that is written: what many of them have in common is written once, by a number. */
#ifndef TRACE_FORMS_INTERNAL_H
#define TRACE_FORMS_INTERNAL_H

#include <stdbool.h>

#include "event/event.h"
#include "texts_internal.h"

/*
 * A form has of an event: kind, session, lane, verb, outcome, attempt, limit, statement, round trip, rows, its marks,
 * SQLSTATE, statement and tag. The rest is each event's own: number, time, transaction, duration, wait, and the texts.
 */
enum { FORMS_MAX = 1024 /* of one trace */ };

struct forms;
struct forms *forms_new(void);
void forms_free(struct forms *forms); /* NULL is fine */

/* The event's form, or 0: it has none, because it is the first like it, it is long, or there are too many. *is_new: its line
 * is to be written first. `kept`: the same pointer in event->sql is the same text, as long as the forms are there;
 * `sql`: else the number of that text, or 0. */
unsigned forms_number(struct forms *forms, const struct event *event, bool kept, unsigned sql, bool *is_new);

#endif
