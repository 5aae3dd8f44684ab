/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of a load as people read it: a line for each second, and the whole of it at the end. */
#include "load/report.h"

#include <inttypes.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "base/text.h"

double load_rate(const struct load_report *report)
{
	return report->measured_us ? (double)report->measured * 1e6 / (double)report->measured_us : 0;
}

const struct load_second *load_last_second(const struct load_report *report)
{
	return report->nseconds ? &report->seconds[report->nseconds % LOAD_SECONDS_MAX] : NULL;
}

static void report_duration(struct buf *out, const char *name, uint64_t us)
{
	char text[16];
	text_duration(text, us);
	buf_fmt(out, "  %s %s", name, text);
}

static void report_latency(struct buf *out, const struct load_latency *latency)
{
	report_duration(out, "p50", latency->p50);
	report_duration(out, "p95", latency->p95);
	report_duration(out, "p99", latency->p99);
	report_duration(out, "max", latency->max);
}

static void report_count(struct buf *out, uint64_t n, const char *what)
{
	if (n)
		buf_fmt(out, "  %" PRIu64 " %s", n, what);
}

void load_second_show(struct buf *out, const struct load_second *second)
{
	const struct load_outcomes *o = &second->outcomes;
	buf_fmt(out, "%3u s  %" PRIu64 " committed", second->at, o->committed);
	report_count(out, o->reads, "read");
	report_count(out, o->rejected, "rejected");
	report_count(out, o->failed, "failed");
	report_count(out, o->gave_up, "given up");
	report_count(out, o->unknown, "unknown");
	buf_fmt(out, "  %" PRIu64 " %s", second->retries, text_plural(second->retries, "retry", "retries"));
	report_latency(out, &second->latency);
	if (second->warm_up)
		buf_str(out, "  warm-up");
	if (!second->workers)
		buf_str(out, "  no server");
}

/* ---- the whole ---- */

static void report_head(struct buf *out, const struct load_report *report)
{
	char time[16];
	text_duration(time, report->measured_us);
	buf_fmt(out, "%s by %u %s", report->way.word, report->workers,
		text_plural(report->workers, "worker", "workers"));
	if (report->in_flight > 1)
		buf_fmt(out, ", %u in flight each", report->in_flight);
	buf_fmt(out, ", among %zu accounts%s, in %s", report->accounts,
		report->accounts_more ? " (there are more)" : "", time);
	if (report->rate)
		buf_fmt(out, ", %" PRIu64 " a second planned", report->rate);
	buf_str(out, report->stopped ? ", stopped\n" : "\n");
}

static void report_outcome(struct buf *out, const char *name, uint64_t n)
{
	if (n)
		buf_fmt(out, "%-12s %10" PRIu64 "\n", name, n);
}

static void report_reasons(struct buf *out, const struct load_report *report, bool rejected)
{
	for (size_t i = 0; i < report->nreasons; i++)
		if (report->reasons[i].rejected == rejected)
			buf_fmt(out, "%-12s %10" PRIu64 "   %s\n", "of these", report->reasons[i].n,
				report->reasons[i].text);
}

static void report_outcomes(struct buf *out, const struct load_report *report)
{
	const struct load_outcomes *o = &report->outcomes;
	buf_fmt(out, "%-12s %10" PRIu64 "   %.0f a second\n", "committed", o->committed, load_rate(report));
	report_outcome(out, "read", o->reads);
	report_outcome(out, "rejected", o->rejected);
	report_reasons(out, report, true);
	report_outcome(out, "failed", o->failed);
	report_reasons(out, report, false);
	if (report->untried)
		buf_fmt(out, "%-12s %10" PRIu64 "   failed by a conflict, which another attempt would have got over\n",
			"of these", report->untried);
	report_outcome(out, "given up", o->gave_up);
	report_outcome(out, "cancelled", o->cancelled);
	report_outcome(out, "unknown", o->unknown);
	buf_fmt(out, "%-12s %10s\n", "moved", amount_show((int64_t)report->moved, report->scale).text);
}

static void report_attempts(struct buf *out, const struct load_report *report)
{
	buf_fmt(out, "%-12s %10" PRIu64 "   %" PRIu64 " %s", "attempts", report->attempts, report->retries,
		text_plural(report->retries, "retry", "retries"));
	for (size_t i = 0; i < report->nstates; i++)
		buf_fmt(out, "%s %" PRIu64 " %s%s", i ? "," : ":", report->states[i].retries,
			report->states[i].sqlstate[0] ? "by " : "after a lost connection", report->states[i].sqlstate);
	buf_char(out, '\n');
	if (report->lost)
		buf_fmt(out, "%-12s %10" PRIu64 "   connections\n", "lost", report->lost);
	if (report->settled)
		buf_fmt(out, "%-12s %10" PRIu64 "   commits whose answer was lost, and whose outcome was found out\n",
			"settled", report->settled);
}

