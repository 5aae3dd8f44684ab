/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer, always NUL-terminated. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

/* Zero-initialise it; buf_free() gives the bytes back. `p` is NULL only while nothing was ever added. */
struct buf {
	char *p;
	size_t len;
	size_t cap;
};

void buf_add(struct buf *b, const char *bytes, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vfmt(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Room for n bytes behind what is there: the caller writes them, up to `end`, and says so by buf_put(). */
char *buf_room(struct buf *b, size_t n);
void buf_put(struct buf *b, const char *end);
void buf_clear(struct buf *b); /* keeps the memory; p becomes "" */
void buf_free(struct buf *b);
const char *buf_text(const struct buf *b); /* borrowed, never NULL */
char *buf_take(struct buf *b);             /* owned by the caller, never NULL; the buffer is empty again */

#endif
