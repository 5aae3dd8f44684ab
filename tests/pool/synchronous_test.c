/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A synchronous standby is promoted in the middle of a transfer: nothing that was told is lost. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAILOVER("with_ledger", FAILOVER_SYNC, WIRE_PIPELINE, .ledger = true, .stride = STRIDE),
		FAILOVER("without_ledger", FAILOVER_SYNC, WIRE_PIPELINE, .busy = true, .stride = STRIDE),
		FAILOVER("step_with_ledger", FAILOVER_SYNC, WIRE_STEP, .ledger = true, .stride = 2 * STRIDE),
		FAILOVER("oneshot_with_ledger", FAILOVER_SYNC, WIRE_ONESHOT, .ledger = true, .stride = STRIDE),
	};
	return cmocka_run_group_tests_name("pool/synchronous", tests, NULL, NULL);
}
