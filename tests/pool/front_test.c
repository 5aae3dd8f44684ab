/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire between a client and a session-mode pool at every protocol message of a transfer: the truth is told all
 * the same. */
#include "tests/fault/cuts.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"

static struct pooled pooled;
static struct relay relay;
static struct cuts cuts;

static void with_ledger(void **state)
{
	(void)state;
	cuts_in_every_wire(&cuts, true, CUTS_MAYBE_UNKNOWN);
}

static void without_ledger(void **state)
{
	(void)state;
	cuts_in_every_wire(&cuts, false, CUTS_MAYBE_UNKNOWN);
}

static int setup(void **state)
{
	(void)state;
	pooled_open(&pooled, 2, &(struct pooler_options){.mode = "session", .size = 4});
	relay_start(&relay);
	cuts_open(&cuts, &relay, pooled.direct, "to PgBouncer");
	cuts.pooler = &pooled.pooler;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cuts_close(&cuts);
	relay_stop(&relay);
	pooled_close(&pooled);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(with_ledger), cmocka_unit_test(without_ledger)};
	return cmocka_run_group_tests_name("pool/front", tests, setup, teardown);
}
