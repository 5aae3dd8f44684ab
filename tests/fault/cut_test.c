/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire at every protocol message of a transfer, both ways: money is conserved, moved at most once, and the
 * truth is told. */
#include "tests/fault/cuts.h"
#include "tests/support/check.h"

static struct relay relay;
static struct cuts cuts;

static void pipeline_with_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_PIPELINE, true, CUTS_NEVER_UNKNOWN);
}

static void pipeline_without_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_PIPELINE, false, CUTS_NEVER_UNKNOWN);
}

static void step_with_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_STEP, true, CUTS_NEVER_UNKNOWN);
}

static void step_without_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_STEP, false, CUTS_NEVER_UNKNOWN);
}

static void oneshot_with_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_ONESHOT, true, CUTS_NEVER_UNKNOWN);
}

/* All travels at once, and the answers come back at once: there is nothing to ask the server for, and the loss cannot
 * be settled. */
static void oneshot_without_ledger(void **state)
{
	(void)state;
	cuts_everywhere(&cuts, WIRE_ONESHOT, false, CUTS_MAYBE_UNKNOWN);
}

static void unreadable_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < CUTS_WIRES; i++) {
		cuts_lie(&cuts, cuts_wires[i], true, RELAY_SPOIL);
		cuts_lie(&cuts, cuts_wires[i], false, RELAY_SPOIL);
	}
}

/* The answer that follows such an error contradicts it. */
static void forged_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < CUTS_WIRES; i++) {
		cuts_lie(&cuts, cuts_wires[i], true, RELAY_FORGE);
		cuts_lie(&cuts, cuts_wires[i], false, RELAY_FORGE);
	}
}

static int setup(void **state)
{
	(void)state;
	relay_start(&relay);
	cuts_open(&cuts, &relay, pg_open(), "directly");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	pg_close(cuts.direct);
	cuts_close(&cuts);
	relay_stop(&relay);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipeline_with_ledger), cmocka_unit_test(pipeline_without_ledger),
		cmocka_unit_test(step_with_ledger),     cmocka_unit_test(step_without_ledger),
		cmocka_unit_test(unreadable_answers),   cmocka_unit_test(forged_errors),
		cmocka_unit_test(oneshot_with_ledger),  cmocka_unit_test(oneshot_without_ledger),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
