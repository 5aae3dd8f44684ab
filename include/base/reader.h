/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file, a pipe or standard input, read without blocking the loop. */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <stddef.h>

#include "base/err.h"
#include "base/loop.h"

struct reader;

/* "-" is standard input. NULL with a sentence where it cannot be opened. What can stall (a pipe, a terminal) is
 * waited for. */
struct reader *reader_open(struct loop *loop, const char *path, struct err *err);
void reader_close(struct reader *reader); /* NULL is fine */

/* Calls fn(arg, bytes, n, NULL) from the loop with the next piece, valid until the next call; n = 0 at the end;
 * `err` where it cannot be read. Not while one is awaited. */
typedef void reader_fn(void *arg, const char *bytes, size_t n, const struct err *err);
void reader_next(struct reader *reader, reader_fn *fn, void *arg);

#endif
