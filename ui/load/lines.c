/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A load as lines for its pane: what matters most comes first. */
#include "ui/load/lines.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

enum { LANE_COLS = 38, LABEL_COLS = 10, WIDE_COLS = 60, MOST_COLS = 16 };

static struct buf *lines_add(struct load_lines *lines, enum style style)
{
	static struct buf none;
	if (lines->n == LOAD_LINES_MAX) {
		buf_clear(&none);
		return &none;
	}
	lines->at[lines->n].style = style;
	return &lines->at[lines->n++].text;
}

static void lines_add_time(struct buf *out, const char *name, uint64_t us)
{
	char text[16];
	text_duration(text, us);
	buf_fmt(out, "%s %s  ", name, text);
}

static void lines_head(struct load_lines *lines, const struct load_report *report)
{
	struct buf *line = lines_add(lines, STYLE_HEAD);
	buf_fmt(line, "%u s  %s by %u %s", report->nseconds, report->way.word, report->workers,
		text_plural(report->workers, "worker", "workers"));
	if (report->in_flight > 1)
		buf_fmt(line, ", %u in flight each,", report->in_flight);
	buf_fmt(line, " among %zu accounts", report->accounts);
}

static void lines_count(struct buf *line, const char *name, uint64_t n)
{
	if (n)
		buf_fmt(line, "  %s %" PRIu64, name, n);
}

static void lines_outcomes(struct load_lines *lines, const struct load_report *report)
{
	const struct load_outcomes *o = &report->outcomes;
	const struct load_second *second = load_last_second(report);
	struct buf *line = lines_add(lines, STYLE_GOOD);
	buf_fmt(line, "committed %" PRIu64 "  %" PRIu64 "/s", o->committed,
		report->phase == LOAD_OVER ? (uint64_t)load_rate(report)
		: second                   ? second->outcomes.committed + second->outcomes.reads
					   : 0);
	lines_count(line, "read", o->reads);
	lines_count(line, "rejected", o->rejected);
	lines_count(line, "failed", o->failed);
	lines_count(line, "given up", o->gave_up);
	lines_count(line, "unknown", o->unknown);
}

static void lines_reasons(struct load_lines *lines, const struct load_report *report)
{
	for (size_t i = 0; i < report->nreasons; i++)
		load_reason_show(lines_add(lines, STYLE_BAD), &report->reasons[i]);
}

static void lines_latency(struct load_lines *lines, const struct load_report *report)
{
	const struct load_second *second = load_last_second(report);
	struct load_latency latency = report->phase == LOAD_OVER || !second ? report->latency : second->latency;
	struct buf *line = lines_add(lines, STYLE_TEXT);
	lines_add_time(line, "p50", latency.p50);
	lines_add_time(line, "p95", latency.p95);
	lines_add_time(line, "p99", latency.p99);
	lines_add_time(line, "max", latency.max);
}

static void lines_retries(struct load_lines *lines, const struct load_report *report)
{
	struct buf *line = lines_add(lines, report->retries ? STYLE_WAIT : STYLE_TEXT);
	buf_fmt(line, "retries %" PRIu64, report->retries);
	for (size_t i = 0; i < report->nstates; i++)
		buf_fmt(line, "  %s %" PRIu64,
			report->states[i].sqlstate[0] ? report->states[i].sqlstate : "lost connection",
			report->states[i].retries);
	if (report->settled)
		buf_fmt(line, "  settled %" PRIu64, report->settled);
}

static int lines_percent(uint64_t part, const struct load_time *time)
{
	uint64_t all = time->server + time->backoff + time->client;
	return all ? (int)(part * 100 / all) : 0;
}

static void lines_time(struct load_lines *lines, const struct load_report *report)
{
	const struct load_time *t = &report->time;
	struct buf *line = lines_add(lines, STYLE_TEXT);
	buf_fmt(line, "time: server %d %%", lines_percent(t->server, t));
	if (report->blocked_known)
		buf_fmt(line, " (blocked %d %%)", lines_percent(t->blocked, t));
	buf_fmt(line, "  backoff %d %%  client %d %%", lines_percent(t->backoff, t), lines_percent(t->client, t));
}

/* ---- a line over time, the newest second at its right end ---- */

enum lines_what { LINES_COMMITTED, LINES_RETRIES, LINES_P99 };

