/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a load: it opens, runs for its time, ends with the transfers that run, and is checked. */
#include "load/load.h"

#include <stdlib.h>
#include <string.h>

#include "bank/query.h"
#include "base/clock.h"
#include "base/mem.h"
#include "load_internal.h"

enum { LOAD_SECOND_MS = 1000, LOAD_PLAN_MS = 1 };

void load_phase(struct load *load, enum load_phase phase)
{
	load->report.phase = phase;
}

void load_fail(struct load *load, enum status status, const char *why)
{
	if (why)
		err_set(&load->report.error, status, "%s", why);
	load_phase(load, LOAD_OVER);
	timer_start(load->finish, 0);
}

/* ---- what may begin ---- */

bool load_is_warm_up(const struct load *load)
{
	return clock_us() < load->measured_from_us;
}

static bool load_enough(const struct load *load)
{
	uint64_t count = load->spec.count;
	return (count && load->report.outcomes.begun >= count) || (load->end_us && clock_us() >= load->end_us);
}

/* Until now: of the turns before, and of this one. */
static uint64_t load_measured(const struct load *load)
{
	uint64_t now_us = clock_us();
	return load->turns_us + (now_us > load->measured_from_us ? now_us - load->measured_from_us : 0);
}

/* A count, or a turn, lasts until the last of those that were begun has committed; a time does not. */
void load_committed(struct load *load)
{
	enum load_phase phase = load->report.phase;
	if (phase == LOAD_RESTING || (phase == LOAD_ENDING && load->spec.count && !load->report.stopped))
		load->report.measured_us = load_measured(load);
}

static void load_end(struct load *load)
{
	timer_stop(load->planned);
	if (load->report.phase == LOAD_RUNNING)
		load->report.measured_us = load_measured(load);
	load_phase(load, LOAD_ENDING);
}

static uint64_t load_due(const struct load *load, uint64_t now_us)
{
	return now_us < load->next_planned_us ? 0 : (now_us - load->next_planned_us) * load->spec.rate / 1000000 + 1;
}

/* Open loop: one that should have begun by now is taken by whoever is free. */
static bool load_takes_planned(struct load *load, uint64_t *planned_us)
{
	uint64_t now_us = clock_us(), due = load_due(load, now_us);
	load->report.peak_due = due > load->report.peak_due ? due : load->report.peak_due;
	if (!due)
		return false;
	*planned_us = load->next_planned_us;
	load->next_planned_us += 1000000 / load->spec.rate;
	return true;
}

bool load_takes(struct load *load, uint64_t *planned_us)
{
	*planned_us = 0;
	if (load->report.phase != LOAD_RUNNING)
		return false;
	if (load_enough(load)) {
		load_end(load);
		return false;
	}
	return !load->spec.rate || load_takes_planned(load, planned_us);
}

static void load_go(struct load *load)
{
	for (size_t i = 0; i < load->nworkers; i++)
		worker_go(&load->workers[i]);
}

/* From the first free slot on, nothing more can be planned for now. */
static void load_on_planned(void *arg)
{
	struct load *load = arg;
	if (load->report.phase != LOAD_RUNNING)
		return;
	load_go(load);
	load_look(load);
	if (load->report.phase == LOAD_RUNNING)
		timer_start(load->planned, LOAD_PLAN_MS);
}

/* ---- time ---- */

/* While the workers connect nobody counts. */
static void load_tick_uncounted(struct load *load)
{
	timer_start(load->tick, LOAD_SECOND_MS);
	if (load->ops.second)
		load->ops.second(load->ops.arg);
}

static void load_on_tick(void *arg)
{
	struct load *load = arg;
	if (load->report.phase == LOAD_CONNECTING) {
		load_tick_uncounted(load);
		return;
	}
	uint64_t now_us = clock_us();
	load->start_us += (uint64_t)LOAD_SECOND_MS * 1000;
	uint64_t next_us = load->start_us + (uint64_t)LOAD_SECOND_MS * 1000;
	timer_start(load->tick, next_us > now_us ? (next_us - now_us + 999) / 1000 : 1);
	stats_second(load);
	if (load->report.phase == LOAD_RUNNING && load_enough(load))
		load_end(load);
	if (load->ops.second)
		load->ops.second(load->ops.arg);
	load_look(load);
}

/* ---- the beginning ---- */

static void load_run(struct load *load)
{
	load_phase(load, LOAD_RUNNING);
	load_go(load);
	if (load->spec.rate)
		timer_start(load->planned, 0);
}

/* The clock of all that is measured or planned starts here. */
static void load_start(struct load *load)
{
	const struct load_spec *spec = &load->spec;
	load->begun_us = load->start_us = clock_us();
	load->measured_from_us = load->begun_us + spec->warm_up_ms * 1000;
	load->end_us = spec->time_ms ? load->measured_from_us + spec->time_ms * 1000 : 0;
	load->next_planned_us = load->begun_us;
	load->second.warm_up = load_is_warm_up(load);
	timer_start(load->tick, LOAD_SECOND_MS);
	if (spec->in_turns)
		load_phase(load, LOAD_RESTING);
	else
		load_run(load);
	if (load->ops.began)
		load->ops.began(load->ops.arg);
}

