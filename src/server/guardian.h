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
	/* Of a cluster only: */
	NEWS_PROGRESS = 'P', /* how far the start has got: "node 2 of 3 is starting" */
	NEWS_PLACE = 'A',    /* before it is ready: "certs" or "insecure", and the ports of the nodes */
	NEWS_NODE = 'N',     /* a node has changed: number, enum node_phase, process, last words where it ended */
	NEWS_DONE = 'O',     /* what was asked for a node is done: its number */
	NEWS_UNDONE = 'U',   /* it could not be: its number, a sentence */
};

/* What the owner of a cluster may send: one of these letters, the number of a node, a newline. */
enum { ORDER_START = 's', ORDER_STOP = 't', ORDER_KILL = 'k' };

/* All that needs a lock or the user database is settled before the fork. */
struct guardian_args {
	int owner;          /* a stream socket; its other end belongs to the owner, who closes it to end the server */
	const char *keep;   /* NULL: thrown away */
	const char *bindir; /* of PostgreSQL's programs; NULL: they are looked for */
	struct server_user user; /* of PostgreSQL */
	char *const *env;        /* of the server's programs */
	const char *cockroach;   /* NULL: PostgreSQL; else a cluster, and where its program is ("": on PATH) */
	size_t nodes;
};

#define SERVER_PORT "5432" /* names the socket in its private directory; nothing listens on TCP */
#define SERVER_USER "teller"
#define SERVER_DBNAME "bank"

/* One of the news to the owner; who is gone is not told. */
void guardian_say(int owner, char news, const char *text);

/* For a process just forked; it ends when the server has ended and the directory is removed. */
_Noreturn void guardian_run(const struct guardian_args *args);

#endif
