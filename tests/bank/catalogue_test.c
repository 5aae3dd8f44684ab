/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as they are found: what can be used, what is refused and with what sentence, and the SQL that is made for
 * them. */
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

static void check_refused(struct rig *rig, const char *table, const char *words)
{
	assert_null(rig_read(rig, table));
	assert_int_equal(rig->err.status, ST_CHECK);
	if (!strstr(rig->err.text, words))
		fail_msg("\"%s\" does not hold \"%s\"", rig->err.text, words);
}

static void the_tables_of_the_tutorial(void **state)
{
	struct rig *rig = *state;
	pg_bank(3);
	struct catalogue *c = rig_read(rig, NULL);
	assert_string_equal(c->name, "accounts");
	assert_string_equal(c->id_type, "int4");
	assert_true(c->id_is_number);
	assert_int_equal(c->id_max, INT32_MAX);
	assert_int_equal(c->balance_max, INT32_MAX);
	assert_int_equal(c->nextra, 0);
	assert_true(c->ledger);
	assert_null(c->ledger_why);
	assert_string_equal(c->sql[CAT_ONE], "SELECT id, balance FROM accounts WHERE id = $1");
	assert_true(c->balance_nullable && !c->balance_indexed);
	pg_exec("CREATE INDEX balances ON accounts (balance); ALTER TABLE accounts ALTER balance SET NOT NULL");
	c = rig_read(rig, NULL);
	assert_true(!c->balance_nullable && c->balance_indexed);
	assert_string_equal(c->sql[CAT_DEBIT], "UPDATE accounts SET balance = balance - $1 WHERE id = $2");
	assert_string_equal(
		c->sql[CAT_LEDGER_CHECKED],
		"WITH written AS (INSERT INTO transfers (id, source, destination, amount) VALUES (CASE WHEN "
		"(SELECT balance FROM accounts WHERE id = $2) = $5 AND (SELECT balance FROM accounts WHERE id = "
		"$3) = $6 THEN $1::uuid END, $2, $3, $4) RETURNING id, source, destination, amount, tableoid) SELECT 1 "
		"/ "
		"count(*) AS written FROM written WHERE id = $1 AND source = $2::int8 AND destination = $3::int8 "
		"AND amount = $4");
	assert_int_equal(db_state(rig->db), DB_IDLE);
}

/* CockroachDB refuses a WITH clause that returns no columns. */
static void every_with_clause_returns_something(void **state)
{
	struct rig *rig = *state;
	pg_bank(1);
	struct catalogue *c = rig_read(rig, NULL);
	for (enum catalogue_sql i = CAT_ONESHOT; i <= CAT_ALONE_LAST; i++) {
		const char *update = strstr(c->sql[i], "(UPDATE"), *insert = strstr(c->sql[i], "(INSERT");
		assert_true(update && insert && update < insert);
		assert_true(strstr(update, "RETURNING") < insert);
		assert_non_null(strstr(insert, "RETURNING"));
	}
}

static void estimates_come_from_the_server(void **state)
{
	struct rig *rig = *state;
	pg_bank(300);
	assert_true(rig_read(rig, NULL)->estimate > 0); /* from the size of the table */
	pg_exec("ANALYZE accounts");
	assert_int_equal(rig_read(rig, NULL)->estimate, 300);
}

static void missing_tables(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS accounts, transfers");
	check_refused(rig, NULL, "there is no table accounts: `init` makes it");
	assert_true(rig->missing);
	check_refused(rig, "nowhere.accounts", "there is no table nowhere.accounts");
	check_refused(rig, "a.b.c", "there is no table a.b.c");
	check_refused(rig, "x\"; DROP TABLE y; --", "there is no table x\"; DROP TABLE y");
	check_refused(rig, "\033[2J", "\\x1b[2J");
	assert_true(rig->missing);
}

/* Scales below zero or above the precision: PostgreSQL has them from version 15 on. */
static bool server_has(const char *columns)
{
	return pg_major() >= 15 ||
	       !(strstr(columns, "(5,-2)") || strstr(columns, "(2,20)") || strstr(columns, "(2,4)"));
}

