/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proxy goes over to an unrelated server in mid-transfer, which has accounts of the same ids: nothing moves there
 * unseen. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/cuts.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/support/proxy.h"
#include "tests/support/term.h"

enum { LIMIT_MS = 1500 };

static struct own_server first, second;
static struct proxy proxy;
static struct pg_session *there; /* on the second */
static struct cuts cuts;
static char port[12];

/* When it happens: between the read and the write; or with the commit sent to a server that stands still. */
static struct happening {
	bool in_flight;
	bool done;
	pid_t stopped;
} happening;

static bool gate(void *arg, const struct txn_gate *next)
{
	(void)arg;
	bool now = happening.in_flight ? next->commit : next->body_batch == 1 || next->commit;
	if (!now || happening.done)
		return false;
	happening.done = true;
	if (happening.in_flight) {
		happening.stopped = (pid_t)pg_ask(cuts.direct, "SELECT pid FROM pg_stat_activity WHERE "
							       "application_name LIKE 'teller/%%'");
		kill(happening.stopped, SIGSTOP);
	}
	proxy_switch(&proxy, PROXY_SECOND, !happening.in_flight);
	return false;
}

/* ---- one transfer ---- */

static struct txn_result transfer(enum txn_wire wire, bool in_flight)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	happening = (struct happening){.in_flight = in_flight};
	struct rig *rig = rig_new_at(&cuts.via);
	rig->catalogue = cuts.catalogue;
	rig->options.wire = wire;
	rig->options.max_elapsed_ms = LIMIT_MS;
	txn_set_gate(rig->txn, gate, NULL);
	txn_inject(rig->txn)->cut = in_flight;
	rig_transfer(rig, &spec);
	struct txn_result result = rig->result;
	rig->catalogue = NULL;
	rig_free(rig);
	return result;
}

static void check_there(const char *where, const struct txn_result *result, bool ledger)
{
	int64_t has = pg_ask(there, "SELECT balance FROM cut.accounts WHERE id = 1");
	if (has != CUTS_TOTAL)
		fail_msg("%s: outcome %d, and on the other server account 1 has %lld", where, (int)result->outcome,
			 (long long)has);
	if (ledger)
		assert_int_equal(pg_ask(there, "SELECT count(*) FROM cut.transfers"), 0);
}

static void switch_in(enum txn_wire wire, bool in_flight, bool ledger)
{
	char where[100];
	snprintf(where, sizeof where, "%s, %s, ledger %d", cuts_wire_name(wire),
		 in_flight ? "commit in flight" : "before the commit", ledger);
	proxy_switch(&proxy, PROXY_FIRST, true);
	cuts_reset_money(&cuts, ledger);
	struct txn_result result = transfer(wire, in_flight);
	assert_true(happening.done);
	if (happening.stopped)
		kill(happening.stopped, SIGCONT);
	pg_until(cuts.direct, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
	printf("# %s: outcome %d, %u attempts: %s\n", where, (int)result.outcome, result.attempts, result.reason.text);
	check_there(where, &result, ledger);
	cuts_check_truth(cuts.direct, &result, where, ledger);
}

static void make_banks(bool ledger)
{
	struct pg_session *direct = cuts.direct;
	cuts.direct = there;
	proxy_switch(&proxy, PROXY_SECOND, true);
	cuts_make_bank(&cuts, ledger);
	cuts.direct = direct;
	proxy_switch(&proxy, PROXY_FIRST, true);
	cuts_make_bank(&cuts, ledger);
}

static void before_the_commit(void **state)
{
	(void)state;
	for (int ledger = 0; ledger < 2; ledger++) {
		make_banks(ledger);
		switch_in(WIRE_PIPELINE, false, ledger);
		switch_in(WIRE_STEP, false, ledger);
		switch_in(WIRE_ONESHOT, false, ledger);
	}
}

static void with_the_commit_in_flight(void **state)
{
	(void)state;
	make_banks(true);
	for (size_t w = 0; w < CUTS_WIRES; w++)
		switch_in(cuts_wires[w], true, true);
}

static void with_the_commit_in_flight_and_no_ledger(void **state)
{
	(void)state;
	make_banks(false);
	for (size_t w = 0; w < CUTS_WIRES; w++)
		switch_in(cuts_wires[w], true, false);
}

/*
 * The console loses both sessions while a statement is held: its accounts are those of the other server once the
 * transfer, which ends there without having written, is over.
 */
static void the_console_goes_over(void **state)
{
	make_banks(true);
	pg_run(there, "INSERT INTO cut.accounts VALUES (4711, 7)");
	char host[] = "host=127.0.0.1 port=..... user=teller dbname=bank";
	snprintf(host, sizeof host, "host=127.0.0.1 port=%d user=teller dbname=bank", proxy.port);
	struct term *term =
		term_start((const char *const[]){proc_teller(), "--table", "cut.accounts", host, NULL}, NULL, 30, 110);
	*state = term;
	term_expect(term, "2 accounts");
	term_type(term, ":step on<Enter>");
	term_expect(term, "STEPPING");
	term_type(term, ":transfer 1 2 half --yes<Enter>");
	term_expect(term, "next: BEGIN");
	proxy_switch(&proxy, PROXY_SECOND, true);
	term_expect(term, "this is another server");
	term_type(term, " ");
	term_expect(term, "FAILED");
	term_expect(term, "4711");
	term_type(term, "Q");
	term_expect_exit(term, 0);
	assert_int_equal(pg_ask(there, "SELECT balance FROM cut.accounts WHERE id = 1"), CUTS_TOTAL);
	assert_int_equal(pg_ask(cuts.direct, "SELECT balance FROM cut.accounts WHERE id = 1"), CUTS_TOTAL);
	term_free(term);
}

/* ---- around the tests ---- */

static int setup(void **state)
{
	(void)state;
	own_server_make_apart(&first, true, NULL);
	own_server_make_apart(&second, true, NULL);
	proxy_start(&proxy, &first, &second);
	there = pg_open_at(own_server_target(&second, "bank"));
	cuts_open(&cuts, NULL, pg_open_at(own_server_target(&first, "bank")), "HAProxy");
	snprintf(port, sizeof port, "%d", proxy.port);
	cuts.via = (struct conninfo){
		.host = (char *)"127.0.0.1", .port = port, .user = (char *)"teller", .dbname = (char *)"bank"};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (happening.stopped)
		kill(happening.stopped, SIGCONT);
	pg_close(cuts.direct);
	pg_close(there);
	cuts_close(&cuts);
	proxy_stop(&proxy);
	own_server_remove(&first);
	own_server_remove(&second);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(before_the_commit),
		TEST(with_the_commit_in_flight),
		TEST(with_the_commit_in_flight_and_no_ledger),
		TEST(the_console_goes_over),
	};
	return cmocka_run_group_tests_name("pool/switch", tests, NULL, NULL);
}
