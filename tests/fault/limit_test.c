/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server's limits in the middle of a transfer (timeouts, no slots left): a true outcome, a sentence, and the next one
 * works. */
#include <string.h>

#include "tests/fault/ordeal.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

/* Until the server's process is gone, by itself. */
static bool wait_for_the_end(unsigned turn)
{
	(void)turn;
	if (pg_number("SELECT count(*) FROM pg_stat_activity WHERE pid = %d", ordeal.pid) > 0)
		return false;
	txn_go(ordeal.rig->txn);
	return true;
}

static void take_slots(void)
{
	size_t i = 0;
	for (; i < ORDEAL_SLOTS; i++) {
		ordeal.slots[i] = PQconnectdb("");
		if (PQstatus(ordeal.slots[i]) != CONNECTION_OK)
			break;
	}
	assert_true(i < ORDEAL_SLOTS);
}

/* Other clients have every slot. True once the engine has noticed that its connection is gone, and looks for
 * another. */
static bool fill_slots_for_good(unsigned turn)
{
	if (turn == 0) {
		pg_end_backend(ordeal.pid);
		take_slots();
	}
	if (db_state(ordeal.rig->db) == DB_IDLE)
		return false;
	txn_go(ordeal.rig->txn);
	return true;
}

/* Until the engine has been refused three times. */
static bool fill_slots(unsigned turn)
{
	if (ordeal_retries() == 0 && !fill_slots_for_good(turn))
		return false;
	if (ordeal_retries() < 3)
		return false;
	ordeal_free_slots();
	return true;
}

/* As before, but the writes and the commit are sent into the dead connection, and the engine cannot ask what became of
 * them. */
static bool fill_slots_in_doubt(unsigned turn)
{
	if (turn == 0) {
		pg_end_backend(ordeal.pid);
		take_slots();
		txn_go(ordeal.rig->txn);
	}
	if (strcmp(txn_word(ordeal.rig->txn), "settling") != 0)
		return false;
	ordeal_free_slots();
	return true;
}

/* Of new sessions of the database, the engine's among them. */
static void set(const char *name, const char *value)
{
	pg_exec("ALTER DATABASE bank SET %s = %s", name, value);
	rig_reconnect(ordeal.rig);
}

static void limited(const char *name, const char *sqlstate)
{
	set(name, "'200ms'");
	for (size_t w = 0; w < ORDEAL_WIRES; w++) {
		ordeal_go_through(name, ordeal_wires[w], AT_A_LOCK, NULL, OUTCOME_FAILED);
		assert_string_equal(ordeal.faulted.sqlstate, sqlstate);
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
		ordeal_go_through("idle_in_transaction_session_timeout", ordeal_wires[w], AT_THE_GATE, wait_for_the_end,
				  OUTCOME_COMMITTED);
	set("idle_in_transaction_session_timeout", "DEFAULT");
}

static void too_many_clients(void **state)
{
	(void)state;
	for (size_t w = 0; w < 2; w++)
		ordeal_go_through("too many clients", ordeal_wires[w], AT_THE_GATE, fill_slots, OUTCOME_COMMITTED);
	ordeal_go_through("too many clients to ask", WIRE_PIPELINE, AT_THE_GATE, fill_slots_in_doubt,
			  OUTCOME_COMMITTED);
	assert_true(ordeal.faulted.settled);
}

static void too_many_clients_for_good(void **state)
{
	(void)state;
	ordeal.rig->options.max_attempts = 4;
	ordeal_go_through("too many clients for good", WIRE_PIPELINE, AT_THE_GATE, fill_slots_for_good,
			  OUTCOME_GAVE_UP);
	assert_non_null(strstr(ordeal.faulted.reason.text, "too many clients"));
	ordeal.rig->options.max_attempts = 40;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(statement_timeout),
		cmocka_unit_test(lock_timeout),
		cmocka_unit_test(idle_timeout),
		cmocka_unit_test(too_many_clients),
		cmocka_unit_test(too_many_clients_for_good),
	};
	return cmocka_run_group_tests_name("fault/limit", tests, ordeal_setup, ordeal_teardown);
}
