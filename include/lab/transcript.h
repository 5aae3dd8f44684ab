/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs all permutations of a spec and prints them byte for byte as PostgreSQL's isolationtester does. */
#ifndef LAB_TRANSCRIPT_H
#define LAB_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "db/conninfo.h"
#include "event/ring.h"
#include "lab/spec.h"

/* `talk` is what belongs on standard error; the rest is the transcript itself. All of it is raw, as the server sent
 * it. */
struct transcript_to {
	void (*write)(void *arg, bool talk, const char *text, size_t n);
	void (*done)(void *arg, bool ok); /* once, from the loop; ok: isolationtester would end with 0 */
	void *arg;
};

struct transcript;
/* The spec must outlive it. With own_schema its tables are made in a schema of the player's own, and not where
 * isolationtester would make them. */
struct transcript *transcript_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
				    const struct spec *spec, bool own_schema, const struct transcript_to *to);
void transcript_stop(struct transcript *transcript); /* cancels, tears down, then done() */
void transcript_free(struct transcript *transcript); /* not from one of its calls */

#endif
