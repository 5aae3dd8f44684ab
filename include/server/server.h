/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private, throw-away PostgreSQL of `teller demo`. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/err.h"
#include "base/loop.h"

/*
 * Lives in a 0700 directory of its own, listens on a Unix socket in it and nowhere else, runs as another user where we are
 * root. It does not outlive us: a guardian process, which notices the end of this one whatever it was, stops it and removes the
 * directory. What a killed guardian left behind is swept at the next server_start().
 */
struct server;

/* `keep` NULL: thrown away at the end, durable settings off. Else the data stay in that directory, durable settings on; what
 * is there already is used again. done(arg, err) comes from the loop: err NULL once the server accepts connections. */
typedef void server_ready_fn(void *arg, const struct err *err);
struct server *server_start(struct loop *loop, const char *keep, server_ready_fn *done, void *arg);

/* Called once if the server ends by itself after it was ready. */
typedef void server_died_fn(void *arg, const char *last_words);
void server_on_death(struct server *server, server_died_fn *fn, void *arg);

/* Connection parameters, borrowed: the socket directory, port, user and database of the server. */
const char *server_socket_dir(const struct server *server);
const char *server_port(const struct server *server);
const char *server_user(const struct server *server);
const char *server_dbname(const struct server *server); /* exists once ready */

/* Stops the server at once (its clients are disconnected), waits for its end and removes the directory. NULL is fine. */
void server_stop(struct server *server);

#endif
