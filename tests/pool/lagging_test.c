/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A standby that has nothing of the transfer is promoted in the middle of it: what teller tells is true in the history
 * that survives. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

static void with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_LAGGING, WIRE_PIPELINE, true, true, STRIDE);
}

/* The numbers of transactions are given out again there, and somebody uses them. */
static void without_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_LAGGING, WIRE_PIPELINE, false, true, STRIDE);
}

static void step_without_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_LAGGING, WIRE_STEP, false, true, 3 * STRIDE);
}

static void oneshot(void **state)
{
	(void)state;
	failover_sample(FAILOVER_LAGGING, WIRE_ONESHOT, true, true, 2 * STRIDE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(without_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(step_without_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(oneshot, failover_setup, failover_teardown),
	};
	return cmocka_run_group_tests_name("pool/lagging", tests, NULL, NULL);
}
