/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids that were seen: a list, and a table of places in it, so that each is there once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bank/tutorial.h"
#include "base/mem.h"

struct ids {
	char **list;
	size_t n;
	size_t *slots; /* number in the list + 1; 0: free; never more than half full */
	size_t nslots; /* a power of two */
};

struct ids *ids_new(void)
{
	struct ids *ids = NEW(struct ids);
	ids->nslots = 256;
	ids->slots = mem_array(ids->nslots, sizeof *ids->slots);
	ids->list = mem_array(ids->nslots / 2, sizeof *ids->list);
	return ids;
}

void ids_free(struct ids *ids)
{
	if (!ids)
		return;
	for (size_t i = 0; i < ids->n; i++)
		free(ids->list[i]);
	free(ids->list);
	free(ids->slots);
	free(ids);
}

/* FNV-1a */
static size_t hash(const char *id)
{
	uint64_t h = 14695981039346656037u;
	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

/* The slot of that id, or the free one where it belongs. */
static size_t *ids_slot_of(const struct ids *ids, const char *id)
{
	size_t at = hash(id);
	for (;; at++) {
		size_t *slot = &ids->slots[at & (ids->nslots - 1)];
		if (*slot == 0 || strcmp(ids->list[*slot - 1], id) == 0)
			return slot;
	}
}

static void grow(struct ids *ids)
{
	free(ids->slots);
	ids->nslots *= 2;
	ids->slots = mem_array(ids->nslots, sizeof *ids->slots);
	ids->list = mem_resize(ids->list, ids->nslots / 2, sizeof *ids->list);
	for (size_t i = 0; i < ids->n; i++)
		*ids_slot_of(ids, ids->list[i]) = i + 1;
}

bool ids_add(struct ids *ids, const char *id)
{
	if (*ids_slot_of(ids, id))
		return false;
	if (ids->n == ids->nslots / 2)
		grow(ids);
	ids->list[ids->n++] = mem_dup(id);
	*ids_slot_of(ids, id) = ids->n;
	return true;
}

size_t ids_count(const struct ids *ids)
{
	return ids->n;
}

const char *ids_at(const struct ids *ids, size_t i)
{
	return ids->list[i];
}
