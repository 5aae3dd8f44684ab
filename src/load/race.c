/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The race of ways: several loads in turns of a second, interleaved; and how they compare. */
#include "load/race.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "load_internal.h"

enum { RACE_TURN_MS = 1000, RACE_ROUNDS_MAX = 600 };

struct racer {
	struct race *race;
	struct load *load;
	uint64_t turn_us, committed; /* of the turn that runs: when it began, and what there was before */
	double rates[RACE_ROUNDS_MAX];
	unsigned turns;
	bool open, over;
};

struct race {
	struct race_ops ops;
	struct timer *timer; /* of the turn, and of what follows from it */
	struct racer racers[RACE_WAYS_MAX];
	size_t n, at;
	unsigned rounds;
	bool ending;
};

static void race_changed(const struct race *race)
{
	if (race->ops.changed)
		race->ops.changed(race->ops.arg);
}

/* ---- turns ---- */

static uint64_t racer_done(const struct racer *racer)
{
	return racer->load->report.outcomes.committed + racer->load->report.outcomes.reads;
}

static void race_turn(struct race *race)
{
	struct racer *racer = &race->racers[race->at];
	racer->turn_us = clock_us();
	racer->committed = racer_done(racer);
	load_turn(racer->load);
	timer_start(race->timer, RACE_TURN_MS);
	race_changed(race);
}

static void race_end(struct race *race)
{
	race->ending = true;
	timer_stop(race->timer);
	for (size_t i = 0; i < race->n; i++)
		if (!race->racers[i].over)
			load_stop(race->racers[i].load);
}

/* One after another is checked, while nothing runs. */
static void race_on_timer(void *arg)
{
	struct race *race = arg;
	struct racer *racer = &race->racers[race->at];
	if (racer->load->report.phase == LOAD_RUNNING)
		load_rest(racer->load);
}

static void race_on_rested(void *arg)
{
	struct racer *racer = arg;
	struct race *race = racer->race;
	uint64_t us = clock_us() - racer->turn_us;
	if (race->ending)
		return;
	racer->rates[racer->turns++] = us ? (double)(racer_done(racer) - racer->committed) * 1e6 / (double)us : 0;
	if (race->ops.turn)
		race->ops.turn(race->ops.arg, race->at);
	race->at = (race->at + 1) % race->n;
	if (race->racers[race->at].turns < race->rounds)
		race_turn(race);
	else
		race_end(race);
}

/* ---- beginning and end ---- */

static void race_on_began(void *arg)
{
	struct racer *racer = arg;
	struct race *race = racer->race;
	racer->open = true;
	for (size_t i = 0; i < race->n; i++)
		if (!race->racers[i].open)
			return;
	if (!race->ending)
		race_turn(race);
}

/* Where one cannot begin, none runs. */
static void race_on_over(void *arg)
{
	struct racer *racer = arg;
	struct race *race = racer->race;
	racer->over = true;
	if (!race->ending)
		race_end(race);
	for (size_t i = 0; i < race->n; i++)
		if (!race->racers[i].over)
			return;
	race->ops.over(race->ops.arg);
}

/* Each of them has its seconds; one is enough to speak. */
static void race_on_second(void *arg)
{
	const struct racer *racer = arg;
	const struct race *race = racer->race;
	race_changed(race);
	if (racer == &race->racers[0] && race_phase(race) == LOAD_CONNECTING && race->ops.connecting)
		race->ops.connecting(race->ops.arg);
}

static void race_on_say(void *arg, const struct err *err)
{
	const struct race *race = ((struct racer *)arg)->race;
	if (race->ops.say)
		race->ops.say(race->ops.arg, err);
}

static unsigned race_planned(const struct load_spec *spec)
{
	uint64_t rounds = (spec->time_ms + RACE_TURN_MS - 1) / RACE_TURN_MS;
	return rounds < 1 ? 1 : rounds > RACE_ROUNDS_MAX ? RACE_ROUNDS_MAX : (unsigned)rounds;
}

