/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A trace whose texts try to be something else than texts, wherever it may be read. */
#ifndef TRACE_HOSTILE_H
#define TRACE_HOSTILE_H

#include <stdbool.h>

/* In every text of every kind of event, and in the header; of the sessions of a lesson, or of transfers. */
void hostile_trace(const char *path, bool lesson);

#endif
