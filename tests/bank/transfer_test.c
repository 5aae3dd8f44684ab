/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers through the engine on a real server: what is written, what the server itself refuses, ids of every type,
 * filling. */
#include "bank/transfer.h"

#include <string.h>

#include "bank/fill_body.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

static enum outcome half(struct rig *rig, const char *from, const char *to)
{
	return rig_transfer(rig, &(struct transfer_spec){.source = from, .destination = to});
}

static void check_reason(const struct rig *rig, const char *words)
{
	if (!strstr(rig->result.reason.text, words))
		fail_msg("\"%s\" does not hold \"%s\"", rig->result.reason.text, words);
}

static void half_is_moved_and_recorded(void **state)
{
	struct rig *rig = *state;
	for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
		pg_bank(3);
		rig_read(rig, NULL);
		rig->options.wire = (enum txn_wire)wire;
		assert_int_equal(half(rig, "7001", "7002"), OUTCOME_COMMITTED);
		assert_int_equal(rig->result.attempts, 1);
		if (wire == WIRE_PIPELINE)
			assert_int_equal(rig->result.round_trips, 2);
		if (wire == WIRE_STEP)
			assert_int_equal(rig->result.round_trips, 8);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
		assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = 7001 AND destination = 7002"),
				 500);
	}
}

static void without_a_ledger(void **state)
{
	struct rig *rig = *state;
	for (int wire = WIRE_PIPELINE; wire <= WIRE_STEP; wire++) {
		pg_bank(3);
		pg_exec("DROP TABLE transfers");
		rig_read(rig, NULL);
		rig->options.wire = (enum txn_wire)wire;
		assert_int_equal(half(rig, "7001", "7002"), OUTCOME_COMMITTED);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
	}
}

#define SPOIL_BY_TRIGGER(what, time, condition)                                                                        \
	"CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN " what "; END';"                \
	"CREATE TRIGGER spoil " time " UPDATE ON accounts FOR EACH ROW WHEN (OLD.id = 7002 AND " condition             \
	") EXECUTE FUNCTION spoil()"

static void refuse_spoilt(struct rig *rig, enum transfer_rule rule)
{
	struct transfer_spec spec = {.source = "7001", .destination = "7002", .rule = rule, .amount = 10};
	assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
	check_reason(rig, "rule or trigger");
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 3000);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
}

/* What the table does to an UPDATE behind our back: nothing is committed, whatever the wire, the rule and the
 * ledger. */
static void the_server_refuses_what_does_not_add_up(void **state)
{
	enum { SWALLOWS, INSTEAD, CHANGES, AFTERWARDS, SPOILERS };
	static const char *const spoilers[] = {
		[SWALLOWS] = SPOIL_BY_TRIGGER("RETURN NULL", "BEFORE", "true"),
		[INSTEAD] = "CREATE RULE spoil AS ON UPDATE TO accounts WHERE OLD.id = 7002 DO INSTEAD NOTHING",
		[CHANGES] = SPOIL_BY_TRIGGER("NEW.balance := NEW.balance + 1; RETURN NEW", "BEFORE", "true"),
		[AFTERWARDS] =
			SPOIL_BY_TRIGGER("UPDATE accounts SET balance = balance + 1 WHERE id = 7002; RETURN NULL",
					 "AFTER", "pg_trigger_depth() = 0"),
	};
	struct rig *rig = *state;
	for (int i = 0; i < 2 * 3 * SPOILERS; i++) {
		int spoiler = i % SPOILERS, ledger = i / SPOILERS % 2, wire = i / SPOILERS / 2;
		pg_bank(3);
		pg_exec("%s; %s", spoiler == AFTERWARDS ? spoilers[spoiler] : "", ledger ? "" : "DROP TABLE transfers");
		rig_read(rig, NULL);
		pg_exec("%s", spoiler == AFTERWARDS ? "" : spoilers[spoiler]); /* the catalogue is older than these */
		assert_int_equal(rig->catalogue->ledger, ledger);
		rig->options.wire = (enum txn_wire)wire;
		for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++)
			refuse_spoilt(rig, rule);
	}
}

