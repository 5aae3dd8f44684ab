/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server does to a transfer (kills, timeouts, a restart, no slots left): a true outcome, a sentence, and the next one works. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/catalogue.h"
#include "bank/transfer.h"
#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "txn/txn.h"

enum { SLOTS = 12, POLL_MS = 5, LIMIT_US = 60000000 };

/* Where the transfer is when it happens: held at the gate between read and write, or in a statement that waits for a lock. */
enum place { AT_THE_GATE, AT_A_LOCK };

static const char *const options[] = {"-c", "max_connections=10", "-c", "superuser_reserved_connections=0",
				      "-c", "max_wal_senders=0",  NULL};

/* What happens, in turns of a timer, until it says that it is over. */
typedef bool happen_fn(unsigned turn);

struct world {
	struct own_server server;
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	struct catalogue *catalogue;
	struct txn *txn;
	struct txn_options options;
	struct txn_result result;
	struct txn_result faulted; /* of the transfer that something happened to */
	struct timer *timer;
	struct pg_session *locker;
	PGconn *slots[SLOTS];
	happen_fn *happen; /* NULL once it is over */
	unsigned turn;
	uint64_t retries_before;
	bool held, done;
	int pid; /* of the server's process, as it was when the transfer was held */
	uint64_t until_us;
};
static struct world world;

static void on_connected(void *arg, const struct err *err)
{
	(void)arg;
	if (err)
		fail_msg("%s", err->text);
	loop_stop(world.loop);
}

static void on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	(void)arg;
	(void)missing;
	if (!catalogue)
		fail_msg("%s", err->text);
	world.catalogue = catalogue;
	loop_stop(world.loop);
}

static void on_done(void *arg, const struct txn_result *result)
{
	(void)arg;
	world.result = *result;
	world.done = true;
	loop_stop(world.loop);
}

static bool gate(void *arg, const struct txn_gate *next)
{
	enum place *place = arg;
	if (*place != AT_THE_GATE || world.held || next->body_batch != 1)
		return false;
	world.held = true;
	return true;
}

/* Only the place counts, not how long it took to get there. */
static bool is_there(enum place place)
{
	if (place == AT_THE_GATE)
		return world.held;
	return pg_number("SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'",
			 db_facts(world.db)->pid) == 1;
}

static void on_timer(void *arg)
{
	enum place *place = arg;
	if (clock_us() > world.until_us)
		fail_msg("nothing came of it; the transaction is \"%s\"", txn_word(world.txn));
	if (!world.pid && is_there(*place))
		world.pid = db_facts(world.db)->pid;
	if (world.pid && world.happen && world.happen(world.turn++))
		world.happen = NULL;
	if (!world.done)
		timer_start(world.timer, POLL_MS);
}

static void open_session(void)
{
	struct conninfo info = {0};
	db_connect(world.db, &info, 20000, on_connected, NULL);
	loop_run(world.loop);
}

static void read_catalogue(void)
{
	catalogue_free(world.catalogue);
	world.catalogue = NULL;
	open_session();
	catalogue_read(world.db, "accounts", on_catalogue, NULL);
	loop_run(world.loop);
}

static void bring_back(void)
{
	own_server_start(&world.server, options);
	own_server_wait(&world.server);
}

static void lock(void)
{
	world.locker = pg_open();
	pg_run(world.locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
}

static void unlock(void)
{
	pg_close(world.locker);
	world.locker = NULL;
}

static void run(const char *what, enum place place)
{
	struct transfer_spec spec = {.source = "7001", .destination = "7002", .rule = TRANSFER_AMOUNT, .amount = 10};
	struct transfer *transfer = transfer_new(world.catalogue, &spec);
	world.timer = timer_new(world.loop, on_timer, &place);
	world.until_us = clock_us() + LIMIT_US;
	world.held = world.done = false;
	world.pid = 0;
	world.turn = 0;
	world.retries_before = txn_counters(world.txn)->retries;
	txn_set_gate(world.txn, gate, &place);
	txn_start(world.txn, transfer_body(transfer), what, &world.options, on_done, NULL);
	timer_start(world.timer, POLL_MS);
	while (!world.done)
		loop_run(world.loop);
	timer_free(world.timer);
	transfer_free(transfer);
}

/* The outcome told is what is on the server, and the ledger says the same. */
static void check_truth(const char *what, int64_t before)
{
	int64_t moved = 1000 - pg_number("SELECT balance FROM accounts WHERE id = 7001") - before;
	if (moved != (world.result.outcome == OUTCOME_COMMITTED ? 10 : 0))
		fail_msg("%s: told %d, but %lld moved: %s", what, (int)world.result.outcome, (long long)moved,
			 world.result.reason.text);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2000);
	assert_int_equal(pg_number("SELECT coalesce(sum(amount), 0) FROM transfers"), before + moved);
}

static void free_slots(void)
{
	for (size_t i = 0; i < SLOTS; i++) {
		PQfinish(world.slots[i]);
		world.slots[i] = NULL;
	}
}

