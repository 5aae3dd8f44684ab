/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that grows by whole lines, without ever waiting for it, and is left with whole lines where it is full. */
#ifndef TRACE_SINK_INTERNAL_H
#define TRACE_SINK_INTERNAL_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct sink {
	char *path;
	int fd;
	off_t whole; /* bytes of whole lines in the file */
};

/* `mode`: O_TRUNC or O_APPEND. errno of what failed, or 0. */
MUST_CHECK int sink_open(struct sink *sink, const char *path, int mode);
/* Writes the lines and empties the buffer: errno of what failed, or 0. */
MUST_CHECK int sink_write(struct sink *sink, struct buf *lines);
void sink_close(struct sink *sink);

#endif
