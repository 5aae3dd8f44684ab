/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The enums of a player and its stage as words of a trace. */
#include <string.h>

#include "base/mem.h"
#include "recorded_internal.h"

static const char *const player_states[] = {"starting", "ready", "busy", "checking", "over", "failed"};
static const char *const paces[] = {"by hand", "goes on", "auto"};
static const char *const lane_states[] = {"off", "idle", "running", "waiting", "held", "lost", "cut"};
static const char *const word_kinds[] = {"rows", "tag", "error", "notice", "notify"};
static const char *const outcomes[] = {"none", "committed", "rejected", "failed", "gave up", "cancelled", "unknown"};
static const char *const servers[] = {"PostgreSQL", "CockroachDB"};

const struct recorded_words recorded_player_states = {player_states, COUNT_OF(player_states)};
const struct recorded_words recorded_paces = {paces, COUNT_OF(paces)};
const struct recorded_words recorded_lane_states = {lane_states, COUNT_OF(lane_states)};
const struct recorded_words recorded_word_kinds = {word_kinds, COUNT_OF(word_kinds)};
const struct recorded_words recorded_outcomes = {outcomes, COUNT_OF(outcomes)};
const struct recorded_words recorded_servers = {servers, COUNT_OF(servers)};

const char *recorded_word(const struct recorded_words *words, size_t value)
{
	return words->words[value < words->n ? value : 0];
}

size_t recorded_value(const struct recorded_words *words, const char *word)
{
	for (size_t i = 0; word && i < words->n; i++)
		if (strcmp(words->words[i], word) == 0)
			return i;
	return 0;
}
