/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A synchronous standby is promoted in the middle of a transfer: nothing that was told is lost. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

static void with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_SYNC, WIRE_PIPELINE, true, false, STRIDE);
}

static void without_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_SYNC, WIRE_PIPELINE, false, true, STRIDE);
}

static void step_with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_SYNC, WIRE_STEP, true, false, 2 * STRIDE);
}

static void oneshot_with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_SYNC, WIRE_ONESHOT, true, false, STRIDE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(without_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(step_with_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(oneshot_with_ledger, failover_setup, failover_teardown),
	};
	return cmocka_run_group_tests_name("pool/synchronous", tests, NULL, NULL);
}
