/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A directory with the tests' own program called cockroach in it, of a version, and what must be gone after a cluster
 * of it. */
#ifndef SUPPORT_COCKROACH_H
#define SUPPORT_COCKROACH_H

#include <stdbool.h>

struct cockroach_dir {
	char path[64];    /* its processes have this in their command lines */
	char option[100]; /* --cockroach=PATH/cockroach */
};

/* `version`: "19.1", "22.1" or "25.2" (tests/cockroach/cockroach.h). */
void cockroach_dir_make(struct cockroach_dir *dir, const char *version);
/* Fails where processes are left; drops the databases of its clusters. */
void cockroach_dir_remove(struct cockroach_dir *dir);

/* What goes wrong from now on: a word of those in tests/cockroach/cockroach.h; "" for nothing. */
void cockroach_trouble(const struct cockroach_dir *dir, const char *word);
bool cockroach_in_trouble(const struct cockroach_dir *dir, const char *word); /* it is still to come */

/* No process, no private directory in $TMPDIR, and where `port` is not 0 nobody who listens there. */
void cockroach_expect_gone(const struct cockroach_dir *dir, int port);

#endif