/* What is done to the ledger's row, in mid-session, is seen in the same round trip: nothing is committed. */
static void the_server_refuses_what_is_not_recorded(void **state)
{
	static const char *const bodies[] = {
		"RETURN NULL",
		"NEW.id := gen_random_uuid(); RETURN NEW",
		"NEW.amount := 1; RETURN NEW",
		"NEW.source := NEW.destination; RETURN NEW",
	};
	struct rig *rig = *state;
	for (size_t i = 0; i < 3 * COUNT_OF(bodies); i++) {
		pg_bank(3);
		rig_read(rig, NULL);
		pg_exec("CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN %s; END';"
			"CREATE TRIGGER spoil BEFORE INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION spoil()",
			bodies[i / 3]);
		assert_true(rig->catalogue->ledger);
		rig->options.wire = (enum txn_wire)(i % 3);
		for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++)
			refuse_spoilt(rig, rule);
		assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	}
}

/* A view is put in the ledger's place, in mid-session, with a trigger that says it has written the row. */
static void a_view_is_no_ledger(void **state)
{
	struct rig *rig = *state;
	for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
		pg_bank(3);
		rig_read(rig, NULL);
		rig->options.wire = (enum txn_wire)wire;
		assert_int_equal(half(rig, "7001", "7003"), OUTCOME_COMMITTED);
		pg_exec("ALTER TABLE transfers RENAME TO kept; CREATE VIEW transfers AS SELECT * FROM kept;"
			"CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
			"END';"
			"CREATE TRIGGER spoil INSTEAD OF INSERT ON transfers FOR EACH ROW EXECUTE FUNCTION spoil()");
		assert_int_equal(half(rig, "7001", "7002"), OUTCOME_REJECTED);
		check_reason(rig, "transfers is not a table any more");
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
		pg_exec("DROP VIEW transfers; ALTER TABLE kept RENAME TO transfers");
	}
}

/* What waits for COMMIT is called for before the balances are looked at. */
static void what_waits_for_commit_is_seen(void **state)
{
	struct rig *rig = *state;
	for (int i = 0; i < 2 * 3; i++) {
		pg_bank(3);
		pg_exec("%s", i / 3 ? "DROP TABLE transfers" : "");
		pg_exec("CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE accounts "
			"SET "
			"balance = balance - 1 WHERE id = 7001; RETURN NULL; END';"
			"CREATE CONSTRAINT TRIGGER spoil AFTER UPDATE ON accounts DEFERRABLE INITIALLY DEFERRED FOR "
			"EACH ROW "
			"WHEN (OLD.id = 7002) EXECUTE FUNCTION spoil()");
		rig_read(rig, NULL);
		assert_true(rig->catalogue->deferred);
		rig->options.wire = (enum txn_wire)(i % 3);
		for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++)
			refuse_spoilt(rig, rule);
	}
	pg_bank(3);
	assert_false(rig_read(rig, NULL)->deferred);
}

/* Row security hides a row from an UPDATE that a SELECT shows. */
static void a_hidden_row_is_not_half_a_transfer(void **state)
{
	(void)state;
	struct rig *rig = rig_new_as("guarded");
	pg_bank(3);
	pg_exec("GRANT ALL ON accounts, transfers TO guarded; ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;"
		"CREATE POLICY see ON accounts FOR SELECT USING (true);"
		"CREATE POLICY spoil ON accounts FOR UPDATE USING (id <> 7002)");
	rig_read(rig, NULL);
	for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
		rig->options.wire = (enum txn_wire)wire;
		for (enum transfer_rule rule = TRANSFER_HALF; rule <= TRANSFER_AMOUNT; rule++)
			refuse_spoilt(rig, rule);
	}
	rig_free(rig);
}

