/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a load: what became of unanswered commits is asked, and total, ledger and outcomes are compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "bank/lookup_body.h"
#include "base/clock.h"
#include "base/mem.h"
#include "load_internal.h"

enum { FINISH_CONNECT_MS = 10000, FINISH_PAUSE_MS = 500, FINISH_LIMIT_US = 60000000, FINISH_ASKED_MAX = 20 };
enum { FINISH_AUDIT, FINISH_TALLY, FINISH_STATEMENTS };

static void finish_later(struct load *load)
{
	timer_start(load->finish, FINISH_PAUSE_MS);
}

static void finish_over(struct load *load)
{
	load_fail(load, load->report.error.status, NULL);
}

/* ---- the connection, which may have been lost while it was not used ---- */

static void finish_on_connected(void *arg, const struct err *err)
{
	struct load *load = arg;
	if (!err) {
		finish_go_on(load);
	} else if (!load->hurried && clock_us() - load->finish_us < FINISH_LIMIT_US) {
		finish_later(load);
	} else {
		err_set(&load->report.error, ST_CONNECT, "accounts and ledger could not be checked: %s", err->text);
		finish_over(load);
	}
}

/* ---- unanswered commits ---- */

/* It is known now; `outcome` is where it counts. */
static void finish_settled(struct load *load, uint64_t *outcome)
{
	load->report.outcomes.unknown--;
	++*outcome;
	load->report.settled++;
}

static bool finish_know(struct load *load, const struct txn_result *result)
{
	struct lookup_facts facts = lookup_facts(load->lookup);
	int64_t amount;
	bool known = facts.amount && amount_parse(facts.amount, load->catalogue->balance_scale, &amount) == AMOUNT_FINE;
	if (result->outcome == OUTCOME_COMMITTED) {
		load->report.moved += known ? (uint64_t)amount : 0;
		finish_settled(load, &load->report.outcomes.committed);
		return true;
	}
	if (result->outcome != OUTCOME_REJECTED || facts.open || facts.swallowed)
		return false;
	finish_settled(load, &load->report.outcomes.failed);
	return true;
}

/* Where the ledger cannot tell yet, a session of ours may still be at its end on the server. */
static void finish_on_looked_up(void *arg, const struct txn_result *result)
{
	struct load *load = arg;
	bool known = finish_know(load, result);
	lookup_free(load->lookup);
	load->lookup = NULL;
	if (!known && !load->hurried && ++load->asked_again < FINISH_ASKED_MAX) {
		finish_later(load);
		return;
	}
	load->asked_again = 0;
	load->doubt++;
	timer_start(load->finish, 0);
}

static void finish_settle(struct load *load)
{
	struct txn_options options;
	txn_options_init(&options);
	load->lookup = lookup_new(load->catalogue, load->doubts[load->doubt].id, db_dialect(load->control)->others_sql);
	txn_start(load->control_txn, lookup_body(load->lookup), "load: settle", &options, finish_on_looked_up, load);
}

/* ---- the checks ---- */

static struct audit_line *finish_add(struct load_report *report, const char *check, bool ok)
{
	struct audit_line *line = &report->checks[report->nchecks++];
	*line = (struct audit_line){.check = check, .ok = ok};
	return line;
}

static void finish_check_outcomes(struct load_report *report)
{
	const struct load_outcomes *o = &report->outcomes;
	uint64_t sum = o->committed + o->reads + o->rejected + o->failed + o->gave_up + o->cancelled + o->unknown;
	struct audit_line *line = finish_add(report, "every transfer has one outcome", sum == o->begun);
	snprintf(line->found, sizeof line->found, "%" PRIu64 " of %" PRIu64, sum, o->begun);
}

/* Those whose outcome is not known may be there or not. */
static void finish_check_rows(struct load *load)
{
	struct load_report *report = &load->report;
	const struct load_outcomes *o = &report->outcomes;
	uint64_t rows = strtoull(load->tally[TOTAL_N], NULL, 10);
	bool ok = rows >= o->committed && rows <= o->committed + o->unknown;
	struct audit_line *line = finish_add(report, "transfers of this load in the ledger", ok);
	snprintf(line->found, sizeof line->found, "%" PRIu64 ", and %" PRIu64 " committed", rows, o->committed);
}

