/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several hosts in a connection string: whatever is wrong with the first, the second is taken, at the start and in
 * mid-transfer. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crdb/standin.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/rig.h"

/* Two ways to the same server, as two nodes of a cluster are. */
static struct relay first, second;

static void connect_to(struct rig *rig, const char *hosts, const char *ports)
{
	rig->info = (struct conninfo){.host = (char *)(uintptr_t)hosts, .port = (char *)(uintptr_t)ports};
	rig_reconnect(rig);
	assert_int_equal(db_state(rig->db), DB_IDLE);
}

static unsigned heard(const struct relay *relay)
{
	return relay->shared->seen[RELAY_TO_SERVER];
}

/* `before` and the second relay, and then whether the second one is where it went. */
static void expect_second(struct rig *rig, const char *before, const char *port)
{
	char hosts[160], ports[40];
	snprintf(hosts, sizeof hosts, "%s,%s", before, second.dir);
	snprintf(ports, sizeof ports, "%s,5432", port);
	relay_arm(&second, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	connect_to(rig, hosts, ports);
	assert_true(heard(&second) > 0);
}

static void the_first_is_taken_where_it_answers(void **state)
{
	char hosts[160];
	snprintf(hosts, sizeof hosts, "%s,%s", first.dir, second.dir);
	relay_arm(&first, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	connect_to(*state, hosts, "5432");
	assert_true(heard(&first) > 0);
}

static void nobody_listens(void **state)
{
	expect_second(*state, "127.0.0.1", "1");
	expect_second(*state, "/nowhere", "5432");
}

static void the_name_is_unknown(void **state)
{
	expect_second(*state, "nowhere.invalid", "5432");
}

static void it_hangs_up(void **state)
{
	first.shared->refuse = true;
	expect_second(*state, first.dir, "5432");
}

/* It takes the connection and says nothing: each host has its share of the time. */
static void it_is_silent(void **state)
{
	struct rig *rig = *state;
	rig->connect_ms = 4000;
	kill(first.pid, SIGSTOP);
	expect_second(rig, first.dir, "5432");
	kill(first.pid, SIGCONT);
}

/* A node of CockroachDB that drains says so at the login, and means: try another one. */
static void it_drains(void **state)
{
	(void)state;
	struct standin draining, other;
	struct conninfo info = {.user = (char *)"root", .dbname = (char *)"bank", .port = (char *)"26257"};
	char hosts[160];
	standin_start(&draining, STANDIN_26_2);
	standin_start(&other, STANDIN_26_2);
	snprintf(hosts, sizeof hosts, "%s,%s", draining.dir, other.dir);
	info.host = hosts;
	draining.shared->refuse_logins = 1;
	struct rig *crdb = rig_new_at(&info);
	assert_int_equal(draining.shared->refuse_logins, 0);
	assert_int_equal(db_server(crdb->db), SERVER_COCKROACH);
	rig_free(crdb);
	standin_stop(&draining);
	standin_stop(&other);
}

/* The first host hangs up at this message of the start, if there are so many. */
static bool hangs_up_at(struct rig *rig, const char *hosts, enum relay_direction direction, unsigned at)
{
	relay_arm(&first, RELAY_CUT_BEFORE, direction, at);
	relay_arm(&second, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	connect_to(rig, hosts, "5432");
	bool happened = first.shared->happened;
	assert_true((heard(&second) > 2) == happened); /* not only the end of the connection before */
	return happened;
}

/* Before the login, in it, and behind it, while the session is set up. */
static void it_hangs_up_at_every_message_of_the_start(void **state)
{
	char hosts[160];
	unsigned tries = 0;
	snprintf(hosts, sizeof hosts, "%s,%s", first.dir, second.dir);
	for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++)
		for (unsigned at = 1; hangs_up_at(*state, hosts, d, at); at++)
			tries++;
	printf("# measured: the first host hung up at %u messages of the start\n", tries);
	assert_true(tries > 20);
}

/* What the program does is behind the set-up of its session, which the first host does not survive. */
static void the_program_goes_on_where_a_session_is_not_set_up(void **state)
{
	(void)state;
	char target[200];
	snprintf(target, sizeof target, "host=%s,%s", first.dir, second.dir);
	relay_arm(&first, RELAY_CUT_BEFORE, RELAY_TO_CLIENT, 1000);
	struct proc *proc = teller_run("-d", target, "conninfo");
	proc_expect_status(proc, 0);
	proc_free(proc);
	unsigned whole = first.shared->seen[RELAY_TO_CLIENT], cuts = 0;
	for (unsigned at = 1; at <= whole; at++) {
		relay_arm(&first, RELAY_CUT_BEFORE, RELAY_TO_CLIENT, at);
		proc = teller_run("-d", target, "conninfo");
		if (strstr(buf_text(&proc->err), "cannot connect"))
			fail_msg("message %u: %s", at, proc->err.p);
		proc_free(proc);
		cuts += first.shared->happened;
	}
	assert_int_equal(cuts, whole);
	relay_arm(&first, RELAY_CUT_BEFORE, RELAY_TO_CLIENT, 1);
	proc = teller_run("-h", first.dir, "conninfo"); /* there is no other */
	proc_expect_status(proc, 2);
	proc_free(proc);
}

/* It lets us in, and then its answers do not come: as a pooler that has no session to spare. */
static void swallow(void *arg, const char *message, size_t n, struct buf *out)
{
	static bool in;
	(void)arg;
	if (!in)
		buf_add(out, message, n);
	in = in || message[0] == 'Z';
}

static void it_lets_us_in_and_is_silent(void **state)
{
	struct rig *rig = *state;
	struct relay silent;
	relay_start_changing(&silent, swallow, NULL);
	rig->connect_ms = 4000;
	expect_second(rig, silent.dir, "5432");
	relay_stop(&silent);
}

/* No other host is asked by who is not let in: it would only be told the same again. */
static void a_host_that_refuses_us_is_the_answer(void **state)
{
	(void)state;
	char hosts[160];
	snprintf(hosts, sizeof hosts, "%s,%s", first.dir, second.dir);
	relay_arm(&second, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	struct proc *proc = teller_run("-h", hosts, "-U", "nobody_of_that_name", "count");
	proc_expect_status(proc, 2);
	proc_expect_err(proc, "role \"nobody_of_that_name\" does not exist");
	assert_null(strstr(buf_text(&proc->err), "28000"));
	assert_null(strstr(buf_text(&proc->err), "LOCATION"));
	proc_free(proc);
	assert_int_equal(heard(&second), 0);
}

/* Both fail: both are told. */
static void nobody_is_there(void **state)
{
	(void)state;
	char hosts[160];
	first.shared->refuse = true;
	snprintf(hosts, sizeof hosts, "%s,/nowhere", first.dir);
	struct proc *proc = teller_run("-h", hosts, "count");
	proc_expect_status(proc, 2);
	proc_expect_err(proc, first.dir);
	proc_expect_err(proc, "/nowhere");
	proc_free(proc);
}

static void the_program_takes_the_second(void **state)
{
	(void)state;
	char target[200];
	first.shared->refuse = true;
	snprintf(target, sizeof target, "host=127.0.0.1,%s,%s port=1,5432,5432", first.dir, second.dir);
	struct proc *proc = teller_run("-d", target, "-c", "transfer 7001 7002 10 --yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1010);
}

/* ---- in mid-transfer ---- */

static void check_truth(struct rig *rig, const char *where)
{
	int64_t moved = pg_number("SELECT balance FROM accounts WHERE id = 7002") - 1000;
	if (rig->result.outcome != OUTCOME_COMMITTED || moved != 500)
		fail_msg("%s: outcome %d, %lld moved: %s", where, (int)rig->result.outcome, (long long)moved,
			 rig->result.reason.text);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2000);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
}

/* The first host dies at this message, for good. False once there are no more messages. */
static bool dies_at(struct rig *rig, enum relay_direction direction, unsigned at)
{
	char hosts[160], where[60];
	const struct transfer_spec half = {.source = "7001", .destination = "7002"};
	snprintf(hosts, sizeof hosts, "%s,%s", first.dir, second.dir);
	snprintf(where, sizeof where, "direction %d, message %u", (int)direction, at);
	pg_exec("UPDATE accounts SET balance = 1000; DELETE FROM transfers");
	first.shared->refuse = false;
	connect_to(rig, hosts, "5432");
	first.shared->refuse = true;
	relay_arm(&first, RELAY_CUT_AFTER, direction, at);
	relay_arm(&second, RELAY_NOTHING, direction, 0);
	rig_transfer(rig, &half);
	check_truth(rig, where);
	bool happened = first.shared->happened;
	if (happened && rig->result.attempts > 1)
		assert_true(heard(&second) > 0);
	return happened;
}

static void dies_everywhere(struct rig *rig, enum txn_wire wire)
{
	unsigned tries = 0;
	rig->options.wire = wire;
	rig->options.backoff_base_ms = 1;
	rig_read(rig, NULL);
	for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++)
		for (unsigned at = 1; dies_at(rig, d, at); at++)
			tries++;
	printf("# measured: the first host died at %u messages\n", tries);
	assert_true(tries > 20);
}

static void it_dies_in_a_pipeline(void **state)
{
	dies_everywhere(*state, WIRE_PIPELINE);
}

static void it_dies_in_a_oneshot(void **state)
{
	dies_everywhere(*state, WIRE_ONESHOT);
}

static void it_dies_step_by_step(void **state)
{
	dies_everywhere(*state, WIRE_STEP);
}

static int setup(void **state)
{
	pg_bank(2);
	relay_start(&first);
	relay_start(&second);
	*state = rig_new();
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	relay_stop(&first);
	relay_stop(&second);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_first_is_taken_where_it_answers),
		TEST(nobody_listens),
		TEST(the_name_is_unknown),
		TEST(it_hangs_up),
		TEST(it_is_silent),
		TEST(it_drains),
		TEST(it_hangs_up_at_every_message_of_the_start),
		TEST(the_program_goes_on_where_a_session_is_not_set_up),
		TEST(it_lets_us_in_and_is_silent),
		TEST(a_host_that_refuses_us_is_the_answer),
		TEST(nobody_is_there),
		TEST(the_program_takes_the_second),
		TEST(it_dies_in_a_pipeline),
		TEST(it_dies_in_a_oneshot),
		TEST(it_dies_step_by_step),
	};
	return cmocka_run_group_tests_name("fault/hosts", tests, pg_own_database, NULL);
}