static void what_cannot_be_used(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *columns, *words;
	} cases[] = {
		{"id int, balance int", "has no primary key"},
		{"a int, b int, balance int, PRIMARY KEY (b, a)", "has 2 columns (a, b)"},
		{"id int PRIMARY KEY, amount int", "has no column named balance"},
		{"balance int PRIMARY KEY", "no column named balance beside its key"},
		{"id int PRIMARY KEY, balance float", "double precision, which rounds money"},
		{"id int PRIMARY KEY, balance real", "real, which rounds money"},
		{"id int PRIMARY KEY, balance numeric", "numeric without a scale"},
		{"id int PRIMARY KEY, balance numeric(5,-2)", "numeric(5,-2), which has a scale below 0"},
		{"id int PRIMARY KEY, balance numeric(2,20)", "numeric(2,20), which has too many decimals to count"},
		{"id int PRIMARY KEY, balance numeric(38,19)", "numeric(38,19), which has too many decimals to count"},
		{"id int PRIMARY KEY, balance text", "of type text"},
		{"id int PRIMARY KEY, balance money", "of type money"},
		{"id date PRIMARY KEY, balance int", "id, is of type date"},
		{"id numeric PRIMARY KEY, balance int", "id, is of type numeric"},
		{"id numeric(9,2) PRIMARY KEY, balance int", "id, is of type numeric(9,2)"},
		{"id numeric(20,0) PRIMARY KEY, balance int", "id, is of type numeric(20,0)"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (!server_has(cases[i].columns))
			continue;
		pg_exec("DROP TABLE IF EXISTS odd; CREATE TABLE odd (%s)", cases[i].columns);
		check_refused(rig, "odd", cases[i].words);
		assert_false(rig->missing);
	}
	pg_exec("DROP TABLE odd; CREATE VIEW odd AS SELECT 1 AS id, 2 AS balance");
	check_refused(rig, "odd", "odd is a view");
	pg_exec("DROP VIEW odd");
}

/* The columns of a table that others made: the ones that are named, else those that fit, or a sentence. */
static void which_columns_are_used(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *columns, *id_column, *balance_column;
		const char *id, *balance, *why; /* of the balance */
		const char *refusal;
	} cases[] = {
		{"aid int PRIMARY KEY, bid int, abalance int, filler char(84)", .id = "aid", .balance = "abalance",
		 .why = "the only column for money that has balance in its name"},
		{"aid int PRIMARY KEY, bid int, abalance int", .id_column = "aid", .balance_column = "bid", .id = "aid",
		 .balance = "bid", .why = "as --balance-column asks"},
		{"\"accountId\" uuid PRIMARY KEY, \"currentBalance\" int8", .id_column = "ACCOUNTID", .id = "accountId",
		 .balance = "currentBalance", .why = "the only column for money that has balance in its name"},
		{"id int PRIMARY KEY, lock_version int, funds numeric(12,2)", .id = "id", .balance = "funds",
		 .why = "the only numeric column with decimals"},
		{"id int PRIMARY KEY, balance int, old_balance int", .id = "id", .balance = "balance",
		 .why = "by its name"},
		{"id int PRIMARY KEY, balance_note text, cents_balance int8, "
		 "shown_balance numeric(9,2) GENERATED ALWAYS AS (cents_balance / 100.0) STORED",
		 .id = "id", .balance = "cents_balance",
		 .why = "the only column for money that has balance in its name"},
		{"id int PRIMARY KEY, opening_balance int, closing_balance int",
		 .refusal =
			 "odd has 2 columns that may be the balance (opening_balance, closing_balance): say which with "
			 "--balance-column NAME"},
		{"id int PRIMARY KEY, paid numeric(9,2), due numeric(9,2)",
		 .refusal = "2 columns that may be the balance (paid, due)"},
		{"id int PRIMARY KEY, visits int",
		 .refusal = "odd has no column named balance: name another table with --table, or the column with "
			    "--balance-column"},
		{"id int PRIMARY KEY, balance int", .balance_column = "saldo",
		 .refusal = "odd has no column saldo, which --balance-column names; it has id, balance"},
		{"id int PRIMARY KEY, balance int", .id_column = "iban",
		 .refusal = "odd has no column iban, which --id-column names; it has id, balance"},
		{"id bigserial PRIMARY KEY, iban text NOT NULL UNIQUE, balance int", .id_column = "iban", .id = "iban",
		 .balance = "balance", .why = "by its name"},
		{"no int NOT NULL UNIQUE, balance int", .id = "no", .balance = "balance", .why = "by its name"},
		{"no int UNIQUE, balance int", .refusal = "odd has no primary key, by which accounts are told apart"},
		{"no int NOT NULL UNIQUE DEFERRABLE, balance int", .refusal = "odd has no primary key, by which"},
		{"a int NOT NULL, b int NOT NULL, balance int, UNIQUE (a, b)",
		 .refusal = "odd has no primary key, by which"},
		{"a int NOT NULL UNIQUE, b int NOT NULL UNIQUE, balance int",
		 .refusal =
			 "odd has no primary key, and several columns that tell accounts apart (a, b): say which with "
			 "--id-column NAME"},
		{"id int PRIMARY KEY, iban text UNIQUE, balance int", .id_column = "iban",
		 .refusal = "column iban of odd is not its primary key, id, by which accounts are told apart, nor "
			    "unique and "
			    "never NULL"},
		{"id int PRIMARY KEY, balance int", .balance_column = "id",
		 .refusal = "column id of odd is part of its primary key and cannot be the balance"},
		{"id int PRIMARY KEY, balance int, owner text", .balance_column = "owner", .refusal = "of type text"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		pg_exec("DROP TABLE IF EXISTS odd; CREATE TABLE odd (%s)", cases[i].columns);
		struct bank_choice choice = {.table = (char *)"odd",
					     .id_column = (char *)cases[i].id_column,
					     .balance_column = (char *)cases[i].balance_column};
		struct catalogue *c = rig_read_choice(rig, &choice);
		if (cases[i].refusal) {
			if (c || rig->err.status != ST_CHECK || !strstr(rig->err.text, cases[i].refusal))
				fail_msg("%s: %s", cases[i].columns, c ? "was taken" : rig->err.text);
			continue;
		}
		if (!c)
			fail_msg("%s: %s", cases[i].columns, rig->err.text);
		assert_string_equal(c->id_name, cases[i].id);
		assert_string_equal(c->balance_name, cases[i].balance);
		assert_string_equal(c->balance_why, cases[i].why);
		assert_string_equal(c->id_why, cases[i].id_column ? "as --id-column asks"
					       : strcmp(cases[i].id, "no") == 0
						       ? "the only column that is unique and never NULL"
						       : "the primary key");
	}
	pg_exec("DROP TABLE odd");
}

