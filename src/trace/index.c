/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of a trace: a place every so many stops; where they are too many, every other one is forgotten. */
#include "trace/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "refs_internal.h"
#include "scan_internal.h"

enum {
	INDEX_STOPS = 256,    /* stops from one place to the next, at first */
	INDEX_PLACES = 16384, /* at most */
};

struct trace_index {
	struct trace_place *places; /* owned */
	size_t n;
	uint64_t every; /* stops from one to the next */
	uint64_t stops;
	bool cut;
	struct refs *refs;
};

static void index_thin(struct trace_index *index)
{
	for (size_t i = 0; i < index->n; i += 2)
		index->places[i / 2] = index->places[i];
	index->n = (index->n + 1) / 2;
	index->every *= 2;
}

static void index_learn(struct trace_index *index, const struct scan_line *line, struct trace_place *now)
{
	if (line->is_long || !refs_is_line(line->text, line->n))
		return;
	struct json_object *object = json_object_read(line->text, line->n);
	if (object)
		(void)refs_take(index->refs, object, &now->base);
	json_object_free(object);
}

static void index_stop(struct trace_index *index, const struct trace_place *now)
{
	if ((now->stop - 1) % index->every != 0)
		return;
	if (index->n == INDEX_PLACES)
		index_thin(index);
	if ((now->stop - 1) % index->every == 0)
		index->places[index->n++] = *now;
}

static void index_take(struct trace_index *index, const struct scan_line *line, struct trace_place *now)
{
	int state = TRACE_STATE_COUNT;
	now->at = line->at;
	index_learn(index, line, now);
	if (scan_stops(line, &state)) {
		now->stop = ++index->stops;
		index_stop(index, now);
	}
	if (state < TRACE_STATE_COUNT)
		now->state[state] = line->at;
	else
		now->events += scan_kind(line, &state) == SCAN_EVENT;
}

struct trace_index *trace_index_read(const char *path, struct err *err)
{
	struct scan *scan = scan_open(path, err);
	struct scan_line line;
	struct trace_place now = {0};
	if (!scan)
		return NULL;
	struct trace_index *index = NEW(struct trace_index);
	index->places = mem_array(INDEX_PLACES, sizeof *index->places);
	index->every = INDEX_STOPS;
	index->refs = refs_new();
	for (bool header = true; scan_next(scan, &line) && !line.cut; header = false)
		if (!header)
			index_take(index, &line, &now);
	index->cut = line.n > 0 && line.cut;
	int why = scan_why(scan);
	scan_free(scan);
	if (!why)
		return index;
	err_set(err, ST_OWN, "cannot read %.300s: %s", path, strerror(why));
	trace_index_free(index);
	return NULL;
}

void trace_index_free(struct trace_index *index)
{
	if (!index)
		return;
	free(index->places);
	refs_free(index->refs);
	free(index);
}

uint64_t trace_index_stops(const struct trace_index *index)
{
	return index->stops;
}

const struct refs *trace_index_refs(const struct trace_index *index)
{
	return index->refs;
}

bool trace_index_cut(const struct trace_index *index)
{
	return index->cut;
}

struct trace_place trace_index_before(const struct trace_index *index, uint64_t stop)
{
	size_t i = stop > 0 ? (size_t)((stop - 1) / index->every) : 0;
	if (index->n == 0)
		return (struct trace_place){.stop = 1};
	return index->places[i < index->n ? i : index->n - 1];
}
