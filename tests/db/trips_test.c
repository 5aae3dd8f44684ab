/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many round trips under way on one connection, a transaction each: each answer says what became of its own. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

enum { MANY = 500 };

struct sent {
	unsigned answers;
	bool committed, lost, at_commit;
	char sqlstate[6]; /* of its first error */
	char value[24];
};

static struct sent sent[MANY];
static unsigned ended;
static bool alone; /* the statement is a transaction by itself, without BEGIN and COMMIT */

enum { BEGIN, STATEMENT, COMMIT, STATEMENTS };

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct sent *one = arg;
	assert_int_equal(one - sent, ended); /* in their order */
	assert_int_equal(index, one->answers++);
	const char *cell = rows_cell(answer->rows, 0, 0);
	if (alone || index == STATEMENT)
		snprintf(one->value, sizeof one->value, "%s", cell ? cell : "");
	if (!answer->ok && !answer->skipped && !one->sqlstate[0]) {
		assert_true(answer->clean);
		memcpy(one->sqlstate, answer->sqlstate, sizeof one->sqlstate);
	}
	one->committed = answer->ok && (alone || (index == COMMIT && strcmp(answer->tag, "COMMIT") == 0));
	one->at_commit = answer->at_commit;
}

static void on_idle(void *arg)
{
	struct sent *one = arg;
	assert_int_equal(one->answers, alone ? 1 : STATEMENTS);
	ended++;
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct sent *one = arg;
	assert_int_equal(answered, one->answers);
	assert_true(why->lost);
	one->lost = true;
	ended++;
}

static void send_alone(struct rig *rig, unsigned i, struct statement statement)
{
	struct db_context context = {.txn = i + 1, .attempt = 1, .first_statement = 1, .round_trip = 1};
	struct db_reply reply = {on_answer, on_idle, on_lost, &sent[i], NULL};
	sent[i] = (struct sent){0};
	statement.alone = true;
	db_send_more(rig->db, &statement, 1, &context, &reply);
}

static void send_one(struct rig *rig, unsigned i, const char *sql, const char *a, const char *b)
{
	const char *params[] = {a, b};
	struct statement statements[STATEMENTS] = {
		[BEGIN] = {.sql = "BEGIN ISOLATION LEVEL SERIALIZABLE", .verb = VERB_BEGIN},
		[STATEMENT] = {.sql = sql, .verb = VERB_INSERT, .nparams = b ? 2 : 1, .params = params, .apart = true},
		[COMMIT] = {.sql = "COMMIT", .verb = VERB_COMMIT, .commits = true},
	};
	struct db_context context = {.txn = i + 1, .attempt = 1, .first_statement = 1, .round_trip = 1};
	struct db_reply reply = {on_answer, on_idle, on_lost, &sent[i], NULL};
	if (alone) {
		send_alone(rig, i, statements[STATEMENT]);
		return;
	}
	sent[i] = (struct sent){0};
	db_send_more(rig->db, statements, STATEMENTS, &context, &reply);
}

static bool all_ended(void *arg)
{
	return ended == *(unsigned *)arg;
}

static void wait_for(struct rig *rig, unsigned n)
{
	rig_until(rig, all_ended, &n);
}

static void expect(unsigned i, const char *sqlstate)
{
	if (sent[i].committed != !sqlstate[0] || strcmp(sent[i].sqlstate, sqlstate) != 0)
		fail_msg("round trip %u: committed %d, %s where \"%s\" was expected", i, sent[i].committed,
			 sent[i].sqlstate, sqlstate);
}

static int table(void **state)
{
	ended = 0;
	alone = false;
	pg_exec("DROP TABLE IF EXISTS t; CREATE TABLE t (n int PRIMARY KEY, parent int REFERENCES t DEFERRABLE "
		"INITIALLY "
		"DEFERRED)");
	return rig_setup(state);
}

static int table_alone(void **state)
{
	int failed = table(state);
	alone = true;
	return failed;
}

#define INSERT "INSERT INTO t VALUES ($1, $2) RETURNING n"

static void each_has_its_answer(void **state)
{
	struct rig *rig = *state;
	char number[MANY][12];
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(number[i], sizeof number[i], "%u", i);
		send_one(rig, i, INSERT, number[i], number[i]);
	}
	wait_for(rig, MANY);
	for (unsigned i = 0; i < MANY; i++) {
		expect(i, "");
		assert_string_equal(sent[i].value, number[i]);
	}
	assert_int_equal(db_state(rig->db), DB_IDLE);
	assert_int_equal(pg_number("SELECT count(DISTINCT xmin::text) FROM t"), MANY);
}

