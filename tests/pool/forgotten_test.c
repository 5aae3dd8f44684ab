/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions that are partly another role's: a role that becomes another one, a search path that is set, all forgotten
 * between two transactions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/cuts.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"

static struct pooled pooled;
static struct relay relay;
static struct cuts cuts;

/* ---- what the server forgets ---- */

struct told {
	struct rig *rig;
	bool ok;
};

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct told *told = arg;
	told->ok = answer->ok;
}

static void on_idle(void *arg)
{
	struct told *told = arg;
	loop_stop(told->rig->loop);
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	(void)why;
	on_idle(arg);
}

/* On teller's own session, as a pooler does it. */
static void tell(struct rig *rig, const char *sql)
{
	struct told told = {.rig = rig};
	struct db_reply reply = {on_answer, on_idle, on_lost, &told, NULL};
	db_send_text(rig->db, sql, &(struct db_context){0}, &reply);
	loop_run(rig->loop);
	assert_true(told.ok);
}

static void expect_moved(struct rig *rig, int64_t moved, const char *where)
{
	int64_t has = pg_ask(pooled.direct, "SELECT balance FROM accounts WHERE id = 7002") - 1000;
	if (rig->result.outcome != OUTCOME_COMMITTED || has != moved)
		fail_msg("%s: outcome %d, %lld moved, not %lld: %s", where, (int)rig->result.outcome, (long long)has,
			 (long long)moved, rig->result.reason.text);
	assert_false(db_in_transaction(rig->db));
}

static void forgotten(enum txn_wire wire, const char *sql)
{
	struct transfer_spec ten = {.source = "7001", .destination = "7002", .rule = TRANSFER_AMOUNT, .amount = 10};
	struct transfer_spec too_much = ten;
	char where[80];
	too_much.amount = 100000;
	snprintf(where, sizeof where, "%s after %s", cuts_wire_name(wire), sql);
	pg_run(pooled.direct, "UPDATE accounts SET balance = 1000; DELETE FROM transfers");
	struct rig *rig = rig_new();
	rig->options.wire = wire;
	assert_non_null(rig_read(rig, NULL));
	rig_transfer(rig, &ten);
	assert_int_equal(rig_transfer(rig, &too_much), OUTCOME_REJECTED); /* ROLLBACK is known as well */
	tell(rig, sql);
	rig_transfer(rig, &ten);
	expect_moved(rig, 20, where);
	tell(rig, sql);
	if (rig_transfer(rig, &too_much) != OUTCOME_REJECTED)
		fail_msg("%s: outcome %d in place of a refusal: %s", where, (int)rig->result.outcome,
			 rig->result.reason.text);
	rig_transfer(rig, &ten);
	expect_moved(rig, 30, where);
	rig_free(rig);
}

static void all_forgotten(void **state)
{
	(void)state;
	static const char *const words[] = {"DISCARD ALL", "DEALLOCATE ALL", "RESET ALL"};
	for (size_t w = 0; w < CUTS_WIRES; w++)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			forgotten(cuts_wires[w], words[i]);
}

/* PgBouncer with server_reset_query_always: DISCARD ALL after each transaction. */
static void reset_after_each_transaction(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	static const char commands[] = "transfer 7001 7002 1 --yes\ntransfer 7001 7002 1 --yes\n"
				       "transfer 7001 7002 1 --yes\nlist\ntransfer 7001 7002 1 --yes\nledger\n";
	for (int i = 0; i < 3; i++) {
		const char *const argv[] = {proc_teller(), wires[i], "-f", "-", NULL};
		struct proc *proc = proc_run(argv, NULL, commands);
		proc_expect_status(proc, 0);
		proc_free(proc);
		pooled_expect_balance(&pooled, "accounts", 7002, 1000 + 4 * (i + 1));
	}
	assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM transfers"), 12);
}

/* ---- what others set ---- */

/* Another client of the pool looks elsewhere by default: money that is shown in one table does not move in another. */
static void another_client_sets_the_path(void **state)
{
	(void)state;
	struct transfer_spec ten = {.source = "7001", .destination = "7002", .rule = TRANSFER_AMOUNT, .amount = 10};
	pg_run(pooled.direct, "CREATE SCHEMA other; CREATE TABLE other.accounts (LIKE public.accounts INCLUDING ALL);"
			      "CREATE TABLE other.transfers (LIKE public.transfers INCLUDING ALL);"
			      "INSERT INTO other.accounts (id, balance) SELECT id, balance FROM public.accounts");
	for (size_t w = 0; w < CUTS_WIRES; w++) {
		struct rig *rig = rig_new();
		rig->options.wire = cuts_wires[w];
		assert_non_null(rig_read(rig, NULL));
		pg_exec("SET search_path = other, public");
		rig_transfer(rig, &ten);
		pg_exec("RESET search_path");
		assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM other.accounts WHERE balance <> 1000"), 0);
		assert_int_equal(pg_ask(pooled.direct, "SELECT count(*) FROM other.transfers"), 0);
		expect_moved(rig, 10 * ((int64_t)w + 1), cuts_wire_name(cuts_wires[w]));
		rig_free(rig);
	}
}

