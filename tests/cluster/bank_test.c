/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bank on any server: the tutorial's table as that server makes it, large ids, pages, transfers and their
 * rejections, filling, the rival. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/fill_body.h"
#include "bank/pages.h"
#include "base/mem.h"
#include "tests/cluster/cluster.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

static const enum txn_wire wires[] = {WIRE_PIPELINE, WIRE_STEP, WIRE_ONESHOT};

static enum outcome half(struct rig *rig, const char *from, const char *to)
{
	return rig_transfer(rig, &(struct transfer_spec){.source = from, .destination = to});
}

/* ---- the tables ---- */

static void the_tables_of_the_tutorial(void **state)
{
	struct rig *rig = *state;
	pg_bank(3);
	struct catalogue *c = rig_read(rig, NULL);
	if (!c)
		fail_msg("%s", rig->err.text);
	assert_string_equal(c->name, "accounts");
	assert_string_equal(c->id_name, "id");
	assert_string_equal(c->id_type, cluster_has(SERIAL_IS_8_BYTES) ? "int8" : "int4");
	assert_true(c->id_max == (cluster_has(SERIAL_IS_8_BYTES) ? INT64_MAX : INT32_MAX));
	assert_true(c->balance_max == (cluster_has(INTEGER_IS_8_BYTES) ? INT64_MAX : INT32_MAX));
	assert_int_equal(c->nextra, 0);
	if (c->ledger_why)
		fail_msg("%s", c->ledger_why);
	assert_true(c->ledger);
}

/* What the server gives by itself: on CockroachDB far above 2^53, where doubles skip numbers. */
static void ids_that_the_server_gives(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	pg_exec("INSERT INTO accounts (balance) VALUES (100), (7)");
	char *from = pg_value("SELECT id FROM accounts WHERE balance = 100");
	char *to = pg_value("SELECT id FROM accounts WHERE balance = 7");
	rig_read(rig, NULL);
	assert_int_equal(half(rig, from, to), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = %s", from), 50);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = %s", to), 57);
	assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = %s AND destination = %s", from, to),
			 50);
	free(from);
	free(to);
}

static void ids_above_2_to_the_53(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	pg_exec("DROP TABLE accounts; CREATE TABLE accounts (id int8 PRIMARY KEY, balance int8)");
	pg_exec("INSERT INTO accounts VALUES (9007199254740993, 9223372036854775806), (9007199254740992, 0)");
	assert_string_equal(rig_read(rig, NULL)->id_type, "int8");
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		rig->options.wire = wires[i];
		assert_int_equal(half(rig, "9007199254740993", "9007199254740992"), OUTCOME_COMMITTED);
	}
	assert_true(pg_number("SELECT balance FROM accounts WHERE id = 9007199254740993") == 1152921504606846976);
	assert_true(pg_number("SELECT balance FROM accounts WHERE id = 9007199254740992") == 8070450532247928830);
}

static void ids_of_type(struct rig *rig, const char *type)
{
	static const char one[] = "01234567-89ab-cdef-0123-456789abcdef",
			  two[] = "fedcba98-7654-3210-fedc-ba9876543210";
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_exec("CREATE TABLE accounts (id %s PRIMARY KEY, balance int)", type);
	pg_exec("INSERT INTO accounts VALUES ('%s', 1000), ('%s', 0)", one, two);
	if (!rig_read(rig, NULL))
		fail_msg("%s", rig->err.text);
	assert_string_equal(rig->catalogue->id_type, type);
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		rig->options.wire = wires[i];
		if (half(rig, one, two) != OUTCOME_COMMITTED)
			fail_msg("wire %d: %s", (int)wires[i], rig->result.reason.text);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = '%s'", one), 125);
}

static void uuids_as_ids(void **state)
{
	ids_of_type(*state, "uuid");
}

static void text_as_ids(void **state)
{
	ids_of_type(*state, "text");
}

