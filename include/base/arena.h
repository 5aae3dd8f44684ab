/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is taken piece by piece, and given back all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero-initialise it; arena_free() gives the memory back. */
struct arena {
	struct arena_block *block; /* the newest; those before it hang on it */
	size_t used;               /* of its bytes */
};

void *arena_take(struct arena *arena, size_t size);              /* never NULL, not cleared; never moved */
char *arena_dup_n(struct arena *arena, const char *s, size_t n); /* with a NUL behind it */
char *arena_dup(struct arena *arena, const char *s);
void arena_clear(struct arena *arena); /* what was taken is gone; some memory is kept for what comes */
void arena_free(struct arena *arena);

#endif
