/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A worker: one connection, and one transfer after another on it; where it was lost, it is made again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "flight.h"
#include "load_internal.h"

enum { WORKER_CONNECT_MS = 10000, WORKER_PAUSE_MS = 50, WORKER_PAUSE_MAX_MS = 2000 };

/* ---- its connection ---- */

/* Another process of the server's answers than before: the connection was lost, whoever has made it again. */
static void worker_count_loss(struct worker *worker)
{
	enum db_state state = db_state(worker->db);
	int pid = db_facts(worker->db)->pid;
	if ((state != DB_IDLE && state != DB_BUSY) || pid == worker->pid)
		return;
	worker->load->report.lost += worker->pid != 0;
	worker->pid = pid;
}

static void worker_wait(struct worker *worker)
{
	worker->state = WORKER_AWAY;
	worker->pause_ms = worker->pause_ms ? worker->pause_ms * 2 : WORKER_PAUSE_MS;
	if (worker->pause_ms > WORKER_PAUSE_MAX_MS)
		worker->pause_ms = WORKER_PAUSE_MAX_MS;
	timer_start(worker->again, worker->pause_ms);
}

static void worker_say(struct load *load, const struct err *err)
{
	if (load->said_connect || !load->ops.say)
		return;
	load->said_connect = true;
	load->ops.say(load->ops.arg, err);
}

static void worker_tried(struct worker *worker)
{
	if (worker->tried)
		return;
	worker->tried = true;
	load_arrived(worker->load);
}

static void worker_on_connected(void *arg, const struct err *err)
{
	struct worker *worker = arg;
	struct load *load = worker->load;
	struct err other;
	if (!err && who_compare(&load->who, db_who(worker->db)) == WHO_OTHER) {
		err_set(&other, ST_CONNECT, "this is another server than the one whose accounts are known");
		db_close(worker->db);
		err = &other;
	}
	if (err) {
		worker_say(load, err);
		worker_wait(worker);
		if (worker->careful)
			flight_expire(worker);
		worker_tried(worker);
		load_look(load);
		return;
	}
	load->connected = true;
	worker->state = WORKER_UP;
	worker->pause_ms = 0;
	worker_count_loss(worker);
	if (worker->careful)
		flight_go(worker);
	worker_tried(worker);
	worker_go(worker);
	load_look(worker->load);
}

static void worker_connect(struct worker *worker)
{
	worker->state = WORKER_CONNECTING;
	db_connect(worker->db, &worker->load->conninfo, WORKER_CONNECT_MS, worker_on_connected, worker);
}

static void worker_on_again(void *arg)
{
	struct worker *worker = arg;
	if (worker->load->report.phase <= LOAD_RESTING || worker->busy)
		worker_connect(worker);
}

/* A transaction that waits for its next attempt makes its connection itself. */
static void worker_on_lost(void *arg, const struct answer *why)
{
	struct worker *worker = arg;
	(void)why;
	if (worker->busy && !worker->careful)
		return;
	worker_line_lost(worker);
}

void worker_line_lost(struct worker *worker)
{
	if (worker->state != WORKER_UP)
		return;
	worker_wait(worker);
}

/* ---- what it makes ---- */

void worker_ended(struct slot *slot, const struct txn_result *result)
{
	struct worker *worker = slot->worker;
	struct load *load = worker->load;
	slot->busy = false;
	worker->busy--;
	load->busy--;
	stats_took(load, slot, result);
	worker_count_loss(worker);
	if (!worker->careful && (db_state(worker->db) == DB_OFF || db_state(worker->db) == DB_DOWN))
		worker_wait(worker);
	worker_go(worker);
	load_look(load);
}

static void worker_on_done(void *arg, const struct txn_result *result)
{
	worker_ended(arg, result);
}

static void worker_on_retry(void *arg, const char *sqlstate)
{
	struct slot *slot = arg;
	stats_retry(slot->worker->load, slot, sqlstate);
	worker_count_loss(slot->worker);
}