static uint64_t lines_value(const struct load_second *second, enum lines_what what)
{
	switch (what) {
	case LINES_COMMITTED:
		return second->outcomes.committed + second->outcomes.reads;
	case LINES_RETRIES:
		return second->retries;
	case LINES_P99:
		break;
	}
	return second->latency.p99;
}

/* What the highest mark stands for. */
static void lines_most(struct buf *line, enum lines_what what, uint64_t most)
{
	char text[16];
	text_duration(text, most);
	if (what == LINES_P99)
		buf_fmt(line, "  most %s", text);
	else
		buf_fmt(line, "  most %" PRIu64 "/s", most);
}

static void lines_chart(struct load_lines *lines, const struct load_report *report, const char *name,
			enum lines_what what, int columns)
{
	static const char levels[] = "_.:-=+*#";
	int beside = LABEL_COLS + (columns >= WIDE_COLS ? MOST_COLS : 0) + 1;
	unsigned room = columns > beside ? (unsigned)(columns - beside) : 0;
	unsigned held = report->nseconds < LOAD_SECONDS_MAX ? report->nseconds : LOAD_SECONDS_MAX - 1;
	unsigned n = held < room ? held : room;
	uint64_t most = 1;
	for (unsigned i = 0; i < n; i++) {
		uint64_t value = lines_value(&report->seconds[(report->nseconds - i) % LOAD_SECONDS_MAX], what);
		most = value > most ? value : most;
	}
	struct buf *line = lines_add(lines, what == LINES_RETRIES ? STYLE_WAIT : STYLE_TEXT);
	text_pad(line, name, LABEL_COLS, TEXT_LEFT);
	for (unsigned i = n; i-- > 0;) {
		uint64_t value = lines_value(&report->seconds[(report->nseconds - i) % LOAD_SECONDS_MAX], what);
		buf_char(line, value ? levels[value * (sizeof levels - 2) / most] : ' ');
	}
	if (columns >= WIDE_COLS && n)
		lines_most(line, what, most);
}

/* ---- accounts, workers, checks ---- */

static void lines_hottest(struct load_lines *lines, const struct load_report *report)
{
	if (!report->nhot)
		return;
	struct buf *line = lines_add(lines, STYLE_WAIT);
	buf_str(line, "hottest");
	for (size_t i = 0; i < report->nhot; i++) {
		buf_str(line, "  ");
		text_escape(line, report->hot[i].id, strlen(report->hot[i].id), 20);
		buf_fmt(line, " %" PRIu64 "%s", report->hot[i].retries, i ? "" : " retries");
	}
}

static void lines_workers(struct load_lines *lines, const struct load_seen *seen, int columns)
{
	unsigned across = columns >= 2 * LANE_COLS ? (unsigned)columns / LANE_COLS : 1;
	struct buf *line = seen->nworkers && seen->phase < LOAD_SETTLING ? lines_add(lines, STYLE_HEAD) : NULL;
	for (unsigned i = 0; line && i < across && i < seen->nworkers; i++)
		buf_fmt(line, "%-20s %14s  ", " worker", "transfers");
	for (unsigned i = 0; i < seen->nworkers && seen->phase < LOAD_SETTLING; i++) {
		struct buf lane = {0};
		line = i % across ? line : lines_add(lines, STYLE_FAINT);
		buf_fmt(&lane, "%3u %-20s %10" PRIu64, i + 1, seen->workers[i].word, seen->workers[i].done);
		text_pad(line, buf_text(&lane), LANE_COLS, TEXT_LEFT);
		buf_free(&lane);
	}
}

static void lines_checks(struct load_lines *lines, const struct load_report *report)
{
	if (report->error.status) {
		struct buf *line = lines_add(lines, STYLE_BAD);
		text_escape(line, report->error.text, strlen(report->error.text), 0);
	}
	for (size_t i = 0; i < report->nchecks; i++) {
		const struct audit_line *check = &report->checks[i];
		struct buf *line = lines_add(lines, check->ok ? STYLE_GOOD : STYLE_BAD);
		buf_fmt(line, "%-6s  %-38s", check->ok ? "ok" : "FAILED", check->check);
		text_escape(line, check->found, strlen(check->found), 60);
	}
}

void load_lines_make_none(struct load_lines *lines, bool recorded)
{
	if (recorded) {
		buf_str(lines_add(lines, STYLE_TEXT), "No load is recorded up to this event.");
		return;
	}
	buf_str(lines_add(lines, STYLE_TEXT), "No load has run yet.");
	buf_str(lines_add(lines, STYLE_TEXT), ":load --time 30 --hot 8 begins one,");
	buf_str(lines_add(lines, STYLE_TEXT), "after a review; :help load says the rest.");
}

