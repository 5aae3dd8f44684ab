/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes a snapshot of a load or a race at each second, turn and phase: every reader sees the same one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "seen_internal.h"
#include "src/load/load_internal.h"

struct load_seen *seen_new(size_t nways, size_t nworkers)
{
	struct load_seen *seen = NEW(struct load_seen);
	seen->n = nways;
	seen->ways = mem_array(nways + 1, sizeof *seen->ways);
	seen->nworkers = nworkers;
	seen->workers = mem_array(nworkers + 1, sizeof *seen->workers);
	return seen;
}

const char *seen_keep(struct load_seen *seen, char *text)
{
	if (text) {
		seen->texts = mem_grow(seen->texts, seen->ntexts, sizeof *seen->texts);
		seen->texts[seen->ntexts++] = text;
	}
	return text;
}

void load_seen_free(struct load_seen *seen)
{
	if (!seen)
		return;
	for (size_t i = 0; i < seen->ntexts; i++)
		free(seen->texts[i]);
	free(seen->texts);
	free(seen->ways);
	free(seen->workers);
	free(seen);
}

/* ---- when ---- */

static void see_key_of_load(char *key, size_t size, const struct load *load)
{
	const struct load_report *report = &load->report;
	snprintf(key, size, "load %d %u %u", (int)report->phase, report->nseconds, report->connected);
}

/* What each of them does is asked only at the end, where it is looked at: it costs. */
static void see_key_of_race(char *key, size_t size, struct race *race)
{
	enum load_phase phase = race_phase(race);
	unsigned turns = 0, now = 0, over = 0;
	for (unsigned i = 0; i < race_count(race); i++) {
		struct race_place place = race_place(race, i);
		turns += place.turns;
		now = place.now ? i + 1 : now;
		over += phase >= LOAD_ENDING && race_report(race, i)->phase == LOAD_OVER;
	}
	snprintf(key, size, "race %d %u %u %u", (int)phase, turns, now, over);
}

/* ---- what ---- */

/* As a trace can say it. */
static double see_rounded(double number)
{
	return number > 0 && number < 1e9 ? round(number * 1e6) / 1e6 : 0;
}

static void see_way(struct load_seen *seen, struct load_seen_way *way, const struct load_report *report)
{
	way->report = *report;
	way->report.ratio = see_rounded(report->ratio);
	way->place.last = see_rounded(way->place.last);
	for (size_t i = 0; i < report->nreasons; i++)
		way->report.reasons[i].text = seen_keep(seen, mem_dup(report->reasons[i].text));
	for (size_t i = 0; i < report->nhot; i++)
		way->report.hot[i].id = seen_keep(seen, mem_dup(report->hot[i].id));
}

static struct load_seen *see_load(struct load *load)
{
	const struct load_report *report = load_report(load);
	struct load_seen *seen = seen_new(1, report->workers);
	seen->phase = report->phase;
	see_way(seen, &seen->ways[0], report);
	for (unsigned i = 0; i < report->workers; i++) {
		struct load_seen_worker *worker = &seen->workers[i];
		snprintf(worker->word, sizeof worker->word, "%s", load_worker_word(load, i));
		worker->done = load_worker_done(load, i);
	}
	return seen;
}

static struct load_seen *see_race(struct race *race)
{
	struct load_seen *seen = seen_new(race_count(race), 0);
	seen->race = true;
	seen->phase = race_phase(race);
	seen->rounds = race_rounds(race);
	for (size_t i = 0; i < seen->n; i++) {
		seen->ways[i].place = race_place(race, i);
		see_way(seen, &seen->ways[i], race_report(race, i));
	}
	return seen;
}

void load_see(struct load_seen **seen, struct load *load, struct race *race)
{
	char key[sizeof(*seen)->key];
	uint64_t last_us = *seen ? (*seen)->taken_us : 0, now_us = clock_wall_us();
	if (race)
		see_key_of_race(key, sizeof key, race);
	else
		see_key_of_load(key, sizeof key, load);
	if (*seen && strcmp((*seen)->key, key) == 0)
		return;
	load_seen_free(*seen);
	*seen = race ? see_race(race) : see_load(load);
	(*seen)->taken_us = now_us > last_us ? now_us : last_us + 1;
	snprintf((*seen)->key, sizeof(*seen)->key, "%s", key);
}