struct race *race_new(struct loop *loop, struct ring *ring, const struct load_spec *spec, const struct load_way *ways,
		      size_t n, const struct race_ops *ops)
{
	struct race *race = NEW(struct race);
	race->ops = *ops;
	race->n = n;
	race->rounds = race_planned(spec);
	race->timer = timer_new(loop, race_on_timer, race);
	for (size_t i = 0; i < n; i++) {
		struct racer *racer = &race->racers[i];
		struct load_spec own = *spec;
		struct err err;
		struct load_ops load_ops = {.began = race_on_began,
					    .second = race_on_second,
					    .say = race_on_say,
					    .rested = race_on_rested,
					    .over = race_on_over,
					    .arg = racer};
		own.way = ways[i];
		own.count = own.warm_up_ms = own.time_ms = 0;
		own.in_turns = true;
		own.in_flight = own.way.kind == LOAD_ONESHOT ? spec->in_flight : 1;
		if (load_way_options(&own.way, &own.txn, &err)) /* which was asked before */
			abort();
		racer->race = race;
		racer->load = load_new(loop, ring, &own, &load_ops);
	}
	return race;
}

void race_free(struct race *race)
{
	if (!race)
		return;
	for (size_t i = 0; i < race->n; i++)
		load_free(race->racers[i].load);
	timer_free(race->timer);
	free(race);
}

void race_stop(struct race *race)
{
	race_end(race);
}

/* ---- how they compare ---- */

static int race_smaller(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double race_ratio(const struct racer *racer, const struct racer *first)
{
	double ratios[RACE_ROUNDS_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < racer->turns && i < first->turns; i++)
		if (first->rates[i] > 0)
			ratios[n++] = racer->rates[i] / first->rates[i];
	qsort(ratios, n, sizeof *ratios, race_smaller);
	return n ? ratios[n / 2] : 0;
}

size_t race_count(const struct race *race)
{
	return race->n;
}

const struct load_report *race_report(struct race *race, size_t way)
{
	struct racer *racer = &race->racers[way];
	load_report(racer->load);
	racer->load->report.ratio = race_ratio(racer, &race->racers[0]);
	return &racer->load->report;
}

enum load_phase race_phase(const struct race *race)
{
	enum load_phase phase = LOAD_OVER; /* of the one that is furthest behind */
	for (size_t i = 0; i < race->n; i++) {
		enum load_phase own = race->racers[i].load->report.phase;
		phase = own < phase ? own : phase;
	}
	return phase == LOAD_RESTING ? LOAD_RUNNING : phase;
}

unsigned race_rounds(const struct race *race)
{
	return race->rounds;
}

struct race_place race_place(const struct race *race, size_t way)
{
	const struct racer *racer = &race->racers[way];
	return (struct race_place){
		.now = way == race->at && racer->turn_us && !race->ending,
		.turns = racer->turns,
		.last = racer->turns ? racer->rates[racer->turns - 1] : 0,
	};
}

static void race_show_way(struct buf *out, const struct load_report *report)
{
	char p50[16], p99[16];
	const struct load_outcomes *o = &report->outcomes;
	text_duration(p50, report->latency.p50);
	text_duration(p99, report->latency.p99);
	buf_fmt(out, "%-12s %10.0f %6.2f %10" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9s %9s\n",
		report->way.word, load_rate(report), report->ratio, o->committed, report->retries,
		o->failed + o->gave_up, o->rejected, p50, p99);
}

/* Whether it may be believed; and of some that failed, why, where it was no conflict. */
static void race_show_end(struct buf *out, const struct load_report *report)
{
	struct err err = {0};
	bool ok = load_report_status(report, &err) == ST_OK;
	buf_fmt(out, "%-6s  %s: ", ok ? "ok" : "FAILED", report->way.word);
	if (ok)
		buf_str(out, "total, ledger and outcomes agree");
	else
		text_escape(out, err.text, strlen(err.text), 0);
	buf_char(out, '\n');
	for (size_t i = 0; ok && i < report->nreasons; i++) {
		if (report->reasons[i].conflict)
			continue;
		buf_fmt(out, "%-6s  %s: ", "", report->way.word);
		load_reason_show(out, &report->reasons[i]);
		buf_char(out, '\n');
	}
}

void race_show(struct buf *out, struct race *race)
{
	buf_fmt(out, "%-12s %10s %6s %10s %9s %9s %9s %9s %9s\n", "way", "a second", "ratio", "committed", "retries",
		"failed", "rejected", "p50", "p99");
	for (size_t i = 0; i < race->n; i++)
		race_show_way(out, race_report(race, i));
	for (size_t i = 0; i < race->n; i++)
		race_show_end(out, race_report(race, i));
	buf_str(out, "a second: transfers that committed; ratio: to the first way's, of the middle one of the rounds\n"
		     "failed: not committed, in all attempts; p50, p99: latency, all attempts and waits included\n");
}
