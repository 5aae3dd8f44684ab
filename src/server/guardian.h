/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that makes, guards, stops and removes a private server, and what it tells its owner. */
#ifndef SERVER_GUARDIAN_H
#define SERVER_GUARDIAN_H

#include "src/server/user.h"

/* What it says: one of these letters, a text, a NUL. */
enum {
	NEWS_HOME = 'H',   /* the socket directory */
	NEWS_READY = 'R',  /* connections are accepted */
	NEWS_FAILED = 'F', /* it could not be started: a sentence; nothing follows */
	NEWS_DIED = 'D',   /* it ended by itself: its last words; nothing follows */
};

/* All that needs a lock or the user database is settled before the fork. */
struct guardian_args {
	int owner;        /* a stream socket; its other end belongs to the owner, who closes it to end the server */
	const char *keep; /* NULL: thrown away */
	struct server_user user;
	char *const *env; /* of PostgreSQL's programs */
};

#define SERVER_PORT "5432" /* names the socket in its private directory; nothing listens on TCP */
#define SERVER_USER "teller"
#define SERVER_DBNAME "bank"

/* For a process just forked; it ends when the server has ended and the directory is removed. */
_Noreturn void guardian_run(const struct guardian_args *args);

#endif
