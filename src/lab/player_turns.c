/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The turns of the order being played: its own, and those the engine adds when it begins a transaction again. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "event/show.h"
#include "player_internal.h"

static struct turn *turns_add(struct player *player, struct turn turn)
{
	turn.given = turn.right = -1;
	player->turns = mem_resize(player->turns, player->nturns + 1, sizeof *player->turns);
	player->sent = mem_resize(player->sent, player->nturns + 1, sizeof *player->sent);
	player->turns[player->nturns] = turn;
	return &player->turns[player->nturns++];
}

void player_turns_make(struct player *player)
{
	const struct spec *spec = player->lesson->spec;
	for (size_t i = 0; i < player->permutation->nturns; i++) {
		size_t step = player->permutation->turns[i].step;
		bool engine = lesson_retry_of(player->lesson, (long)player->order, spec->steps[step].session) != NULL;
		turns_add(player, (struct turn){.step = step, .place = (long)i, .attempt = engine});
	}
}

void player_turns_forget(struct player *player)
{
	for (size_t i = 0; i < player->nturns; i++)
		free(player->turns[i].note);
	free(player->turns);
	free(player->sent);
	player->turns = NULL;
	player->sent = NULL;
	player->nturns = player->nsent = 0;
}

static size_t session_of(const struct player *player, size_t step)
{
	return player->lesson->spec->steps[step].session;
}

/* What this attempt had before it does not come any more. */
static void turns_drop(struct player *player, size_t session)
{
	for (size_t i = 0; i < player->nturns; i++)
		if (!player->turns[i].sent && session_of(player, player->turns[i].step) == session)
			player->turns[i].dropped = true;
}

/* Stands behind what was sent, as something that has happened. */
static void add_note(struct player *player, const struct stage_fact *fact, const char *text)
{
	turns_add(player, (struct turn){.step = fact->record->step,
					.place = NO_PLACE,
					.attempt = fact->attempt,
					.note = mem_dup(text),
					.changed = player->moment,
					.sent = true});
	player->sent[player->nsent++] = player->nturns - 1; /* there is room for it only now */
}

/* The attempt stands behind all that others have to do yet: whatever it waits for will have ended then. */
void player_turns_again(struct player *player, const struct stage_fact *fact)
{
	char text[96], wait[16];
	size_t session = (size_t)fact->lane;
	text_duration(wait, fact->wait_us);
	snprintf(text, sizeof text, "rolled back, waited %s", wait);
	bool begins = true;
	turns_drop(player, session);
	add_note(player, fact, text);
	for (size_t i = 0; i < player->permutation->nturns; i++) {
		size_t step = player->permutation->turns[i].step;
		if (session_of(player, step) != session)
			continue;
		turns_add(player,
			  (struct turn){.step = step, .place = NO_PLACE, .attempt = fact->attempt, .begins = begins});
		begins = false;
	}
}

void player_turns_outcome(struct player *player, const struct stage_fact *fact)
{
	char text[96];
	snprintf(text, sizeof text, "%s on attempt %u", show_outcome(fact->outcome), fact->attempt);
	turns_drop(player, (size_t)fact->lane);
	add_note(player, fact, text);
}
