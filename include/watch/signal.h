/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a server to cancel another session's statement, or to end that session. */
#ifndef WATCH_SIGNAL_H
#define WATCH_SIGNAL_H

#include "db/db.h"

enum session_signal {
	SIGNAL_CANCEL, /* its statement, if one runs */
	SIGNAL_END,    /* the session; what it has not committed is rolled back */
};

/* The session as it was listed: `pid` and `start_us` of struct server_session. A process number alone may be another's
 * by now; the two of them never are. Where the role may not see the start, it is "", and the number has to do. */
struct signalled {
	int pid;
	const char *start_us;
	const char *id; /* the whole of it on a server without process numbers */
	/* Only while it is in that transaction, `xact_start_us` as it was listed, "" for none; NULL: in whichever. A session
	 * that a pooler made works for one client after another. */
	const char *xact_start_us;
};

/* `sent`: the server has passed it on, and the session obeys soon, or has done so; false with err NULL: there is no
 * such session any more. */
typedef void session_signal_fn(void *arg, bool sent, const struct err *err);

/* `db` must be DB_IDLE, outside a transaction, to a server that sessions_can_ask() is true for. It is not refused here
 * for any session: whom it may not hit is the caller's to know. done() comes once, from the loop, unless `db` is closed
 * or freed before. */
void session_signal(struct db *db, enum session_signal which, const struct signalled *session, session_signal_fn *done,
		    void *arg);

#endif
