/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes passwords out of texts before they reach a file: those of connection strings, and of roles in SQL. */
#ifndef TRACE_SECRET_INTERNAL_H
#define TRACE_SECRET_INTERNAL_H

#include <stdbool.h>

#include "base/buf.h"
#include "event/event.h"

bool secret_suspected(const char *text, size_t n); /* there may be one; false: there is none */
void secret_hide(char *text);                      /* in place */

/* Hides them in an event: a text that may hold one is replaced by a copy in `hold`, which is emptied first. */
void secret_hide_event(struct event *event, struct buf *hold);

#endif
