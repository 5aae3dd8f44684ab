/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of recorded players: the enums as words, which stay what they are in every later version. */
#ifndef LAB_RECORDED_INTERNAL_H
#define LAB_RECORDED_INTERNAL_H

#include "event/json.h"
#include "src/lab/player_internal.h"
#include "src/lab/stage_internal.h"

enum { RECORDED_TEXT = 16384 }; /* bytes of each text that are written */

struct recorded_words {
	const char *const *words;
	size_t n;
};
extern const struct recorded_words recorded_player_states, recorded_paces, recorded_lane_states, recorded_word_kinds,
	recorded_outcomes, recorded_servers;

const char *recorded_word(const struct recorded_words *words, size_t value);
size_t recorded_value(const struct recorded_words *words, const char *word); /* 0 where there is no such word */

/* read.c: members of an object of the trace, which may hold anything */
uint64_t recorded_number(const struct json_object *object, const char *key, uint64_t most); /* 0 where it is none */
size_t recorded_size(const struct json_object *object, const char *key);
char *recorded_own(const struct json_object *object, const char *key); /* owned; NULL where it is no text */

/* write_stage.c, read_stage.c */
void recorded_write_stage(struct buf *members, const struct stage *stage);
void recorded_read_stage(struct player *player, const struct json_object *object);

#endif
