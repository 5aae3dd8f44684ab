/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion of a command line. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <stddef.h>

#include "base/buf.h"

struct app;

/* Names of commands (first word) or of arguments that begin with what stands left of `at`; for completion. Each
 * match is appended to `out`, NUL-terminated, one after another; returns how many. *from is where the word being
 * completed begins. */
size_t command_complete(struct app *app, const char *line, size_t at, struct buf *out, size_t *from);

#endif