/* An odd cent stays where it is, whatever made the half: the client, or the server in a oneshot. */
static void numeric_balances(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	pg_exec("CREATE TABLE accounts (id int PRIMARY KEY, balance numeric(12,2))");
	pg_exec("INSERT INTO accounts VALUES (1, 0), (2, 0)");
	if (!rig_read(rig, NULL))
		fail_msg("%s", rig->err.text);
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		pg_exec("UPDATE accounts SET balance = CASE id WHEN 1 THEN 1000000000.01 ELSE 0.10 END");
		rig->options.wire = wires[i];
		if (half(rig, "1", "2") != OUTCOME_COMMITTED)
			fail_msg("wire %d: %s", (int)wires[i], rig->result.reason.text);
		char *left = pg_value("SELECT balance FROM accounts WHERE id = 1");
		char *came = pg_value("SELECT balance FROM accounts WHERE id = 2");
		assert_string_equal(left, "500000000.01");
		assert_string_equal(came, "500000000.10");
		free(left);
		free(came);
	}
}

static void what_cannot_be_used(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *columns, *words;
	} cases[] = {
		{"a int, b int, balance int, PRIMARY KEY (a, b)", "has 2 columns"},
		{"id int PRIMARY KEY, amount int", "has no column named balance"},
		{"id int PRIMARY KEY, balance float", "which rounds money"},
		{"id date PRIMARY KEY, balance int", "is of type date"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		pg_exec("DROP TABLE IF EXISTS odd");
		pg_exec("CREATE TABLE odd (%s)", cases[i].columns);
		assert_null(rig_read(rig, "odd"));
		if (!strstr(rig->err.text, cases[i].words))
			fail_msg("\"%s\" does not hold \"%s\"", rig->err.text, cases[i].words);
	}
	assert_null(rig_read(rig, "nowhere"));
	assert_true(rig->missing);
}

static void a_table_of_another_schema(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP SCHEMA IF EXISTS \"Back Office\" CASCADE");
	pg_exec("CREATE SCHEMA \"Back Office\"");
	pg_exec("CREATE TABLE \"Back Office\".\"order\" (\"the id\" int PRIMARY KEY, balance int, \"Select\" text)");
	pg_exec("INSERT INTO \"Back Office\".\"order\" VALUES (1, 10, 'x'), (2, 0, NULL)");
	if (!rig_read(rig, "Back Office.order"))
		fail_msg("%s", rig->err.text);
	assert_string_equal(rig->catalogue->id_name, "the id");
	assert_int_equal(rig->catalogue->nextra, 1);
	assert_int_equal(half(rig, "1", "2"), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT balance FROM \"Back Office\".\"order\" WHERE \"the id\" = 2"), 5);
	pg_exec("DROP SCHEMA \"Back Office\" CASCADE");
}

/* A trigger that writes something else: it is known to be there, and nothing of it is committed. */
static void triggers_are_seen(void **state)
{
	struct rig *rig = *state;
	cluster_need(HAS_TRIGGERS);
	pg_bank(2);
	assert_false(rig_read(rig, NULL)->triggers);
	pg_exec("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
		"$$BEGIN NEW.balance := NEW.balance - 1; RETURN NEW; END$$");
	pg_exec("CREATE TRIGGER spoil BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION spoil()");
	assert_true(rig_read(rig, NULL)->triggers);
	rig->options.wire = WIRE_ONESHOT;
	assert_int_equal(half(rig, "7001", "7002"), OUTCOME_REJECTED);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2000);
}

/* ---- pages ---- */

static void on_change(void *arg)
{
	loop_stop(arg);
}

static void settle(struct rig *rig, struct pages *pages)
{
	while (pages_loading(pages))
		loop_run(rig->loop);
	if (pages_error(pages))
		fail_msg("%s", pages_error(pages));
}

