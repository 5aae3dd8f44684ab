/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage with a pooler in between: tests whether its sessions keep their backends before the spec is sent. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "src/lab/stage_internal.h"

bool pooled_any(struct stage *stage)
{
	bool any = false;
	for (size_t at = 0; at < lane_count(stage); at++)
		any = any || (lane_connected(lane_at(stage, at)) && db_pooled(lane_at(stage, at)->db));
	return any;
}

static bool any_fresh(struct stage *stage)
{
	bool any = false;
	for (size_t at = 0; at < lane_count(stage); at++)
		any = any || lane_at(stage, at)->fresh;
	return any;
}

/* Takes the text. */
static void pooled_refuse(struct stage *stage, struct buf *text)
{
	stage_fail(stage, &(struct stage_fact){.fail = FAIL_POOL, .lane = -1, .text = buf_text(text)});
	buf_free(text);
}

static void refuse_mode(struct stage *stage, enum pool_mode mode, const char *each)
{
	struct buf text = {0};
	buf_fmt(&text,
		"the lesson needs sessions that stay: the pooler in between is in %s mode and gives each %s another "
		"one; "
		"connect past it, or set pool_mode=session with at least %zu connections for the lesson",
		pool_mode_name(mode), each, lane_count(stage));
	pooled_refuse(stage, &text);
}

static void refuse_size(struct stage *stage, size_t got, const char *why)
{
	struct buf text = {0};
	buf_fmt(&text,
		"the lesson needs %zu sessions at once, and the pooler in between gave it %zu%s%s%s; connect past it, "
		"or "
		"set pool_mode=session with a default_pool_size for these and all others",
		lane_count(stage), got, why[0] ? " (" : "", why, why[0] ? ")" : "");
	pooled_refuse(stage, &text);
}

/* All were there a moment ago, and one is not any more. */
static void refuse_lost(struct stage *stage, const char *why)
{
	struct buf text = {0};
	buf_fmt(&text, "the pooler in between has lost a session of the lesson: %s", why);
	pooled_refuse(stage, &text);
}

static void on_tried(void *arg, const struct pool_answer *answer)
{
	struct stage *stage = arg;
	switch (answer->mode) {
	case POOL_STEADY:
		pooled_stop(stage);
		stage->setup = SETUP_NAME;
		stage_stir(stage);
		return;
	case POOL_SHARED:
		refuse_mode(stage, answer->mode, "transaction");
		return;
	case POOL_STATEMENTS:
		refuse_mode(stage, answer->mode, "statement");
		return;
	case POOL_SMALL:
		refuse_size(stage, answer->got, "");
		return;
	case POOL_UNKNOWN:
		refuse_lost(stage, answer->why);
		return;
	}
}

bool pooled_try(struct stage *stage)
{
	struct db **dbs = mem_array(lane_count(stage), sizeof(struct db *));
	size_t n = 0;
	for (size_t at = 0; at < lane_count(stage); at++)
		if (lane_connected(lane_at(stage, at)))
			dbs[n++] = lane_at(stage, at)->db;
	bool tries = n > 1 && any_fresh(stage) && pooled_any(stage);
	if (tries)
		stage->probe = pool_probe_start(stage->loop, dbs, n, POOL_LIMIT_MS, on_tried, stage);
	free(dbs);
	return tries;
}

void pooled_none(const struct lane *lane, const struct err *err)
{
	struct stage *stage = lane->stage;
	bool waited = clock_us() - lane->dialled_us >= (uint64_t)POOL_LIMIT_MS * 1000;
	size_t got = 0;
	for (size_t at = 0; at < lane_count(stage); at++)
		got += lane_connected(lane_at(stage, at));
	refuse_size(stage, got, waited ? "" : err->text);
}

void pooled_stop(struct stage *stage)
{
	struct pool_probe *probe = stage->probe;
	stage->probe = NULL;
	pool_probe_free(probe);
}
