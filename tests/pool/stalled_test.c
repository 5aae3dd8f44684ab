/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server process that stands still with a commit in its ear, which teller cannot reach by the number it was told or
 * by its role's name. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/fault/cuts.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"

enum { LIMIT_MS = 700, STALL_MS = 3500 /* for so long it stands still where teller waits for it */ };

static struct pooled pooled;
static struct cuts cuts;
static pid_t stopped;
static unsigned told[OUTCOME_UNKNOWN + 1];

/* ---- the process that stands still ---- */

#define OURS "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'teller/%%'"

/* Before the round trip that holds the commit. */
static bool gate(void *arg, const struct txn_gate *next)
{
	(void)arg;
	if (!next->commit || next->attempt != 1)
		return false;
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) " OURS), 1);
	stopped = (pid_t)pg_ask(pooled.direct, "SELECT pid " OURS);
	kill(stopped, SIGSTOP);
	return false;
}

/* It does what it was sent, if it still can. */
static void go_on(void)
{
	if (stopped)
		kill(stopped, SIGCONT);
	stopped = 0;
}

/* ---- one transfer ---- */

static void stall(enum txn_wire wire, bool ledger, unsigned attempts)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	char where[100];
	snprintf(where, sizeof where, "%s, %s, ledger %d, %u attempts", cuts.name, cuts_wire_name(wire), ledger,
		 attempts);
	cuts_reset_money(&cuts, ledger);
	struct rig *rig = rig_new_at(&cuts.via);
	rig->catalogue = cuts.catalogue;
	rig->options.wire = wire;
	rig->options.max_attempts = attempts;
	rig->options.max_elapsed_ms = LIMIT_MS;
	rig->options.backoff_cap_ms = 100;
	txn_set_gate(rig->txn, gate, NULL);
	txn_inject(rig->txn)->cut = true;
	struct transfer *transfer = transfer_new(rig->catalogue, &spec);
	rig_start(rig, transfer_body(transfer), "test");
	if (!rig_wait_ms(rig, STALL_MS))
		go_on();
	rig_wait(rig);
	struct txn_result result = rig->result;
	transfer_free(transfer);
	rig->catalogue = NULL;
	rig_free(rig);
	go_on();
	pg_until(pooled.direct, "SELECT count(*) = 0 " OURS);
	cuts_wait_quiet(&cuts);
	cuts_check_truth(pooled.direct, &result, where, ledger);
	told[result.outcome]++;
}

/* Made by teller, given to the other role. */
static void make_bank(bool ledger)
{
	char *user = cuts.via.user;
	cuts.via.user = NULL;
	cuts_make_bank(&cuts, ledger);
	cuts.via.user = user;
	if (!user)
		return;
	pg_run(pooled.direct,
	       "GRANT ALL ON SCHEMA cut TO stalled_ada; GRANT ALL ON ALL TABLES IN SCHEMA cut TO stalled_ada");
	cuts_read_catalogue(&cuts, ledger);
}

static void stall_all(bool ledger)
{
	memset(told, 0, sizeof told);
	make_bank(ledger);
	bool plain = !cuts.pooler && !cuts.via.user; /* where ours can be ended there is nothing that could come late */
	for (size_t w = 0; w < CUTS_WIRES; w++)
		for (unsigned attempts = 1; attempts <= (plain ? 1 : 3); attempts += 2)
			stall(cuts_wires[w], ledger, attempts);
	printf("# measured: %s %s, the process stalled: %u committed, %u gave up, %u unknown\n", cuts.name,
	       ledger ? "with ledger" : "without ledger", told[OUTCOME_COMMITTED], told[OUTCOME_GAVE_UP],
	       told[OUTCOME_UNKNOWN]);
}

static void with_ledger(void **state)
{
	(void)state;
	stall_all(true);
}

static void without_ledger(void **state)
{
	(void)state;
	stall_all(false);
}

