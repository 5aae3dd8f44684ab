/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement in few columns: what it does, to which rows and by how much comes first; pure. */
#ifndef EVENT_SHORTEN_H
#define EVENT_SHORTEN_H

#include "base/buf.h"

/* `text` is one line of harmless SQL. What fits stays as it is; else "UPDATE 104  -625", "SELECT id = 104", "BEGIN
 * SERIALIZABLE"; and only what is too long even so is cut, at its end. */
void shorten_sql(struct buf *out, const char *text, int columns);

#endif
