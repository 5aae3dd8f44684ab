/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small questions that find out what a server can do. */
#ifndef CLUSTER_PROBE_H
#define CLUSTER_PROBE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "tests/cluster/cluster.h"

struct probe {
	const char *words;
	bool (*ask)(void); /* in the throw-away database */
};
extern const struct probe probes[FEATURES];

PGconn *probe_connect(void);                     /* to where the environment says; fails the test where it cannot */
bool probe_try(PGconn *conn, const char *sql);   /* true where every statement of it went well */
char *probe_cell(PGconn *conn, const char *sql); /* the first cell; owned; NULL on an error, too */

#endif