static double report_share(uint64_t part, const struct load_time *time)
{
	uint64_t all = time->server + time->backoff + time->client;
	return all ? (double)part * 100 / (double)all : 0;
}

static void report_time(struct buf *out, const struct load_report *report)
{
	const struct load_time *t = &report->time;
	buf_fmt(out, "%-12s server %.0f %%", "time", report_share(t->server, t));
	if (report->blocked_known)
		buf_fmt(out, " (blocked %.0f %%)", report_share(t->blocked, t));
	buf_fmt(out, "  backoff %.0f %%  client %.0f %%\n", report_share(t->backoff, t), report_share(t->client, t));
}

static void report_hottest(struct buf *out, const struct load_report *report)
{
	for (size_t i = 0; i < report->nhot; i++) {
		buf_fmt(out, "%-12s ", i ? "" : "hottest");
		text_escape(out, report->hot[i].id, strlen(report->hot[i].id), 40);
		buf_fmt(out, ": %" PRIu64 " %s\n", report->hot[i].retries,
			text_plural(report->hot[i].retries, "retry", "retries"));
	}
}

static void report_checks(struct buf *out, const struct load_report *report)
{
	for (size_t i = 0; i < report->nchecks; i++) {
		buf_fmt(out, "%-6s  %-38s", report->checks[i].ok ? "ok" : "FAILED", report->checks[i].check);
		text_escape(out, report->checks[i].found, strlen(report->checks[i].found), 100);
		buf_char(out, '\n');
	}
}

/* What to try next, where as many as one in ten met others. */
static void report_next(struct buf *out, const struct load_report *report)
{
	uint64_t met = report->retries + report->outcomes.gave_up + report->untried;
	if (met && met * 10 >= report->outcomes.begun)
		buf_fmt(out,
			"%-12s `load race read-write ordered oneshot batch=16` and the same options: which way "
			"meets fewer conflicts\n",
			"next");
}

void load_report_show(struct buf *out, const struct load_report *report)
{
	report_head(out, report);
	report_outcomes(out, report);
	buf_fmt(out, "%-12s", "latency");
	report_latency(out, &report->latency);
	buf_char(out, '\n');
	report_attempts(out, report);
	report_time(out, report);
	report_hottest(out, report);
	report_checks(out, report);
	report_next(out, report);
}

void load_reason_show(struct buf *out, const struct load_reason *reason)
{
	buf_fmt(out, "%" PRIu64 " %s: %s", reason->n, reason->rejected ? "rejected" : "failed", reason->text);
}

/* None was committed: what became of most of them is the status of the whole. */
static enum status report_nothing(const struct load_report *report, struct err *err)
{
	const struct load_outcomes *o = &report->outcomes;
	enum status status = o->failed ? ST_STATEMENT : o->gave_up ? ST_GAVE_UP : o->rejected ? ST_REJECTED : ST_OK;
	struct buf text = {0};
	if (o->committed || !status)
		return ST_OK;
	buf_str(&text, "no transfer was committed;");
	if (report->nreasons) {
		buf_char(&text, ' ');
		load_reason_show(&text, &report->reasons[0]);
	} else {
		report_count(&text, o->failed, "failed");
		report_count(&text, o->gave_up, "given up");
		report_count(&text, o->rejected, "rejected");
	}
	err_set(err, status, "%s", text.p);
	buf_free(&text);
	return status;
}

enum status load_report_status(const struct load_report *report, struct err *err)
{
	if (report->failed_checks)
		return err_set(
			err, ST_CHECK,
			"%zu of %zu checks failed; the money or the ledger was changed by others, is damaged, or "
			"the ledger serves another table as well: `init` with --ledger NAME makes one for this table",
			report->failed_checks, report->nchecks);
	if (report->error.status) {
		*err = report->error;
		return err->status;
	}
	if (report->outcomes.unknown)
		return err_set(err, ST_UNKNOWN, "OUTCOME UNKNOWN of %" PRIu64 " %s", report->outcomes.unknown,
			       text_plural(report->outcomes.unknown, "transfer", "transfers"));
	return report_nothing(report, err);
}
