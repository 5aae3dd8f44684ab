/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks for a text in numbered lines, and goes from one line that holds it to the next; pure. */
#include "ui/find.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* With more lines, counting at each key would take longer than typing. */
enum { COUNTED_LINES = 20000 };

size_t find_place(const char *text, size_t n, size_t from, const char *wanted)
{
	size_t length = strlen(wanted);
	if (!length)
		return n;
	while (from < n && strncasecmp(text + from, wanted, length) != 0)
		from++;
	return from < n ? from : n;
}

static uint64_t find_within(const struct find_lines *lines, uint64_t line)
{
	uint64_t last = lines->first + (lines->n ? lines->n - 1 : 0);
	return line < lines->first ? lines->first : line > last ? last : line;
}

/* All lines once, the one where we are first or last. */
static enum found_how find_around(const struct find_lines *lines, const char *wanted, enum find_way way, uint64_t *at)
{
	uint64_t n = lines->n, start = find_within(lines, *at) - lines->first, skip = way == FIND_TYPED ? 0 : 1;
	for (uint64_t i = skip; i < n + skip; i++) {
		uint64_t k = way == FIND_PREVIOUS ? (start + n - i) % n : (start + i) % n;
		if (!lines->holds(lines->self, lines->first + k, wanted))
			continue;
		*at = lines->first + k;
		bool around = i == n || (way == FIND_PREVIOUS ? k > start : k < start);
		return around ? FOUND_AROUND : FOUND;
	}
	return FOUND_NONE;
}

static void find_count(const struct find_lines *lines, const char *wanted, uint64_t at, struct found *found)
{
	for (uint64_t k = 0; k < lines->n && lines->n <= COUNTED_LINES; k++)
		if (lines->holds(lines->self, lines->first + k, wanted)) {
			found->of++;
			found->which += lines->first + k <= at;
		}
}

void find_words(char words[FIND_WORDS], const struct found *found)
{
	words[0] = '\0';
	if (found->of)
		snprintf(words, FIND_WORDS, "%" PRIu64 " of %" PRIu64, found->which, found->of);
}

struct found find_go(struct find *find, const struct find_lines *lines, const char *text, enum find_way way,
		     uint64_t *at)
{
	struct found found = {.how = FOUND_UNASKED};
	if (way == FIND_BEGIN || way == FIND_TYPED) {
		if (way == FIND_BEGIN)
			find->origin = *at;
		buf_clear(&find->text);
		buf_str(&find->text, way == FIND_TYPED ? text : "");
		*at = find_within(lines, find->origin);
	}
	if (!find->text.len || !lines->n)
		return found;
	found.how = find_around(lines, buf_text(&find->text), way, at);
	if (found.how != FOUND_NONE)
		find_count(lines, buf_text(&find->text), *at, &found);
	return found;
}
