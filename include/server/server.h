/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private, throw-away server of `teller demo`: a PostgreSQL, or a cluster of CockroachDB. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/err.h"
#include "base/loop.h"
#include "db/conninfo.h"

/*
 * Lives in a 0700 directory of its own (teller-demo-XXXXXX, in memory where there is room), listens on a Unix socket in
 * it and nowhere else, runs as the user postgres (or nobody) where we are root. It does not outlive us: a guardian
 * process, which notices the end of this one whatever it was, stops it and removes the directory. What a killed
 * guardian left behind is swept at the next server_start().
 *
 * The programs initdb and postgres are the newest on PATH, in `pg_config --bindir` and in /usr/lib/postgresql, or for data that
 * were kept those of the version that made them; or only those in `bindir`, or in the directory that the environment
 * variable TELLER_PG_BINDIR names.
 */
struct server;

/*
 * `bindir` NULL: the programs are looked for. `keep` NULL: thrown away at the end, durable settings off. Else the data stay in that directory, durable settings on;
 * what is there already is used again. It is made where it is missing (its parent must exist), must belong to the
 * server's user, and is refused where it holds anything that another `--keep` did not put there, or is in use.
 *
 * done(arg, err) comes once from the loop, never from inside this call: err NULL once the server accepts connections,
 * else borrowed. It may call server_stop().
 */
typedef void server_ready_fn(void *arg, const struct err *err);
struct server *server_start(struct loop *loop, const char *keep, const char *bindir, server_ready_fn *done, void *arg);

/*
 * The same for a cluster of `nodes` nodes (1, or 3 to CLUSTER_NODES_MAX) of the program cockroach: `program` is its
 * path, or "" for the one on PATH. The nodes listen on ports of 127.0.0.1 that were free, have certificates of their own
 * where the program makes them, their stores are in the private directory, and each has answered a query when done()
 * comes. The database `bank` is there then.
 */
enum { CLUSTER_NODES_MAX = 5 };
struct server *server_start_cluster(struct loop *loop, const char *program, size_t nodes, server_ready_fn *done,
				    void *arg);

/* How far the start has got, for people: "node 2 of 3 is starting". To be set at once; borrowed for the call. */
typedef void server_progress_fn(void *arg, const char *text);
void server_on_progress(struct server *server, server_progress_fn *fn, void *arg);

/* Called once if the server ends by itself after it was ready; to be set before that. It may call server_stop(). */
typedef void server_died_fn(void *arg, const char *last_words);
void server_on_death(struct server *server, server_died_fn *fn, void *arg);

/* How to connect to it, to all nodes of a cluster; into `info`, which is empty. */
void server_conninfo(const struct server *server, struct conninfo *info);

/* ---- the nodes of a cluster ---- */

enum node_phase { NODE_DOWN, NODE_STARTING, NODE_UP, NODE_STOPPING };

struct server_node {
	unsigned number; /* 1 ... */
	int port, pid;   /* pid 0: it does not run */
	enum node_phase phase;
	bool asked;      /* it is down because that was asked for */
	char words[300]; /* how it ended, harmless; "" */
};

size_t server_nodes(const struct server *server); /* 0: it is no cluster */
const struct server_node *server_node(const struct server *server, size_t i);
bool server_copied(const struct server *server); /* all data are on as many nodes as they shall be */
bool server_secure(const struct server *server); /* its connections prove who they are, by certificates */

/* Starts it on its port with its store as it is and waits until it answers a query; stops it (it hands over what it
 * holds, for a minute at most) and waits for its end; or kills it. The last two wait until the data of a new cluster
 * are on three nodes, for two minutes at most: before that one node may hold some alone. done() comes once from the loop: err NULL when it is
 * done. False where the node is on its way already, or where it is to go: done() does not come. */
enum node_order { NODE_START, NODE_STOP, NODE_KILL };
typedef void server_order_fn(void *arg, const struct err *err);
bool server_order(struct server *server, size_t i, enum node_order order, server_order_fn *done, void *arg);

/* Called whenever a node has ended that nobody asked to. */
typedef void server_node_fn(void *arg, const struct server_node *node);
void server_on_node(struct server *server, server_node_fn *fn, void *arg);

/* ---- */

/* Connection parameters of a PostgreSQL, borrowed: the socket directory ("" until it is made, which is before the server is ready),
 * port, user and database of the server. */
const char *server_socket_dir(const struct server *server);
const char *server_port(const struct server *server);
const char *server_user(const struct server *server);
const char *server_dbname(const struct server *server); /* exists once ready */

/* Stops the server at once (its clients are disconnected), waits for its end and removes the directory: some 20 ms,
 * longer for the last checkpoint of kept data. To be called before the loop is freed; NULL is fine. */
void server_stop(struct server *server);

#endif
