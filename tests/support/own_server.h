/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL of a test's own, which it may stop, kill and start again while others use the suite's. */
#ifndef SUPPORT_OWN_SERVER_H
#define SUPPORT_OWN_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct own_server {
	char dir[64];  /* of its Unix socket: PGHOST for clients; the data are in dir/data */
	char bin[256]; /* where initdb and postgres are */
	int port;      /* 5432, or one of its own */
	bool loopback; /* it listens on 127.0.0.1 as well; set by own_server_make_apart() */
	pid_t pid;     /* of the postmaster, 0 while it does not run */
};

/* Makes it, with a database bank, starts it, and sets PGHOST and PGDATABASE to it for this process and its children. It
 * dies with this process. `options` are more words for postgres, ended by NULL. Any failure fails the test. */
void own_server_make(struct own_server *server, const char *const options[]);
void own_server_remove(struct own_server *server);

/* The same without a word to the environment, so that several live side by side. A loopback server has a port of its
 * own. */
void own_server_make_apart(struct own_server *server, bool loopback, const char *const options[]);
void own_server_use(const struct own_server *server); /* PGHOST, PGPORT and PGUSER are set to it */

/* Its place only: a directory, a port, the programs. For a server whose data come from elsewhere. */
void own_server_place(struct own_server *server, bool loopback);

/* A connection string to it through its Unix socket. Static, for one call. */
const char *own_server_target(const struct own_server *server, const char *database);

void own_server_start(struct own_server *server, const char *const options[]); /* returns at once */
void own_server_wait(const struct own_server *server);                         /* until it accepts connections */
void own_server_stop(struct own_server *server, int signum); /* SIGINT: fast, SIGQUIT: at once; waits for its end */
void own_server_kill(struct own_server *server);             /* as a power cut does it: no process says a word */

#endif
