/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the owner's end of a private server, shared by its files only. */
#ifndef SERVER_SERVER_INTERNAL_H
#define SERVER_SERVER_INTERNAL_H

#include <sys/types.h>

#include "base/buf.h"
#include "server/server.h"
#include "src/server/copies.h"
#include "src/server/reach.h"

/* What is asked for a node, until it is done. */
struct order {
	server_order_fn *done; /* NULL: nothing is */
	void *arg;
	enum node_order what;
	bool held;           /* until the data are copied */
	struct reach *reach; /* it was started, and is being asked whether it answers */
	struct server *server;
	size_t node;
};

struct server {
	struct loop *loop;
	server_ready_fn *done; /* NULL once it was called */
	void *done_arg;
	bool serves; /* it is ready and was not heard to die */
	server_died_fn *died;
	void *died_arg;
	bool *gone; /* where a callback is at work: set by server_stop() */
	pid_t guardian;
	int fd;
	struct watch *watch;
	struct timer *failure; /* brings `err` to the loop where not even a guardian could be made */
	struct buf news;
	char dir[108];
	uid_t uid;
	struct err err;
	/* a cluster */
	size_t n; /* nodes; 0: it is none */
	struct server_node nodes[CLUSTER_NODES_MAX];
	struct order orders[CLUSTER_NODES_MAX];
	bool certs;
	struct reach *reach;   /* at the start: asks each node in turn */
	struct copies *copies; /* then, where there are several; NULL once the data are copied */
	server_progress_fn *progress;
	void *progress_arg;
	server_node_fn *node_ended;
	void *node_ended_arg;
};

/* server.c: each may end in server_stop(), and the server is not touched afterwards. */
void server_tell_ready(struct server *s);
void server_tell_failed(struct server *s); /* s->err */

/* nodes.c */
void nodes_begin(struct server *s, size_t n);
void nodes_on_ready(struct server *s); /* the guardian has done its part */
void nodes_on_news(struct server *s, char news, const char *text);
void nodes_conninfo(const struct server *s, size_t first, size_t n, const char *dbname, struct conninfo *info);
void nodes_end(struct server *s);

#endif
