/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A primary and its streaming standby, which can lag, be promoted, and outlive the primary. */
#ifndef SUPPORT_REPLICA_H
#define SUPPORT_REPLICA_H

#include <stdbool.h>

#include "tests/support/own_server.h"

struct replica {
	struct own_server primary, standby;
};

/* Makes a primary with a database bank, and a standby that streams from it, asynchronously. PG* is left as it is. */
void replica_make(struct replica *replica);
void replica_make_with(struct replica *replica,
		       const char *const options[]); /* more words for the primary, ended by NULL */
void replica_remove(struct replica *replica);

/* A commit waits until the standby has it (synchronous_standby_names), or no longer. */
void replica_set_synchronous(struct replica *replica, bool on);

/* What the primary has written up to now is there on the standby, and shown by it. */
void replica_catch_up(struct replica *replica);

/* The standby hears nothing more of the primary: a promotion loses what follows. For good. */
void replica_detach(struct replica *replica);

/* The same, but nobody notices: the sender stands still, and the primary believes that its standby follows. */
void replica_stall(struct replica *replica);

/* It receives, but does not show what it received; a promotion loses nothing. */
void replica_pause(struct replica *replica);
void replica_resume(struct replica *replica);

/* The primary goes as in a power cut; the standby takes writes when this returns. */
void replica_fail_over(struct replica *replica);
void replica_promote(
	struct replica *replica); /* only that; the old primary, where it runs, goes on in a history of its own */

/* After a promotion: the promoted one is the primary now, with a new standby, asynchronous. */
void replica_turn(struct replica *replica);

/* A client's connection string with both, target_session_attrs=read-write. Static, for one call. */
const char *replica_target(const struct replica *replica, const char *database);

#endif
