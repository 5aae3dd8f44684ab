/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One node of a cluster, as its guardian sees it: a process, its port, its directory. */
#ifndef SERVER_NODE_H
#define SERVER_NODE_H

#include "server/server.h"
#include "src/server/child.h"
#include "src/server/cockroach.h"

struct node {
	unsigned number; /* 1 ... */
	enum node_phase phase;
	bool ordered;      /* the owner waits for the end of what it is doing */
	uint64_t since_us; /* when it was started (clock_us()) */
	int port;
	uint64_t until_us;  /* when starting or stopping has taken too long (clock_us()) */
	struct child child; /* pid 0: none */
	char dir[PATH_MAX]; /* its working directory, with the store in it */
	char words[300];    /* how it ended last, harmless; "" */
};

/* Makes its directory where it is missing, and starts it there. */
MUST_CHECK enum status node_start(struct node *node, const struct cockroach *program, char *const *env,
				  const int *ports, size_t n, struct err *err);
bool node_listens(const struct node *node); /* since it was started */
void node_say_last(struct node *node);      /* `words` are what it wrote last, or how it ended */

/* So many different ports of loopback that are free now; another program may be quicker all the same. */
MUST_CHECK enum status node_ports(int *ports, size_t n, struct err *err);

#endif
