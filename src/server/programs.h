/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where PostgreSQL's server programs are on this machine. */
#ifndef SERVER_PROGRAMS_H
#define SERVER_PROGRAMS_H

#include <limits.h>

#include "base/err.h"

/* Paths of two programs of one version, symbolic links resolved: PostgreSQL finds its other files from there. */
struct programs {
	char initdb[PATH_MAX];
	char postgres[PATH_MAX];
};

/* $TELLER_PG_BINDIR and nothing else where it is set; else PATH, `pg_config --bindir`, /usr/lib/postgresql/N/bin for
 * the highest N. Runs in the guardian, as the server's user. */
MUST_CHECK enum status programs_find(struct programs *programs, char *const *env, struct err *err);

#endif
