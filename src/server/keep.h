/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory of --keep: made or recognised, locked, and refused with a sentence where it is not ours. */
#ifndef SERVER_KEEP_H
#define SERVER_KEEP_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"
#include "src/server/user.h"

/*
 * DIR/teller-demo marks it as ours, DIR/data holds the cluster. A cluster is made as DIR/data.new and renamed when it
 * is complete, so that what is called data is whole.
 */
struct keep {
	char path[PATH_MAX]; /* absolute */
	int fd;              /* open and locked; -1: none */
	bool filled;         /* data is there */
};

/* First as root (if we are): makes the directory where it is missing and gives it to `user`. */
MUST_CHECK enum status keep_make(const char *dir, const struct server_user *user, struct err *err);

/* Then as `user`: opens, checks, locks, marks, and clears away a cluster that was never completed. */
MUST_CHECK enum status keep_open(struct keep *keep, const char *dir, const struct server_user *user, struct err *err);

/* The version of PostgreSQL that made the data, 15; 0: it does not say. */
int keep_major(const struct keep *keep);

/* data.new becomes data, durably. */
MUST_CHECK enum status keep_complete(struct keep *keep, struct err *err);

#endif
