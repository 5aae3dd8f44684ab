/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An asynchronous standby is promoted in the middle of a transfer: what was told and is lost was told as the word of
 * one server. */
#include "tests/pool/failover.h"
#include "tests/support/check.h"

enum { STRIDE = 6 };

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAILOVER("with_ledger", FAILOVER_ASYNC, WIRE_PIPELINE, .ledger = true, .stride = STRIDE),
		FAILOVER("without_ledger", FAILOVER_ASYNC, WIRE_PIPELINE, .busy = true, .stride = STRIDE),
		FAILOVER("step_with_ledger", FAILOVER_ASYNC, WIRE_STEP, .ledger = true, .stride = 2 * STRIDE),
		FAILOVER("oneshot_with_ledger", FAILOVER_ASYNC, WIRE_ONESHOT, .ledger = true, .stride = STRIDE),
	};
	return cmocka_run_group_tests_name("pool/asynchronous", tests, NULL, NULL);
}
