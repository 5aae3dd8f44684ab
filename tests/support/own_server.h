/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL of a test's own, which it may stop, kill and start again while others use the suite's. */
#ifndef SUPPORT_OWN_SERVER_H
#define SUPPORT_OWN_SERVER_H

#include <sys/types.h>

struct own_server {
	char dir[64];  /* of its Unix socket: PGHOST for clients; the data are in dir/data */
	char bin[256]; /* where initdb and postgres are */
	pid_t pid;     /* of the postmaster, 0 while it does not run */
};

/* Makes it, with a database bank, starts it, and sets PGHOST and PGDATABASE to it for this process and its children. It dies with
 * this process. `options` are more words for postgres, ended by NULL. Any failure fails the test. */
void own_server_make(struct own_server *server, const char *const options[]);
void own_server_remove(struct own_server *server);

void own_server_start(struct own_server *server, const char *const options[]); /* returns at once */
void own_server_wait(const struct own_server *server);                         /* until it accepts connections */
void own_server_stop(struct own_server *server, int signum); /* SIGINT: fast, SIGQUIT: at once; waits for its end */

#endif