/* Every statement that speaks of accounts keeps to the part, and its values are parameters. */
static void a_part_of_a_table(void **state)
{
	struct rig *rig = *state;
	struct bank_choice choice = {.table = (char *)"shared",
				     .ledger = (char *)"shared_transfers",
				     .keys = {(char *)"tenant='; --", (char *)"\"a=\"\"b\"=7"},
				     .nkeys = 2};
	pg_exec("DROP TABLE IF EXISTS shared, shared_transfers; CREATE TABLE shared (id int, \"a=\"\"b\" int, tenant "
		"text, "
		"balance "
		"int, PRIMARY KEY (tenant, id, \"a=\"\"b\"))");
	struct catalogue *c = rig_read_choice(rig, &choice);
	if (!c)
		fail_msg("%s", rig->err.text);
	assert_string_equal(c->id_name, "id");
	assert_string_equal(c->part, "tenant='; --, a=\"b=7");
	assert_string_equal(c->sql[CAT_ONE],
			    "SELECT id, balance FROM shared WHERE id = $1 AND tenant = $2 AND \"a=\"\"b\" = $3");
	pg_exec("%s", c->sql[CAT_MAKE_LEDGER]);
	c = rig_read_choice(rig, &choice);
	assert_true(c && c->ledger);
	for (enum catalogue_sql i = CAT_PAGE_FIRST; i < CAT_COUNT; i++) {
		const char *sql = c->sql[i], *params[1] = {NULL};
		if (!sql)
			continue;
		size_t conditions = 0, mentions = 0;
		for (const char *at = sql; (at = strstr(at, "tenant = $")); at++)
			conditions++;
		for (const char *at = sql; (at = strstr(at, " shared")); at++)
			mentions += at[7] == ' ' || at[7] == '\0' || at[7] == ')';
		bool whole = i == CAT_COPY;
		if (whole ? strstr(sql, "tenant") == NULL : conditions < mentions)
			fail_msg("%zu of %zu keep to the part: %s", conditions, mentions, sql);
		assert_null(strstr(sql, "'; --"));
		assert_int_equal(catalogue_select(c, i, params, 0).nmore, conditions && !whole ? 2 : 0);
	}
	static const struct {
		const char *keys[2], *words;
	} cases[] = {
		{{"tenant=x", NULL},
		 "has 3 columns (id, a=\"b, tenant), and an account id is one: fix the others with"},
		{{"tenant=x", "tenant=y"}, "--where-key names column tenant twice"},
		{{"balance=1", NULL}, "column balance of shared is not in its primary key (id, a=\"b, tenant)"},
		{{"owner=1", NULL}, "shared has no column owner, which --where-key names"},
		{{"tenant=x", "id=many"},
		 "--where-key tenant=x, id=many cannot be used: invalid input syntax for type integer"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		choice.keys[0] = (char *)cases[i].keys[0];
		choice.keys[1] = (char *)cases[i].keys[1];
		choice.nkeys = 1 + (cases[i].keys[1] != NULL);
		assert_null(rig_read_choice(rig, &choice));
		if (!strstr(rig->err.text, cases[i].words))
			fail_msg("\"%s\" does not hold \"%s\"", rig->err.text, cases[i].words);
	}
	pg_exec("DROP TABLE shared, shared_transfers");
}

static void what_may_not_be_read(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS secret; CREATE TABLE secret (id int PRIMARY KEY, balance int)");
	struct rig *poor = rig_new_as("poor");
	check_refused(poor, "secret", "you may not read secret");
	rig_free(poor);
	assert_non_null(rig_read(rig, "secret"));
}

static void what_can_be_used(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *columns;
		const char *id_type;
		int64_t balance_max;
		unsigned scale;
	} cases[] = {
		{"id int2 PRIMARY KEY, balance int2", "int2", INT16_MAX, 0},
		{"id int8 PRIMARY KEY, balance int8", "int8", INT64_MAX, 0},
		{"id uuid PRIMARY KEY, balance int", "uuid", INT32_MAX, 0},
		{"id text PRIMARY KEY, balance int", "text", INT32_MAX, 0},
		{"id varchar(8) PRIMARY KEY, balance int", "varchar", INT32_MAX, 0},
		{"id char(8) PRIMARY KEY, balance int", "bpchar", INT32_MAX, 0},
		{"id numeric(12,0) PRIMARY KEY, balance int", "numeric", INT32_MAX, 0},
		{"id int PRIMARY KEY, balance numeric(4,0)", "int4", 9999, 0},
		{"id int PRIMARY KEY, balance numeric(18,2)", "int4", 999999999999999999, 2},
		{"id int PRIMARY KEY, balance numeric(3,3)", "int4", 999, 3},
		{"id int PRIMARY KEY, balance numeric(2,4)", "int4", 99, 4},
		{"id int PRIMARY KEY, balance numeric(19,0)", "int4", INT64_MAX, 0},
		{"id int PRIMARY KEY, balance numeric(19,4)", "int4", INT64_MAX, 4},
		{"id int PRIMARY KEY, balance numeric(38,2)", "int4", INT64_MAX, 2},
		{"id int PRIMARY KEY, balance cents", "int4", INT64_MAX, 0},
		{"id int PRIMARY KEY, balance euros", "int4", 9999999999, 2},
		{"crdb_internal_id_shard_16 int, id int8, balance int, PRIMARY KEY (crdb_internal_id_shard_16, id)",
		 "int8", INT32_MAX, 0},
	};
	pg_exec("DROP DOMAIN IF EXISTS cents; CREATE DOMAIN cents AS int8 CHECK (VALUE >= 0);"
		"DROP DOMAIN IF EXISTS euros; CREATE DOMAIN euros AS numeric(10,2)");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (!server_has(cases[i].columns))
			continue;
		pg_exec("DROP TABLE IF EXISTS odd; CREATE TABLE odd (%s)", cases[i].columns);
		struct catalogue *c = rig_read(rig, "odd");
		if (!c)
			fail_msg("%s: %s", cases[i].columns, rig->err.text);
		assert_string_equal(c->id_type, cases[i].id_type);
		assert_int_equal(c->balance_max, cases[i].balance_max);
		assert_int_equal(c->balance_scale, cases[i].scale);
	}
	pg_exec("DROP TABLE odd; CREATE TABLE odd (id int PRIMARY KEY, balance int) PARTITION BY RANGE (id)");
	assert_non_null(rig_read(rig, "odd"));
	pg_exec("DROP TABLE odd");
}