static const char *const wire_names[] = {
	[WIRE_PIPELINE] = "pipeline", [WIRE_STEP] = "step", [WIRE_ONESHOT] = "oneshot"};

/* The next one works again. */
static void go_on(void)
{
	int64_t before = pg_number("SELECT coalesce(sum(amount), 0) FROM transfers");
	world.happen = NULL;
	run("the next one", AT_A_LOCK);
	assert_int_equal(world.result.outcome, OUTCOME_COMMITTED);
	check_truth("the next one", before);
}

static void go_through(const char *what, enum txn_wire wire, enum place place, happen_fn *happen, enum outcome expected)
{
	int64_t before = pg_number("SELECT coalesce(sum(amount), 0) FROM transfers");
	world.options.wire = wire;
	if (place == AT_A_LOCK) {
		lock();
	}
	world.happen = happen;
	run(what, place);
	if (world.locker)
		unlock();
	free_slots();
	if (!world.server.pid) /* the locker was ended first, so the commit was quicker than the shutdown */
		bring_back();
	printf("# %s, %s, %s: outcome %d, %u attempts%s: %s\n", what, wire_names[wire],
	       place == AT_A_LOCK ? "at a lock" : "at the gate", (int)world.result.outcome, world.result.attempts,
	       world.result.settled ? ", settled" : "", world.result.reason.text);
	assert_int_equal(world.result.outcome, expected);
	assert_true(expected == OUTCOME_COMMITTED || world.result.reason.text[0]);
	check_truth(what, before);
	world.faulted = world.result;
	go_on();
}

static const enum txn_wire wires[] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};

/* In each wire mode at a lock; at the gate where there is something between the read and the write. */
static void everywhere(const char *what, happen_fn *happen)
{
	for (size_t w = 0; w < sizeof wires / sizeof *wires; w++) {
		go_through(what, wires[w], AT_A_LOCK, happen, OUTCOME_COMMITTED);
		if (wires[w] != WIRE_ONESHOT)
			go_through(what, wires[w], AT_THE_GATE, happen, OUTCOME_COMMITTED);
	}
}

/* ---- what happens ---- */

/* The kill of one process makes the server end all others and recover. */
static bool kill_backend(unsigned turn)
{
	if (turn == 0)
		kill(world.pid, SIGKILL);
	if (db_state(world.db) == DB_IDLE || (db_state(world.db) == DB_BUSY && db_facts(world.db)->pid == world.pid))
		return false; /* not noticed yet */
	if (world.locker)
		unlock();
	txn_go(world.txn);
	return true;
}

static bool terminate_backend(unsigned turn)
{
	(void)turn;
	pg_exec("SELECT pg_terminate_backend(%d, 10000)", world.pid);
	if (world.locker)
		unlock();
	txn_go(world.txn);
	return true;
}

/* Until the server's process is gone, by itself. */
static bool wait_for_the_end(unsigned turn)
{
	(void)turn;
	if (pg_number("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", world.pid) > 0)
		return false;
	txn_go(world.txn);
	return true;
}

static unsigned retries(void)
{
	return (unsigned)(txn_counters(world.txn)->retries - world.retries_before);
}

/* Down until the engine has found nobody there, twice, or asks what became of its commit. */
static bool restart_server(unsigned turn)
{
	if (turn == 0) {
		own_server_stop(&world.server, SIGINT);
		if (world.locker)
			unlock();
		txn_go(world.txn);
	}
	if (retries() < 2 && strcmp(txn_word(world.txn), "settling") != 0)
		return false;
	bring_back();
	return true;
}

static void take_slots(void)
{
	size_t i = 0;
	for (; i < SLOTS; i++) {
		world.slots[i] = PQconnectdb("");
		if (PQstatus(world.slots[i]) != CONNECTION_OK)
			break;
	}
	assert_true(i < SLOTS);
}

/* Every slot is somebody else's. True once the engine has noticed that its connection is gone, and looks for another. */
static bool fill_slots_for_good(unsigned turn)
{
	if (turn == 0) {
		pg_exec("SELECT pg_terminate_backend(%d, 10000)", world.pid);
		take_slots();
	}
	if (db_state(world.db) == DB_IDLE)
		return false;
	txn_go(world.txn);
	return true;
}

/* Until the engine has been refused three times. */
static bool fill_slots(unsigned turn)
{
	if (retries() == 0 && !fill_slots_for_good(turn))
		return false;
	if (retries() < 3)
		return false;
	free_slots();
	return true;
}

/* As before, but the writes and the commit are sent into the dead connection, and the engine cannot ask what became of them. */
static bool fill_slots_in_doubt(unsigned turn)
{
	if (turn == 0) {
		pg_exec("SELECT pg_terminate_backend(%d, 10000)", world.pid);
		take_slots();
		txn_go(world.txn);
	}
	if (strcmp(txn_word(world.txn), "settling") != 0)
		return false;
	free_slots();
	return true;
}

