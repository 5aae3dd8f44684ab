/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cluster from nothing to nodes that serve: the program asked, certificates, ports, nodes, init. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "src/server/cluster_internal.h"
#include "src/server/last_words.h"
#include "src/server/tree.h"

enum { HELPER_MS = 60000, HELP_MAX = 1 << 20, PORTS_TRIES = 5 };
#define NODE_MEMORY ((uint64_t)1 << 30)

/* ---- programs that do one thing ---- */

static enum status cluster_helper_start(struct cluster *c, const struct cockroach_words *words, int output,
					struct err *err)
{
	struct spawn_args spawn = {
		.argv = words->argv, .env = c->env, .dir = c->home.path, .output = output, .deathsig = SIGKILL};
	return child_start(&c->helper, &spawn, err);
}

/* Waits for its end, and looks at the nodes meanwhile. */
static enum status cluster_helper_finish(struct cluster *c, const struct cockroach_words *words, struct err *err)
{
	uint64_t until_us = clock_us() + (uint64_t)HELPER_MS * 1000;
	char said[300];
	while (c->helper.pid && clock_us() < until_us)
		if (!cluster_turn(c, true))
			return ST_CANCELLED;
	bool ended = !c->helper.pid;
	child_end(&c->helper);
	if (ended && child_succeeded(&c->helper))
		return ST_OK;
	last_words(c->helper.tail, c->helper.status, said, sizeof said);
	return err_set(err, ST_OWN, "%.200s %s failed: %s", words->argv[0], words->argv[1],
		       ended ? said : "it did not end");
}

static enum status cluster_help(struct cluster *c, char **help, struct err *err)
{
	struct cockroach_words words;
	char path[PATH_MAX + 8];
	snprintf(path, sizeof path, "%s/help", c->home.path);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(err, ST_OWN, "cannot write in %.200s: %s; make room, or set TMPDIR", c->home.path,
			       strerror(errno));
	cockroach_help(&words, &c->program);
	enum status st = cluster_helper_start(c, &words, fd, err);
	if (st == ST_OK)
		st = cluster_helper_finish(c, &words, err);
	*help = mem_array(HELP_MAX, 1);
	ssize_t n = pread(fd, *help, HELP_MAX - 1, 0);
	(*help)[n > 0 ? n : 0] = '\0';
	close(fd);
	unlink(path);
	return st;
}

/* Before 19.2 there was no start-single-node. */
static enum status cluster_ask_program(struct cluster *c, struct err *err)
{
	char *help = NULL;
	c->program.single = c->n == 1;
	enum status st = cluster_help(c, &help, err);
	if (st != ST_CANCELLED && c->program.single && (st != ST_OK || !cockroach_learn(&c->program, help))) {
		free(help);
		c->program.single = false;
		st = cluster_help(c, &help, err);
	}
	if (st == ST_OK)
		cockroach_learn(&c->program, help);
	if (st != ST_CANCELLED)
		st = cockroach_usable(&c->program, help, err);
	free(help);
	return st;
}

/* A program that makes none is used without. */
static enum status cluster_certify(struct cluster *c)
{
	struct err ignored;
	char path[PATH_MAX + 8];
	enum status st = ST_OK;
	snprintf(path, sizeof path, "%s/certs", c->home.path);
	if (mkdir(path, 0700))
		return ST_OK;
	for (enum cockroach_cert i = CERT_CA; i < CERT_COUNT && st == ST_OK; i++) {
		struct cockroach_words words;
		cockroach_cert(&words, &c->program, i);
		st = cluster_helper_start(c, &words, 0, &ignored);
		if (st == ST_OK)
			st = cluster_helper_finish(c, &words, &ignored);
	}
	c->program.certs = st == ST_OK;
	return st == ST_CANCELLED ? st : ST_OK;
}

/* ---- nodes ---- */

static enum status cluster_node_failed(const struct cluster *c, struct node *node, const char *how, struct err *err)
{
	node_say_last(node);
	return err_set(err, ST_OWN, "node %u of %zu %s: %s", node->number, c->n, how,
		       node->words[0] ? node->words : "it wrote nothing");
}

/* The first node that has ended; NULL while all run. */
static struct node *cluster_lost_node(struct cluster *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->nodes[i].child.pid)
			return &c->nodes[i];
	return NULL;
}

static enum status cluster_await_node(struct cluster *c, struct node *node, uint64_t until_us, struct err *err)
{
	struct node *lost;
	cluster_say(c, NEWS_PROGRESS, "node %u of %zu is starting", node->number, c->n);
	while (!node_listens(node)) {
		if ((lost = cluster_lost_node(c)) != NULL)
			return cluster_node_failed(c, lost, "did not start", err);
		if (clock_us() >= until_us)
			return cluster_node_failed(c, node, "did not start in time, and wrote last", err);
		if (!cluster_turn(c, true))
			return ST_CANCELLED;
	}
	return ST_OK;
}

