/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guardian's work where it guards a cluster: its life, and its turns. */
#include "src/server/cluster.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "src/server/cluster_internal.h"

/*
 * A node keeps its data in a store on disk in the private directory, not in a store of the type "mem", which ends with
 * its process: a killed node would come back as another node with nothing in it, the dead one would count as a member
 * for minutes, and the second kill would lose the bank. On disk it comes back as the node it was, with what it has
 * committed. The private directory itself is in memory where there is room for that (home.h), so that no disk is waited
 * for all the same.
 *
 * The nodes run as the user who runs teller: CockroachDB does not refuse root, and a program in the home of root could
 * not be run by another user.
 */

void cluster_say(const struct cluster *c, char news, const char *fmt, ...)
{
	char text[900];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	guardian_say(c->owner, news, text);
}

/* ---- turns ---- */

/* The owner is gone where its end of the stream is closed. */
static void cluster_hear(struct cluster *c)
{
	size_t room = sizeof c->orders - 1 - c->orders_len;
	ssize_t n = recv(c->owner, c->orders + c->orders_len, room, MSG_DONTWAIT);
	if (n > 0)
		c->orders_len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->alone = true;
	c->orders[c->orders_len] = '\0';
}

bool cluster_turn(struct cluster *c, bool soon)
{
	struct pollfd polls[CLUSTER_NODES_MAX + 2] = {{.fd = c->owner, .events = POLLIN}};
	nfds_t n = 1;
	for (size_t i = 0; i < c->n; i++)
		polls[n++] = (struct pollfd){.fd = c->nodes[i].child.out, .events = POLLIN};
	polls[n++] = (struct pollfd){.fd = c->helper.out, .events = POLLIN};
	child_sleep(polls, n, soon ? clock_us() + CLUSTER_LOOK_MS * 1000 : UINT64_MAX);
	for (size_t i = 0; i < c->n; i++)
		child_look(&c->nodes[i].child);
	child_look(&c->helper);
	if (polls[0].revents)
		cluster_hear(c);
	return !c->alone;
}

/* ---- its life ---- */

static void cluster_end(struct cluster *c)
{
	child_end(&c->helper);
	for (size_t i = 0; i < c->n; i++)
		child_end(&c->nodes[i].child);
	child_kill(&c->helper); /* what they may have left */
	home_remove(&c->home);
}

void cluster_guard(const struct guardian_args *args, int owner)
{
	struct cluster *c = NEW(struct cluster); /* for the rest of this process */
	struct err err = {.text = ""};
	c->args = args;
	c->owner = owner;
	c->home.fd = -1;
	c->helper.out = -1;
	enum status st = cluster_start(c, &err);
	if (st == ST_OK)
		cluster_say(c, NEWS_READY, "%s", "");
	else if (st != ST_CANCELLED)
		cluster_say(c, NEWS_FAILED, "%s", err.text);
	while (st == ST_OK && cluster_turn(c, cluster_in_motion(c))) {
		cluster_look(c);
		cluster_follow_orders(c);
	}
	cluster_end(c);
}
