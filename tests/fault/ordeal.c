/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer to which the server does something on the way, at a place that is waited for; and the next one, which
 * works. */
#include "tests/fault/ordeal.h"

#include <signal.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/pg.h"

enum { POLL_MS = 5, SLOTS = 10 };

static const char *const options[] = {"-c", "max_connections=10", "-c", "superuser_reserved_connections=0",
				      "-c", "max_wal_senders=0",  NULL};

struct ordeal ordeal;

const enum txn_wire ordeal_wires[ORDEAL_WIRES] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};

const char *ordeal_wire_name(enum txn_wire wire)
{
	static const char *const names[] = {
		[WIRE_PIPELINE] = "pipeline", [WIRE_STEP] = "step", [WIRE_ONESHOT] = "oneshot"};
	return names[wire];
}

/* ---- the way of a transfer ---- */

static bool gate(void *arg, const struct txn_gate *next)
{
	enum place *place = arg;
	if (*place != AT_THE_GATE || ordeal.held || next->body_batch != 1)
		return false;
	ordeal.held = true;
	return true;
}

/* Only the place counts, not how long it took to get there. */
static bool is_there(enum place place)
{
	if (place == AT_THE_GATE)
		return ordeal.held;
	return pg_number("SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'",
			 db_facts(ordeal.rig->db)->pid) == 1;
}

static void on_timer(void *arg)
{
	enum place *place = arg;
	if (!ordeal.pid && is_there(*place))
		ordeal.pid = db_facts(ordeal.rig->db)->pid;
	if (ordeal.pid && ordeal.happen && ordeal.happen(ordeal.turn++))
		ordeal.happen = NULL;
	if (!ordeal.rig->done)
		timer_start(ordeal.timer, POLL_MS);
}

void ordeal_read_catalogue(void)
{
	rig_reconnect(ordeal.rig);
	if (!rig_read(ordeal.rig, NULL))
		fail_msg("%s", ordeal.rig->err.text);
}

void ordeal_bring_back(void)
{
	own_server_start(&ordeal.server, options);
	own_server_wait(&ordeal.server);
}

void ordeal_lock(void)
{
	ordeal.locker = pg_open();
	pg_run(ordeal.locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
}

void ordeal_unlock(void)
{
	pg_close(ordeal.locker);
	ordeal.locker = NULL;
}

unsigned ordeal_retries(void)
{
	return (unsigned)(txn_counters(ordeal.rig->txn)->retries - ordeal.retries_before);
}

void ordeal_run(const char *what, enum place place)
{
	struct rig *rig = ordeal.rig;
	struct transfer_spec spec = {.source = "7001", .destination = "7002", .rule = TRANSFER_AMOUNT, .amount = 10};
	struct transfer *transfer = transfer_new(rig->catalogue, &spec);
	ordeal.timer = timer_new(rig->loop, on_timer, &place);
	ordeal.held = false;
	ordeal.pid = 0;
	ordeal.turn = 0;
	ordeal.retries_before = txn_counters(rig->txn)->retries;
	txn_set_gate(rig->txn, gate, &place);
	rig_start(rig, transfer_body(transfer), what);
	timer_start(ordeal.timer, POLL_MS);
	rig_wait(rig);
	timer_free(ordeal.timer);
	transfer_free(transfer);
}

/* The outcome told is what is on the server, and the ledger says the same. */
static void check_truth(const char *what, int64_t before)
{
	int64_t moved = 1000 - pg_number("SELECT balance FROM accounts WHERE id = 7001") - before;
	if (moved != (ordeal.rig->result.outcome == OUTCOME_COMMITTED ? 10 : 0))
		fail_msg("%s: told %d, but %lld moved: %s", what, (int)ordeal.rig->result.outcome, (long long)moved,
			 ordeal.rig->result.reason.text);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2000);
	assert_int_equal(pg_number("SELECT coalesce(sum(amount), 0) FROM transfers"), before + moved);
}

/* The server hears a moment later that a client has gone. */
static int has_room(const void *arg)
{
	(void)arg;
	PGconn *conn = PQconnectdb("");
	PGresult *result = PQexec(conn, "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend'");
	bool room = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) <= SLOTS / 2;
	PQclear(result);
	PQfinish(conn);
	return room;
}

void ordeal_free_slots(void)
{
	if (!ordeal.slots[0])
		return;
	for (size_t i = 0; i < ORDEAL_SLOTS; i++) {
		PQfinish(ordeal.slots[i]);
		ordeal.slots[i] = NULL;
	}
	daemon_wait(ordeal.server.dir, "free slots", has_room, NULL);
}

/* The next one works again. */
static void go_on(void)
{
	int64_t before = pg_number("SELECT coalesce(sum(amount), 0) FROM transfers");
	ordeal.happen = NULL;
	ordeal_run("the next one", AT_A_LOCK);
	assert_int_equal(ordeal.rig->result.outcome, OUTCOME_COMMITTED);
	check_truth("the next one", before);
}

void ordeal_go_through(const char *what, enum txn_wire wire, enum place place, happen_fn *happen, enum outcome expected)
{
	int64_t before = pg_number("SELECT coalesce(sum(amount), 0) FROM transfers");
	ordeal.rig->options.wire = wire;
	if (place == AT_A_LOCK)
		ordeal_lock();
	ordeal.happen = happen;
	ordeal_run(what, place);
	if (ordeal.locker)
		ordeal_unlock();
	ordeal_free_slots();
	if (!ordeal.server.pid) /* the locker was ended first, so the commit was quicker than the shutdown */
		ordeal_bring_back();
	printf("# %s, %s, %s: outcome %d, %u attempts%s: %s\n", what, ordeal_wire_name(wire),
	       place == AT_A_LOCK ? "at a lock" : "at the gate", (int)ordeal.rig->result.outcome,
	       ordeal.rig->result.attempts, ordeal.rig->result.settled ? ", settled" : "",
	       ordeal.rig->result.reason.text);
	assert_int_equal(ordeal.rig->result.outcome, expected);
	assert_true(expected == OUTCOME_COMMITTED || ordeal.rig->result.reason.text[0]);
	check_truth(what, before);
	ordeal.faulted = ordeal.rig->result;
	go_on();
}

int ordeal_setup(void **state)
{
	(void)state;
	own_server_make(&ordeal.server, options);
	pg_bank(2);
	ordeal.rig = rig_new();
	ordeal.rig->options.max_attempts = 40;
	ordeal.rig->options.backoff_cap_ms = 200;
	rig_read(ordeal.rig, NULL);
	return 0;
}

int ordeal_teardown(void **state)
{
	(void)state;
	rig_free(ordeal.rig);
	own_server_remove(&ordeal.server);
	return 0;
}
