/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's own cluster: progress of its start, its nodes in the log, and what is said of a node that ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app_private.h"
#include "base/clock.h"
#include "base/mem.h"

/* On a screen the phase says it; lines have their progress, as often as they want one. */
static void own_on_progress(void *arg, const char *text)
{
	struct app *app = arg;
	uint64_t now = clock_us(), pause_us = (uint64_t)app->face.progress_ms * 1000;
	free(app->starting);
	app->starting = mem_dup(text);
	if (!app_prints(app)) {
		start_phase(app, PHASE_SERVER);
	} else if (app->face.progress && now - app->private->starting_us >= pause_us) {
		app->private->starting_us = now;
		app->face.progress(app->face.self, text);
	}
}

static void own_on_node(void *arg, const struct server_node *node)
{
	struct app *app = arg;
	own_cluster_log(app, "node %u ended by itself: %s", node->number, node->words);
	app_say(app, ST_LOST, "node %u ended by itself: %s; `node start %u` starts it again", node->number, node->words,
		node->number);
}

void own_cluster_start(struct app *app, server_ready_fn *ready)
{
	app->private->starting_us = clock_us();
	app->server = server_start_cluster(app->loop, app->settings.cockroach, app->settings.nodes, ready, app);
	server_on_progress(app->server, own_on_progress, app);
	server_on_node(app->server, own_on_node, app);
}

void own_cluster_started(struct app *app)
{
	if (app_prints(app) && app->face.progress)
		app->face.progress(app->face.self, NULL);
	if (!server_secure(app->server))
		app_say(app, ST_OK,
			"this program makes no certificates: the cluster is --insecure, open to every user of this "
			"machine");
}

void own_cluster_log(struct app *app, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct event event = {.kind = EVENT_LEVER, .rows = -1, .message = text};
	ring_append(app->ring, &event);
	app_changed(app);
}

/* "NODE 2 DOWN", "NODES 2 3 DOWN" */
void own_cluster_armed(struct buf *out, const struct app *app)
{
	size_t down = 0, n = server_nodes(app->server);
	struct buf numbers = {0};
	for (size_t i = 0; i < n; i++) {
		const struct server_node *node = server_node(app->server, i);
		if (app->phase == PHASE_SERVER || node->phase == NODE_UP)
			continue;
		buf_fmt(&numbers, " %u", node->number);
		down++;
	}
	if (down)
		buf_fmt(out, "NODE%s%s DOWN  ", down > 1 ? "S" : "", buf_text(&numbers));
	buf_free(&numbers);
}

bool own_cluster_serves(const struct app *app)
{
	size_t up = 0, n = server_nodes(app->server);
	for (size_t i = 0; i < n; i++)
		up += server_node(app->server, i)->phase == NODE_UP;
	return 2 * up > n;
}

/* ---- a node that dies with the commit in flight ---- */

/* The one that a session is connected to; server_nodes() where it is none of ours. */
static size_t own_node_of(const struct app *app, const struct db *db)
{
	const char *place = db_facts(db)->place, *colon = place ? strrchr(place, ':') : NULL;
	long port = colon ? strtol(colon + 1, NULL, 10) : 0;
	size_t i = 0, n = server_nodes(app->server);
	while (i < n && server_node(app->server, i)->port != port)
		i++;
	return i;
}

static void own_on_struck(void *arg, const struct err *err)
{
	struct app *app = arg;
	if (err)
		own_cluster_log(app, "%s", err->text);
	else
		app_changed(app);
}

static void own_strike(void *arg)
{
	struct app *app = arg;
	size_t i = own_node_of(app, app->work);
	if (i < server_nodes(app->server) && server_order(app->server, i, NODE_KILL, own_on_struck, app))
		own_cluster_log(app, "inject: node %zu is killed with the commit in flight", i + 1);
}

enum status own_cluster_arm(struct app *app, struct err *err)
{
	if (!server_nodes(app->server))
		return err_set(
			err, ST_USAGE,
			"there is no node of teller's own to kill: `teller demo --cockroach --nodes 3` starts some");
	if (!server_copied(app->server))
		return err_set(
			err, ST_USAGE,
			"the cluster copies its data to three nodes, in the minute after its start; try again then");
	txn_inject(app->txn)->strike = own_strike;
	txn_inject(app->txn)->strike_arg = app;
	return ST_OK;
}
