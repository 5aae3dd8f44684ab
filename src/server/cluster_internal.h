/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the cluster's guardian, shared by its files only. */
#ifndef SERVER_CLUSTER_INTERNAL_H
#define SERVER_CLUSTER_INTERNAL_H

#include "src/server/cluster.h"
#include "src/server/home.h"
#include "src/server/node.h"

struct cluster {
	const struct guardian_args *args;
	int owner;
	bool alone; /* the owner is gone */
	struct cockroach program;
	struct home home;
	char **env;
	int ports[CLUSTER_NODES_MAX];
	struct node nodes[CLUSTER_NODES_MAX];
	size_t n;
	struct child helper; /* a program that does one thing: certificates, init */
	char orders[64];     /* what the owner has sent and is not a whole line yet */
	size_t orders_len;
};

enum { CLUSTER_START_MS = 180000, CLUSTER_LOOK_MS = 20 };

/* cluster.c: sleeps until something happens, for CLUSTER_LOOK_MS at most where `soon`, and looks at all children. What
 * the owner says is in `orders` then; false where the owner is gone. */
bool cluster_turn(struct cluster *c, bool soon);
void cluster_say(const struct cluster *c, char news, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* cluster_start.c: from nothing to nodes that serve. ST_CANCELLED: the owner is gone. */
MUST_CHECK enum status cluster_start(struct cluster *c, struct err *err);

/* cluster_orders.c: what becomes of the nodes afterwards. */
void cluster_follow_orders(struct cluster *c);
/* The owner is told of the node's new phase. `failed`: why what was asked for was not done; NULL: it was. */
void cluster_tell(const struct cluster *c, struct node *node, enum node_phase phase, const char *failed);
void cluster_look(struct cluster *c);            /* tells the owner of nodes that have started or ended */
bool cluster_in_motion(const struct cluster *c); /* a node is starting or stopping */

#endif