static void names_are_quoted_where_they_need_it(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP SCHEMA IF EXISTS \"Back Office\" CASCADE; CREATE SCHEMA \"Back Office\";"
		"CREATE TABLE \"Back Office\".\"order\" (\"the \"\"id\"\"\" int PRIMARY KEY, balance int, \"Select\" "
		"text, note text)");
	assert_null(rig_read(rig, "order"));
	struct catalogue *c = rig_read(rig, "Back Office.order");
	assert_string_equal(c->name, "Back Office.order");
	assert_string_equal(c->id_name, "the \"id\"");
	assert_int_equal(c->nextra, 2);
	assert_string_equal(c->sql[CAT_PAGE_FIRST],
			    "SELECT \"the \"\"id\"\"\", balance, pg_catalog.\"left\"(\"Select\", 200) AS \"Select\", "
			    "pg_catalog.\"left\"(note, 200) AS note "
			    "FROM \"Back Office\".\"order\" ORDER BY \"the \"\"id\"\"\" LIMIT $1");
	assert_non_null(rig_read(rig, "\"Back Office\".\"order\""));
	pg_exec("DROP SCHEMA \"Back Office\" CASCADE");
}

/* The same name in two schemas: the search path decides, and the other one needs its schema. */
static void schemas(void **state)
{
	struct rig *rig = *state;
	pg_bank(1);
	pg_exec("DROP SCHEMA IF EXISTS east CASCADE; CREATE SCHEMA east;"
		"CREATE TABLE east.accounts (id uuid PRIMARY KEY, balance int);"
		"CREATE TABLE east.transfers (LIKE public.transfers INCLUDING ALL)");
	assert_string_equal(rig_read(rig, "accounts")->id_type, "int4");
	struct catalogue *c = rig_read(rig, "east.accounts");
	assert_string_equal(c->name, "east.accounts");
	assert_string_equal(c->sql[CAT_TABLE], "east.accounts");
	assert_false(c->ledger); /* its own ledger, which does not hold UUIDs */
	assert_non_null(strstr(c->ledger_why, "bigint"));
	pg_exec("DROP TABLE east.accounts, east.transfers; CREATE TABLE east.accounts (LIKE public.accounts INCLUDING "
		"ALL)");
	c = rig_read(rig, "east.accounts");
	assert_false(c->ledger); /* the one in public is of other accounts, though it could hold these */
	assert_null(c->ledger_why);
	assert_true(rig_read(rig, "public.accounts")->ledger);
	assert_string_equal(rig_read(rig, "public.accounts")->name, "accounts");
	pg_exec("DROP SCHEMA east CASCADE");
}