/* The table is found where the database says, whoever connects and through whatever. */
static void the_database_sets_the_path(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	pg_run(pooled.direct,
	       "CREATE SCHEMA bank; ALTER TABLE accounts SET SCHEMA bank; ALTER TABLE transfers SET SCHEMA bank;"
	       "ALTER DATABASE %s SET search_path = bank",
	       getenv("PGDATABASE"));
	for (int i = 0; i < 6; i++) {
		if (i == 3)
			pooled_leave(&pooled);
		struct proc *proc = teller_run(wires[i % 3], "-c", "inject cut", "-c", "transfer 7001 7002 5 --yes");
		pooled_wait_quiet(&pooled);
		proc_expect_status(proc, 0);
		proc_free(proc);
		pooled_expect_balance(&pooled, "bank.accounts", 7002, 1000 + 5 * (i + 1));
	}
}

/* ---- the matrix of cuts ---- */

/* As without all that: only a oneshot without a ledger leaves nothing to ask for. */
static void cut_everywhere(const char *name, bool ledger)
{
	cuts.name = name;
	for (size_t w = 0; w < CUTS_WIRES; w++)
		cuts_everywhere(&cuts, cuts_wires[w], ledger,
				ledger || cuts_wires[w] != WIRE_ONESHOT ? CUTS_NEVER_UNKNOWN : CUTS_MAYBE_UNKNOWN);
}

static void cuts_under_a_path(void **state)
{
	(void)state;
	pg_run(pooled.direct, "ALTER DATABASE %s SET search_path = cut", getenv("PGDATABASE"));
	cut_everywhere("search_path set", true);
}

/* The role that logs in becomes another one, which has the tables. */
static void cuts_under_a_role(void **state)
{
	(void)state;
	pg_run(pooled.direct, "DROP ROLE IF EXISTS cut_r1; DROP ROLE IF EXISTS cut_ada; CREATE ROLE cut_ada SUPERUSER;"
			      "CREATE ROLE cut_r1 LOGIN IN ROLE cut_ada; ALTER ROLE cut_r1 SET role = cut_ada");
	cuts.via.user = (char *)"cut_r1";
	cut_everywhere("SET ROLE", true);
	cut_everywhere("SET ROLE", false);
	pg_run(pooled.direct, "DROP ROLE cut_r1, cut_ada");
}

/* The role that acts owns the tables, and the one that logs in may do nothing by itself: what is asked about the server
 * inside the transaction must not change who acts. */
static void another_role_acts_in_the_pool(void **state)
{
	(void)state;
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	pg_run(pooled.direct,
	       "DROP ROLE IF EXISTS pool_r1; CREATE ROLE pool_ada; GRANT pg_monitor TO pool_ada;"
	       "CREATE ROLE pool_r1 LOGIN NOINHERIT IN ROLE pool_ada; ALTER ROLE pool_r1 SET role = pool_ada;"
	       "ALTER TABLE accounts OWNER TO pool_ada; ALTER TABLE transfers OWNER TO pool_ada");
	for (int i = 0; i < 3; i++) {
		struct proc *proc =
			proc_run((const char *const[]){proc_teller(), "-U", "pool_r1", wires[i], "--yes", "-c",
						       "inject cut", "-c", "transfer 7001 7002 5", NULL},
				 NULL, NULL);
		proc_expect_status(proc, 0);
		proc_free(proc);
		pooled_wait_quiet(&pooled);
		pooled_expect_balance(&pooled, "accounts", 7002, 1000 + 5 * (i + 1));
	}
	pg_run(pooled.direct, "ALTER TABLE accounts OWNER TO teller; ALTER TABLE transfers OWNER TO teller;"
			      "DROP ROLE pool_r1; DROP OWNED BY pool_ada; DROP ROLE pool_ada");
}

/* ---- around the tests ---- */

static int open_pool(const char *more)
{
	pooled_open(
		&pooled, 2,
		&(struct pooler_options){.mode = "transaction", .size = 1, .more = more, .users = "teller pool_r1"});
	return 0;
}

static int a_pool(void **state)
{
	(void)state;
	return open_pool(NULL);
}

static int a_pool_that_resets(void **state)
{
	(void)state;
	return open_pool("server_reset_query_always = 1");
}

static int no_pool(void **state)
{
	(void)state;
	open_pool(NULL);
	pooled_leave(&pooled);
	relay_start(&relay);
	cuts_open(&cuts, &relay, pooled.direct, "directly");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (cuts.relay) {
		cuts_close(&cuts);
		relay_stop(&relay);
	}
	pooled_close(&pooled);
	return 0;
}

#define IN(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN(all_forgotten, no_pool),
		IN(reset_after_each_transaction, a_pool_that_resets),
		IN(another_client_sets_the_path, a_pool),
		IN(the_database_sets_the_path, a_pool),
		IN(another_role_acts_in_the_pool, a_pool),
		IN(cuts_under_a_path, no_pool),
		IN(cuts_under_a_role, no_pool),
	};
	return cmocka_run_group_tests_name("pool/forgotten", tests, NULL, NULL);
}
