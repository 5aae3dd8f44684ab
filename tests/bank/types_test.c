/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of every type that can be used: hundreds of random transfers each, beside a count of our own, to the last
 * unit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bank/amount.h"
#include "base/mem.h"
#include "base/rng.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

enum { ACCOUNTS = 8, TRANSFERS = 150 }; /* without a ledger, and with one */

struct kind {
	const char *name, *id, *balance; /* SQL types */
	const char *ledger_id, *ledger_amount;
	unsigned scale;
	int64_t max;
	int64_t min; /* that the column holds, but for INT64_MIN */
	const char *ids[ACCOUNTS];
	int64_t units[ACCOUNTS];
};

static const struct kind kinds[] = {
	{"uuids of the newer tutorial",
	 "uuid",
	 "int8",
	 "uuid",
	 "bigint",
	 0,
	 INT64_MAX,
	 -INT64_MAX,
	 {"00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002",
	  "f47ac10b-58cc-4372-a567-0e02b2c3d479", "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
	  "ffffffff-ffff-4fff-bfff-ffffffffffff", "123e4567-e89b-42d3-a456-426614174000",
	  "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "c9bf9e57-1685-4c89-bafb-ff5af830be8a"},
	 {1000, 1, 0, 999999, 7, 123456, 5, 31}},
	{"ids of CockroachDB, balances up to the last",
	 "int8",
	 "int8",
	 "bigint",
	 "bigint",
	 0,
	 INT64_MAX,
	 -INT64_MAX,
	 {"1229631649994833921", "1229631649994833922", "1229631649994833923", "9007199254740993", "9007199254740992",
	  "9223372036854775807", "-9223372036854775808", "-1"},
	 {INT64_MAX, INT64_MAX - 1, 1, 0, 9007199254740993, INT64_MAX, 3, 1000}},
	{"text ids that nobody should have",
	 "text",
	 "int4",
	 "text",
	 "bigint",
	 0,
	 INT32_MAX,
	 INT32_MIN,
	 {"it's", "\"quoted\"", "a\nb", "\033[31mred\tand\r", "'; drop table accounts; --", "$1",
	  "\xe2\x80\xae\xc3\xa9", " \\x00 "},
	 {1000, INT32_MAX, 1, 0, 777, INT32_MAX - 1, 65535, 9}},
	{"padded ids",
	 "char(6)",
	 "int4",
	 "text",
	 "bigint",
	 0,
	 INT32_MAX,
	 INT32_MIN,
	 {"a", "b", "c", "a b", "abcdef", "A", "\xc3\xa9", "0"},
	 {1000, 2000, 3, 0, 5, 6, 7, 8}},
	{"cents",
	 "int4",
	 "numeric(18,2)",
	 "bigint",
	 "numeric(18,2)",
	 2,
	 999999999999999999,
	 -999999999999999999,
	 {"1", "2", "3", "4", "5", "6", "7", "8"},
	 {999999999999999999, 123456789012345679, 1, 0, 101, 99, 33333, 999999999999999998}},
	{"numeric ids, and nothing before the point",
	 "numeric(18,0)",
	 "numeric(6,6)",
	 "numeric(18,0)",
	 "numeric(6,6)",
	 6,
	 999999,
	 -999999,
	 {"0", "999999999999999999", "-999999999999999999", "4", "5", "6", "7", "8"},
	 {999999, 500001, 1, 0, 3, 99, 33333, 999998}},
	{"as many digits as can be counted",
	 "varchar(3)",
	 "numeric(18,0)",
	 "text",
	 "numeric(18,0)",
	 0,
	 999999999999999999,
	 -999999999999999999,
	 {"1", "2", "3", "4", "5", "6", "7", "8"},
	 {999999999999999999, 123456789012345679, 1, 0, 987654321098765431, 99, 33333, 999999999999999997}},
	{"as Hibernate and others make them",
	 "int8",
	 "numeric(19,4)",
	 "bigint",
	 "numeric(19,4)",
	 4,
	 INT64_MAX,
	 -INT64_MAX,
	 {"1", "2", "3", "4", "5", "6", "7", "8"},
	 {INT64_MAX, INT64_MAX - 2, 1, 0, 10000, 99, 33333, INT64_MAX / 2}},
	{"small ones",
	 "int2",
	 "int2",
	 "bigint",
	 "bigint",
	 0,
	 INT16_MAX,
	 INT16_MIN,
	 {"32767", "-32768", "0", "1", "2", "3", "4", "5"},
	 {INT16_MAX, 30001, 29999, 1, 0, 16384, 3, INT16_MAX - 1}},
};

/* ---- the table, and what it must hold ---- */

static char *literal(const char *id)
{
	struct buf sql = {0};
	buf_char(&sql, '\'');
	for (; *id; id++) {
		buf_str(&sql, *id == '\'' ? "'" : "");
		buf_char(&sql, *id);
	}
	buf_char(&sql, '\'');
	return buf_take(&sql);
}

static void make(const struct kind *kind)
{
	pg_exec("DROP TABLE IF EXISTS accounts, transfers;"
		"CREATE TABLE accounts (nr int, id %s PRIMARY KEY, balance %s)",
		kind->id, kind->balance);
	for (int i = 0; i < ACCOUNTS; i++) {
		char *id = literal(kind->ids[i]);
		pg_exec("INSERT INTO accounts VALUES (%d, %s, %s)", i, id,
			amount_show(kind->units[i], kind->scale).text);
		free(id);
	}
}

static void check_balances(const struct kind *kind, const int64_t units[ACCOUNTS])
{
	for (int i = 0; i < ACCOUNTS; i++) {
		char *balance = pg_value("SELECT balance FROM accounts WHERE nr = %d", i);
		assert_string_equal(balance, amount_show(units[i], kind->scale).text);
		free(balance);
	}
}

/* Every account holds what it began with, and what the ledger says came and went. */
static void check_ledger(const struct kind *kind)
{
	for (int i = 0; i < ACCOUNTS; i++) {
		char *balance =
			pg_value("SELECT (%s + coalesce((SELECT sum(amount) FROM transfers WHERE destination = "
				 "a.id), 0) - coalesce((SELECT sum(amount) FROM transfers WHERE source = a.id), "
				 "0))::%s FROM accounts a WHERE nr = %d",
				 amount_show(kind->units[i], kind->scale).text, kind->balance, i);
		char *held = pg_value("SELECT balance FROM accounts WHERE nr = %d", i);
		assert_string_equal(balance, held);
		free(balance);
		free(held);
	}
}

/* ---- the transfers ---- */

/* What the rules say, counted here; 0: rejected. */
static int64_t expected(const struct kind *kind, int64_t floor, const int64_t units[ACCOUNTS],
			const struct transfer_spec *spec, size_t from, size_t to)
{
	int64_t amount = spec->rule == TRANSFER_HALF  ? (units[from] - (units[from] & 1)) / 2
			 : spec->rule == TRANSFER_ALL ? units[from]
						      : spec->amount;
	bool fits = amount > 0 && amount <= kind->max && (__int128)units[from] - amount >= floor &&
		    (__int128)units[to] + amount <= kind->max;
	return from != to && fits ? amount : 0;
}

/* True where the source is below zero afterwards. */
static bool transfer_one(struct rig *rig, const struct kind *kind, struct rng *rng, int64_t units[ACCOUNTS])
{
	size_t from = rng_below(rng, ACCOUNTS), to = rng_below(rng, ACCOUNTS);
	int64_t floor = rig->catalogue->balance_floor;
	uint64_t left = (uint64_t)units[from] - (uint64_t)floor, most = left < UINT64_MAX - 3 ? left + 3 : left;
	struct transfer_spec spec = {
		.source = kind->ids[from],
		.destination = kind->ids[to],
		.rule = (enum transfer_rule)rng_below(rng, 3),
		.amount = 1 + (int64_t)rng_below(rng, rng_below(rng, 2) ? most : most / 7 + 1),
	};
	if (rng_below(rng, 6) == 0) /* at the edge: one less, all that there is, one more */
		spec.amount = (int64_t)(left + rng_below(rng, 3) - 1);
	if (spec.amount < 0) /* beyond all that can be counted */
		spec.amount = INT64_MAX;
	int64_t amount = expected(kind, floor, units, &spec, from, to);
	enum outcome outcome = rig_transfer(rig, &spec);
	if (outcome != (amount ? OUTCOME_COMMITTED : OUTCOME_REJECTED))
		fail_msg("%s: rule %d, %lld units: %s", kind->name, spec.rule, (long long)amount,
			 rig->result.reason.text);
	units[from] -= amount;
	units[to] += amount;
	return amount && units[from] < 0;
}

/* Returns how often an account went below zero. */
static int run(struct rig *rig, const struct kind *kind, bool ledger)
{
	struct rng rng;
	int below = 0;
	int64_t units[ACCOUNTS];
	memcpy(units, kind->units, sizeof units);
	rng_seed(&rng, ledger ? 4711 : 815);
	for (int i = 0; i < TRANSFERS; i++) {
		rig->options.wire = (enum txn_wire)(i % (WIRE_ONESHOT + 1));
		below += transfer_one(rig, kind, &rng, units);
		if (i % 50 == 0)
			check_balances(kind, units);
	}
	check_balances(kind, units);
	return below;
}

/* Balances go below zero, down to what was asked for, or to the last unit of the column, and no further. */
static void random_transfers_with_an_overdraft(void **state)
{
	struct rig *rig = *state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		const struct kind *kind = &kinds[k];
		struct amount_text some = amount_show(INT16_MAX < kind->max ? INT16_MAX : 999, kind->scale);
		struct bank_choice choices[] = {{.overdraft = some.text}, {.overdraft = (char *)"unlimited"}};
		for (size_t i = 0; i < COUNT_OF(choices); i++) {
			make(kind);
			rig_reconnect(rig);
			if (!rig_read_choice(rig, &choices[i]))
				fail_msg("%s: %s", kind->name, rig->err.text);
			int64_t wanted = i == 0 ? -(INT16_MAX < kind->max ? INT16_MAX : 999) : kind->min;
			assert_int_equal(rig->catalogue->balance_floor, wanted);
			if (i == 1)
				pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
			assert_non_null(rig_read_choice(rig, &choices[i]));
			if (run(rig, kind, i == 1) == 0)
				fail_msg("%s: an overdraft of %s is not used", kind->name, choices[i].overdraft);
		}
	}
}

