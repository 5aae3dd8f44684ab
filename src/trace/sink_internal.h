/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that grows by whole lines, written aside or at once, and is left with whole lines where it is full. */
#ifndef TRACE_SINK_INTERNAL_H
#define TRACE_SINK_INTERNAL_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"

struct sink_piece;

struct sink {
	char *path;
	int fd;
	off_t whole;                  /* bytes of whole lines in the file */
	struct sink_piece *under_way; /* what is being written aside; NULL */
	struct buf spare;             /* emptied, for the next lines: memory that is new is slow at first */
};

/* `mode`: O_TRUNC or O_APPEND. errno of what failed, or 0. */
MUST_CHECK int sink_open(struct sink *sink, const char *path, int mode);
/* Writes the lines, behind what is under way, and empties the buffer: errno of what failed, or 0. */
MUST_CHECK int sink_write(struct sink *sink, struct buf *lines);
/* Takes the lines over while nothing is under way, and writes them on another thread, because a write may wait for the
 * disk; then done(arg, errno or 0) on the loop, unless sink_write() or sink_close() has waited for them meanwhile. */
typedef void sink_done_fn(void *arg, int why);
void sink_hand_over(struct sink *sink, struct loop *loop, struct buf *lines, sink_done_fn *done, void *arg);
uint64_t sink_bytes(const struct sink *sink); /* with what is under way */
void sink_close(struct sink *sink);           /* waits for what is under way */

#endif
