/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the nodes of a cluster: started, stopped and killed as the owner asks, or ended by themselves. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "src/server/cluster_internal.h"

enum { NODE_START_MS = 120000, NODE_STOP_MS = 60000 };

bool cluster_in_motion(const struct cluster *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->nodes[i].phase == NODE_STARTING || c->nodes[i].phase == NODE_STOPPING)
			return true;
	return false;
}

void cluster_tell(const struct cluster *c, struct node *node, enum node_phase phase, const char *failed)
{
	node->phase = phase;
	cluster_say(c, NEWS_NODE, "%u %d %d %s", node->number, (int)phase, (int)node->child.pid, node->words);
	if (node->ordered && phase != NODE_STARTING && phase != NODE_STOPPING) {
		node->ordered = false;
		cluster_say(c, failed ? NEWS_UNDONE : NEWS_DONE, "%u %s", node->number, failed ? failed : "");
	}
}

/* ---- what happens to them ---- */

static void cluster_node_ended(const struct cluster *c, struct node *node)
{
	bool starting = node->phase == NODE_STARTING, asked = node->phase == NODE_STOPPING;
	char failed[400];
	node_say_last(node);
	snprintf(failed, sizeof failed, "node %u did not start: %s", node->number, node->words);
	if (asked)
		node->words[0] = '\0';
	cluster_tell(c, node, NODE_DOWN, starting ? failed : NULL);
}

static void cluster_node_late(const struct cluster *c, struct node *node)
{
	char failed[400];
	bool starting = node->phase == NODE_STARTING;
	node_say_last(node);
	snprintf(failed, sizeof failed, "node %u did not %s within %d s and was killed; it wrote last: %s",
		 node->number, starting ? "start" : "stop", (starting ? NODE_START_MS : NODE_STOP_MS) / 1000,
		 node->words);
	child_end(&node->child);
	cluster_tell(c, node, NODE_DOWN, failed);
}

void cluster_look(struct cluster *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct node *node = &c->nodes[i];
		if (node->phase == NODE_DOWN)
			continue;
		if (!node->child.pid)
			cluster_node_ended(c, node);
		else if (node->phase == NODE_STARTING && node_listens(node))
			cluster_tell(c, node, NODE_UP, NULL);
		else if (node->phase != NODE_UP && clock_us() >= node->until_us)
			cluster_node_late(c, node);
	}
}

/* ---- what the owner asks for ---- */

static void cluster_order_start(struct cluster *c, struct node *node)
{
	struct err err = {.text = ""};
	node->ordered = true;
	node->until_us = clock_us() + (uint64_t)NODE_START_MS * 1000;
	enum status st = node_start(node, &c->program, c->env, c->ports, c->n, &err);
	cluster_tell(c, node, st == ST_OK ? NODE_STARTING : NODE_DOWN, err.text);
}

/* SIGTERM lets the node hand over what it holds; it takes no new clients meanwhile. */
static void cluster_order_stop(const struct cluster *c, struct node *node)
{
	node->ordered = true;
	node->until_us = clock_us() + (uint64_t)NODE_STOP_MS * 1000;
	kill(node->child.pid, SIGTERM);
	kill(node->child.pid, SIGCONT);
	cluster_tell(c, node, NODE_STOPPING, NULL);
}

static void cluster_order_kill(const struct cluster *c, struct node *node)
{
	node->ordered = true;
	child_end(&node->child);
	cluster_tell(c, node, NODE_DOWN, NULL);
}

static void cluster_follow(struct cluster *c, const char *order)
{
	unsigned long number = strtoul(order + 1, NULL, 10);
	if (number < 1 || number > c->n)
		return;
	struct node *node = &c->nodes[number - 1];
	if (order[0] == ORDER_START && !node->child.pid)
		cluster_order_start(c, node);
	else if (order[0] == ORDER_STOP && node->child.pid)
		cluster_order_stop(c, node);
	else if (order[0] == ORDER_KILL && node->child.pid)
		cluster_order_kill(c, node);
	else
		cluster_say(c, NEWS_UNDONE, "%u node %u has ended by itself", node->number, node->number);
}

void cluster_follow_orders(struct cluster *c)
{
	char *end;
	while ((end = memchr(c->orders, '\n', c->orders_len)) != NULL) {
		size_t n = (size_t)(end - c->orders) + 1;
		*end = '\0';
		cluster_follow(c, c->orders);
		memmove(c->orders, c->orders + n, c->orders_len - n + 1);
		c->orders_len -= n;
	}
}
