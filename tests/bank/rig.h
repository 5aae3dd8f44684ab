/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A loop, a connection and an engine on the suite's server, for the tests of the bank. */
#ifndef TESTS_BANK_RIG_H
#define TESTS_BANK_RIG_H

#include <stdlib.h>
#include <string.h>

#include "bank/catalogue.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "txn/txn.h"

struct rig {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	struct txn *txn;
	struct txn_options options;
	struct txn_result result;
	struct catalogue *catalogue;
	bool missing;
	struct err err;
};

static inline void rig_connected(void *arg, const struct err *err)
{
	struct rig *rig = arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(rig->loop);
}

static inline struct db *rig_connect(struct rig *rig, enum session session, const char *name)
{
	struct conninfo info = {0};
	struct db *db = db_new(rig->loop, rig->ring, session, name, NULL);
	db_connect(db, &info, 10000, rig_connected, rig);
	loop_run(rig->loop);
	return db;
}

static inline struct rig *rig_new(void)
{
	struct rig *rig = NEW(struct rig);
	rig->loop = loop_new();
	rig->ring = ring_new(4000, 1 << 21);
	rig->db = rig_connect(rig, SESSION_TRANSFER, "transfer");
	rig->txn = txn_new(rig->loop, rig->ring, rig->db, SESSION_TRANSFER, 7);
	txn_options_init(&rig->options);
	return rig;
}

/* As a role that may do nothing. */
static inline struct rig *rig_new_as(const char *role)
{
	pg_exec("DO $$BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$", role);
	char *user = mem_dup(getenv("PGUSER"));
	setenv("PGUSER", role, 1);
	struct rig *rig = rig_new();
	setenv("PGUSER", user, 1);
	free(user);
	return rig;
}

static inline void rig_free(struct rig *rig)
{
	catalogue_free(rig->catalogue);
	txn_free(rig->txn);
	db_free(rig->db);
	ring_free(rig->ring);
	loop_free(rig->loop);
	free(rig);
}

static inline void rig_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	struct rig *rig = arg;
	rig->catalogue = catalogue;
	rig->missing = missing;
	rig->err = err ? *err : (struct err){0};
	loop_stop(rig->loop);
}

/* Afterwards either rig->catalogue or rig->err is set. */
static inline struct catalogue *rig_read(struct rig *rig, const char *table)
{
	catalogue_free(rig->catalogue);
	rig->catalogue = NULL;
	catalogue_read(rig->db, table, rig_catalogue, rig);
	loop_run(rig->loop);
	assert_true((rig->catalogue != NULL) != (rig->err.status != ST_OK));
	return rig->catalogue;
}

static inline void rig_done(void *arg, const struct txn_result *result)
{
	struct rig *rig = arg;
	rig->result = *result;
	loop_stop(rig->loop);
}

static inline enum outcome rig_run(struct rig *rig, struct body *body)
{
	txn_start(rig->txn, body, "test", &rig->options, rig_done, rig);
	loop_run(rig->loop);
	return rig->result.outcome;
}

static inline int rig_set_up(void **state)
{
	*state = rig_new();
	return 0;
}

static inline int rig_tear_down(void **state)
{
	rig_free(*state);
	return 0;
}

#endif
