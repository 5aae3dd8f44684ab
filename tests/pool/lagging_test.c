/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A standby that has nothing of the transfer is promoted in the middle of it: what teller tells is true in the history
 * that survives. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAILOVER("with_ledger", FAILOVER_LAGGING, WIRE_PIPELINE, .ledger = true, .busy = true,
			 .stride = STRIDE),
		/* The numbers of transactions are given out again there, and another client uses them. */
		FAILOVER("without_ledger", FAILOVER_LAGGING, WIRE_PIPELINE, .busy = true, .stride = STRIDE),
		FAILOVER("step_without_ledger", FAILOVER_LAGGING, WIRE_STEP, .busy = true, .stride = 3 * STRIDE),
		FAILOVER("oneshot", FAILOVER_LAGGING, WIRE_ONESHOT, .ledger = true, .busy = true, .stride = 2 * STRIDE),
	};
	return cmocka_run_group_tests_name("pool/lagging", tests, NULL, NULL);
}
