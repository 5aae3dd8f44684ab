/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nodes of a cluster as their owner knows them: where they are, how they are, and what is asked for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "src/server/guardian.h"
#include "src/server/server_internal.h"

void nodes_begin(struct server *s, size_t n)
{
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		s->nodes[i].number = (unsigned)i + 1;
		s->orders[i] = (struct order){.server = s, .node = i};
	}
}

void nodes_end(struct server *s)
{
	reach_free(s->reach);
	copies_free(s->copies);
	for (size_t i = 0; i < s->n; i++)
		reach_free(s->orders[i].reach);
}

/* ---- how to connect ---- */

/* A value of a connection string, in quotes. */
static void nodes_quote(struct buf *out, const char *dir, const char *name)
{
	buf_char(out, '\'');
	for (const char *c = dir; *c; c++)
		buf_fmt(out, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
	buf_fmt(out, "/certs/%s'", name);
}

/* The name goes with the address: libpq before 15 takes no address for the name in a certificate. */
static void nodes_add_places(struct buf *out, const struct server *s, size_t first, size_t n)
{
	struct buf hosts = {0}, addresses = {0}, ports = {0};
	for (size_t i = first; i < first + n; i++) {
		const char *comma = i > first ? "," : "";
		buf_fmt(&hosts, "%slocalhost", comma);
		buf_fmt(&addresses, "%s127.0.0.1", comma);
		buf_fmt(&ports, "%s%d", comma, s->nodes[i].port);
	}
	buf_fmt(out, "host=%s hostaddr=%s port=%s", buf_text(&hosts), buf_text(&addresses), buf_text(&ports));
	buf_free(&hosts);
	buf_free(&addresses);
	buf_free(&ports);
}

void nodes_conninfo(const struct server *s, size_t first, size_t n, const char *dbname, struct conninfo *info)
{
	struct buf text = {0};
	nodes_add_places(&text, s, first, n);
	buf_fmt(&text, " user=root dbname=%s", dbname);
	if (s->certs) {
		buf_str(&text, " sslmode=verify-full sslrootcert=");
		nodes_quote(&text, s->dir, "ca.crt");
		buf_str(&text, " sslcert=");
		nodes_quote(&text, s->dir, "client.root.crt");
		buf_str(&text, " sslkey=");
		nodes_quote(&text, s->dir, "client.root.key");
	} else {
		buf_str(&text, " sslmode=disable");
	}
	*info = (struct conninfo){.target = buf_take(&text)};
}

/* ---- the start ---- */

static void nodes_on_copied(void *arg);

static void nodes_progress(const struct server *s, const char *text)
{
	if (s->progress)
		s->progress(s->progress_arg, text);
}

static void nodes_on_step(void *arg, size_t node)
{
	struct server *s = arg;
	char text[64];
	snprintf(text, sizeof text, "node %zu of %zu is asked for an answer", node + 1, s->n);
	nodes_progress(s, text);
}

static void nodes_on_reached(void *arg, const struct err *err)
{
	struct server *s = arg;
	reach_free(s->reach);
	s->reach = NULL;
	if (err) {
		s->err = *err;
		server_tell_failed(s);
		return;
	}
	if (s->n > 1)
		s->copies = copies_new(s->loop, s, nodes_on_copied, s);
	server_tell_ready(s);
}

void nodes_on_ready(struct server *s)
{
	s->reach = reach_new(s->loop, s, 0, s->n, true, nodes_on_step, nodes_on_reached, s);
}

static void nodes_take_place(struct server *s, const char *text)
{
	s->certs = strncmp(text, "certs", 5) == 0;
	const char *at = text + strcspn(text, " ");
	for (size_t i = 0; i < s->n && *at; i++) {
		char *end;
		s->nodes[i].port = (int)strtol(at, &end, 10);
		at = end;
	}
}

/* ---- orders ---- */

/* False where the guardian does not take it. */
static bool nodes_send(const struct server *s, const struct order *order)
{
	static const char letters[] = {[NODE_START] = ORDER_START, [NODE_STOP] = ORDER_STOP, [NODE_KILL] = ORDER_KILL};
	char text[16];
	int n = snprintf(text, sizeof text, "%c%zu\n", letters[order->what], order->node + 1);
	return send(s->fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT) == n;
}

/* A guardian that is gone takes none, and was told of. */
static void nodes_on_copied(void *arg)
{
	struct server *s = arg;
	copies_free(s->copies);
	s->copies = NULL;
	for (size_t i = 0; i < s->n; i++) {
		if (s->orders[i].held)
			(void)nodes_send(s, &s->orders[i]);
		s->orders[i].held = false;
	}
}

bool server_order(struct server *s, size_t i, enum node_order what, server_order_fn *done, void *arg)
{
	struct order *order = &s->orders[i];
	bool up = s->nodes[i].phase == NODE_UP || (what == NODE_KILL && s->nodes[i].phase != NODE_DOWN);
	if (order->done || (what == NODE_START ? s->nodes[i].phase != NODE_DOWN : !up))
		return false;
	order->what = what;
	order->held = what != NODE_START && s->copies;
	if (!order->held && !nodes_send(s, order))
		return false;
	order->done = done;
	order->arg = arg;
	s->nodes[i].asked = what != NODE_START;
	return true;
}

/* The server may be gone afterwards. */
static void nodes_order_over(struct order *order, const struct err *err)
{
	server_order_fn *done = order->done;
	void *arg = order->arg;
	reach_free(order->reach);
	order->reach = NULL;
	order->done = NULL;
	if (done)
		done(arg, err);
}

static void nodes_on_started(void *arg, const struct err *err)
{
	nodes_order_over(arg, err);
}

static void nodes_on_nothing(void *arg, size_t node)
{
	(void)arg;
	(void)node;
}

static void nodes_order_done(struct server *s, size_t i, const char *failed)
{
	struct order *order = &s->orders[i];
	struct err err;
	if (failed)
		err_set(&err, ST_OWN, "%s", failed);
	if (order->done && !failed && order->what == NODE_START && !order->reach)
		order->reach = reach_new(s->loop, s, i, 1, false, nodes_on_nothing, nodes_on_started, order);
	else
		nodes_order_over(order, failed ? &err : NULL);
}

/* ---- what the guardian says of them ---- */

static void nodes_changed(struct server *s, struct server_node *node, const char *text)
{
	char *at;
	struct order *order = &s->orders[node - s->nodes];
	node->phase = (enum node_phase)strtol(text, &at, 10);
	node->pid = (int)strtol(at, &at, 10);
	snprintf(node->words, sizeof node->words, "%s", *at ? at + 1 : "");
	if (node->phase == NODE_DOWN && !node->asked && !order->done && s->node_ended)
		s->node_ended(s->node_ended_arg, node);
	else if (node->phase == NODE_DOWN && order->reach)
		nodes_order_done(s, (size_t)(node - s->nodes), node->words);
}

void nodes_on_news(struct server *s, char news, const char *text)
{
	char *rest = NULL;
	if (news == NEWS_PROGRESS)
		nodes_progress(s, text);
	if (news == NEWS_PLACE)
		nodes_take_place(s, text);
	if (news != NEWS_NODE && news != NEWS_DONE && news != NEWS_UNDONE)
		return;
	unsigned long number = strtoul(text, &rest, 10);
	if (number < 1 || number > s->n)
		return;
	rest += *rest == ' ';
	if (news == NEWS_NODE)
		nodes_changed(s, &s->nodes[number - 1], rest);
	else
		nodes_order_done(s, number - 1, news == NEWS_UNDONE ? rest : NULL);
}

/* ---- to be asked ---- */

size_t server_nodes(const struct server *s)
{
	return s ? s->n : 0;
}

const struct server_node *server_node(const struct server *s, size_t i)
{
	return &s->nodes[i];
}

bool server_copied(const struct server *s)
{
	return !s->copies;
}

bool server_secure(const struct server *s)
{
	return s->certs;
}

void server_on_progress(struct server *s, server_progress_fn *fn, void *arg)
{
	s->progress = fn;
	s->progress_arg = arg;
}

void server_on_node(struct server *s, server_node_fn *fn, void *arg)
{
	s->node_ended = fn;
	s->node_ended_arg = arg;
}
