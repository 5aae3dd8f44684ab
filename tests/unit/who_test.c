/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which answers of a server mean the same server, a restarted one, another history, another server; and answers of any
 * shape. */
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "db/who.h"

static const struct who primary = {
	.server = SERVER_POSTGRES, .system = "7001", .started_us = 1000, .timeline = 1, .flushed = 500, .pid = 9};

static void the_same_server(void **state)
{
	(void)state;
	struct who now = primary;
	now.pid = 10;
	now.flushed = 900;
	assert_int_equal(who_compare(&primary, &now), WHO_SAME);
	/* The role may not ask for the system: the moment of the start is enough. */
	now.system[0] = '\0';
	now.timeline = 0;
	assert_int_equal(who_compare(&primary, &now), WHO_SAME);
}

static void a_restarted_server_has_a_log_that_is_no_shorter(void **state)
{
	(void)state;
	struct who now = primary;
	now.started_us = 2000;
	assert_int_equal(who_compare(&primary, &now), WHO_RESTARTED);
	now.flushed = 499; /* a copy of older data */
	assert_int_equal(who_compare(&primary, &now), WHO_UNCLEAR);
	now.flushed = 500;
	now.system[0] = '\0';
	assert_int_equal(who_compare(&primary, &now), WHO_UNCLEAR);
}

static void a_promoted_standby_writes_another_history(void **state)
{
	(void)state;
	struct who now = primary;
	now.started_us = 800;
	now.timeline = 2;
	assert_int_equal(who_compare(&primary, &now), WHO_NEW_HISTORY);
	assert_int_equal(who_compare(&now, &primary), WHO_OTHER); /* the one that it replaced, found alive */
	now.timeline = 0;                                         /* not promoted yet */
	now.recovery = true;
	assert_int_equal(who_compare(&primary, &now), WHO_UNCLEAR);
}

static void another_server(void **state)
{
	(void)state;
	struct who now = primary;
	snprintf(now.system, sizeof now.system, "7002");
	assert_int_equal(who_compare(&primary, &now), WHO_OTHER);
	now = primary;
	now.server = SERVER_COCKROACH;
	assert_int_equal(who_compare(&primary, &now), WHO_OTHER);
}

static void a_cluster_is_known_by_its_id_whatever_the_node(void **state)
{
	(void)state;
	struct who then = {.server = SERVER_COCKROACH, .system = "c1", .node = "1"}, now = then;
	snprintf(now.node, sizeof now.node, "3");
	assert_int_equal(who_compare(&then, &now), WHO_SAME);
	snprintf(now.system, sizeof now.system, "c2");
	assert_int_equal(who_compare(&then, &now), WHO_OTHER);
	now.system[0] = '\0';
	assert_int_equal(who_compare(&then, &now), WHO_UNCLEAR);
}

/* A server that says nothing of itself, twice, is not thereby the same one. */
static void silence_proves_nothing(void **state)
{
	(void)state;
	struct who nobody = {.server = SERVER_POSTGRES};
	assert_int_equal(who_compare(&nobody, &nobody), WHO_UNCLEAR);
}

/* Every number of columns, NULL and nonsense in each. */
static void answers_of_any_shape(void **state)
{
	(void)state;
	static const char *const cells[] = {NULL, "", "x", "-", "99999999999999999999999999", "FFFFFFFFFFFF/"};
	const char *row[24];
	for (size_t ncols = 0; ncols <= COUNT_OF(row); ncols++)
		for (size_t c = 0; c < COUNT_OF(cells); c++) {
			for (size_t i = 0; i < ncols; i++)
				row[i] = cells[c];
			struct rows rows = {.nrows = 1, .ncols = ncols, .cells = row};
			struct who who;
			assert_int_equal(who_read(&who, SERVER_POSTGRES, &rows), ncols > 0);
			rows.nrows = 0;
			assert_false(who_read(&who, SERVER_COCKROACH, &rows));
		}
	struct who who;
	assert_false(who_read(&who, SERVER_POSTGRES, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_server),
		cmocka_unit_test(a_restarted_server_has_a_log_that_is_no_shorter),
		cmocka_unit_test(a_promoted_standby_writes_another_history),
		cmocka_unit_test(another_server),
		cmocka_unit_test(a_cluster_is_known_by_its_id_whatever_the_node),
		cmocka_unit_test(silence_proves_nothing),
		cmocka_unit_test(answers_of_any_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
