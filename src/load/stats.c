/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report while it grows: outcomes, latencies, retries, where the time went; by second, and in all. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "load_internal.h"

/* ---- one transaction ---- */

static void stats_count(struct load_outcomes *outcomes, const struct op *op, enum outcome outcome)
{
	uint64_t *const by_outcome[] = {
		[OUTCOME_NONE] = NULL,
		[OUTCOME_COMMITTED] = op->kind == OP_READ ? &outcomes->reads : &outcomes->committed,
		[OUTCOME_REJECTED] = &outcomes->rejected,
		[OUTCOME_FAILED] = &outcomes->failed,
		[OUTCOME_GAVE_UP] = &outcomes->gave_up,
		[OUTCOME_CANCELLED] = &outcomes->cancelled,
		[OUTCOME_UNKNOWN] = &outcomes->unknown,
	};
	++*by_outcome[outcome];
}

/* Of several in one transaction each has an outcome of its own: one may be rejected where the others commit. */
static void stats_outcomes(struct load *load, struct slot *slot, enum outcome outcome)
{
	const struct op *op = &slot->op;
	for (size_t i = 0; i < op->n; i++) {
		int64_t amount;
		bool moved = op_moved(op, i, &amount);
		bool refused = outcome == OUTCOME_COMMITTED && !moved;
		enum outcome own = refused ? OUTCOME_REJECTED : outcome;
		stats_count(&load->report.outcomes, op, own);
		stats_count(&load->second.outcomes, op, own);
		if (own == OUTCOME_COMMITTED && op->kind != OP_READ) {
			load->report.moved += (uint64_t)amount;
			slot->worker->done++;
		}
		if (own == OUTCOME_UNKNOWN && op_id(op, i)) {
			load->doubts = mem_grow(load->doubts, load->ndoubts, sizeof *load->doubts);
			memcpy(load->doubts[load->ndoubts++].id, op_id(op, i), TRANSFER_ID_SIZE);
		}
	}
}

/* A transfer that was planned has waited since then. */
static void stats_latency(struct load *load, const struct op *op, const struct txn_result *result)
{
	uint64_t us = op->planned_us ? clock_us() - op->planned_us : result->elapsed_us;
	for (size_t i = 0; i < op->n; i++) {
		histogram_add(&load->second_latency, us);
		if (!op->warm_up)
			histogram_add(&load->latency, us);
	}
}

static void stats_time(struct load_time *time, const struct txn_result *result)
{
	uint64_t known = result->server_us + result->backoff_us;
	time->server += result->server_us;
	time->backoff += result->backoff_us;
	time->client += result->elapsed_us > known ? result->elapsed_us - known : 0;
}

/* Counted by SQLSTATE: the words of one may name each account. Those that find no place are in the sum alone. */
static void stats_reason(struct load_report *report, const struct txn_result *result, size_t n)
{
	bool rejected = result->outcome == OUTCOME_REJECTED;
	size_t i = 0;
	while (i < report->nreasons &&
	       (report->reasons[i].rejected != rejected || strcmp(report->reasons[i].sqlstate, result->sqlstate) != 0))
		i++;
	if (i == LOAD_REASONS_MAX)
		return;
	struct load_reason *reason = &report->reasons[i];
	if (i == report->nreasons) {
		struct buf text = {0};
		text_escape(&text, result->reason.text, strlen(result->reason.text), LOAD_REASON_COLUMNS);
		memcpy(reason->sqlstate, result->sqlstate, sizeof reason->sqlstate);
		reason->rejected = rejected;
		reason->conflict = sqlstate_conflict(result->sqlstate) != CONFLICT_NONE;
		reason->text = buf_take(&text);
		report->nreasons++;
	}
	reason->n += n;
}

void stats_free(struct load *load)
{
	for (size_t i = 0; i < load->report.nreasons; i++)
		free((char *)load->report.reasons[i].text);
}

void stats_took(struct load *load, struct slot *slot, const struct txn_result *result)
{
	struct load_report *report = &load->report;
	report->transactions++;
	report->attempts += result->attempts;
	report->round_trips += result->round_trips;
	report->settled += result->settled;
	if (result->outcome == OUTCOME_FAILED && sqlstate_conflict(result->sqlstate) != CONFLICT_NONE)
		report->untried += slot->op.n;
	if (result->outcome == OUTCOME_FAILED || (result->outcome == OUTCOME_REJECTED && result->sqlstate[0]))
		stats_reason(report, result, slot->op.n);
	stats_outcomes(load, slot, result->outcome);
	stats_time(&load->second.time, result);
	if (!slot->op.warm_up)
		stats_time(&report->time, result);
	if (result->outcome != OUTCOME_COMMITTED)
		return;
	stats_latency(load, &slot->op, result);
	if (slot->op.warm_up)
		return;
	report->measured += slot->op.n;
	load_committed(load);
}

