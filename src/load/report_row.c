/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of a load as one row of data, with the same columns whatever happened. */
#include <inttypes.h>
#include <stdio.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "load/report.h"

struct report_row {
	const char **names;
	char **values;
	size_t n;
};

static void report_row_add(struct report_row *row, const char *name, char *value)
{
	row->names[row->n] = name;
	row->values[row->n++] = value;
}

static void report_row_number(struct report_row *row, const char *name, uint64_t number)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, number);
	report_row_add(row, name, mem_dup(text));
}

static void report_row_outcomes(struct report_row *row, const struct load_outcomes *o)
{
	report_row_number(row, "begun", o->begun);
	report_row_number(row, "committed", o->committed);
	report_row_number(row, "reads", o->reads);
	report_row_number(row, "rejected", o->rejected);
	report_row_number(row, "failed", o->failed);
	report_row_number(row, "gave_up", o->gave_up);
	report_row_number(row, "cancelled", o->cancelled);
	report_row_number(row, "unknown", o->unknown);
}

static void report_row_latency(struct report_row *row, const struct load_latency *latency)
{
	report_row_number(row, "p50_us", latency->p50);
	report_row_number(row, "p95_us", latency->p95);
	report_row_number(row, "p99_us", latency->p99);
	report_row_number(row, "max_us", latency->max);
}

static void report_row_time(struct report_row *row, const struct load_report *report)
{
	report_row_number(row, "server_us", report->time.server);
	if (report->blocked_known)
		report_row_number(row, "blocked_us", report->time.blocked);
	else
		report_row_add(row, "blocked_us", NULL);
	report_row_number(row, "backoff_us", report->time.backoff);
	report_row_number(row, "client_us", report->time.client);
}

/* "40001=12 40P01=3 lost=1" */
static char *report_row_states(const struct load_report *report)
{
	struct buf text = {0};
	for (size_t i = 0; i < report->nstates; i++)
		buf_fmt(&text, "%s%s=%" PRIu64, i ? " " : "",
			report->states[i].sqlstate[0] ? report->states[i].sqlstate : "lost", report->states[i].retries);
	return buf_take(&text);
}

/* "42501=12 57014=1 other=3" */
static char *report_row_reasons(const struct load_report *report)
{
	struct buf text = {0};
	for (size_t i = 0; i < report->nreasons; i++)
		buf_fmt(&text, "%s%s=%" PRIu64, i ? " " : "",
			report->reasons[i].sqlstate[0] ? report->reasons[i].sqlstate : "other", report->reasons[i].n);
	return buf_take(&text);
}

static char *report_row_hottest(const struct load_report *report)
{
	struct buf text = {0};
	for (size_t i = 0; i < report->nhot; i++)
		buf_fmt(&text, "%s%s=%" PRIu64, i ? " " : "", report->hot[i].id, report->hot[i].retries);
	return buf_take(&text);
}

size_t load_report_row(const struct load_report *report, const char *names[LOAD_COLUMNS_MAX],
		       char *values[LOAD_COLUMNS_MAX])
{
	struct report_row row = {names, values, 0};
	char rate[32];
	snprintf(rate, sizeof rate, "%.1f", load_rate(report));
	report_row_add(&row, "way", mem_dup(report->way.word));
	report_row_number(&row, "workers", report->workers);
	report_row_number(&row, "in_flight", report->in_flight);
	report_row_number(&row, "accounts", report->accounts);
	report_row_number(&row, "planned_a_second", report->rate);
	report_row_number(&row, "measured_us", report->measured_us);
	report_row_number(&row, "measured", report->measured);
	report_row_add(&row, "a_second", mem_dup(rate));
	snprintf(rate, sizeof rate, "%.3f", report->ratio);
	report_row_add(&row, "ratio", report->ratio > 0 ? mem_dup(rate) : NULL);
	report_row_outcomes(&row, &report->outcomes);
	report_row_number(&row, "untried", report->untried);
	report_row_add(&row, "moved", mem_dup(amount_show((int64_t)report->moved, report->scale).text));
	report_row_latency(&row, &report->latency);
	report_row_number(&row, "transactions", report->transactions);
	report_row_number(&row, "attempts", report->attempts);
	report_row_number(&row, "retries", report->retries);
	report_row_add(&row, "retries_by", report_row_states(report));
	report_row_number(&row, "round_trips", report->round_trips);
	report_row_number(&row, "lost_connections", report->lost);
	report_row_number(&row, "settled", report->settled);
	report_row_time(&row, report);
	report_row_add(&row, "hottest", report_row_hottest(report));
	report_row_number(&row, "checks", report->nchecks);
	report_row_number(&row, "checks_failed", report->failed_checks);
	report_row_add(&row, "reasons", report_row_reasons(report));
	report_row_add(&row, "reason", report->nreasons ? mem_dup(report->reasons[0].text) : NULL);
	return row.n;
}
