/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is taken piece by piece, and given back all at once. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ARENA_BLOCK = 2048, ARENA_ALIGN = sizeof(max_align_t) };

struct arena_block {
	struct arena_block *before;
	size_t size;
	max_align_t bytes[];
};

static void arena_grow(struct arena *arena, size_t size)
{
	size_t bytes = size > ARENA_BLOCK ? size : ARENA_BLOCK;
	struct arena_block *block = mem_resize(NULL, sizeof *block + bytes, 1);
	*block = (struct arena_block){arena->block, bytes};
	arena->block = block;
	arena->used = 0;
}

void *arena_take(struct arena *arena, size_t size)
{
	size_t whole = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	if (!arena->block || arena->block->size - arena->used < whole)
		arena_grow(arena, whole);
	char *taken = (char *)arena->block->bytes + arena->used;
	arena->used += whole;
	return taken;
}

char *arena_dup_n(struct arena *arena, const char *s, size_t n)
{
	char *copy = memcpy(arena_take(arena, n + 1), s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_dup(struct arena *arena, const char *s)
{
	return arena_dup_n(arena, s, strlen(s));
}

static void arena_drop_block(struct arena *arena)
{
	struct arena_block *block = arena->block;
	arena->block = block->before;
	free(block);
}

/* One block of the usual size is kept. */
void arena_clear(struct arena *arena)
{
	while (arena->block && (arena->block->before || arena->block->size > ARENA_BLOCK))
		arena_drop_block(arena);
	arena->used = 0;
}

void arena_free(struct arena *arena)
{
	while (arena->block)
		arena_drop_block(arena);
	*arena = (struct arena){0};
}