static void rejections_change_nothing(void **state)
{
	struct rig *rig = *state;
	pg_bank(4);
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 7003; UPDATE accounts SET balance = 1 WHERE id = 7004");
	rig_read(rig, NULL);
	static const struct {
		const char *from, *to, *words;
	} cases[] = {
		{"7001", "07001", "same account, 7001"},
		{"7001", " 7001", "same account, 7001"},
		{"7001", "4711", "there is no account 4711 to move to"},
		{"4711", "7001", "there is no account 4711 to take from"},
		{"7001", "abc", "there is no account abc: ids of this table are integers"},
		{"", "7001", "there is no account : ids of this table are integers"},
		{"7001", "99999999999", "ids of this table go up to 2147483647"},
		{"7003", "7001", "the balance of account 7003 is unknown (NULL)"},
		{"7001", "7003", "the balance of account 7003 is unknown (NULL)"},
		{"7004", "7001", "account 7004 holds 1: half of it"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(half(rig, cases[i].from, cases[i].to), OUTCOME_REJECTED);
		check_reason(rig, cases[i].words);
	}
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2001);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	assert_int_equal(half(rig, "007001", "7002"), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT source FROM transfers"), 7001);
}

static void ids_of_every_type(void **state)
{
	(void)state;
	static const struct {
		const char *type, *a, *b, *asked_a;
	} cases[] = {
		{"int2", "1", "2", "1"},
		{"int8", "9007199254740993", "9007199254740995", "9007199254740993"},
		{"uuid", "0000000a-0000-0000-0000-00000000000a", "0000000b-0000-0000-0000-00000000000b",
		 "0000000A-0000-0000-0000-00000000000A"},
		{"text", "it''s \"a\"", "b", "it's \"a\""},
		{"varchar(10)", "a", "b ", "a"},
		{"char(10)", "a", "b", "a"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		bool number = strstr(cases[i].type, "int") != NULL;
		pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id %s PRIMARY KEY, balance "
			"int2);"
			"CREATE TABLE transfers (id uuid PRIMARY KEY, source %s, destination %s, amount int8, made_at "
			"timestamptz);"
			"INSERT INTO accounts VALUES ('%s', 11), ('%s', 0)",
			cases[i].type, number ? "int8" : "text", number ? "int8" : "text", cases[i].a, cases[i].b);
		struct rig *rig = rig_new(); /* what was prepared before is of other types */
		rig_read(rig, NULL);
		assert_true(rig->catalogue->ledger);
		if (half(rig, cases[i].asked_a, cases[i].b) != OUTCOME_COMMITTED)
			fail_msg("%s: %s", cases[i].type, rig->result.reason.text);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = '%s'", cases[i].a), 6);
		assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = '%s' AND destination = '%s'",
					   cases[i].a, cases[i].b),
				 5);
		rig_free(rig);
	}
}

static void a_whole_numeric_balance(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS transfers, accounts; CREATE TABLE accounts (id int PRIMARY KEY, balance "
		"numeric(4,0));"
		"INSERT INTO accounts VALUES (1, 9999), (2, 5000), (3, 4999)");
	rig_read(rig, NULL);
	assert_int_equal(half(rig, "1", "2"), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 2"), 9999);
	assert_int_equal(half(rig, "3", "2"), OUTCOME_REJECTED);
	check_reason(rig, "its balance holds at most 9999");
}

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

static void an_id_happens_once(void **state)
{
	struct rig *rig = *state;
	struct transfer_spec spec = {.source = "7001", .destination = "7002", .id = UUID};
	pg_bank(3);
	rig_read(rig, NULL);
	for (int i = 0; i < 3; i++) {
		struct transfer *t = transfer_new(rig->catalogue, &spec);
		assert_int_equal(rig_run(rig, transfer_body(t)), OUTCOME_COMMITTED);
		assert_int_equal(transfer_facts(t).again, i > 0);
		assert_int_equal(transfer_facts(t).amount, 500);
		transfer_free(t);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	spec.destination = "7003";
	assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
	check_reason(rig, "transfer id " UUID " is in the ledger already, for 500 from 7001 to 7002");
}

/* The answer to the commit is lost; the ledger tells. */
static void a_lost_commit_is_settled(void **state)
{
	struct rig *rig = *state;
	pg_bank(3);
	rig_read(rig, NULL);
	txn_inject(rig->txn)->cut = true;
	assert_int_equal(half(rig, "7001", "7002"), OUTCOME_COMMITTED);
	assert_true(rig->result.settled || rig->result.attempts > 1);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
}

/* The answer is lost, and the id is another transfer's: its row in the ledger is not taken for this one's. */
static void anothers_row_is_not_taken_for_it(void **state)
{
	struct rig *rig = *state;
	static const char *const others[] = {"7002, 7003, 5", "7001, 7002, 9"};
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		pg_bank(3);
		pg_exec("INSERT INTO transfers VALUES ('" UUID "', %s)", others[i]);
		rig_read(rig, NULL);
		rig->options.wire = WIRE_ONESHOT;
		rig->options.max_elapsed_ms = 300;
		txn_inject(rig->txn)->cut = true;
		struct transfer_spec spec = {
			.source = "7001", .destination = "7002", .rule = TRANSFER_AMOUNT, .amount = 5, .id = UUID};
		enum outcome outcome = rig_transfer(rig, &spec);
		assert_true(outcome == OUTCOME_UNKNOWN || outcome == OUTCOME_REJECTED);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
		rig_reconnect(rig);
	}
}

/* ---- making and filling ---- */

static void on_tables(void *arg, const struct err *err)
{
	struct rig *rig = arg;
	rig->err = err ? *err : (struct err){0};
	loop_stop(rig->loop);
}

static void make_tables(struct rig *rig)
{
	fill_tables(rig->db, NULL, on_tables, rig);
	loop_run(rig->loop);
}

static void tables_are_made_where_they_are_missing(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	make_tables(rig);
	assert_int_equal(rig->err.status, ST_OK);
	pg_exec("INSERT INTO accounts (balance) VALUES (7)");
	make_tables(rig);
	assert_int_equal(rig->err.status, ST_OK);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 7);
	assert_true(rig_read(rig, NULL)->ledger);
	pg_exec("DROP TABLE accounts, transfers; REVOKE CREATE ON SCHEMA public FROM PUBLIC"); /* as from version 15 on */
	struct rig *poor = rig_new_as("poor");
	make_tables(poor);
	assert_int_equal(poor->err.status, ST_STATEMENT);
	assert_string_equal(poor->err.text, "the tables cannot be made: permission denied for schema public (42501)");
	assert_int_equal(db_state(poor->db), DB_IDLE);
	rig_free(poor);
}

