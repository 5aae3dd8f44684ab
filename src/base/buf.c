/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing byte buffer, always NUL-terminated. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void buf_reserve(struct buf *b, size_t more)
{
	if (b->p && b->cap - b->len > more)
		return;
	size_t cap = b->cap ? b->cap : 64;
	if (more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
		mem_array(SIZE_MAX, 2); /* which there is not */
	while (cap - b->len <= more)
		cap *= 2;
	b->p = mem_resize(b->p, cap, 1);
	b->cap = cap;
}

void buf_add(struct buf *b, const char *bytes, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->p + b->len, bytes, n);
	b->len += n;
	b->p[b->len] = '\0';
}

char *buf_room(struct buf *b, size_t n)
{
	buf_reserve(b, n);
	return b->p + b->len;
}

void buf_put(struct buf *b, const char *end)
{
	b->len = (size_t)(end - b->p);
	b->p[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t n)
{
	buf_reserve(b, n);
	memset(b->p + b->len, c, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void buf_vfmt(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n > 0) {
		buf_reserve(b, (size_t)n);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vfmt(b, fmt, ap);
	va_end(ap);
}

void buf_clear(struct buf *b)
{
	buf_reserve(b, 0);
	b->len = 0;
	b->p[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

const char *buf_text(const struct buf *b)
{
	return b->p ? b->p : "";
}

char *buf_take(struct buf *b)
{
	buf_reserve(b, 0);
	b->p[b->len] = '\0';
	char *p = b->p;
	*b = (struct buf){0};
	return p;
}
