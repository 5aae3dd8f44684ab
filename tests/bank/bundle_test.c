/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several transfers in one transaction on a real server: each recorded or rejected by itself, and checked by the server. */
#include "bank/bundle.h"

#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

static struct bundle *bundle_of(struct rig *rig)
{
	rig_read(rig, NULL);
	return bundle_new(rig->catalogue, true);
}

static void add(struct bundle *bundle, const char *from, const char *to, int64_t amount)
{
	char id[UUID_SIZE];
	uuid_draw(id);
	bundle_add(bundle,
		   &(struct transfer_spec){
			   .source = from, .destination = to, .rule = TRANSFER_AMOUNT, .amount = amount, .id = id});
}

static void check_moved(const struct bundle *bundle, size_t i, bool moved, int64_t amount)
{
	int64_t found;
	assert_int_equal(bundle_moved(bundle, i, &found), moved);
	if (!moved)
		return;
	assert_int_equal(found, amount);
	assert_int_equal(pg_number("SELECT amount FROM transfers WHERE id = '%s'", bundle_id(bundle, i)), amount);
}

/* One is decided by what those before it left. */
static void each_by_what_is_left(void **state)
{
	struct rig *rig = *state;
	for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
		pg_bank(4);
		struct bundle *bundle = bundle_of(rig);
		rig->options.wire = (enum txn_wire)wire;
		add(bundle, "7001", "7002", 1000);
		add(bundle, "7001", "7003", 1);    /* it has nothing left */
		add(bundle, "7002", "7003", 2000); /* which it has by now */
		add(bundle, "7003", "7003", 5);
		add(bundle, "7003", "9", 5); /* there is none */
		add(bundle, "7003", "7004", 3000);
		assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_COMMITTED);
		check_moved(bundle, 0, true, 1000);
		check_moved(bundle, 1, false, 0);
		check_moved(bundle, 2, true, 2000);
		check_moved(bundle, 3, false, 0);
		check_moved(bundle, 4, false, 0);
		check_moved(bundle, 5, true, 3000);
		pg_expect("0 0 0 4000", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
		assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 3);
		bundle_free(bundle);
	}
}

/* Each may take from what those before it have overdrawn, as far as the floor; a CHECK of the table stops all of them. */
static void below_zero(void **state)
{
	struct rig *rig = *state;
	pg_bank(3);
	struct bank_choice choice = {.overdraft = (char *)"500"};
	rig_read_choice(rig, &choice);
	struct bundle *bundle = bundle_new(rig->catalogue, true);
	add(bundle, "7001", "7002", 1400);
	add(bundle, "7001", "7003", 101); /* one more than there may be */
	add(bundle, "7001", "7003", 100);
	add(bundle, "7003", "7001", 1);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_COMMITTED);
	check_moved(bundle, 0, true, 1400);
	check_moved(bundle, 1, false, 0);
	check_moved(bundle, 2, true, 100);
	check_moved(bundle, 3, true, 1);
	pg_expect("-499 2400 1099", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	pg_exec("ALTER TABLE accounts ADD CONSTRAINT decent CHECK (balance >= -499)");
	bundle_clear(bundle);
	add(bundle, "7002", "7003", 5);
	add(bundle, "7001", "7003", 1);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_REJECTED);
	assert_non_null(strstr(rig->result.reason.text, "decent"));
	pg_expect("-499 2400 1099", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 3);
	bundle_free(bundle);
}

/* What one account changes by is one number, in which the largest balance and the smallest do not meet. */
static void a_change_that_cannot_be_counted(void **state)
{
	struct rig *rig = *state;
	pg_bank(0);
	pg_exec("ALTER TABLE accounts ALTER balance TYPE int8; ALTER TABLE transfers ALTER amount TYPE int8;"
		"INSERT INTO accounts VALUES (1, 9223372036854775807), (2, -9223372036854775806), (3, 0)");
	struct bank_choice choice = {.overdraft = (char *)"unlimited"};
	rig_read_choice(rig, &choice);
	struct bundle *bundle = bundle_new(rig->catalogue, true);
	add(bundle, "1", "2", INT64_MAX);
	add(bundle, "1", "2", INT64_MAX);
	add(bundle, "1", "3", 7);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_COMMITTED);
	check_moved(bundle, 0, true, INT64_MAX);
	check_moved(bundle, 1, false, 0);
	check_moved(bundle, 2, false, 0);
	pg_expect("0 1 0", "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	bundle_free(bundle);
}