static enum status cluster_start_nodes(struct cluster *c, struct err *err)
{
	uint64_t until_us = clock_us() + (uint64_t)CLUSTER_START_MS * 1000;
	enum status st = node_ports(c->ports, c->n, err);
	for (size_t i = 0; i < c->n && st == ST_OK; i++) {
		struct node *node = &c->nodes[i];
		st = node_start(node, &c->program, c->env, c->ports, c->n, err);
	}
	for (size_t i = 0; i < c->n && st == ST_OK; i++)
		st = cluster_await_node(c, &c->nodes[i], until_us, err);
	return st;
}

/* Another program took a port between our choice and the node's start. */
static bool cluster_lost_port(struct cluster *c)
{
	bool lost = false;
	for (size_t i = 0; i < c->n; i++)
		lost |= !c->nodes[i].child.pid && strstr(c->nodes[i].child.tail, "address already in use");
	return lost;
}

/* All begin anew: each was told the ports of all. */
static void cluster_clear_nodes(struct cluster *c)
{
	for (size_t i = 0; i < c->n; i++) {
		child_end(&c->nodes[i].child);
		tree_remove(c->home.fd, strrchr(c->nodes[i].dir, '/') + 1);
	}
}

static enum status cluster_place_nodes(struct cluster *c, struct err *err)
{
	enum status st = cluster_start_nodes(c, err);
	for (int tries = 1; tries < PORTS_TRIES && st == ST_OWN && cluster_lost_port(c); tries++) {
		cluster_clear_nodes(c);
		st = cluster_start_nodes(c, err);
	}
	return st;
}

/* A node that listens may still be about to take the call. */
static enum status cluster_init(struct cluster *c, struct err *err)
{
	uint64_t until_us = clock_us() + (uint64_t)CLUSTER_START_MS * 1000;
	struct cockroach_words words;
	enum status st = ST_OWN;
	cluster_say(c, NEWS_PROGRESS, "%zu nodes become a cluster", c->n);
	cockroach_init(&words, &c->program, c->ports[0]);
	while (st == ST_OWN && clock_us() < until_us) {
		struct node *lost = cluster_lost_node(c);
		if (lost)
			return cluster_node_failed(c, lost, "ended", err);
		st = cluster_helper_start(c, &words, 0, err);
		if (st == ST_OK)
			st = cluster_helper_finish(c, &words, err);
		if (st == ST_OWN && strstr(c->helper.tail, "already been initialized"))
			st = ST_OK;
		if (st == ST_OWN && !cluster_turn(c, true))
			st = ST_CANCELLED;
	}
	return st;
}

/* ---- all of it ---- */

static enum status cluster_settle_in(struct cluster *c, struct err *err)
{
	enum status st = cockroach_find(&c->program, c->args->cockroach, err);
	if (st == ST_OK && chdir("/"))
		st = err_set(err, ST_OWN, "cannot enter /: %s; check its permissions", strerror(errno));
	if (st == ST_OK)
		st = home_make(&c->home, NODE_MEMORY * (c->args->nodes + 1), err);
	if (st != ST_OK)
		return st;
	guardian_say(c->owner, NEWS_HOME, c->home.path);
	c->env = cockroach_environment(c->args->env, c->home.path);
	c->n = c->args->nodes;
	for (size_t i = 0; i < c->n; i++) {
		struct node *node = &c->nodes[i];
		*node = (struct node){.number = (unsigned)i + 1, .child.out = -1};
		snprintf(node->dir, sizeof node->dir, "%s/" HOME_NODE, c->home.path, node->number);
	}
	return ST_OK;
}

static void cluster_say_place(const struct cluster *c)
{
	char text[128];
	int len = snprintf(text, sizeof text, "%s", c->program.certs ? "certs" : "insecure");
	for (size_t i = 0; i < c->n; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, " %d", c->ports[i]);
	guardian_say(c->owner, NEWS_PLACE, text);
}

enum status cluster_start(struct cluster *c, struct err *err)
{
	enum status st = cluster_settle_in(c, err);
	if (st == ST_OK)
		st = cluster_ask_program(c, err);
	if (st == ST_OK)
		home_sweep(geteuid());
	if (st == ST_OK)
		st = cluster_certify(c);
	if (st == ST_OK)
		st = cluster_place_nodes(c, err);
	if (st == ST_OK && c->n > 1)
		st = cluster_init(c, err);
	if (st != ST_OK)
		return st;
	cluster_say_place(c);
	for (size_t i = 0; i < c->n; i++)
		cluster_tell(c, &c->nodes[i], NODE_UP, NULL);
	return ST_OK;
}
