/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON; the only door to jansson. */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends s as a JSON string with quotes; NULL becomes null. False where some bytes are not UTF-8: 0xe9 becomes
 * \udce9, half of a surrogate pair, as no text has it (Python's surrogateescape reads it back). */
bool json_add_string(struct buf *out, const char *s, size_t n);

#endif
