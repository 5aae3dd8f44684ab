/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts sessions into the order of a list: the tree of holders and waiters first, then the others; pure. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch/sessions.h"

/* What a session is to the waits, and where the making of the list is with it. */
struct place {
	long up;      /* the first that it waits for; SESSIONS_NONE: it waits for nobody */
	size_t below; /* the first of those that wait for it, in lines.order, ... */
	size_t n;     /* ... and how many */
	size_t keeps; /* so many wait for it, directly or by way of others */
	bool placed;  /* in the tree, with those below it */
};

struct lines {
	const struct sessions *sessions;
	struct place *places;
	const struct server_wait **order; /* by holder, and of one holder those that wait longest first */
	struct sessions_line *at;
	size_t n;
	bool *seen; /* while those that one keeps are counted */
};

static void lines_add(struct lines *lines, const struct sessions_line *line)
{
	lines->at = mem_grow(lines->at, lines->n, sizeof *lines->at);
	lines->at[lines->n++] = *line;
}

/* ---- who is below whom ---- */

static void lines_note(struct lines *lines)
{
	const struct sessions *sessions = lines->sessions;
	for (size_t i = 0; i < sessions->n; i++)
		lines->places[i].up = SESSIONS_NONE;
	for (size_t i = 0; i < sessions->nwaits; i++) {
		struct place *waiter = &lines->places[sessions->waits[i].waiter];
		lines->places[sessions->waits[i].holder].n++;
		if (waiter->up == SESSIONS_NONE)
			waiter->up = sessions->waits[i].holder;
	}
	for (size_t i = 1; i < sessions->n; i++)
		lines->places[i].below = lines->places[i - 1].below + lines->places[i - 1].n;
}

/* Inserted where it belongs among those below the same holder. */
static void lines_sort_in(struct lines *lines, const struct server_wait *wait, size_t already)
{
	const struct server_session *at = lines->sessions->at;
	const struct server_wait **below = &lines->order[lines->places[wait->holder].below];
	size_t to = already;
	for (; to > 0 && at[below[to - 1]->waiter].lock.age_us < at[wait->waiter].lock.age_us; to--)
		below[to] = below[to - 1];
	below[to] = wait;
}

static void lines_sort(struct lines *lines)
{
	const struct sessions *sessions = lines->sessions;
	size_t *already = mem_array(sessions->n, sizeof *already);
	lines->order = mem_array(sessions->nwaits, sizeof *lines->order);
	for (size_t i = 0; i < sessions->nwaits; i++)
		lines_sort_in(lines, &sessions->waits[i], already[sessions->waits[i].holder]++);
	free(already);
}

static size_t lines_count_below(struct lines *lines, long holder)
{
	const struct place *place = &lines->places[holder];
	size_t n = 0;
	for (size_t i = place->below; i < place->below + place->n; i++) {
		long waiter = lines->order[i]->waiter;
		if (lines->seen[waiter])
			continue;
		lines->seen[waiter] = true;
		n += 1 + lines_count_below(lines, waiter);
	}
	return n;
}

static bool lines_is_root(const struct place *place)
{
	return place->n > 0 && place->up == SESSIONS_NONE;
}

static void lines_count(struct lines *lines)
{
	for (size_t i = 0; i < lines->sessions->n; i++) {
		if (!lines_is_root(&lines->places[i]))
			continue;
		memset(lines->seen, 0, lines->sessions->n * sizeof *lines->seen);
		lines->places[i].keeps = lines_count_below(lines, (long)i);
	}
}

/* ---- the tree ---- */

static void lines_place(struct lines *lines, const struct sessions_line *line)
{
	struct place *place = &lines->places[line->session];
	struct sessions_line own = *line;
	own.again = place->placed;
	lines_add(lines, &own);
	if (place->placed)
		return;
	place->placed = true;
	for (size_t i = place->below; i < place->below + place->n; i++)
		lines_place(lines, &(struct sessions_line){.session = lines->order[i]->waiter,
							   .wait = lines->order[i] - lines->sessions->waits,
							   .depth = line->depth + 1});
}

/* The holder that waits for nobody and keeps most. */
static long lines_next_root(const struct lines *lines)
{
	long best = SESSIONS_NONE;
	for (size_t i = 0; i < lines->sessions->n; i++) {
		const struct place *place = &lines->places[i];
		if (place->placed || !lines_is_root(place))
			continue;
		if (best == SESSIONS_NONE || place->keeps > lines->places[best].keeps)
			best = (long)i;
	}
	return best;
}

/* Where no such holder is left, each waits for another that is left: going from one to its holder ends in a circle. */
static long lines_in_circle(const struct lines *lines)
{
	long at = SESSIONS_NONE;
	for (size_t i = 0; i < lines->sessions->n && at == SESSIONS_NONE; i++)
		if (lines->places[i].up != SESSIONS_NONE && !lines->places[i].placed)
			at = (long)i;
	for (size_t steps = 0; at != SESSIONS_NONE && steps < lines->sessions->n; steps++)
		at = lines->places[at].up;
	return at;
}

static void lines_add_tree(struct lines *lines)
{
	long root;
	while ((root = lines_next_root(lines)) != SESSIONS_NONE)
		lines_place(lines, &(struct sessions_line){.session = root, .wait = SESSIONS_NONE});
	while ((root = lines_in_circle(lines)) != SESSIONS_NONE)
		lines_place(lines, &(struct sessions_line){.session = root, .wait = SESSIONS_NONE, .circle = true});
}

/* ---- the others ---- */

static int lines_rank(const struct server_session *session)
{
	return session->xact_us >= 0                   ? 0
	       : strcmp(session->state, "active") == 0 ? 1
	       : strcmp(session->state, "idle") == 0   ? 2
						       : 3;
}

static int lines_compare(const struct server_session *a, const struct server_session *b)
{
	int rank = lines_rank(a) - lines_rank(b);
	if (rank)
		return rank;
	if (a->xact_us != b->xact_us)
		return a->xact_us > b->xact_us ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* qsort() hands nothing on, so the pointers say what is compared. */
static int lines_compare_at(const void *a, const void *b)
{
	return lines_compare(*(const struct server_session *const *)a, *(const struct server_session *const *)b);
}

static void lines_add_rest(struct lines *lines)
{
	const struct sessions *sessions = lines->sessions;
	const struct server_session **rest = mem_array(sessions->n, sizeof *rest);
	size_t n = 0;
	for (size_t i = 0; i < sessions->n; i++)
		if (lines->places[i].n == 0 && lines->places[i].up == SESSIONS_NONE)
			rest[n++] = &sessions->at[i];
	qsort((void *)rest, n, sizeof *rest, lines_compare_at);
	for (size_t i = 0; i < n; i++)
		lines_add(lines, &(struct sessions_line){.session = rest[i] - sessions->at, .wait = SESSIONS_NONE});
	free((void *)rest);
}

struct sessions_line *sessions_lines(const struct sessions *sessions, size_t *n, size_t *tree)
{
	struct lines lines = {.sessions = sessions};
	lines.places = mem_array(sessions->n, sizeof *lines.places);
	lines.seen = mem_array(sessions->n, sizeof *lines.seen);
	lines_note(&lines);
	lines_sort(&lines);
	lines_count(&lines);
	lines_add_tree(&lines);
	*tree = lines.n;
	lines_add_rest(&lines);
	*n = lines.n;
	free((void *)lines.order);
	free(lines.places);
	free(lines.seen);
	return lines.at;
}