static enum outcome fill(struct rig *rig, unsigned accounts, uint64_t seed)
{
	struct fill *fill = fill_new(rig->catalogue, &(struct fill_spec){.accounts = accounts, .seed = seed});
	enum outcome outcome = rig_run(rig, fill_body(fill));
	fill_free(fill);
	return outcome;
}

static void accounts_are_filled(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	rig_read(rig, NULL);
	assert_int_equal(fill(rig, 100, 1), OUTCOME_COMMITTED);
	assert_int_equal(rig->result.round_trips, 2);
	assert_int_equal(fill(rig, 250, 2), OUTCOME_COMMITTED);
	assert_int_equal(fill(rig, 1, 3), OUTCOME_COMMITTED);
	assert_int_equal(fill(rig, 1000, 4), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 1351);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE id BETWEEN 0 AND 999999999"
				   " AND balance BETWEEN 0 AND 999999"),
			 1351);
	/* The same seed draws the same ids: all of them are there, and others are drawn. */
	assert_int_equal(fill(rig, 100, 1), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 1451);
}

static void taken_ids_are_drawn_again(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id int2 PRIMARY KEY, balance int2);"
		"INSERT INTO accounts SELECT generate_series(0, 32767, 2), 1");
	rig_read(rig, NULL);
	assert_int_equal(fill(rig, 1000, 5), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 16384 + 1000);
	pg_exec("INSERT INTO accounts SELECT generate_series(0, 32767), 1 ON CONFLICT DO NOTHING");
	assert_int_equal(fill(rig, 3, 6), OUTCOME_REJECTED);
	check_reason(rig, "no free ids were found for 3 of 3 accounts");
}

static void random_uuids(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id uuid PRIMARY KEY, balance int)");
	rig_read(rig, NULL);
	assert_int_equal(fill(rig, 120, 7), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE id::text LIKE '________-____-4%%'"), 120);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(half_is_moved_and_recorded, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(without_a_ledger, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_server_refuses_what_does_not_add_up, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_server_refuses_what_is_not_recorded, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_view_is_no_ledger, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_waits_for_commit_is_seen, rig_setup, rig_teardown),
		cmocka_unit_test(a_hidden_row_is_not_half_a_transfer),
		cmocka_unit_test_setup_teardown(rejections_change_nothing, rig_setup, rig_teardown),
		cmocka_unit_test(ids_of_every_type),
		cmocka_unit_test_setup_teardown(a_whole_numeric_balance, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(an_id_happens_once, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_lost_commit_is_settled, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(anothers_row_is_not_taken_for_it, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(tables_are_made_where_they_are_missing, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(accounts_are_filled, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(taken_ids_are_drawn_again, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(random_uuids, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("bank/transfer", tests, pg_own_database, NULL);
}
