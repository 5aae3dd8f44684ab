/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows a player: what became of its steps, each thing said once. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story_internal.h"

enum { SAID_WAITS = 1, SAID_DONE = 2, SAID_JUDGED = 4 };

/* What of a row was said. */
struct said {
	unsigned bits, fresh; /* in all, and in this call */
	const char *after;    /* the lesson's text */
};

struct story {
	const struct player *player;
	struct said *said; /* [nrows] */
	size_t nrows;
	bool astray; /* that it goes another way was said */
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
	story->astray = false;
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

static bool story_has_waited(const struct player *player, size_t at)
{
	struct player_row row = player_row(player, at);
	return !row.note && row.record && row.record->waited;
}

/* Of the rows up to `end` that are done, and not said to be, the one that was reported first; `end`: there is none. */
static size_t story_next_done(const struct story *story, size_t end)
{
	size_t first = end, least = SIZE_MAX;
	for (size_t i = 0; i < end; i++) {
		struct player_row row = player_row(story->player, i);
		bool done = row.note || (row.record && row.record->done);
		size_t number = row.note ? 0 : done ? row.record->done_number : SIZE_MAX;
		if (done && !(story->said[i].bits & SAID_DONE) && number < least) {
			first = i;
			least = number;
		}
	}
	return first;
}

static void story_follow_after(struct story *story, struct story_items *items, size_t at)
{
	struct said *said = &story->said[at];
	struct player_row row = player_row(story->player, at);
	const char *after = said->fresh ? story_after(story->player, &row) : NULL;
	if (after && after != said->after)
		story_add_text(items, STORY_TEXT, after);
	else if (!after && (said->fresh & SAID_DONE))
		story_add_compared(items, story->player, &row);
	said->after = after ? after : said->after;
	said->fresh = 0;
}

static void story_follow_row(struct story *story, struct story_items *items, size_t at, bool late)
{
	struct said *said = &story->said[at];
	struct player_question question = player_row_question(story->player, at);
	bool waits_said = said->bits & SAID_WAITS;
	said->fresh = sayable(story->player, at) & ~said->bits;
	said->bits |= said->fresh;
	if ((said->fresh & SAID_DONE) && !waits_said && story_has_waited(story->player, at))
		story_add_waited(items, story->player, at, late);
	if (said->fresh & (SAID_WAITS | SAID_DONE))
		story_add_outcome(items, story->player, at, late);
	if (said->fresh & SAID_JUDGED)
		story_add_judged(items, story->player, &question, false);
}

/* Each with what the lesson says of it: whether they come one by one or together is the way's doing, and not told. */
static void story_follow_late(struct story *story, struct story_items *items, size_t at)
{
	story_follow_row(story, items, at, true);
	story_follow_after(story, items, at);
}

void story_follow(struct story *story, struct story_items *items)
{
	const struct player *player = story->player;
	size_t n = player_nrows(player), last = story_last_step(player);
	items->values = player_values(player);
	if (n > story->nrows) {
		story->said = mem_resize(story->said, n, sizeof *story->said);
		memset(story->said + story->nrows, 0, (n - story->nrows) * sizeof *story->said);
		story->nrows = n;
	}
	for (size_t i = last; i < player_nsent(player); i++)
		story_follow_row(story, items, i, false);
	for (size_t i = last; i < player_nsent(player); i++)
		story_follow_after(story, items, i);
	for (size_t i; (i = story_next_done(story, last)) < last;)
		story_follow_late(story, items, i);
	for (size_t i = 0; i < last; i++)
		story_follow_late(story, items, i);
	if (player_true_rows(player) != PLAYER_ALL_TRUE && !story->astray) {
		story->astray = true;
		story_add_astray(items, player);
	}
}
