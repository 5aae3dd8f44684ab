/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts the wire between a session-mode pool and the server at every protocol message of a transfer: the truth is told
 * all the same. */
#include "tests/fault/cuts.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"

static struct pooled pooled;
static struct relay relay;
static struct cuts cuts;

/* A server that could not be logged in to is tried again at once. */
static const char more[] = "server_login_retry = 0";

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
	relay_start(&relay);
	pooled_open(&pooled, 2,
		    &(struct pooler_options){
			    .mode = "session", .size = 4, .host = relay.dir, .server_port = 5432, .more = more});
	cuts_open(&cuts, &relay, pooled.direct, "behind PgBouncer");
	cuts.via = (struct conninfo){.host = pooled.pooler.dir, .port = (char *)"5432"};
	cuts.pooler = &pooled.pooler;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cuts_close(&cuts);
	pooled_close(&pooled);
	relay_stop(&relay);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(with_ledger), cmocka_unit_test(without_ledger)};
	return cmocka_run_group_tests_name("pool/behind", tests, setup, teardown);
}
