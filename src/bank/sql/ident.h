/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of tables and columns as they are written in SQL. */
#ifndef BANK_IDENT_H
#define BANK_IDENT_H

#include <stdbool.h>

#include "base/buf.h"

/* True where the name means itself on both servers without quotes: lower case, and no key word that any of them
 * keeps. */
bool ident_is_plain(const char *name);

/* Appends the name, in double quotes where it needs them. */
void ident_add(struct buf *sql, const char *name);
char *ident_quoted(const char *name); /* the same, owned */

/*
 * Takes what a person wrote apart: NAME or SCHEMA.NAME, each as it is or, where it holds a dot or a quote, in double
 * quotes as in SQL. *schema is NULL where there is none; both are owned by the caller. False: that is not a name.
 */
bool ident_split(const char *text, char **schema, char **name);

#endif
