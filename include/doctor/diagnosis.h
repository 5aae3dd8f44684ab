/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor found, line by line. */
#ifndef DOCTOR_DIAGNOSIS_H
#define DOCTOR_DIAGNOSIS_H

#include "app/app_private.h"
#include "db/pool.h"
#include "event/show.h"

enum { DIAGNOSIS_LINES_MAX = 32, PINGS = 11 };

/* What a node said of itself; `said` is owned, NULL where it said nothing. */
struct node_fact {
	bool asked;
	char *said;
	char sqlstate[6]; /* why not */
};

struct diagnosis {
	struct job job;
	struct run *run;
	size_t n;
	struct finding {
		const char *check; /* static */
		bool ok;
		char *found;
		char *advice; /* what to do; NULL where all is well */
	} lines[DIAGNOSIS_LINES_MAX];

	/* Of the conversation with the server. */
	unsigned pings;
	uint64_t trip_us[PINGS];
	char isolation[32], read_only[8], fsync[8];
	char *refused; /* why the transaction was, NULL where it was not */
	struct {
		struct db *second; /* beside the session that writes; NULL without a pooler */
		struct pool_probe *probe;
		struct pool_answer found;
		char *why;
		void (*then)(struct diagnosis *diagnosis);
	} pool;
	struct node_fact node[4];
	void (*node_then)(struct diagnosis *diagnosis);
	struct err err;
};

/* One line; `advice` NULL: it is well. Both are copied. */
void diagnosis_add(struct diagnosis *diagnosis, const char *check, const char *advice, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
size_t diagnosis_failed(const struct diagnosis *diagnosis);
MUST_CHECK enum status diagnosis_show(const struct diagnosis *diagnosis, struct err *err);
void diagnosis_clear(struct diagnosis *diagnosis);

/* look_between.c: whether a pooler's sessions stay; where there is one, a second session is made to find out */
void diagnosis_look_between(struct diagnosis *diagnosis, void (*then)(struct diagnosis *diagnosis));
void diagnosis_show_between(struct diagnosis *diagnosis);
void diagnosis_end_between(struct diagnosis *diagnosis);

/* doctor_node.c: asks the node of a cluster about itself; of `reply` only `lost` and `arg` count. False where the server
 * has no nodes: then nothing is asked, and `then` is not called. */
bool diagnosis_ask_node(struct diagnosis *diagnosis, void (*then)(struct diagnosis *diagnosis), struct db_reply reply);
void diagnosis_show_node(struct diagnosis *diagnosis);
void diagnosis_forget_node(struct diagnosis *diagnosis);

/* look_here.c, look_there.c: what can be seen without a server; what was found with one */
void diagnosis_look_here(struct diagnosis *diagnosis);
void diagnosis_look_there(struct diagnosis *diagnosis);

#endif
