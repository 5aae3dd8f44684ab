/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the probe finds: PgBouncer in its three modes, with enough sessions and too few, and no pooler at all. */
#include "db/pool.h"

#include <stdio.h>

#include "base/mem.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/rig.h"

enum { MOST = 4, SHORT_MS = 400 };

struct scene {
	struct pooled pooled;
	struct rig *rig;
	struct db *dbs[MOST]; /* the first is the rig's */
	size_t n;
	struct pool_probe *probe;
	bool done;
	struct pool_answer answer;
	char why[200];
};

static void open_scene(struct scene *s, size_t n, const struct pooler_options *options)
{
	*s = (struct scene){.n = n};
	pooled_open(&s->pooled, 2, options);
	s->rig = rig_new();
	s->dbs[0] = s->rig->db;
	for (size_t i = 1; i < n; i++)
		s->dbs[i] = rig_connect(s->rig, SESSION_BROWSE, "probe");
}

static void close_scene(struct scene *s)
{
	pool_probe_free(s->probe);
	for (size_t i = 1; i < s->n; i++)
		db_free(s->dbs[i]);
	rig_free(s->rig);
	pooled_wait_quiet(&s->pooled); /* no transaction is left anywhere */
	pooled_close(&s->pooled);
}

static void on_done(void *arg, const struct pool_answer *answer)
{
	struct scene *s = arg;
	s->done = true;
	s->answer = *answer;
	snprintf(s->why, sizeof s->why, "%s", answer->why);
}

static void probe(struct scene *s, uint64_t limit_ms)
{
	s->done = false;
	pool_probe_free(s->probe);
	s->probe = pool_probe_start(s->rig->loop, s->dbs, s->n, limit_ms, on_done, s);
	assert_false(s->done);
	loop_run_until(s->rig->loop, &s->done);
	assert_true(s->done);
}

static void expect(struct scene *s, enum pool_mode mode, size_t got)
{
	probe(s, POOL_LIMIT_MS);
	if (s->answer.mode != mode || s->answer.got != got)
		fail_msg("mode %d, %zu held, %s", (int)s->answer.mode, s->answer.got, s->why);
}

static void expect_idle(const struct scene *s)
{
	for (size_t i = 0; i < s->n; i++) {
		assert_int_equal(db_state(s->dbs[i]), DB_IDLE);
		assert_false(db_in_transaction(s->dbs[i]));
	}
}

static void found(size_t n, const struct pooler_options *options, enum pool_mode mode)
{
	struct scene s;
	open_scene(&s, n, options);
	for (size_t i = 0; i < n; i++)
		assert_true(db_pooled(s.dbs[i]));
	expect(&s, mode, n);
	expect(&s, mode, n); /* it can be asked again, and finds the same */
	expect_idle(&s);
	close_scene(&s);
}

static void session_mode_is_steady(void **state)
{
	(void)state;
	found(2, &(struct pooler_options){.mode = "session", .size = 2}, POOL_STEADY);
	found(4, &(struct pooler_options){.mode = "session", .size = 6}, POOL_STEADY);
	found(3, &(struct pooler_options){.mode = "session", .size = 6, .more = "server_round_robin = 1"}, POOL_STEADY);
}

/* What was used last comes first, or last. */
static void transaction_mode_is_shared(void **state)
{
	(void)state;
	for (size_t n = 2; n <= MOST; n++) {
		found(n, &(struct pooler_options){.mode = "transaction", .size = (int)n}, POOL_SHARED);
		found(n,
		      &(struct pooler_options){.mode = "transaction", .size = (int)n, .more = "server_round_robin = 1"},
		      POOL_SHARED);
	}
	found(2, &(struct pooler_options){.mode = "transaction", .size = 9}, POOL_SHARED);
}

static void statement_mode_has_no_transactions(void **state)
{
	(void)state;
	for (int size = 1; size <= 3; size++) {
		struct scene s;
		open_scene(&s, 2, &(struct pooler_options){.mode = "statement", .size = size});
		expect(&s, POOL_STATEMENTS, 0);
		close_scene(&s);
	}
}

static void too_few_backends(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s, 3, &(struct pooler_options){.mode = "transaction", .size = 2});
	probe(&s, SHORT_MS);
	assert_int_equal(s.answer.mode, POOL_SMALL);
	assert_int_equal(s.answer.got, 2);
	for (size_t i = 0; i < s.n; i++)
		assert_false(db_in_transaction(s.dbs[i]));
	close_scene(&s);
}

/* The pooler may have less patience than we have. */
static void the_pooler_gives_up_first(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s, 3, &(struct pooler_options){.mode = "transaction", .size = 2, .more = "query_wait_timeout = 1"});
	expect(&s, POOL_SMALL, 2);
	close_scene(&s);
}

static void the_pooler_goes(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s, 2, &(struct pooler_options){.mode = "session", .size = 2});
	pooler_pause(&s.pooled.pooler);
	probe(&s, SHORT_MS);
	assert_int_equal(s.answer.mode, POOL_SMALL);
	assert_int_equal(s.answer.got, 0);
	pooler_resume(&s.pooled.pooler);
	close_scene(&s);
}

static void it_is_left_midway(void **state)
{
	(void)state;
	struct scene s;
	open_scene(&s, 3, &(struct pooler_options){.mode = "transaction", .size = 2});
	s.probe = pool_probe_start(s.rig->loop, s.dbs, s.n, POOL_LIMIT_MS, on_done, &s);
	pool_probe_free(s.probe);
	s.probe = NULL;
	close_scene(&s);
	assert_false(s.done);
}

static void without_a_pooler(void **state)
{
	(void)state;
	struct scene s = {.n = 2};
	pg_own_database(NULL);
	s.rig = rig_new();
	s.dbs[0] = s.rig->db;
	s.dbs[1] = rig_connect(s.rig, SESSION_BROWSE, "probe");
	assert_false(db_pooled(s.dbs[0]));
	expect(&s, POOL_STEADY, 2);
	expect_idle(&s);
	pool_probe_free(s.probe);
	db_free(s.dbs[1]);
	rig_free(s.rig);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_mode_is_steady),
		cmocka_unit_test(transaction_mode_is_shared),
		cmocka_unit_test(statement_mode_has_no_transactions),
		cmocka_unit_test(too_few_backends),
		cmocka_unit_test(the_pooler_gives_up_first),
		cmocka_unit_test(the_pooler_goes),
		cmocka_unit_test(it_is_left_midway),
		cmocka_unit_test(without_a_pooler),
	};
	return cmocka_run_group_tests_name("pool/probe", tests, NULL, NULL);
}
