/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy in front of two test servers, switched from one to the other while it runs. */
#ifndef SUPPORT_PROXY_H
#define SUPPORT_PROXY_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/support/own_server.h"

struct proxy {
	char dir[64]; /* its configuration, its log and its own socket for orders */
	int port;     /* on 127.0.0.1 */
	pid_t pid;
};

enum proxy_server { PROXY_FIRST, PROXY_SECOND };

/* It begins with the first. Loopback servers are reached over TCP, others through their Unix sockets. It dies with this
 * process. */
void proxy_start(struct proxy *proxy, const struct own_server *first, const struct own_server *second);
void proxy_stop(struct proxy *proxy);

/* New connections go there; `cut` ends those that were made to the other one. Returns when that is done. */
void proxy_switch(const struct proxy *proxy, enum proxy_server to, bool cut);

/* A connection string to it. Static, for one call. */
const char *proxy_target(const struct proxy *proxy, const char *database);

#endif
