/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The texts of statements in a trace, by their numbers, and found by what they are. */
#include "texts_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TEXTS_SEATS = 2 * TEXTS_MAX };

struct texts {
	char *text[TEXTS_MAX + 1]; /* owned, by number; the first is not used */
	size_t length[TEXTS_MAX + 1];
	unsigned n;
	uint16_t seats[TEXTS_SEATS]; /* numbers, where their hash leads or behind it; 0: free */
};

struct texts *texts_new(void)
{
	return NEW(struct texts);
}

void texts_free(struct texts *texts)
{
	for (size_t i = 0; texts && i <= TEXTS_MAX; i++)
		free(texts->text[i]);
	free(texts);
}

static uint64_t texts_mix(uint64_t hash, const char *bytes)
{
	uint64_t piece;
	memcpy(&piece, bytes, sizeof piece);
	hash = (hash ^ piece) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

/* By its length, its beginning and its end: statements of a program differ there. None is shorter than 24 bytes. */
static uint64_t texts_hash(const char *text, size_t n)
{
	uint64_t hash = n;
	for (size_t i = 0; i < TEXTS_SHORT; i += sizeof hash) {
		hash = texts_mix(hash, text + i);
		hash = texts_mix(hash, text + n - TEXTS_SHORT + i);
	}
	return hash;
}

unsigned texts_number(struct texts *texts, const char *text, bool *is_new)
{
	size_t n = strnlen(text, TEXTS_LONG + 1);
	*is_new = false;
	if (n < TEXTS_SHORT || n > TEXTS_LONG)
		return 0;
	size_t seat = texts_hash(text, n) % TEXTS_SEATS;
	for (unsigned number; (number = texts->seats[seat]) != 0; seat = (seat + 1) % TEXTS_SEATS)
		if (texts->length[number] == n && memcmp(texts->text[number], text, n) == 0)
			return number;
	if (texts->n == TEXTS_MAX)
		return 0;
	*is_new = true;
	texts->text[++texts->n] = mem_dup_n(text, n);
	texts->length[texts->n] = n;
	texts->seats[seat] = (uint16_t)texts->n;
	return texts->n;
}

bool texts_take(struct texts *texts, const struct json_object *object)
{
	const char *state = json_object_text(object, "state"), *text = json_object_text(object, "is");
	int64_t number = json_object_number(object, "number", 0);
	if (!state || strcmp(state, "text") != 0)
		return false;
	if (!text || number < 1 || number > TEXTS_MAX || strlen(text) > TEXTS_READ_MAX)
		return true;
	free(texts->text[number]);
	texts->text[number] = mem_dup(text);
	return true;
}

const char *texts_at(const struct texts *texts, int64_t number)
{
	return number >= 1 && number <= TEXTS_MAX ? texts->text[number] : NULL;
}
