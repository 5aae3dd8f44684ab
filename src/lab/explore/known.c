/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the beginnings of orders that were played, so that what they decide is not played again. */
#include "known.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct known_entry {
	struct known_entry *next;
	struct known_prefix prefix;
	size_t n;
	unsigned char word[];
};

struct known {
	struct known_entry **buckets;
	size_t nbuckets, n;
};

enum { KNOWN_BUCKETS = 1024 };

struct known *known_new(void)
{
	struct known *known = NEW(struct known);
	known->nbuckets = KNOWN_BUCKETS;
	known->buckets = mem_array(known->nbuckets, sizeof(struct known_entry *));
	return known;
}

void known_free(struct known *known)
{
	if (!known)
		return;
	for (size_t i = 0; i < known->nbuckets; i++) {
		for (struct known_entry *entry = known->buckets[i], *next; entry; entry = next) {
			next = entry->next;
			free(entry);
		}
	}
	free(known->buckets);
	free(known);
}

/* FNV-1a. */
static size_t known_hash(const unsigned char *word, size_t n)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ word[i]) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

static void known_grow(struct known *known)
{
	size_t nbuckets = known->nbuckets * 4;
	struct known_entry **buckets = mem_array(nbuckets, sizeof(struct known_entry *));
	for (size_t i = 0; i < known->nbuckets; i++) {
		for (struct known_entry *entry = known->buckets[i], *next; entry; entry = next) {
			struct known_entry **bucket = &buckets[known_hash(entry->word, entry->n) % nbuckets];
			next = entry->next;
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	free(known->buckets);
	known->buckets = buckets;
	known->nbuckets = nbuckets;
}

static struct known_entry *known_find(const struct known *known, const unsigned char *word, size_t n)
{
	struct known_entry *entry = known->buckets[known_hash(word, n) % known->nbuckets];
	while (entry && !(entry->n == n && memcmp(entry->word, word, n) == 0))
		entry = entry->next;
	return entry;
}

struct known_prefix *known_at(struct known *known, const unsigned char *word, size_t n)
{
	struct known_entry *entry = known_find(known, word, n);
	if (entry)
		return &entry->prefix;
	if (known->n++ == known->nbuckets)
		known_grow(known);
	struct known_entry **bucket = &known->buckets[known_hash(word, n) % known->nbuckets];
	entry = mem_new(sizeof *entry + n);
	memcpy(entry->word, word, n);
	entry->n = n;
	entry->next = *bucket;
	*bucket = entry;
	return &entry->prefix;
}

size_t known_reduce(struct known *known, const unsigned char *word, size_t n, unsigned char *out, size_t *ends)
{
	const struct known_entry *entry = known_find(known, out, 0);
	uint64_t idle = entry ? entry->prefix.idle : 0;
	size_t length = 0;
	for (size_t i = 0; i < n; i++) {
		if (!(idle >> word[i] & 1)) {
			out[length++] = word[i];
			entry = known_find(known, out, length);
			idle |= entry ? entry->prefix.idle : 0;
		}
		if (ends)
			ends[i] = length;
		if (entry && entry->prefix.impossible)
			break;
	}
	return length;
}