static void random_transfers(void **state)
{
	struct rig *rig = *state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		const struct kind *kind = &kinds[k];
		make(kind);
		rig_reconnect(rig); /* what is prepared has parameters of the types before */
		assert_non_null(rig_read(rig, NULL));
		assert_int_equal(rig->catalogue->balance_scale, kind->scale);
		assert_int_equal(rig->catalogue->balance_max, kind->max);
		assert_false(rig->catalogue->ledger);
		run(rig, kind, false);
		make(kind);
		pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
		assert_non_null(rig_read(rig, NULL));
		assert_true(rig->catalogue->ledger);
		run(rig, kind, true);
		check_ledger(kind);
	}
}

/* The ledger that is made has columns for the table's own types. */
static void ledgers_that_fit(void **state)
{
	struct rig *rig = *state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		make(&kinds[k]);
		assert_non_null(rig_read(rig, NULL));
		pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
		char *types = pg_value("SELECT string_agg(format_type(atttypid, atttypmod), ' ' ORDER BY attnum) FROM "
				       "pg_attribute WHERE attrelid = 'public.transfers'::regclass AND attnum > 0");
		char wanted[120];
		snprintf(wanted, sizeof wanted, "uuid %s %s %s timestamp with time zone", kinds[k].ledger_id,
			 kinds[k].ledger_id, kinds[k].ledger_amount);
		assert_string_equal(types, wanted);
		free(types);
	}
}

