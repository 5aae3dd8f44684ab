/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waits until the data of a new cluster are on as many nodes as they shall be: before that one node may hold some alone. */
#ifndef SERVER_COPIES_H
#define SERVER_COPIES_H

#include "base/loop.h"

struct server;
struct copies;

/*
 * A cluster begins on one node, and copies itself to the others in the minute after that. done() comes once, never from
 * inside this call: when all has three copies, when the server does not say, or when it has taken too long.
 * copies_free() may be called from it, and before it.
 */
struct copies *copies_new(struct loop *loop, const struct server *server, void (*done)(void *arg), void *arg);
void copies_free(struct copies *copies);

#endif