static void worker_start(struct slot *slot)
{
	static const char *const words[] = {
		[OP_TRANSFER] = "load: transfer", [OP_BUNDLE] = "load: batch of transfers", [OP_READ] = "load: read"};
	struct worker *worker = slot->worker;
	struct load *load = worker->load;
	slot->busy = true;
	slot->op.warm_up = load_is_warm_up(load);
	worker->busy++;
	load->busy++;
	op_draw(load, &slot->op, &worker->rng);
	if (slot->flight)
		flight_start(slot);
	else
		txn_start(slot->txn, op_body(&slot->op), words[slot->op.kind], &load->spec.txn, worker_on_done, slot);
}

void worker_go(struct worker *worker)
{
	for (size_t i = 0; i < worker->nslots && worker->state == WORKER_UP; i++)
		if (!worker->slots[i].busy && load_takes(worker->load, &worker->slots[i].op.planned_us))
			worker_start(&worker->slots[i]);
}

/* ---- its life ---- */

static void worker_engine(struct worker *worker)
{
	struct load *load = worker->load;
	struct slot *slot = &worker->slots[0];
	slot->txn = txn_new(load->loop, load->ring, worker->db, SESSION_TRANSFER,
			    load->spec.seed + 1000003 * (worker->number + 1));
	txn_expect(slot->txn, &load->who);
	txn_on_retry(slot->txn, worker_on_retry, slot);
}

void worker_open(struct load *load, struct worker *worker, unsigned number)
{
	const struct load_spec *spec = &load->spec;
	worker->load = load;
	worker->number = number;
	snprintf(worker->name, sizeof worker->name, "load-%u", number + 1);
	rng_seed(&worker->rng, spec->seed + number);
	worker->db = db_new(load->loop, load->ring, SESSION_TRANSFER, worker->name,
			    spec->in_flight > 1 ? load->settings : NULL);
	db_on_lost(worker->db, worker_on_lost, worker);
	worker->again = timer_new(load->loop, worker_on_again, worker);
	worker->nslots = spec->in_flight;
	worker->slots = mem_array(worker->nslots, sizeof *worker->slots);
	for (size_t i = 0; i < worker->nslots; i++)
		worker->slots[i].worker = worker;
	if (spec->in_flight > 1)
		flight_open(worker);
	else
		worker_engine(worker);
	worker_connect(worker);
}

void worker_close(struct worker *worker)
{
	bool gone = worker->pid && worker->db && db_state(worker->db) != DB_IDLE;
	worker->load->report.lost += gone; /* and not made again */
	worker->pid = 0;
	flight_close(worker);
	for (size_t i = 0; i < worker->nslots; i++) {
		txn_free(worker->slots[i].txn);
		op_free(&worker->slots[i].op);
	}
	free(worker->slots);
	timer_free(worker->again);
	db_free(worker->db);
	worker->slots = NULL;
	worker->again = NULL;
	worker->db = NULL;
	worker->nslots = 0;
	worker->state = WORKER_AWAY;
}

void worker_cancel(struct worker *worker)
{
	if (worker->careful)
		flight_cancel(worker);
	else if (worker->slots[0].busy)
		txn_cancel(worker->slots[0].txn);
}

/* ---- for its lane ---- */

/* For who does not look at one transaction alone. */
static const char *worker_txn_word(const struct txn *txn)
{
	const char *word = txn_word(txn);
	return strcmp(word, "open") == 0 ? "in a transaction" : strcmp(word, "waiting") == 0 ? "waits to retry" : word;
}

const char *load_worker_word(const struct load *load, unsigned at)
{
	if (at >= load->nworkers)
		return "not begun";
	const struct worker *worker = &load->workers[at];
	if (worker->state == WORKER_CONNECTING)
		return "connecting";
	if (worker->state == WORKER_AWAY)
		return worker->db ? "waits for the server" : "closed";
	if (worker->careful)
		return worker->busy ? "in flight" : "idle";
	return worker->busy ? worker_txn_word(worker->slots[0].txn) : "idle";
}

uint64_t load_worker_done(const struct load *load, unsigned at)
{
	return at < load->nworkers ? load->workers[at].done : 0;
}
