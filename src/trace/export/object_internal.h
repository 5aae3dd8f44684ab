/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON piece by piece, with commas where they belong; a text is harmless on a terminal and in a page of HTML, too. */
#ifndef TRACE_OBJECT_INTERNAL_H
#define TRACE_OBJECT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* `key` NULL: an item of a list. */
void object_begin(struct buf *out, const char *key);
void object_end(struct buf *out);
void object_list(struct buf *out, const char *key);
void object_list_end(struct buf *out);
void object_text(struct buf *out, const char *key, const char *text); /* raw; nothing where it is NULL */
void object_number(struct buf *out, const char *key, int64_t number);
void object_true(struct buf *out, const char *key, bool value); /* unless it is false */

#endif
