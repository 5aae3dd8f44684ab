/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The temporary directory of a private server: made, locked, removed, and swept when its owner is gone. */
#ifndef SERVER_HOME_H
#define SERVER_HOME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * $TMPDIR/teller-demo-XXXXXX; without a TMPDIR in /dev/shm where that has enough to spare; else, or where that is too
 * long for a socket or cannot be used, in /tmp. Mode 0700. PostgreSQL's socket is in it, and data/ if they are thrown
 * away; of a cluster its certificates and a directory for each node. It belongs to the process that has it open and
 * locked (flock): one whose lock is free has lost its owner.
 */
struct home {
	char path[108];
	int fd; /* -1: none */
};

#define HOME_NODE "node%u"  /* the working directory of node 1, 2 ... */
#define HOME_NODE_PID "pid" /* in it: the number of its process */

/* `memory_min`: the bytes that /dev/shm must have to spare. */
MUST_CHECK enum status home_make(struct home *home, uint64_t memory_min, struct err *err);

/* Removes it with all that is in it. What cannot be removed is left to a later sweep. */
void home_remove(struct home *home);

/* Ends and removes what lost its owner in the places where home_make() works and belongs to `uid`. */
void home_sweep(uid_t uid);

/* The same for one of them, by its path. */
void home_reclaim(const char *path, uid_t uid);

#endif