static void expect_selected(struct rig *rig, struct pages *pages, const char *id)
{
	settle(rig, pages);
	assert_string_equal(pages_row(pages, pages_selected(pages)).id, id);
}

static void pages_both_ways(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	pg_exec("INSERT INTO accounts SELECT i * 10, i FROM generate_series(1, 1500) AS i");
	rig_read(rig, NULL);
	struct pages *pages = pages_new(rig->db, rig->catalogue, on_change, rig->loop);
	pages_first(pages);
	expect_selected(rig, pages, "10");
	pages_move(pages, 700);
	expect_selected(rig, pages, "7010");
	pages_last(pages);
	expect_selected(rig, pages, "15000");
	assert_true(pages_at_end(pages));
	pages_move(pages, -900);
	expect_selected(rig, pages, "6000");
	pages_jump(pages, "12345");
	expect_selected(rig, pages, "12350");
	pages_refresh(pages);
	expect_selected(rig, pages, "12350");
	pages_first(pages);
	expect_selected(rig, pages, "10");
	assert_true(pages_at_start(pages));
	pages_free(pages);
}

/* ---- transfers ---- */

static void half_is_moved_and_recorded(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	rig_read(rig, NULL);
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		pg_exec("UPDATE accounts SET balance = 1001");
		pg_exec("DELETE FROM transfers");
		rig->options.wire = wires[i];
		if (half(rig, "7001", "7002") != OUTCOME_COMMITTED)
			fail_msg("wire %d: %s", (int)wires[i], rig->result.reason.text);
		assert_int_equal(rig->result.attempts, 1);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 501);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1501);
		assert_int_equal(pg_number("SELECT amount FROM transfers WHERE source = 7001"), 500);
	}
}

static void without_a_ledger(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	pg_exec("DROP TABLE transfers");
	rig_read(rig, NULL);
	assert_false(rig->catalogue->ledger);
	for (size_t i = 0; i < COUNT_OF(wires); i++) {
		rig->options.wire = wires[i];
		assert_int_equal(half(rig, "7001", "7002"), OUTCOME_COMMITTED);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 125);
}

