/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a failover, or a restart, a colleague's session has the number that ours had: it is not ours to end. */
/* Alone: it chooses which numbers the next processes of the whole machine get. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fault/cuts.h"
#include "tests/support/check.h"
#include "tests/support/replica.h"

enum { TRIES = 2000 };

/* The next process has the number after the one that is written here, where that is free. Root may write it. */
static const char last_pid[] = "/proc/sys/kernel/ns_last_pid";

static struct replica replica;
static struct cuts cuts;
static struct pg_session *colleague;
static char target[400];
static int ours;              /* the number that our session had */
static bool restart;          /* the primary comes back, in place of a standby */
static const char *new_place; /* of the server that is there afterwards */

static bool aim_at(int pid)
{
	FILE *file = fopen(last_pid, "w");
	if (!file)
		return false;
	fprintf(file, "%d", pid - 1);
	return fclose(file) == 0;
}

/* Another teller of the same role on the new server: only its number, of all that teller looked at, could have told it
 * from ours. */
static void seat_colleague(void)
{
	char there[300];
	snprintf(there, sizeof there, "%s application_name=teller/transfer", new_place);
	for (int i = 0; i < TRIES && !colleague; i++) {
		assert_true(aim_at(ours));
		colleague = pg_open_at(there);
		if (pg_ask(colleague, "SELECT pg_backend_pid()") == ours)
			continue;
		pg_close(colleague);
		colleague = NULL;
	}
	if (!colleague)
		fail_msg("no session gets the number %d", ours);
	pg_run(colleague, "BEGIN; CREATE TEMPORARY TABLE work (i int)");
}

static void bring_server(void)
{
	own_server_kill(&replica.primary);
	if (!restart) {
		replica_promote(&replica);
		return;
	}
	own_server_start(&replica.primary, NULL);
	own_server_wait(&replica.primary);
}

/* The server dies before it gets the commit; when teller asks, there is one again, and the colleague is there. */
static bool gate(void *arg, const struct txn_gate *next)
{
	(void)arg;
	if (!next->commit || ours)
		return false;
	ours = (int)pg_ask(cuts.direct, "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'teller/%%'");
	bring_server();
	seat_colleague();
	return false;
}

static struct txn_result transfer(enum txn_wire wire)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	struct rig *rig = rig_new_at(&cuts.via);
	rig->catalogue = cuts.catalogue;
	rig->options.wire = wire;
	rig->options.max_elapsed_ms = 3000;
	txn_set_gate(rig->txn, gate, NULL);
	rig_transfer(rig, &spec);
	struct txn_result result = rig->result;
	rig->catalogue = NULL;
	rig_free(rig);
	return result;
}

static bool is_alive(int pid)
{
	return kill(pid, 0) == 0;
}

static void the_colleague_stays(enum txn_wire wire, bool ledger)
{
	if (!aim_at(getpid())) {
		print_message("# %s cannot be written: only root chooses the number of a process\n", last_pid);
		skip();
	}
	cuts_make_bank(&cuts, ledger);
	if (!restart)
		replica_catch_up(&replica);
	struct txn_result result = transfer(wire);
	if (!is_alive(ours))
		fail_msg("the colleague's session was ended; outcome %d: %s", (int)result.outcome, result.reason.text);
	assert_int_equal(pg_ask(colleague, "SELECT count(*) FROM work"), 0);
	pg_run(colleague, "COMMIT");
	struct pg_session *server = pg_open_at(new_place);
	cuts_check_truth(server, &result, "equal numbers", ledger);
	pg_close(server);
}

/* ---- the tests ---- */

static void with_ledger(void **state)
{
	(void)state;
	the_colleague_stays(WIRE_PIPELINE, true);
}

static void without_ledger(void **state)
{
	(void)state;
	the_colleague_stays(WIRE_PIPELINE, false);
}

static void step_with_ledger(void **state)
{
	(void)state;
	the_colleague_stays(WIRE_STEP, true);
}

static void oneshot_with_ledger(void **state)
{
	(void)state;
	the_colleague_stays(WIRE_ONESHOT, true);
}

/* ---- around them ---- */

static int open_both(void)
{
	static char place[200];
	ours = 0;
	replica_make(&replica);
	cuts_open(&cuts, NULL, pg_open_at(own_server_target(&replica.primary, "bank")), "equal numbers");
	snprintf(target, sizeof target, "%s", replica_target(&replica, "bank"));
	snprintf(place, sizeof place, "%s", own_server_target(restart ? &replica.primary : &replica.standby, "bank"));
	cuts.via = (struct conninfo){.target = target};
	new_place = place;
	return 0;
}

static int a_failover(void **state)
{
	(void)state;
	restart = false;
	return open_both();
}

static int a_restart(void **state)
{
	(void)state;
	restart = true;
	return open_both();
}

static int teardown(void **state)
{
	(void)state;
	pg_close(colleague);
	colleague = NULL;
	pg_close(cuts.direct);
	cuts_close(&cuts);
	replica_remove(&replica);
	return 0;
}

#define AFTER(what, name)                                                                                              \
	{                                                                                                              \
#name " after " #what, name, what, teardown, NULL                                                      \
	}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		AFTER(a_failover, with_ledger),      AFTER(a_failover, without_ledger),
		AFTER(a_failover, step_with_ledger), AFTER(a_failover, oneshot_with_ledger),
		AFTER(a_restart, with_ledger),       AFTER(a_restart, without_ledger),
	};
	return cmocka_run_group_tests_name("pool/pids", tests, NULL, NULL);
}
