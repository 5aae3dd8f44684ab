/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLAlchemy would call the parameters of a statement. */
#ifndef EVENT_NAMES_H
#define EVENT_NAMES_H

#include <stddef.h>

#include "base/buf.h"

/* names[k - 1] is the name of $k, and owned; n = the largest k. Zero-initialise. */
struct names {
	size_t n;
	char **names;
};

void names_find(struct names *names, const char *sql);
void names_free(struct names *names);

/* Appends the statement with $k written as %(name)s. */
void names_put_in(struct buf *out, const struct names *names, const char *sql);

#endif
