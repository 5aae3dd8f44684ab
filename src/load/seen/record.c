/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes what is seen of a load as members of an object of a trace. */
#include <string.h>

#include "base/mem.h"
#include "seen_internal.h"
#include "trace/members.h"

enum { RECORD_TEXT = 1000 }; /* bytes of each text */

static const char *const seen_phases[] = {
	[LOAD_OPENING] = "opening",   [LOAD_CONNECTING] = "connecting",
	[LOAD_RUNNING] = "running",   [LOAD_RESTING] = "resting",
	[LOAD_ENDING] = "ending",     [LOAD_SETTLING] = "settling",
	[LOAD_CHECKING] = "checking", [LOAD_OVER] = "over",
};

const char *seen_phase(enum load_phase phase)
{
	return seen_phases[phase];
}

enum load_phase seen_phase_of(const char *word)
{
	size_t i = 0;
	while (i < LOAD_OVER && (!word || strcmp(word, seen_phases[i]) != 0))
		i++;
	return (enum load_phase)i;
}

static void record_numbers(struct buf *out, const char *key, const uint64_t *numbers, size_t n)
{
	members_list(out, key);
	for (size_t i = 0; i < n; i++)
		members_item_number(out, (int64_t)numbers[i]);
	members_list_end(out);
}

static void record_latency(struct buf *out, const char *key, const struct load_latency *latency)
{
	const uint64_t numbers[] = {latency->p50, latency->p95, latency->p99, latency->max};
	record_numbers(out, key, numbers, COUNT_OF(numbers));
}

static void record_outcomes(struct buf *out, const struct load_report *report)
{
	const struct load_outcomes *o = &report->outcomes;
	members_number(out, "committed", o->committed);
	members_number(out, "reads", o->reads);
	members_number(out, "rejected", o->rejected);
	members_number(out, "failed", o->failed);
	members_number(out, "gave_up", o->gave_up);
	members_number(out, "unknown", o->unknown);
	members_number(out, "retries", report->retries);
	members_number(out, "settled", report->settled);
}

static void record_times(struct buf *out, const struct load_report *report)
{
	const uint64_t time[] = {report->time.server, report->time.blocked, report->time.backoff, report->time.client};
	members_number(out, "measured_us", report->measured_us);
	members_number(out, "measured", report->measured);
	record_latency(out, "latency", &report->latency);
	record_numbers(out, "time", time, COUNT_OF(time));
	members_true(out, "blocked_known", report->blocked_known);
}

/* The oldest second first: what the charts are made of, and the latencies of the last one. */
static void record_seconds(struct buf *out, const struct load_report *report)
{
	unsigned n = report->nseconds < SEEN_SECONDS ? report->nseconds : SEEN_SECONDS;
	uint64_t done[SEEN_SECONDS], retries[SEEN_SECONDS], p99[SEEN_SECONDS];
	for (unsigned i = 0; i < n; i++) {
		const struct load_second *second = &report->seconds[(report->nseconds - n + 1 + i) % LOAD_SECONDS_MAX];
		done[i] = second->outcomes.committed + second->outcomes.reads;
		retries[i] = second->retries;
		p99[i] = second->latency.p99;
	}
	members_number(out, "seconds", report->nseconds);
	record_numbers(out, "second_done", done, n);
	record_numbers(out, "second_retries", retries, n);
	record_numbers(out, "second_p99", p99, n);
	if (n)
		record_latency(out, "last_latency", &load_last_second(report)->latency);
}

static void record_conflicts(struct buf *out, const struct load_report *report, bool values)
{
	members_list(out, "states");
	for (size_t i = 0; i < report->nstates; i++) {
		members_object(out);
		members_text(out, "sqlstate", report->states[i].sqlstate, RECORD_TEXT);
		members_number(out, "retries", report->states[i].retries);
		members_object_end(out);
	}
	members_list_end(out);
	members_list(out, "hot");
	for (size_t i = 0; values && i < report->nhot; i++) {
		members_object(out);
		members_text(out, "id", report->hot[i].id, RECORD_TEXT);
		members_number(out, "retries", report->hot[i].retries);
		members_object_end(out);
	}
	members_list_end(out);
}

static void record_reasons(struct buf *out, const struct load_report *report, bool values)
{
	members_list(out, "reasons");
	for (size_t i = 0; i < report->nreasons; i++) {
		const struct load_reason *reason = &report->reasons[i];
		members_object(out);
		members_text(out, "sqlstate", reason->sqlstate, RECORD_TEXT);
		members_true(out, "rejected", reason->rejected);
		members_true(out, "conflict", reason->conflict);
		members_number(out, "transfers", reason->n);
		members_text(out, "text", values ? reason->text : "(left out)", RECORD_TEXT);
		members_object_end(out);
	}
	members_list_end(out);
}

static void record_checks(struct buf *out, const struct load_report *report, bool values)
{
	members_number(out, "failed_checks", report->failed_checks);
	if (report->error.status)
		members_text(out, "error", values ? report->error.text : "(left out)", RECORD_TEXT);
	members_list(out, "checks");
	for (size_t i = 0; i < report->nchecks; i++) {
		members_object(out);
		members_text(out, "check", report->checks[i].check, RECORD_TEXT);
		members_true(out, "ok", report->checks[i].ok);
		members_text(out, "found", values ? report->checks[i].found : NULL, RECORD_TEXT);
		members_object_end(out);
	}
	members_list_end(out);
}

static void record_place(struct buf *out, const struct load_seen_way *way)
{
	members_true(out, "now", way->place.now);
	members_number(out, "turns", way->place.turns);
	members_number(out, "last_millionths", (uint64_t)(way->place.last * 1e6 + 0.5));
	members_number(out, "ratio_millionths", (uint64_t)(way->report.ratio * 1e6 + 0.5));
}

static void record_way(struct buf *out, const struct load_seen *seen, const struct load_seen_way *way, bool values)
{
	const struct load_report *report = &way->report;
	members_object(out);
	members_text(out, "way", report->way.word, RECORD_TEXT);
	members_word(out, "phase", seen_phase(report->phase));
	members_number(out, "workers", report->workers);
	members_number(out, "in_flight", report->in_flight);
	members_number(out, "accounts", report->accounts);
	record_outcomes(out, report);
	record_times(out, report);
	if (seen->race)
		record_place(out, way);
	else
		record_seconds(out, report);
	record_conflicts(out, report, values);
	record_reasons(out, report, values);
	record_checks(out, report, values);
	members_object_end(out);
}

void load_seen_record(struct buf *out, const struct load_seen *seen, bool values)
{
	members_true(out, "race", seen->race);
	members_word(out, "phase", seen_phase(seen->phase));
	members_number(out, "rounds", seen->rounds);
	members_list(out, "ways");
	for (size_t i = 0; i < seen->n; i++)
		record_way(out, seen, &seen->ways[i], values);
	members_list_end(out);
	members_list(out, "does");
	for (size_t i = 0; i < seen->nworkers; i++)
		members_item(out, seen->workers[i].word);
	members_list_end(out);
	members_list(out, "done");
	for (size_t i = 0; i < seen->nworkers; i++)
		members_item_number(out, (int64_t)seen->workers[i].done);
	members_list_end(out);
}