/* One that is refused takes none of the others with it, whether at the statement or at its commit. */
static void a_failure_is_its_own(void **state)
{
	struct rig *rig = *state;
	for (unsigned round = 0; round < 2; round++) { /* prepared, and as it is prepared */
		ended = 0;
		pg_exec("TRUNCATE t");
		send_one(rig, 0, INSERT, "1", "1");
		send_one(rig, 1, INSERT, "1", "1");  /* is there already */
		send_one(rig, 2, INSERT, "2", "77"); /* no such parent: known at the commit */
		send_one(rig, 3, INSERT, "3", "1");
		send_one(rig, 4, "SELECT 1/$1::int", "0", NULL);
		send_one(rig, 5, "SELEKT $1", "0", NULL); /* cannot even be prepared */
		send_one(rig, 6, INSERT, "x", "1");
		send_one(rig, 7, INSERT, "4", "3");
		wait_for(rig, 8);
		expect(0, "");
		expect(1, "23505");
		expect(2, "23503");
		expect(3, "");
		expect(4, "22012");
		expect(5, "42601");
		expect(6, "22P02");
		expect(7, "");
		assert_int_equal(sent[2].at_commit, alone);
		assert_false(sent[1].at_commit || sent[4].at_commit || sent[5].at_commit);
		pg_expect("1 3 4", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM t");
		assert_int_equal(db_state(rig->db), DB_IDLE);
	}
}

/* An answer that says so is a commit, and the events say where. */
static void the_event_is_durable(void **state)
{
	struct rig *rig = *state;
	struct cursor cursor = {0};
	struct event event;
	unsigned durable = 0, results = 0;
	send_one(rig, 0, INSERT, "1", "1");
	send_one(rig, 1, INSERT, "2", "77");
	wait_for(rig, 2);
	while (cursor_read(&cursor, rig->ring, &event)) {
		results += event.kind == EVENT_RESULT && event.verb == (alone ? VERB_INSERT : VERB_COMMIT);
		durable += event.kind == EVENT_RESULT && event.durable;
		if (event.durable)
			assert_int_equal(event.txn, 1);
	}
	assert_int_equal(results, 2);
	assert_int_equal(durable, 1);
}

/* Those that are not answered hear of the loss, once each; the connection can be made again. */
static void a_loss_is_told_to_all(void **state)
{
	struct rig *rig = *state;
	send_one(rig, 0, INSERT, "1", "1");
	wait_for(rig, 1);
	struct pg_session *other = pg_open();
	pg_run(other, "BEGIN; INSERT INTO t VALUES (5, 5)");
	send_one(rig, 1, INSERT, "2", "2");
	send_one(rig, 2, INSERT, "5", "5"); /* waits for the other one */
	for (unsigned i = 3; i < 20; i++)
		send_one(rig, i, INSERT, "9", "9");
	wait_for(rig, 2);
	pg_end_backend(db_facts(rig->db)->pid);
	pg_run(other, "ROLLBACK");
	pg_close(other);
	wait_for(rig, 20);
	expect(1, "");
	for (unsigned i = 2; i < 20; i++)
		assert_true(sent[i].lost);
	assert_int_equal(db_state(rig->db), DB_DOWN);
	rig_reconnect(rig);
	ended = 0;
	send_one(rig, 0, INSERT, "6", "6");
	wait_for(rig, 1);
	expect(0, "");
}

static bool commit_waits(void *arg)
{
	return ((const struct sent *)arg)->answers == COMMIT;
}

/* One is answered in part, behind many that are over, when another is sent: nothing of it is lost. */
static void one_is_sent_in_the_middle_of_another(void **state)
{
	enum { BEFORE = 100 };
	struct rig *rig = *state;
	char number[BEFORE + 2][12];
	pg_exec("INSERT INTO t VALUES (1000, 1000)");
	struct pg_session *other = pg_open();
	pg_run(other, "BEGIN; SELECT 1 FROM t WHERE n = 1000 FOR UPDATE");
	for (unsigned i = 0; i <= BEFORE; i++) {
		snprintf(number[i], sizeof number[i], "%u", i);
		send_one(rig, i, INSERT, number[i], i == BEFORE ? "1000" : number[i]);
	}
	if (alone)
		wait_for(rig, BEFORE);
	else
		rig_until(rig, commit_waits, &sent[BEFORE]);
	assert_int_equal(ended, BEFORE);
	snprintf(number[BEFORE + 1], sizeof number[0], "%d", BEFORE + 1);
	send_one(rig, BEFORE + 1, INSERT, number[BEFORE + 1], "1000");
	pg_close(other);
	wait_for(rig, BEFORE + 2);
	for (unsigned i = 0; i < BEFORE + 2; i++)
		expect(i, "");
}

/* What leaves a transaction open would take those behind it with it: the connection ends there. */
static void an_open_transaction_ends_it(void **state)
{
	struct rig *rig = *state;
	struct db_context context = {.txn = 1};
	struct db_reply reply = {on_answer, on_idle, on_lost, &sent[0], NULL};
	struct statement begin = {.sql = "BEGIN", .verb = VERB_BEGIN};
	sent[0] = (struct sent){0};
	db_send_more(rig->db, &begin, 1, &context, &reply);
	wait_for(rig, 1);
	assert_true(sent[0].lost);
	assert_int_equal(db_state(rig->db), DB_DOWN);
}

/* And then a round trip of the usual kind. */
static void then_a_transaction(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	rig_read(rig, NULL);
	send_one(rig, 0, INSERT, "1", "1");
	wait_for(rig, 1);
	assert_int_equal(rig_transfer(rig, &(struct transfer_spec){.source = "7001", .destination = "7002"}),
			 OUTCOME_COMMITTED);
	ended = 0;
	send_one(rig, 0, INSERT, "2", "2");
	wait_for(rig, 1);
	expect(0, "");
}

/* Without BEGIN the server's own level holds: a transfer is refused where that is one that loses updates. */
static void the_level_is_made_sure_of(void **state)
{
	struct rig *rig = *state;
	const char *params[] = {"7001", "7002", "0b6b3c0e-5d0c-4b0e-9a53-000000000001", "5"};
	pg_bank(2);
	const struct catalogue *c = rig_read(rig, NULL);
	struct statement move = catalogue_select(c, CAT_ALONE + TRANSFER_AMOUNT, params, 4);
	struct statement level = {.sql = "SET default_transaction_isolation = serializable", .once = true};
	send_alone(rig, 0, move);
	wait_for(rig, 1);
	expect(0, "22012");
	pg_expect("0", "SELECT count(*)::text FROM transfers");
	send_alone(rig, 1, level);
	send_alone(rig, 2, move);
	wait_for(rig, 3);
	expect(2, "");
	pg_expect("995 1005", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	pg_expect("1", "SELECT count(*)::text FROM transfers");
}

/* Of a commit of which nobody heard nothing is said: it may have been made. */
static void a_commit_that_is_cut_has_no_answer(void **state)
{
	struct rig *rig = *state;
	pg_exec("INSERT INTO t VALUES (1000, 1000)");
	struct pg_session *other = pg_open();
	pg_run(other, "BEGIN; SELECT 1 FROM t WHERE n = 1000 FOR UPDATE");
	send_one(rig, 0, INSERT, "1", "1");
	send_one(rig, 1, INSERT, "2", "1000"); /* its commit waits for the other one */
	wait_for(rig, 1);
	pg_end_backend(db_facts(rig->db)->pid);
	wait_for(rig, 2);
	pg_close(other);
	expect(0, "");
	assert_true(sent[1].lost && sent[1].answers == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_has_its_answer, table, rig_teardown),
		cmocka_unit_test_setup_teardown(a_failure_is_its_own, table, rig_teardown),
		cmocka_unit_test_setup_teardown(the_event_is_durable, table, rig_teardown),
		cmocka_unit_test_setup_teardown(a_loss_is_told_to_all, table, rig_teardown),
		cmocka_unit_test_setup_teardown(one_is_sent_in_the_middle_of_another, table, rig_teardown),
		cmocka_unit_test_setup_teardown(an_open_transaction_ends_it, table, rig_teardown),
		cmocka_unit_test_setup_teardown(then_a_transaction, table, rig_teardown),
		cmocka_unit_test_setup_teardown(each_has_its_answer, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(a_failure_is_its_own, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(the_event_is_durable, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(a_loss_is_told_to_all, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(one_is_sent_in_the_middle_of_another, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(then_a_transaction, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(the_level_is_made_sure_of, table_alone, rig_teardown),
		cmocka_unit_test_setup_teardown(a_commit_that_is_cut_has_no_answer, table_alone, rig_teardown),
	};
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
