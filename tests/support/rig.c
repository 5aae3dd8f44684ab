/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop, a connection and an engine, and the catalogue of a table: the world of the tests that go below the command
 * line. */
#include "tests/support/rig.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

/* ---- connections ---- */

static void on_connected(void *arg, const struct err *err)
{
	struct rig *rig = arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(rig->loop);
}

static void on_late(void *arg)
{
	struct rig *rig = arg;
	rig->late = true;
	loop_stop(rig->loop);
}

struct db *rig_connect(struct rig *rig, enum session session, const char *name)
{
	struct db *db = db_new(rig->loop, rig->ring, session, name, NULL);
	db_connect(db, &rig->info, rig->connect_ms, on_connected, rig);
	loop_run(rig->loop);
	return db;
}

void rig_reconnect(struct rig *rig)
{
	db_connect(rig->db, &rig->info, rig->connect_ms, on_connected, rig);
	loop_run(rig->loop);
}

struct rig *rig_new_at(const struct conninfo *info)
{
	struct rig *rig = NEW(struct rig);
	rig->info = *info;
	rig->connect_ms = 20000;
	rig->loop = loop_new();
	rig->ring = ring_new(4096, 1 << 21);
	rig->limit = timer_new(rig->loop, on_late, rig);
	rig->db = rig_connect(rig, SESSION_TRANSFER, "transfer");
	rig->txn = txn_new(rig->loop, rig->ring, rig->db, SESSION_TRANSFER, 7);
	txn_options_init(&rig->options);
	return rig;
}

struct rig *rig_new(void)
{
	return rig_new_at(&(struct conninfo){0});
}

struct rig *rig_new_as(const char *role)
{
	pg_exec("DO $$BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$", role);
	char *user = mem_dup(getenv("PGUSER"));
	setenv("PGUSER", role, 1);
	struct rig *rig = rig_new();
	setenv("PGUSER", user, 1);
	free(user);
	return rig;
}

void rig_free(struct rig *rig)
{
	catalogue_free(rig->catalogue);
	txn_free(rig->txn);
	db_free(rig->db);
	ring_free(rig->ring);
	timer_free(rig->limit);
	loop_free(rig->loop);
	free(rig);
}

int rig_setup(void **state)
{
	*state = rig_new();
	return 0;
}

int rig_teardown(void **state)
{
	rig_free(*state);
	return 0;
}

/* ---- the catalogue ---- */

static void on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	struct rig *rig = arg;
	rig->catalogue = catalogue;
	rig->missing = missing;
	rig->err = err ? *err : (struct err){0};
	loop_stop(rig->loop);
}

struct catalogue *rig_read(struct rig *rig, const char *table)
{
	return rig_read_choice(rig, &(struct bank_choice){.table = (char *)table});
}

struct catalogue *rig_read_choice(struct rig *rig, const struct bank_choice *choice)
{
	catalogue_free(rig->catalogue);
	rig->catalogue = NULL;
	catalogue_read(rig->db, choice, on_catalogue, rig);
	loop_run(rig->loop);
	assert_true((rig->catalogue != NULL) != (rig->err.status != ST_OK));
	return rig->catalogue;
}

/* ---- transactions ---- */

static void on_done(void *arg, const struct txn_result *result)
{
	struct rig *rig = arg;
	rig->result = *result;
	rig->done = true;
	loop_stop(rig->loop);
}

void rig_start(struct rig *rig, struct body *body, const char *what)
{
	rig->done = false;
	rig->result = (struct txn_result){0};
	txn_start(rig->txn, body, what, &rig->options, on_done, rig);
}

bool rig_wait_ms(struct rig *rig, unsigned ms)
{
	rig->late = false;
	timer_start(rig->limit, ms);
	while (!rig->done && !rig->late)
		loop_run(rig->loop);
	timer_stop(rig->limit);
	return rig->done;
}

void rig_wait(struct rig *rig)
{
	if (!rig_wait_ms(rig, RIG_LIMIT_MS))
		fail_msg("no end comes; the transaction is \"%s\"", txn_word(rig->txn));
}

enum outcome rig_run(struct rig *rig, struct body *body)
{
	rig_start(rig, body, "test");
	rig_wait(rig);
	return rig->result.outcome;
}

enum outcome rig_transfer(struct rig *rig, const struct transfer_spec *spec)
{
	struct transfer *transfer = transfer_new(rig->catalogue, spec);
	enum outcome outcome = rig_run(rig, transfer_body(transfer));
	transfer_free(transfer);
	return outcome;
}

static void on_tick(void *arg)
{
	struct rig *rig = arg;
	loop_stop(rig->loop);
}

void rig_until(struct rig *rig, bool (*condition)(void *arg), void *arg)
{
	struct timer *tick = timer_new(rig->loop, on_tick, rig);
	rig->late = false;
	timer_start(rig->limit, RIG_LIMIT_MS);
	while (!condition(arg) && !rig->late) {
		timer_start(tick, 1);
		loop_run(rig->loop);
	}
	timer_stop(rig->limit);
	timer_free(tick);
	if (rig->late)
		fail_msg("it does not come to that; the transaction is \"%s\"", txn_word(rig->txn));
}

void rig_check_counters(const struct txn *txn)
{
	const struct txn_counters *c = txn_counters(txn);
	assert_int_equal(c->transactions,
			 c->committed + c->rejected + c->failed + c->gave_up + c->cancelled + c->unknown);
	assert_int_equal(c->attempts, c->transactions - c->unstarted + c->retries);
	assert_int_equal(c->retries, c->savepoint_retries + c->restarts);
	assert_int_equal(c->retries, c->by_serialization + c->by_deadlock + c->by_connection + c->by_other);
	assert_int_equal(c->ambiguous, c->settled_committed + c->settled_aborted + c->unsettled);
}