void load_lines_make(struct load_lines *lines, const struct load_seen *seen, int columns)
{
	const struct load_report *report = &seen->ways[0].report;
	lines_head(lines, report);
	lines_outcomes(lines, report);
	lines_reasons(lines, report);
	lines_latency(lines, report);
	lines_retries(lines, report);
	lines_time(lines, report);
	lines_chart(lines, report, "committed", LINES_COMMITTED, columns);
	lines_chart(lines, report, "retries", LINES_RETRIES, columns);
	lines_chart(lines, report, "p99", LINES_P99, columns);
	lines_hottest(lines, report);
	lines_workers(lines, seen, columns);
	lines_checks(lines, report);
}

/* ---- a race ---- */

static void lines_race_head(struct load_lines *lines, const struct load_seen *seen)
{
	const struct load_report *first = &seen->ways[0].report;
	struct race_place from = seen->ways[0].place, to = seen->ways[seen->n - 1].place;
	struct buf *line = lines_add(lines, STYLE_HEAD);
	if (seen->phase == LOAD_RUNNING)
		buf_fmt(line, "round %u of %u", from.turns + from.now, seen->rounds);
	else
		buf_fmt(line, "%u of %u rounds", to.turns, seen->rounds);
	buf_fmt(line, "  %u %s  %zu accounts", first->workers, text_plural(first->workers, "worker", "workers"),
		first->accounts);
	buf_fmt(lines_add(lines, STYLE_FAINT), "  %-12s %8s %6s %9s %8s %7s %9s %9s", "way", "last/s", "ratio",
		"so far/s", "retries", "failed", "p50", "p99");
}

/* What is not known yet is a dash. */
static void lines_race_way(struct load_lines *lines, const struct load_seen_way *way)
{
	const struct load_report *report = &way->report;
	struct race_place place = way->place;
	struct buf *line = lines_add(lines, place.now ? STYLE_GOOD : STYLE_TEXT);
	char p50[16], p99[16];
	buf_fmt(line, "%c %-12s ", place.now ? '>' : ' ', report->way.word);
	if (place.turns)
		buf_fmt(line, "%8.0f", place.last);
	else
		buf_fmt(line, "%8s", "-");
	if (report->ratio > 0)
		buf_fmt(line, " %6.2f", report->ratio);
	else
		buf_fmt(line, " %6s", "-");
	text_duration(p50, report->latency.p50);
	text_duration(p99, report->latency.p99);
	buf_fmt(line, " %9.0f %8" PRIu64 " %7" PRIu64 " %9s %9s", load_rate(report), report->retries,
		report->outcomes.failed + report->outcomes.gave_up, p50, p99);
}

static void lines_race_failures(struct load_lines *lines, const struct load_report *report)
{
	for (size_t i = 0; i < report->nreasons; i++) {
		if (report->reasons[i].conflict)
			continue;
		struct buf *line = lines_add(lines, STYLE_BAD);
		buf_fmt(line, "%s: ", report->way.word);
		load_reason_show(line, &report->reasons[i]);
	}
}

static void lines_race_check(struct load_lines *lines, const struct load_report *report)
{
	struct err err = {0};
	if (report->phase != LOAD_OVER)
		return;
	bool ok = load_report_status(report, &err) == ST_OK;
	struct buf *line = lines_add(lines, ok ? STYLE_GOOD : STYLE_BAD);
	buf_fmt(line, "%-6s  %s: ", ok ? "ok" : "FAILED", report->way.word);
	if (ok)
		buf_str(line, "total, ledger and outcomes agree");
	else
		text_escape(line, err.text, strlen(err.text), 0);
}

void load_lines_make_race(struct load_lines *lines, const struct load_seen *seen)
{
	lines_race_head(lines, seen);
	for (size_t i = 0; i < seen->n; i++)
		lines_race_way(lines, &seen->ways[i]);
	for (size_t i = 0; i < seen->n; i++)
		lines_race_failures(lines, &seen->ways[i].report);
	for (size_t i = 0; i < seen->n; i++)
		lines_race_check(lines, &seen->ways[i].report);
}

void load_lines_free(struct load_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		buf_free(&lines->at[i].text);
	lines->n = 0;
}