void load_arrived(struct load *load)
{
	if (load->awaited && !--load->awaited && load->report.phase == LOAD_CONNECTING)
		load_start(load);
}

/* A server that makes a process for a connection is busy with that for a while, and no transfer is to pay for it. */
void load_begin(struct load *load)
{
	const struct load_spec *spec = &load->spec;
	draw_prepare(load);
	load_phase(load, LOAD_CONNECTING);
	load->workers = mem_array(spec->workers, sizeof *load->workers);
	load->nworkers = spec->workers;
	load->awaited = load->nworkers + !spec->in_turns;
	timer_start(load->tick, LOAD_SECOND_MS);
	if (!spec->in_turns)
		load_blocked_begin(load);
	for (unsigned i = 0; i < spec->workers; i++)
		worker_open(load, &load->workers[i], i);
}

/* ---- the end ---- */

void load_close(struct load *load)
{
	load_blocked_end(load);
	for (size_t i = 0; i < load->nworkers; i++)
		worker_close(&load->workers[i]);
}

static void load_on_finish(void *arg)
{
	struct load *load = arg;
	if (load->report.phase == LOAD_RESTING && load->ops.rested)
		load->ops.rested(load->ops.arg);
	else if (load->report.phase == LOAD_OVER) {
		timer_stop(load->tick); /* whoever has begun it may be gone from here on */
		load->ops.over(load->ops.arg);
	} else
		finish_go_on(load);
}

/* The caller may come from inside one of the workers, which are closed next. */
void load_look(struct load *load)
{
	if (load->report.phase == LOAD_RESTING && load->resting && !load->busy) {
		load->resting = false;
		timer_start(load->finish, 0);
	}
	if (load->report.phase != LOAD_ENDING || load->busy)
		return;
	load_phase(load, LOAD_SETTLING);
	timer_start(load->finish, 0);
}

/* ---- from outside ---- */

static char *load_copy(const char *text)
{
	return text ? mem_dup(text) : NULL;
}

struct load *load_new(struct loop *loop, struct ring *ring, const struct load_spec *spec, const struct load_ops *ops)
{
	struct load *load = NEW(struct load);
	load->loop = loop;
	load->ring = ring;
	load->spec = *spec;
	load->ops = *ops;
	conninfo_copy(&load->conninfo, spec->conninfo);
	bank_choice_copy(&load->bank, spec->bank);
	load->of = load_copy(spec->of);
	load->spec.in_flight = spec->in_flight ? spec->in_flight : 1;
	load->settings[0] =
		(struct db_setting){"default_transaction_isolation", txn_isolation_name(spec->txn.isolation)};
	load->report.way = spec->way;
	load->report.workers = spec->workers;
	load->report.in_flight = load->spec.in_flight;
	load->report.rate = spec->rate;
	load->control = db_new(loop, ring, SESSION_TRANSFER, "load", NULL);
	load->control_txn = txn_new(loop, ring, load->control, SESSION_TRANSFER, spec->seed);
	load->tick = timer_new(loop, load_on_tick, load);
	load->planned = timer_new(loop, load_on_planned, load);
	load->finish = timer_new(loop, load_on_finish, load);
	open_begin(load);
	return load;
}

void load_free(struct load *load)
{
	if (!load)
		return;
	load_close(load);
	timer_free(load->tick);
	timer_free(load->planned);
	timer_free(load->finish);
	txn_free(load->control_txn);
	db_free(load->control);
	query_free(load->query);
	if (load->ask)
		ask_free(load->ask);
	free(load->ask);
	finish_free(load);
	stats_free(load);
	crowd_free(&load->crowd);
	catalogue_free(load->catalogue);
	conninfo_free(&load->conninfo);
	free(load->workers);
	free(load->doubts);
	free(load->total);
	bank_choice_free(&load->bank);
	free(load->of);
	free(load);
}

void load_stop(struct load *load)
{
	enum load_phase phase = load->report.phase;
	load->report.stopped = true;
	if (phase <= LOAD_CONNECTING) {
		load_close(load);
		db_close(load->control);
		load_fail(load, ST_CANCELLED, "cancelled; nothing was moved");
	} else if (phase == LOAD_RUNNING || phase == LOAD_RESTING) {
		load_end(load);
		load_look(load);
	} else if (phase == LOAD_ENDING) {
		for (size_t i = 0; i < load->nworkers; i++)
			worker_cancel(&load->workers[i]);
	} else if (phase == LOAD_SETTLING) {
		load->hurried = true;
	}
}

void load_turn(struct load *load)
{
	if (load->report.phase != LOAD_RESTING)
		return;
	load->turns_us = load->report.measured_us;
	load->measured_from_us = load->next_planned_us = clock_us();
	load_run(load);
}

void load_rest(struct load *load)
{
	if (load->report.phase != LOAD_RUNNING)
		return;
	load->report.measured_us = load_measured(load);
	load->resting = true;
	timer_stop(load->planned);
	load_phase(load, LOAD_RESTING);
	load_look(load);
}

const struct load_report *load_report(struct load *load)
{
	struct load_report *report = &load->report;
	if (report->phase == LOAD_RUNNING)
		report->measured_us = load_measured(load);
	stats_complete(load);
	return report;
}
