/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks the nodes of a new cluster for an answer, one after another, until each has given one. */
#ifndef SERVER_REACH_H
#define SERVER_REACH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"

struct server;
struct reach;

/*
 * Connects to `n` nodes from the first on, and asks each for SELECT 1, again and again until it answers or the time is
 * over. `makes`: over the first one the database of the bank is made and what would be reported is turned off. step()
 * comes before each node, done() once at the end: err NULL where all have answered. Neither comes from inside
 * reach_new(); reach_free() may be called from done(), and from anywhere else before it.
 */
struct reach *reach_new(struct loop *loop, const struct server *server, size_t first, size_t n, bool makes,
			void (*step)(void *arg, size_t node), void (*done)(void *arg, const struct err *err),
			void *arg);
void reach_free(struct reach *reach);

#endif