static void ledgers(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *change, *words; /* NULL: usable */
	} cases[] = {
		{"CREATE INDEX ON transfers (source)", NULL},
		{"ALTER TABLE transfers ADD note text", "note does not belong to a ledger"},
		{"ALTER TABLE transfers ALTER source TYPE text, ALTER destination TYPE text", NULL},
		{"ALTER TABLE transfers ALTER source TYPE int2", "source is of type smallint"},
		{"ALTER TABLE transfers ALTER amount TYPE int2", "amount is of type smallint"},
		{"ALTER TABLE transfers DROP amount", "no column amount"},
		{"ALTER TABLE transfers DROP made_at", "no column made_at"},
		{"ALTER TABLE transfers DROP CONSTRAINT transfers_pkey", "primary key must be a column id"},
		{"ALTER TABLE transfers ALTER id TYPE text", "must be of type uuid"},
		{"ALTER TABLE transfers ADD who text NOT NULL", "who does not belong to a ledger"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		pg_bank(1);
		pg_exec("%s", cases[i].change);
		struct catalogue *c = rig_read(rig, NULL);
		assert_int_equal(c->ledger, !cases[i].words);
		assert_int_equal(c->sql[CAT_LEDGER_CHECKED] != NULL, c->ledger);
		if (cases[i].words && !strstr(c->ledger_why, cases[i].words))
			fail_msg("\"%s\" does not hold \"%s\"", c->ledger_why, cases[i].words);
	}
	pg_exec("DROP TABLE transfers");
	assert_false(rig_read(rig, NULL)->ledger);
	assert_null(rig->catalogue->ledger_why);
}

static void at_most_16_further_columns(void **state)
{
	struct rig *rig = *state;
	pg_exec("DROP TABLE IF EXISTS wide; CREATE TABLE wide (id int PRIMARY KEY, balance int)");
	for (int i = 0; i < 20; i++)
		pg_exec("ALTER TABLE wide ADD c%d int", i);
	struct catalogue *c = rig_read(rig, "wide");
	assert_int_equal(c->nextra, 16);
	assert_string_equal(c->extra[15], "c15");
	pg_exec("DROP TABLE wide");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_tables_of_the_tutorial, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(every_with_clause_returns_something, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(estimates_come_from_the_server, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(missing_tables, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_used, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(which_columns_are_used, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(a_part_of_a_table, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_may_not_be_read, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(what_can_be_used, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(names_are_quoted_where_they_need_it, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(schemas, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(ledgers, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(at_most_16_further_columns, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("bank/catalogue", tests, pg_own_database, NULL);
}
