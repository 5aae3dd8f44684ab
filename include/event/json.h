/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON; the only door to jansson. */
#ifndef EVENT_JSON_H
#define EVENT_JSON_H

#include <stddef.h>

#include "base/buf.h"

/* Appends s as a JSON string with quotes; NULL becomes null; bytes that are not UTF-8 become U+FFFD. */
void json_add_string(struct buf *out, const char *s, size_t n);

#endif