static void rejections_change_nothing(void **state)
{
	struct rig *rig = *state;
	pg_bank(4);
	pg_exec("UPDATE accounts SET balance = NULL WHERE id = 7003");
	pg_exec("UPDATE accounts SET balance = 1 WHERE id = 7004");
	rig_read(rig, NULL);
	static const struct {
		const char *from, *to, *words;
	} cases[] = {
		{"7001", "07001", "same account, 7001"},
		{"7001", "4711", "there is no account 4711 to move to"},
		{"4711", "7001", "there is no account 4711 to take from"},
		{"7001", "abc", "there is no account abc: ids of this table are integers"},
		{"7003", "7001", "the balance of account 7003 is unknown (NULL)"},
		{"7001", "7003", "the balance of account 7003 is unknown (NULL)"},
		{"7004", "7001", "account 7004 holds 1: half of it"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		for (size_t w = 0; w < COUNT_OF(wires); w++) {
			rig->options.wire = wires[w];
			if (half(rig, cases[i].from, cases[i].to) != OUTCOME_REJECTED)
				fail_msg("%s to %s: outcome %d: %s", cases[i].from, cases[i].to,
					 (int)rig->result.outcome, rig->result.reason.text);
			if (!strstr(rig->result.reason.text, cases[i].words))
				fail_msg("\"%s\" does not hold \"%s\"", rig->result.reason.text, cases[i].words);
		}
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2001);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
}

static void overflow_of_the_destination(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	struct catalogue *c = rig_read(rig, NULL);
	pg_exec("UPDATE accounts SET balance = %" PRId64 " WHERE id = 7002", c->balance_max - 1);
	for (size_t w = 0; w < COUNT_OF(wires); w++) {
		rig->options.wire = wires[w];
		assert_int_equal(half(rig, "7001", "7002"), OUTCOME_REJECTED);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
	}
}

/* Columns of other names, a part of a table, and balances below zero, on whatever server it is. */
static void a_part_of_others_table_below_zero(void **state)
{
	struct rig *rig = *state;
	struct bank_choice choice = {.table = (char *)"shared",
				     .ledger = (char *)"shared_transfers",
				     .overdraft = (char *)"100",
				     .keys = {(char *)"tenant=north"},
				     .nkeys = 1};
	pg_exec("DROP TABLE IF EXISTS shared");
	pg_exec("DROP TABLE IF EXISTS shared_transfers");
	pg_exec("CREATE TABLE shared (tenant varchar(9), no int, abalance int, PRIMARY KEY (tenant, no))");
	pg_exec("INSERT INTO shared VALUES ('north', 1, 0), ('north', 2, 0), ('south', 1, 5), ('south', 2, 7)");
	for (int ledger = 0; ledger < 2; ledger++) {
		if (!rig_read_choice(rig, &choice))
			fail_msg("%s", rig->err.text);
		assert_string_equal(rig->catalogue->id_name, "no");
		assert_string_equal(rig->catalogue->balance_name, "abalance");
		assert_int_equal(rig->catalogue->ledger, ledger);
		pg_exec("UPDATE shared SET abalance = 0 WHERE tenant = 'north'");
		for (size_t w = 0; w < COUNT_OF(wires); w++) {
			struct transfer_spec spec = {
				.source = "1", .destination = "2", .rule = TRANSFER_AMOUNT, .amount = 30};
			rig->options.wire = wires[w];
			if (rig_transfer(rig, &spec) != OUTCOME_COMMITTED)
				fail_msg("%s", rig->result.reason.text);
			spec.amount = 71 + 100 * (int64_t)w;
			assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
			assert_non_null(strstr(rig->result.reason.text, "and may go down to -100"));
		}
		assert_int_equal(half(rig, "1", "2"), OUTCOME_REJECTED);
		assert_int_equal(pg_number("SELECT abalance FROM shared WHERE tenant = 'north' AND no = 1"), -90);
		if (!ledger)
			pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
	}
	assert_int_equal(pg_number("SELECT count(*) FROM shared_transfers"), COUNT_OF(wires));
	assert_int_equal(pg_number("SELECT sum(abalance * no) FROM shared WHERE tenant = 'south'"), 19);
}

static void an_id_moves_once(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	rig_read(rig, NULL);
	const struct transfer_spec spec = {
		.source = "7001", .destination = "7002", .id = "01234567-89ab-cdef-0123-456789abcdef"};
	for (size_t w = 0; w < COUNT_OF(wires); w++) {
		rig->options.wire = wires[w];
		assert_int_equal(rig_transfer(rig, &spec), OUTCOME_COMMITTED);
	}
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 500);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
}

static void fills(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	rig_read(rig, NULL);
	struct fill *fill = fill_new(rig->catalogue, &(struct fill_spec){.accounts = 250, .seed = 7});
	assert_int_equal(rig_run(rig, fill_body(fill)), OUTCOME_COMMITTED);
	fill_free(fill);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 250);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance IS NULL OR balance < 0"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_tables_of_the_tutorial),
		TEST(ids_that_the_server_gives),
		TEST(ids_above_2_to_the_53),
		TEST(uuids_as_ids),
		TEST(text_as_ids),
		TEST(numeric_balances),
		TEST(what_cannot_be_used),
		TEST(a_table_of_another_schema),
		TEST(triggers_are_seen),
		TEST(pages_both_ways),
		TEST(half_is_moved_and_recorded),
		TEST(without_a_ledger),
		TEST(rejections_change_nothing),
		TEST(overflow_of_the_destination),
		TEST(a_part_of_others_table_below_zero),
		TEST(an_id_moves_once),
		TEST(fills),
	};
	return cmocka_run_group_tests_name("cluster/bank", tests, cluster_setup, cluster_teardown);
}
