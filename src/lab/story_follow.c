/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows a player: what became of its steps, each thing said once. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story_internal.h"

enum { SAID_WAITS = 1, SAID_DONE = 2, SAID_JUDGED = 4 };

struct story {
	const struct player *player;
	unsigned char *said; /* [nrows]: what of a row was said */
	size_t nrows;
};

struct story *story_new(const struct player *player)
{
	struct story *story = NEW(struct story);
	story->player = player;
	return story;
}

void story_free(struct story *story)
{
	if (!story)
		return;
	free(story->said);
	free(story);
}

void story_begin(struct story *story)
{
	free(story->said);
	story->said = NULL;
	story->nrows = 0;
}

/* The row of the step that was sent last; behind it stands what the engine did then. */
static size_t last_step(const struct player *player)
{
	size_t at = player_nsent(player);
	while (at > 0 && player_row(player, --at).note)
		;
	return at;
}

/* What can be said of a row now, of these bits. */
static unsigned sayable(const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	struct player_question question = player_row_question(player, at);
	unsigned judged = question.ask && question.judged ? SAID_JUDGED : 0;
	if (row.note || (row.record && row.record->done))
		return SAID_DONE | judged;
	return (row.record && row.record->waited ? SAID_WAITS : 0) | judged;
}

static void follow_row(struct story *story, struct story_items *items, size_t at, bool late)
{
	unsigned fresh = sayable(story->player, at) & ~(unsigned)story->said[at];
	story->said[at] |= (unsigned char)fresh;
	if (fresh & (SAID_WAITS | SAID_DONE))
		story_add_outcome(items, story->player, at, late);
	if (fresh & SAID_JUDGED)
		story_add_judged(items, player_row_question(story->player, at));
}

void story_follow(struct story *story, struct story_items *items)
{
	size_t n = player_nrows(story->player), last = last_step(story->player);
	items->values = player_values(story->player);
	if (n > story->nrows) {
		story->said = mem_resize(story->said, n, 1);
		memset(story->said + story->nrows, 0, n - story->nrows);
		story->nrows = n;
	}
	for (size_t i = last; i < player_nsent(story->player); i++)
		follow_row(story, items, i, false);
	for (size_t i = 0; i < last; i++)
		follow_row(story, items, i, true);
}
