/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways of writing the same transfer, in one list: their words, what they mean, how each is sent. */
#include "load/way.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/bundle.h"
#include "base/mem.h"

#define WAY_ROW(constant, name, text) {constant, name, text},

static const struct {
	enum load_kind kind;
	const char *word, *meaning;
} ways[] = {LOAD_WAYS(WAY_ROW, , )};

static bool way_is_batch(const char *word, unsigned *batch)
{
	char *end;
	if (strncmp(word, "batch=", 6) != 0 || !isdigit((unsigned char)word[6]))
		return false;
	unsigned long n = strtoul(word + 6, &end, 10);
	*batch = (unsigned)n;
	return !*end && n >= 2 && n <= BUNDLE_MAX;
}

enum status load_way_parse(const char *word, struct load_way *way, struct err *err)
{
	unsigned batch = 1;
	bool batched = way_is_batch(word, &batch);
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		bool same = strcmp(ways[i].word, word) == 0;
		if (ways[i].kind == LOAD_BATCH ? !batched : !same)
			continue;
		*way = (struct load_way){.kind = ways[i].kind, .batch = batched ? batch : 1};
		snprintf(way->word, sizeof way->word, "%s", word);
		return ST_OK;
	}
	return err_set(err, ST_USAGE, "there is no way \"%.40s\"; use %s, with K from 2 to %d", word, LOAD_WAY_CHOICES,
		       BUNDLE_MAX);
}

const char *load_way_meaning(const struct load_way *way)
{
	return ways[way->kind].meaning;
}

enum status load_way_options(const struct load_way *way, struct txn_options *options, struct err *err)
{
	if (way->kind == LOAD_ONESHOT)
		options->wire = WIRE_ONESHOT;
	else if (options->wire == WIRE_ONESHOT)
		return err_set(err, ST_USAGE,
			       "the way %s takes more than one round trip; --wire oneshot goes with "
			       "--way oneshot",
			       way->word);
	if (way->kind == LOAD_NAIVE)
		options->protocol = PROTOCOL_NONE;
	return ST_OK;
}
