/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console on a cluster of two nodes: the one it is on is named, and left without a word when it drains. */
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/term.h"

static struct translator nodes[2];

static int cluster(void **state)
{
	(void)state;
	pg_bank(30);
	for (unsigned i = 0; i < 2; i++) {
		translator_start(&nodes[i]);
		nodes[i].shared->node = i + 1;
	}
	return 0;
}

static int no_cluster(void **state)
{
	int failed = term_teardown(state);
	translator_stop(&nodes[0]);
	translator_stop(&nodes[1]);
	return failed;
}

static void a_node_that_drains_is_left_quietly(void **state)
{
	const char *const argv[] = {proc_teller(), translator_cluster(nodes, 2), NULL};
	struct term *term = term_start(argv, NULL, 40, 160);
	*state = term;
	term_expect(term, "7001");
	term_expect(term, "  node ");
	term_settle(term);
	bool second = strstr(term_row(term, 0), "  node 2") != NULL;
	nodes[second].shared->drain = DRAIN_IDLE;
	term_expect(term, second ? "  node 1" : "  node 2");
	term_expect(term, "Txn: none");
	term_type(term, "<F6>z");
	term_expect(term, "the node before it goes: server is shutting down");
	assert_int_equal(term_row_with(term, "lost", 0), -1);
	term_type(term, "z<F2>");
	term_type(term, ":transfer 7001 7002 5<Enter>");
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "moved 5");
	console_expect_number(term, "SELECT balance FROM accounts WHERE id = 7002", 1005);
	assert_int_equal(term_row_with(term, "lost", 0), -1);
	console_quit(term);
}

/* With nobody else there it is a loss like any other, and told. */
static void the_last_node_is_missed(void **state)
{
	const char *const argv[] = {proc_teller(), translator_cluster(nodes, 2), NULL};
	struct term *term = term_start(argv, NULL, 24, 120);
	*state = term;
	term_expect(term, "7001");
	term_expect(term, "Txn: none");
	term_settle(term); /* nothing is being read any more */
	nodes[0].shared->drain = nodes[1].shared->drain = DRAIN_IDLE;
	term_expect(term, "the connection was lost: server is shutting down; connecting again");
	nodes[1].shared->drain = DRAIN_NOT;
	term_expect(term, "connected again");
	term_expect(term, "Txn: none");
	console_quit(term);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_node_that_drains_is_left_quietly, cluster, no_cluster),
		cmocka_unit_test_setup_teardown(the_last_node_is_missed, cluster, no_cluster),
	};
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