/* A crash, after which others are given the number that our transaction had, and commit. */
static bool crash_and_commit_others(unsigned turn)
{
	(void)turn;
	kill(world.pid, SIGKILL);
	while (kill(world.pid, 0) ==
	       0) /* until the postmaster has seen it; then it lets nobody in before all is recovered */
		;
	unlock();
	own_server_wait(&world.server);
	for (int i = 0; i < 20; i++)
		pg_exec("INSERT INTO others VALUES (1)");
	return true;
}

/* ---- the tests ---- */

static void kill_9(void **state)
{
	(void)state;
	everywhere("kill -9 of the server's process", kill_backend);
}

static void terminated(void **state)
{
	(void)state;
	everywhere("pg_terminate_backend", terminate_backend);
}

static void restarted(void **state)
{
	(void)state;
	everywhere("a full restart", restart_server);
}

/* Of new sessions of the database, the engine's among them. */
static void set(const char *name, const char *value)
{
	pg_exec("ALTER DATABASE bank SET %s = %s", name, value);
	open_session();
}

static void limited(const char *name, const char *sqlstate)
{
	set(name, "'200ms'");
	for (size_t w = 0; w < sizeof wires / sizeof *wires; w++) {
		go_through(name, wires[w], AT_A_LOCK, NULL, OUTCOME_FAILED);
		assert_string_equal(world.faulted.sqlstate, sqlstate);
	}
	set(name, "DEFAULT");
}

static void statement_timeout(void **state)
{
	(void)state;
	limited("statement_timeout", "57014");
}

static void lock_timeout(void **state)
{
	(void)state;
	limited("lock_timeout", "55P03");
}

static void idle_timeout(void **state)
{
	(void)state;
	set("idle_in_transaction_session_timeout", "'200ms'");
	for (size_t w = 0; w < 2; w++)
		go_through("idle_in_transaction_session_timeout", wires[w], AT_THE_GATE, wait_for_the_end,
			   OUTCOME_COMMITTED);
	set("idle_in_transaction_session_timeout", "DEFAULT");
}

static void too_many_clients(void **state)
{
	(void)state;
	for (size_t w = 0; w < 2; w++)
		go_through("too many clients", wires[w], AT_THE_GATE, fill_slots, OUTCOME_COMMITTED);
	go_through("too many clients to ask", WIRE_PIPELINE, AT_THE_GATE, fill_slots_in_doubt, OUTCOME_COMMITTED);
	assert_true(world.faulted.settled);
}

static void too_many_clients_for_good(void **state)
{
	(void)state;
	world.options.max_attempts = 4;
	go_through("too many clients for good", WIRE_PIPELINE, AT_THE_GATE, fill_slots_for_good, OUTCOME_GAVE_UP);
	assert_non_null(strstr(world.faulted.reason.text, "too many clients"));
	world.options.max_attempts = 40;
}

/* Without a ledger the number of the transaction is asked for, and after a crash it may be somebody else's. */
static void a_number_given_twice(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE others (n int); ALTER TABLE transfers RENAME TO kept; CHECKPOINT");
	read_catalogue();
	for (size_t w = 0; w < sizeof wires / sizeof *wires; w++) {
		int64_t before = pg_number("SELECT balance FROM accounts WHERE id = 7001");
		world.options.wire = wires[w];
		lock();
		world.happen = crash_and_commit_others;
		run("a crash", AT_A_LOCK);
		bool moved = pg_number("SELECT balance FROM accounts WHERE id = 7001") != before;
		printf("# a crash without ledger, %s: outcome %d: %s\n", wire_names[wires[w]],
		       (int)world.result.outcome, world.result.reason.text);
		assert_true(world.result.outcome == (moved ? OUTCOME_COMMITTED : OUTCOME_UNKNOWN));
	}
	pg_exec("DROP TABLE others; UPDATE accounts SET balance = 1000; TRUNCATE kept");
	pg_exec("ALTER TABLE kept RENAME TO transfers");
	read_catalogue();
}

static int set_up(void **state)
{
	(void)state;
	own_server_make(&world.server, options);
	pg_bank(2);
	world.loop = loop_new();
	world.ring = ring_new(1000, 1 << 20);
	world.db = db_new(world.loop, world.ring, SESSION_TRANSFER, "transfer", NULL);
	world.txn = txn_new(world.loop, world.ring, world.db, SESSION_TRANSFER, 7);
	txn_options_init(&world.options);
	world.options.max_attempts = 40;
	world.options.backoff_cap_ms = 200;
	read_catalogue();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	txn_free(world.txn);
	catalogue_free(world.catalogue);
	db_free(world.db);
	ring_free(world.ring);
	loop_free(world.loop);
	own_server_remove(&world.server);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill_9),
		cmocka_unit_test(terminated),
		cmocka_unit_test(a_number_given_twice),
		cmocka_unit_test(restarted),
		cmocka_unit_test(statement_timeout),
		cmocka_unit_test(lock_timeout),
		cmocka_unit_test(idle_timeout),
		cmocka_unit_test(too_many_clients),
		cmocka_unit_test(too_many_clients_for_good),
	};
	return cmocka_run_group_tests_name("fault/server", tests, set_up, tear_down);
}
