/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection that is cut under a verb, at each message of the server: what is said is one line for people. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

enum { STEP = 5 }; /* messages */

static struct relay relay;

static int setup(void **state)
{
	(void)state;
	pg_fresh_database("verb_lost", NULL);
	pg_bank(3);
	relay_start(&relay);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

/* libpq's own words come in lines with tabs, and have no SQLSTATE. */
static void check_words(const struct buf *said, const char *verb, unsigned at)
{
	static const char *const never[] = {"\\n", "\\t", " ()", "unexpectedly This", "invalid socket"};
	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (strstr(buf_text(said), never[i]))
			fail_msg("%s, cut at %u: %s", verb, at, buf_text(said));
}

/* The number of messages at which it was cut and spoke of it. */
static unsigned cut_everywhere(const char *const words[], enum relay_fault fault)
{
	char host[80];
	const char *const env[] = {host, NULL};
	const char *argv[8] = {proc_teller()};
	unsigned spoke = 0;
	snprintf(host, sizeof host, "PGHOST=%s", relay.dir);
	for (size_t i = 0; words[i]; i++)
		argv[1 + i] = words[i];
	for (unsigned at = 2;; at += STEP) {
		relay_arm(&relay, fault, RELAY_TO_CLIENT, at);
		struct proc *proc = proc_run(argv, env, NULL);
		check_words(&proc->err, words[0], at);
		spoke += strstr(buf_text(&proc->err), "closed the connection unexpectedly") != NULL;
		proc_free(proc);
		if (!relay.shared->happened)
			return spoke;
	}
}

static void words_of_a_lost_connection(void **state)
{
	(void)state;
	static const char *const list[] = {"list", NULL}, *const moves[] = {"transfer", "7001",  "7002",
									    "1",        "--yes", NULL};
	unsigned spoke = cut_everywhere(list, RELAY_CUT_BEFORE) + cut_everywhere(moves, RELAY_CUT_BEFORE);
	assert_in_range(spoke, 3, 1000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_lost_connection),
	};
	return cmocka_run_group_tests_name("verb/lost", tests, setup, teardown);
}
