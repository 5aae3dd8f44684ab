/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is seen of a load, or of a race of ways: as it was when a second or a turn was over, live or in a recording. */
#ifndef LOAD_SEEN_H
#define LOAD_SEEN_H

#include "event/json.h"
#include "load/load.h"
#include "load/race.h"

struct load_seen_way {
	struct load_report report; /* its texts are those of the load_seen */
	struct race_place place;   /* in a race */
};

struct load_seen_worker {
	char word[32]; /* what it does, harmless: "UPDATE", "connecting" */
	uint64_t done; /* transfers that committed */
};

struct load_seen {
	bool race;
	enum load_phase phase;
	uint64_t taken_us; /* wall time: no other one has the same */
	unsigned rounds;   /* of a race */
	size_t n;          /* ways; one where it is no race */
	struct load_seen_way *ways;
	size_t nworkers; /* none in a race */
	struct load_seen_worker *workers;
	char **texts; /* that the reports borrow */
	size_t ntexts;
	char key[128]; /* what it was taken at: phase, second, turns */
};

/* Takes it anew where another phase, second or turn has begun since *seen was taken (NULL: never). One of the two is
 * there; *seen is the caller's. */
void load_see(struct load_seen **seen, struct load *load, struct race *race);
void load_seen_free(struct load_seen *seen); /* NULL is fine */

/* As members of an object of a trace, behind "taken_us"; without `values`, neither accounts nor amounts. And back, owned,
 * within its limits whatever the object says. */
void load_seen_record(struct buf *members, const struct load_seen *seen, bool values);
struct load_seen *load_seen_recorded(const struct json_object *object);

#endif
