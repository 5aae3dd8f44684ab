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

/*
 * In `bindir` and nowhere else; where that is NULL, in $TELLER_PG_BINDIR and nowhere else. Without either the newest of those on
 * PATH, where `pg_config --bindir` says and in /usr/lib/postgresql/N/bin; but one of the version `major` rather than a newer
 * one, unless that is 0. Runs in the guardian, as the server's user.
 */
MUST_CHECK enum status programs_find(struct programs *programs, const char *bindir, int major, char *const *env,
				     struct err *err);

#endif