static void finish_check_moved(struct load *load)
{
	struct load_report *report = &load->report;
	struct amount_text moved = amount_show((int64_t)report->moved, report->scale);
	int64_t units = -1;
	bool number = amount_parse(load->tally[TOTAL_SUM], report->scale, &units) == AMOUNT_FINE;
	bool ok = number && (uint64_t)units >= report->moved &&
		  ((uint64_t)units == report->moved || report->outcomes.unknown > 0);
	struct audit_line *line = finish_add(report, "what they moved", ok);
	snprintf(line->found, sizeof line->found, "%.40s, and %s by those that committed", load->tally[TOTAL_SUM],
		 moved.text);
}

static void finish_on_check(void *arg, size_t index, const struct answer *answer)
{
	struct load *load = arg;
	struct load_report *report = &load->report;
	if (!answer->ok && !answer->skipped && !report->error.status)
		answer_tell(&report->error, ST_STATEMENT, answer, "accounts and ledger could not be checked");
	if (!answer->ok || !answer->rows)
		return;
	if (index == FINISH_AUDIT)
		report->nchecks = audit_read(
			answer->rows,
			&(struct audit_expected){load->total, load->below, load->catalogue->balance_floor < 0},
			report->checks);
	for (size_t i = 0; index == FINISH_TALLY && i < TOTAL_COLUMNS; i++)
		snprintf(load->tally[i], sizeof load->tally[i], "%s", rows_cell(answer->rows, 0, i));
}

/* Without a word of why where they still wait: a pooler lets them in, and they wait for a session of the server's. */
static void finish_check_served(struct load *load)
{
	struct load_report *report = &load->report;
	if (load->connected || !report->nseconds)
		return;
	err_set(&report->error, ST_CONNECT, "%s: no transfer was begun, because no worker was connected in time%s",
		report->way.word,
		db_pooled(load->control) ? "; the pooler in between has too few sessions: take fewer --workers, or "
					   "set a larger default_pool_size"
					 : "");
}

static void finish_on_checked(void *arg)
{
	struct load *load = arg;
	struct load_report *report = &load->report;
	if (!report->error.status)
		finish_check_served(load);
	if (!report->error.status) {
		finish_check_outcomes(report);
		if (report->recorded)
			finish_check_rows(load);
		if (report->recorded)
			finish_check_moved(load);
	}
	for (size_t i = 0; i < report->nchecks; i++)
		report->failed_checks += !report->checks[i].ok;
	finish_over(load);
}

static void finish_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct load *load = arg;
	(void)answered, (void)why;
	load->report.nchecks = 0;
	err_clear(&load->report.error);
	finish_later(load);
}

static void finish_check(struct load *load)
{
	struct statement statements[FINISH_STATEMENTS];
	const char *total = load->total, *range[] = {load->range[0], load->range[1]};
	struct db_context context = {0};
	struct db_reply reply = {finish_on_check, finish_on_checked, finish_on_lost, load, NULL};
	draw_first_id(load, load->range[0]);
	draw_last_id(load, load->range[1]);
	load_phase(load, LOAD_CHECKING);
	statements[FINISH_AUDIT] = catalogue_select(load->catalogue, CAT_AUDIT, &total, 1);
	if (load->report.recorded)
		statements[FINISH_TALLY] = catalogue_select(load->catalogue, CAT_LEDGER_TALLY, range, 2);
	db_send(load->control, statements, load->report.recorded ? FINISH_STATEMENTS : 1, &context, &reply);
}

/* ---- one step after another ---- */

void finish_go_on(struct load *load)
{
	if (!load->finish_us) {
		load->finish_us = clock_us();
		load_close(load);
	}
	if (db_state(load->control) != DB_IDLE)
		db_reconnect(load->control, FINISH_CONNECT_MS, finish_on_connected, load);
	else if (load->doubt < load->ndoubts && load->catalogue->ledger)
		finish_settle(load);
	else
		finish_check(load);
}

void finish_free(struct load *load)
{
	lookup_free(load->lookup);
}
