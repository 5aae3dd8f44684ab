/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that the tests start beside them: as a user that they accept, in a directory of their own, gone when the test
 * is. */
#ifndef SUPPORT_DAEMON_H
#define SUPPORT_DAEMON_H

#include <sys/types.h>

/* Makes a directory from a template as mkdtemp()'s, of the user below; the tests, whoever they are, reach sockets in
 * it. */
void daemon_make_dir(char *dir);
void daemon_remove_dir(const char *dir); /* with all that is in it; "" is fine */

/* Writes a file there that the daemon may read. */
void daemon_write(const char *dir, const char *name, const char *text);

/* Runs argv in dir, its output at the end of dir/log. Root becomes postgres, or nobody: neither PostgreSQL nor
 * PgBouncer runs as root. It gets `signum` when this process ends. */
pid_t daemon_start(const char *dir, const char *const argv[], int signum);
void daemon_run(const char *dir, const char *const argv[]); /* to its end, which has to be a good one */

/* A port of 127.0.0.1 where nobody listens. */
int daemon_free_port(void);

/* Calls ready(arg) until it says yes; fails the test with what dir/log holds when that takes too long. */
void daemon_wait(const char *dir, const char *what, int (*ready)(const void *arg), const void *arg);

#endif