/* ---- a row that is locked, and the program itself ---- */

/* The commit waits behind a lock; what teller has said by the time the lock goes has to be true afterwards. */
static void behind_a_lock(void **state)
{
	(void)state;
	static const char *const modes[] = {"--wire=pipeline", "--wire=oneshot"};
	make_bank(true);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		cuts_reset_money(&cuts, true);
		struct pg_session *locker = pg_open();
		pg_run(locker, "BEGIN; SELECT FROM cut.accounts WHERE id = 1 FOR UPDATE");
		const char *const argv[] = {
			proc_teller(), "--table", "cut.accounts", modes[i], "--max-attempts=1",       "-c",
			"set time 2",  "-c",      "inject cut",   "-c",     "transfer 1 2 500 --yes", NULL};
		const char *const env[] = {cuts.via.user ? "PGUSER=stalled_r1" : "PGUSER=teller", NULL};
		struct proc *proc = proc_run(argv, env, NULL);
		pg_run(locker, "ROLLBACK");
		pg_close(locker);
		cuts_wait_quiet(&cuts);
		bool moved = pg_ask(pooled.direct, "SELECT balance FROM cut.accounts WHERE id = 1") == 500;
		if (proc->status != 5 && (proc->status == 0) != moved) {
			check_tell("%s: the money was %s", cuts.name, moved ? "moved" : "not moved");
			proc_expect_status(proc, moved ? 0 : 4);
		}
		proc_free(proc);
	}
}

/* ---- the ways ---- */

static int open_way(const char *name)
{
	pooled_open(&pooled, 2, &(struct pooler_options){.mode = "session", .size = 4, .users = "teller stalled_r1"});
	cuts_open(&cuts, NULL, pooled.direct, name);
	cuts.via = (struct conninfo){.host = pooled.pooler.dir, .port = (char *)"5432"};
	cuts.pooler = &pooled.pooler;
	return 0;
}

static int through_the_pooler(void **state)
{
	(void)state;
	return open_way("PgBouncer in session mode");
}

/* Past the pooler, which the others go through. */
static void go_past(void)
{
	pooled_leave(&pooled);
	cuts.via = (struct conninfo){.host = getenv("PGHOST"), .port = getenv("PGPORT")};
	cuts.pooler = NULL;
}

static int directly(void **state)
{
	(void)state;
	open_way("directly");
	go_past();
	return 0;
}

/* The role that logs in is another one from then on, as with roles that are handed out for an hour. */
static int as_another_role(void **state)
{
	(void)state;
	open_way("SET ROLE");
	go_past();
	pg_run(pooled.direct,
	       "DROP ROLE IF EXISTS stalled_r1; DROP ROLE IF EXISTS stalled_ada; CREATE ROLE stalled_ada;"
	       "CREATE ROLE stalled_r1 LOGIN IN ROLE stalled_ada;"
	       "ALTER ROLE stalled_r1 SET role = stalled_ada");
	cuts.via.user = (char *)"stalled_r1";
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	go_on();
	if (cuts.via.user)
		pg_run(pooled.direct, "DROP SCHEMA IF EXISTS cut CASCADE; DROP ROLE stalled_r1, stalled_ada");
	cuts_close(&cuts);
	pooled_close(&pooled);
	return 0;
}

#define BY(way, name)                                                                                                  \
	{                                                                                                              \
#name " " #way, name, way, teardown, NULL                                                              \
	}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		BY(directly, with_ledger),
		BY(directly, without_ledger),
		BY(directly, behind_a_lock),
		BY(as_another_role, with_ledger),
		BY(as_another_role, without_ledger),
		BY(as_another_role, behind_a_lock),
		BY(through_the_pooler, with_ledger),
		BY(through_the_pooler, without_ledger),
		BY(through_the_pooler, behind_a_lock),
	};
	return cmocka_run_group_tests_name("pool/stalled", tests, NULL, NULL);
}