/* ---- balances that are no amounts ---- */

/* NaN is larger than every number to PostgreSQL: it must neither be moved nor swallow what is moved to it. */
static void nan_is_left_alone(void **state)
{
	struct rig *rig = *state;
	static const enum transfer_rule rules[] = {TRANSFER_HALF, TRANSFER_ALL, TRANSFER_AMOUNT};
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id int PRIMARY KEY, balance "
		"numeric(9,2));"
		"INSERT INTO accounts VALUES (1, 'NaN'), (2, 10.01), (3, 20)");
	for (int ledger = 0; ledger < 2; ledger++) {
		assert_non_null(rig_read(rig, NULL));
		for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
			rig->options.wire = (enum txn_wire)wire;
			for (size_t i = 0; i < COUNT_OF(rules); i++) {
				struct transfer_spec spec = {
					.source = "1", .destination = "2", .rule = rules[i], .amount = 5};
				assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
				assert_non_null(strstr(rig->result.reason.text, "NaN, which cannot be counted"));
				spec.source = "2";
				spec.destination = "1";
				assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
			}
		}
		if (!ledger)
			pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
	}
	char *all = pg_value("SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
	assert_string_equal(all, "NaN 10.01 20.00");
	free(all);
}

/* A numeric(38,2) holds balances that are not counted: they are neither moved nor added to, and none grows so large. */
static void balances_beyond_counting(void **state)
{
	struct rig *rig = *state;
	static const char beyond[] = "92233720368547758.08", counted[] = "92233720368547758.07";
	pg_exec("DROP TABLE IF EXISTS accounts, transfers; CREATE TABLE accounts (id int PRIMARY KEY, balance "
		"numeric(38,2)); INSERT INTO accounts VALUES (1, %s), (2, 10), (3, %s)",
		beyond, counted);
	for (int ledger = 0; ledger < 2; ledger++) {
		assert_non_null(rig_read(rig, NULL));
		for (int wire = WIRE_PIPELINE; wire <= WIRE_ONESHOT; wire++) {
			struct transfer_spec spec = {
				.source = "1", .destination = "2", .rule = TRANSFER_AMOUNT, .amount = 5};
			rig->options.wire = (enum txn_wire)wire;
			assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
			assert_non_null(
				strstr(rig->result.reason.text, "92233720368547758.08, which cannot be counted"));
			spec = (struct transfer_spec){.source = "2", .destination = "1", .rule = TRANSFER_ALL};
			assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
			spec = (struct transfer_spec){.source = "2", .destination = "3", .rule = TRANSFER_HALF};
			assert_int_equal(rig_transfer(rig, &spec), OUTCOME_REJECTED);
			assert_non_null(strstr(rig->result.reason.text,
					       "no balance can be counted above 92233720368547758.07"));
		}
		if (!ledger)
			pg_exec("%s", rig->catalogue->sql[CAT_MAKE_LEDGER]);
	}
	pg_expect("92233720368547758.08 10.00 92233720368547758.07",
		  "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM accounts");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_transfers, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(random_transfers_with_an_overdraft, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(ledgers_that_fit, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(balances_beyond_counting, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(nan_is_left_alone, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("bank/types", tests, pg_own_database, NULL);
}
