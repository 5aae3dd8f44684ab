/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what was seen of a load from an object of a trace, whatever that says. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "seen_internal.h"

enum { RECORDED_COLS = 200 };

static uint64_t recorded_count(const struct json_object *object, const char *key, uint64_t most)
{
	int64_t number = json_object_number(object, key, 0);
	return number < 0 ? 0 : (uint64_t)number > most ? most : (uint64_t)number;
}

static uint64_t recorded_item(const struct json_object *object, const char *key, size_t i)
{
	int64_t number = json_object_item_number(object, key, i, 0);
	return number < 0 ? 0 : (uint64_t)number;
}

static size_t recorded_length(const struct json_object *object, const char *key, size_t most)
{
	size_t n = json_object_length(object, key);
	return n < most ? n : most;
}

/* What is a word of teller's own where nobody has changed the trace. */
static void recorded_word(char *out, size_t size, const char *text)
{
	struct buf harmless = {0};
	text_escape(&harmless, text ? text : "?", text ? strlen(text) : 1, size - 1);
	snprintf(out, size, "%s", buf_text(&harmless));
	buf_free(&harmless);
}

static const char *recorded_text(struct load_seen *seen, const char *text)
{
	char word[RECORDED_COLS];
	recorded_word(word, sizeof word, text);
	return seen_keep(seen, mem_dup(word));
}

static struct load_latency recorded_latency(const struct json_object *object, const char *key)
{
	return (struct load_latency){
		.p50 = recorded_item(object, key, 0),
		.p95 = recorded_item(object, key, 1),
		.p99 = recorded_item(object, key, 2),
		.max = recorded_item(object, key, 3),
	};
}

static void recorded_outcomes(struct load_report *report, const struct json_object *object)
{
	report->outcomes = (struct load_outcomes){
		.committed = recorded_count(object, "committed", INT64_MAX),
		.reads = recorded_count(object, "reads", INT64_MAX),
		.rejected = recorded_count(object, "rejected", INT64_MAX),
		.failed = recorded_count(object, "failed", INT64_MAX),
		.gave_up = recorded_count(object, "gave_up", INT64_MAX),
		.unknown = recorded_count(object, "unknown", INT64_MAX),
	};
	report->retries = recorded_count(object, "retries", INT64_MAX);
	report->settled = recorded_count(object, "settled", INT64_MAX);
}

/* Shares are made of these: their sum has room for a hundred of it. */
static uint64_t recorded_time(const struct json_object *object, size_t i)
{
	uint64_t us = recorded_item(object, "time", i);
	return us < INT64_MAX / 1000 ? us : 0;
}

static void recorded_times(struct load_report *report, const struct json_object *object)
{
	report->measured_us = recorded_count(object, "measured_us", INT64_MAX);
	report->measured = recorded_count(object, "measured", INT64_MAX);
	report->latency = recorded_latency(object, "latency");
	report->time = (struct load_time){recorded_time(object, 0), recorded_time(object, 1), recorded_time(object, 2),
					  recorded_time(object, 3)};
	report->blocked_known = json_object_true(object, "blocked_known");
}

/* No more than there are numbers of: a second of which there are none was an empty one. */
static void recorded_seconds(struct load_report *report, const struct json_object *object)
{
	unsigned n = (unsigned)recorded_length(object, "second_done", SEEN_SECONDS);
	report->nseconds = (unsigned)recorded_count(object, "seconds", UINT32_MAX);
	n = n < report->nseconds ? n : report->nseconds;
	for (unsigned i = 0; i < n; i++) {
		struct load_second *second = &report->seconds[(report->nseconds - n + 1 + i) % LOAD_SECONDS_MAX];
		second->outcomes.committed = recorded_item(object, "second_done", i);
		second->retries = recorded_item(object, "second_retries", i);
		second->latency.p99 = recorded_item(object, "second_p99", i);
	}
	if (report->nseconds)
		report->seconds[report->nseconds % LOAD_SECONDS_MAX].latency = recorded_latency(object, "last_latency");
}

