/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation that ends the program where there is no memory. */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*on_death)(void);

void mem_on_death(void (*restore)(void))
{
	on_death = restore;
}

void mem_give_back(void)
{
	if (on_death)
		on_death();
}

static _Noreturn void mem_die(void)
{
	static const char text[] = "teller: out of memory\n";
	mem_give_back();
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
	(void)ignored;
	_exit(1);
}

void *mem_array(size_t n, size_t size)
{
	void *p = size && n > PTRDIFF_MAX / size ? NULL : calloc(n ? n : 1, size ? size : 1);
	if (!p)
		mem_die();
	return p;
}

void *mem_new(size_t size)
{
	return mem_array(1, size);
}

void *mem_resize(void *p, size_t n, size_t size)
{
	if (size && n > PTRDIFF_MAX / size)
		mem_die();
	size_t bytes = n * size;
	p = realloc(p, bytes > 0 ? bytes : 1);
	if (!p)
		mem_die();
	return p;
}

void *mem_grow(void *p, size_t n, size_t size)
{
	bool full = (n & (n - 1)) == 0; /* it was resized at every power of two */
	return full ? mem_resize(p, n ? 2 * n : 1, size) : p;
}

char *mem_dup_n(const char *s, size_t n)
{
	char *copy = mem_array(n + 1, 1);
	memcpy(copy, s, n);
	return copy;
}

char *mem_dup(const char *s)
{
	return s ? mem_dup_n(s, strlen(s)) : NULL;
}
