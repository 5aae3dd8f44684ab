/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private, throw-away PostgreSQL of `teller demo`. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "base/err.h"
#include "base/loop.h"

/*
 * Lives in a 0700 directory of its own (teller-demo-XXXXXX, in memory where there is room), listens on a Unix socket in
 * it and nowhere else, runs as the user postgres (or nobody) where we are root. It does not outlive us: a guardian
 * process, which notices the end of this one whatever it was, stops it and removes the directory. What a killed
 * guardian left behind is swept at the next server_start().
 *
 * The programs initdb and postgres are looked for in PATH, in `pg_config --bindir` and in /usr/lib/postgresql; or only
 * in the directory that the environment variable TELLER_PG_BINDIR names.
 */
struct server;

/*
 * `keep` NULL: thrown away at the end, durable settings off. Else the data stay in that directory, durable settings on;
 * what is there already is used again. It is made where it is missing (its parent must exist), must belong to the
 * server's user, and is refused where it holds anything that another `--keep` did not put there, or is in use.
 *
 * done(arg, err) comes once from the loop, never from inside this call: err NULL once the server accepts connections,
 * else borrowed. It may call server_stop().
 */
typedef void server_ready_fn(void *arg, const struct err *err);
struct server *server_start(struct loop *loop, const char *keep, server_ready_fn *done, void *arg);

/* Called once if the server ends by itself after it was ready; to be set before that. It may call server_stop(). */
typedef void server_died_fn(void *arg, const char *last_words);
void server_on_death(struct server *server, server_died_fn *fn, void *arg);

/* Connection parameters, borrowed: the socket directory ("" until it is made, which is before the server is ready),
 * port, user and database of the server. */
const char *server_socket_dir(const struct server *server);
const char *server_port(const struct server *server);
const char *server_user(const struct server *server);
const char *server_dbname(const struct server *server); /* exists once ready */

/* Stops the server at once (its clients are disconnected), waits for its end and removes the directory: some 20 ms,
 * longer for the last checkpoint of kept data. To be called before the loop is freed; NULL is fine. */
void server_stop(struct server *server);

#endif