static void recorded_conflicts(struct load_seen *seen, struct load_report *report, const struct json_object *object)
{
	report->nstates = recorded_length(object, "states", LOAD_STATES_MAX);
	for (size_t i = 0; i < report->nstates; i++) {
		const struct json_object *state = json_object_item_object(object, "states", i);
		recorded_word(report->states[i].sqlstate, sizeof report->states[i].sqlstate,
			      json_object_text(state, "sqlstate"));
		report->states[i].retries = recorded_count(state, "retries", INT64_MAX);
	}
	report->nhot = recorded_length(object, "hot", LOAD_HOT_MAX);
	for (size_t i = 0; i < report->nhot; i++) {
		const struct json_object *hot = json_object_item_object(object, "hot", i);
		const char *id = json_object_text(hot, "id");
		report->hot[i].id = seen_keep(seen, mem_dup(id ? id : "?"));
		report->hot[i].retries = recorded_count(hot, "retries", INT64_MAX);
	}
}

static void recorded_reasons(struct load_seen *seen, struct load_report *report, const struct json_object *object)
{
	report->nreasons = recorded_length(object, "reasons", LOAD_REASONS_MAX);
	for (size_t i = 0; i < report->nreasons; i++) {
		const struct json_object *recorded = json_object_item_object(object, "reasons", i);
		struct load_reason *reason = &report->reasons[i];
		const char *text = json_object_text(recorded, "text");
		struct buf harmless = {0};
		text_escape(&harmless, text ? text : "?", text ? strlen(text) : 1, LOAD_REASON_COLUMNS);
		recorded_word(reason->sqlstate, sizeof reason->sqlstate, json_object_text(recorded, "sqlstate"));
		reason->rejected = json_object_true(recorded, "rejected");
		reason->conflict = json_object_true(recorded, "conflict");
		reason->n = recorded_count(recorded, "transfers", INT64_MAX);
		reason->text = seen_keep(seen, buf_take(&harmless));
	}
}

static void recorded_checks(struct load_seen *seen, struct load_report *report, const struct json_object *object)
{
	const char *error = json_object_text(object, "error");
	if (error)
		err_set(&report->error, ST_STATEMENT, "%s", error);
	report->failed_checks = recorded_count(object, "failed_checks", LOAD_CHECKS_MAX);
	report->nchecks = recorded_length(object, "checks", LOAD_CHECKS_MAX);
	for (size_t i = 0; i < report->nchecks; i++) {
		const struct json_object *check = json_object_item_object(object, "checks", i);
		const char *found = json_object_text(check, "found");
		report->checks[i].check = recorded_text(seen, json_object_text(check, "check"));
		report->checks[i].ok = json_object_true(check, "ok");
		snprintf(report->checks[i].found, sizeof report->checks[i].found, "%s", found ? found : "");
	}
}

static void recorded_way(struct load_seen *seen, struct load_seen_way *way, const struct json_object *object)
{
	struct load_report *report = &way->report;
	recorded_word(report->way.word, sizeof report->way.word, json_object_text(object, "way"));
	report->phase = seen_phase_of(json_object_text(object, "phase"));
	report->workers = (unsigned)recorded_count(object, "workers", LOAD_WORKERS_MAX);
	report->in_flight = (unsigned)recorded_count(object, "in_flight", LOAD_IN_FLIGHT_MAX);
	report->accounts = recorded_count(object, "accounts", INT32_MAX);
	recorded_outcomes(report, object);
	recorded_times(report, object);
	recorded_seconds(report, object);
	recorded_conflicts(seen, report, object);
	recorded_reasons(seen, report, object);
	recorded_checks(seen, report, object);
	report->ratio = (double)recorded_count(object, "ratio_millionths", INT64_MAX) / 1e6;
	way->place = (struct race_place){
		.now = json_object_true(object, "now"),
		.turns = (unsigned)recorded_count(object, "turns", UINT16_MAX),
		.last = (double)recorded_count(object, "last_millionths", INT64_MAX) / 1e6,
	};
}

struct load_seen *load_seen_recorded(const struct json_object *object)
{
	bool race = json_object_true(object, "race");
	size_t n = recorded_length(object, "ways", race ? RACE_WAYS_MAX : 1);
	if (!n)
		return NULL;
	struct load_seen *seen = seen_new(n, recorded_length(object, "does", LOAD_WORKERS_MAX));
	seen->race = race;
	seen->phase = seen_phase_of(json_object_text(object, "phase"));
	seen->rounds = (unsigned)recorded_count(object, "rounds", UINT16_MAX);
	for (size_t i = 0; i < n; i++)
		recorded_way(seen, &seen->ways[i], json_object_item_object(object, "ways", i));
	for (size_t i = 0; i < seen->nworkers; i++) {
		recorded_word(seen->workers[i].word, sizeof seen->workers[i].word, json_object_item(object, "does", i));
		seen->workers[i].done = recorded_item(object, "done", i);
	}
	return seen;
}