static void all_rejected(void **state)
{
	struct rig *rig = *state;
	pg_bank(2);
	struct bundle *bundle = bundle_of(rig);
	add(bundle, "7001", "7002", 5000);
	add(bundle, "7002", "7001", 5000);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_REJECTED);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	bundle_free(bundle);
}

/* What goes round comes back: no account changes, and each transfer is recorded. */
static void in_a_circle(void **state)
{
	struct rig *rig = *state;
	pg_bank(3);
	struct bundle *bundle = bundle_of(rig);
	add(bundle, "7001", "7002", 7);
	add(bundle, "7002", "7003", 7);
	add(bundle, "7003", "7001", 7);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers WHERE amount = 7"), 3);
	assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance = 1000"), 3);
	bundle_free(bundle);
}

/* A rule that leaves a write out, and a trigger that changes what is written: the server itself refuses. */
static void the_server_checks(void **state)
{
	struct rig *rig = *state;
	static const char *const spoils[][2] = {
		{"CREATE RULE spoil AS ON UPDATE TO accounts WHERE OLD.id = 7002 DO INSTEAD NOTHING",
		 "DROP RULE spoil ON accounts"},
		{"CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.balance := "
		 "NEW.balance + 1; RETURN NEW; END'; CREATE TRIGGER spoil BEFORE UPDATE ON accounts FOR EACH ROW "
		 "EXECUTE FUNCTION spoil()",
		 "DROP TRIGGER spoil ON accounts"},
	};
	for (size_t i = 0; i < COUNT_OF(spoils); i++) {
		pg_bank(3);
		pg_exec("%s", spoils[i][0]);
		struct bundle *bundle = bundle_of(rig);
		add(bundle, "7001", "7002", 7);
		add(bundle, "7001", "7003", 7);
		assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_FAILED);
		assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
		assert_int_equal(pg_number("SELECT count(*) FROM accounts WHERE balance = 1000"), 3);
		pg_exec("%s", spoils[i][1]);
		bundle_free(bundle);
	}
}

/* Ids of text with all that an array could misread, and money with a point. */
static void of_other_types(void **state)
{
	struct rig *rig = *state;
	static const char *const ids[] = {"a,b", "say \"x\"", "back\\slash", "{}", "NULL"};
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; "
		"CREATE TABLE accounts (id text PRIMARY KEY, balance numeric(12,2)); "
		"CREATE TABLE transfers (id uuid PRIMARY KEY, source text NOT NULL, destination text NOT NULL, "
		"amount numeric(12,2) NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
	pg_exec("INSERT INTO accounts VALUES ('a,b', 10), ('say \"x\"', 10), ('back\\slash', 10), ('{}', 10), ('NULL', "
		"10)");
	struct bundle *bundle = bundle_of(rig);
	for (size_t i = 0; i < COUNT_OF(ids); i++)
		add(bundle, ids[i], ids[(i + 1) % COUNT_OF(ids)], (int64_t)(i + 1) * 25);
	assert_int_equal(rig_run(rig, bundle_body(bundle)), OUTCOME_COMMITTED);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), COUNT_OF(ids));
	pg_expect("11.00", "SELECT balance FROM accounts WHERE id = 'a,b'");
	pg_expect("9.75", "SELECT balance FROM accounts WHERE id = 'NULL'");
	pg_expect("50.00", "SELECT sum(balance) FROM accounts");
	bundle_free(bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_by_what_is_left, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(below_zero, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_change_that_cannot_be_counted, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(all_rejected, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(in_a_circle, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_server_checks, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(of_other_types, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
