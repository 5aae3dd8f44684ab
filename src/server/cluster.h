/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guardian's work where it guards a cluster: makes it, starts, stops and kills nodes as the owner asks, ends all. */
#ifndef SERVER_CLUSTER_H
#define SERVER_CLUSTER_H

#include "src/server/guardian.h"

/* `owner` is our end of the stream. Returns when the owner is gone, or the cluster could not be started, and nothing of
 * it is left. */
void cluster_guard(const struct guardian_args *args, int owner);

#endif
