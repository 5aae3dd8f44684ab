/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes for a terminal or a pipe, kept until its reader reads: writing them holds nothing up. */
#ifndef BASE_OUTLET_H
#define BASE_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct outlet;

/*
 * A write to a terminal or a pipe whose reader stands still does not return, and the transactions that are open
 * meanwhile keep their locks. An outlet asks first, and keeps what does not fit; the loop it has joined sends the rest
 * as soon as there is room. A descriptor that is gone takes everything.
 */
struct outlet *outlet_new(int fd); /* borrowed */
void outlet_free(struct outlet *outlet);
void outlet_join(struct outlet *outlet, struct loop *loop); /* NULL: leaves it */

void outlet_add(struct outlet *outlet, const char *bytes, size_t n);
size_t outlet_left(const struct outlet *outlet); /* bytes that have not been sent */
/* Sends the rest; false where nothing could be sent for patience_ms (-1: waits as long as it takes). */
bool outlet_wait(struct outlet *outlet, int patience_ms);
void outlet_forget(struct outlet *outlet); /* the rest is not sent */

/* Sends bytes in the same way without an outlet. May be called in a signal handler. */
bool outlet_put(int fd, const char *bytes, size_t n, int patience_ms);

#endif
