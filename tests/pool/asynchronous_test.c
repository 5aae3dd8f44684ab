/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An asynchronous standby is promoted in the middle of a transfer: what was told and is lost was told as the word of
 * one server. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

static void with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_ASYNC, WIRE_PIPELINE, true, false, STRIDE);
}

static void without_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_ASYNC, WIRE_PIPELINE, false, true, STRIDE);
}

static void step_with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_ASYNC, WIRE_STEP, true, false, 2 * STRIDE);
}

static void oneshot_with_ledger(void **state)
{
	(void)state;
	failover_sample(FAILOVER_ASYNC, WIRE_ONESHOT, true, false, STRIDE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(with_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(without_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(step_with_ledger, failover_setup, failover_teardown),
		cmocka_unit_test_setup_teardown(oneshot_with_ledger, failover_setup, failover_teardown),
	};
	return cmocka_run_group_tests_name("pool/asynchronous", tests, NULL, NULL);
}