/* ---- retries ---- */

/* Those that find no place of their own share the last one. */
static void stats_state(struct load_report *report, const char *sqlstate)
{
	size_t i = 0;
	while (i < report->nstates && strcmp(report->states[i].sqlstate, sqlstate) != 0)
		i++;
	if (i == LOAD_STATES_MAX) {
		report->states[--i].retries++;
		return;
	}
	if (i == report->nstates) {
		report->nstates++;
		memcpy(report->states[i].sqlstate, sqlstate, sizeof report->states[i].sqlstate);
	}
	report->states[i].retries++;
}

/* Kept in order as they grow: whoever looks does not go through all accounts. */
static void stats_heat(struct load_report *report, const char *id, uint64_t retries)
{
	size_t at = 0;
	while (at < report->nhot && report->hot[at].id != id)
		at++;
	if (at == LOAD_HOT_MAX && report->hot[--at].retries >= retries)
		return;
	report->nhot += at == report->nhot;
	for (; at > 0 && report->hot[at - 1].retries < retries; at--)
		report->hot[at] = report->hot[at - 1];
	report->hot[at] = (struct load_hot){id, retries};
}

void stats_retry(struct load *load, const struct slot *slot, const char *sqlstate)
{
	const struct op *op = &slot->op;
	char code[6] = "";
	strncpy(code, sqlstate, sizeof code - 1);
	load->report.retries++;
	load->second.retries++;
	stats_state(&load->report, code);
	for (size_t i = 0; i < 2 * op->n; i++)
		stats_heat(&load->report, load->crowd.ids[op->accounts[i]], ++load->crowd.retries[op->accounts[i]]);
}

/* ---- each second ---- */

static struct load_latency stats_quantiles(const struct histogram *histogram)
{
	return (struct load_latency){histogram_quantile(histogram, 0.5), histogram_quantile(histogram, 0.95),
				     histogram_quantile(histogram, 0.99), histogram->max};
}

static unsigned stats_connected(const struct load *load)
{
	unsigned up = 0;
	if (load->report.phase >= LOAD_SETTLING) /* they are closed, and not missed */
		return (unsigned)load->nworkers;
	for (size_t i = 0; i < load->nworkers; i++) {
		const struct db *db = load->workers[i].db;
		up += db && (db_state(db) == DB_IDLE || db_state(db) == DB_BUSY);
	}
	return up;
}

/* Samples tell it of those that wait now, whose transactions are not over yet. */
static void stats_blocked(struct load *load)
{
	uint64_t workers_us = (uint64_t)load->nworkers * 1000000;
	if (!load->samples)
		return;
	load->second.time.blocked = workers_us * load->blocked_samples / load->samples;
	if (!load->second.warm_up)
		load->report.time.blocked += load->second.time.blocked;
	load->samples = load->blocked_samples = 0;
}

void stats_second(struct load *load)
{
	struct load_second *second = &load->second;
	stats_blocked(load);
	second->at = ++load->report.nseconds;
	second->workers = stats_connected(load);
	second->latency = stats_quantiles(&load->second_latency);
	histogram_clear(&load->second_latency);
	load->report.seconds[second->at % LOAD_SECONDS_MAX] = *second;
	*second = (struct load_second){.warm_up = load_is_warm_up(load)};
}

/* ---- as of now ---- */

static int stats_more_retries(const void *a, const void *b)
{
	const struct load_state *x = a, *y = b;
	return (y->retries > x->retries) - (y->retries < x->retries);
}

static int stats_more_failed(const void *a, const void *b)
{
	const struct load_reason *x = a, *y = b;
	return (y->n > x->n) - (y->n < x->n);
}

void stats_complete(struct load *load)
{
	struct load_report *report = &load->report;
	report->connected = stats_connected(load);
	report->latency = stats_quantiles(&load->latency);
	qsort(report->states, report->nstates, sizeof *report->states, stats_more_retries);
	qsort(report->reasons, report->nreasons, sizeof *report->reasons, stats_more_failed);
	if (report->phase == LOAD_OVER && report->time.blocked > report->time.server)
		report->time.blocked = report->time.server;
}
