/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger is ours or it is not used: tables that only look like one are refused with a sentence, and --ledger names
 * another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define UUID "00000000-0000-4000-8000-000000000007"
#define LEDGER                                                                                                         \
	"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, amount "    \
	"bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now()"

static int bank(void **state)
{
	(void)state;
	pg_exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS books CASCADE");
	pg_bank(4);
	return 0;
}

static void expect_words(struct proc *proc, int status, const char *out, const char *err)
{
	proc_expect_status(proc, status);
	if (!strstr(buf_text(&proc->out), out))
		fail_msg("no \"%s\" in: %s%s", out, buf_text(&proc->out), buf_text(&proc->err));
	proc_expect_err(proc, err);
	proc_free(proc);
}

/* ---- what is refused ---- */

#define ADD(what) LEDGER ", " what ")"
#define HOOK(time)                                                                                                     \
	"CREATE OR REPLACE FUNCTION hook() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';" LEDGER        \
	"); CREATE TRIGGER hook " time " ON transfers FOR EACH ROW EXECUTE FUNCTION hook()"

static const struct {
	const char *make, *words;
} others[] = {
	{"CREATE UNLOGGED TABLE" /* completed below */, "it is unlogged"},
	{ADD("status text"), "its column status does not belong to a ledger"},
	{ADD("fee bigint GENERATED ALWAYS AS (amount / 100) STORED"), "its column fee does not belong to a ledger"},
	{HOOK("BEFORE INSERT"), "it has a trigger, hook"},
	{HOOK("AFTER INSERT"), "it has a trigger, hook"},
	{HOOK("AFTER UPDATE"), "it has a trigger, hook"},
	{LEDGER "); CREATE RULE lost AS ON INSERT TO transfers DO ALSO NOTHING", "it has a rule, lost"},
	{LEDGER "); ALTER TABLE transfers ENABLE ROW LEVEL SECURITY", "it has row level security"},
	{LEDGER ") PARTITION BY HASH (id); CREATE TABLE child PARTITION OF transfers FOR VALUES WITH (MODULUS 1, "
		"REMAINDER 0)",
	 "it is a partitioned table"},
	{"CREATE TABLE parent (id uuid, source bigint NOT NULL, destination bigint NOT NULL, amount bigint NOT NULL, "
	 "made_at timestamptz NOT NULL DEFAULT now()) PARTITION BY HASH (id); CREATE TABLE transfers PARTITION OF "
	 "parent "
	 "FOR VALUES WITH (MODULUS 1, REMAINDER 0); ALTER TABLE transfers ADD PRIMARY KEY (id)",
	 "it is part of another table, parent"},
	{LEDGER "); CREATE TABLE child () INHERITS (transfers)", "other tables inherit from it"},
	{"CREATE TABLE parent (id uuid); CREATE TABLE transfers (PRIMARY KEY (id), source bigint NOT NULL, destination "
	 "bigint NOT NULL, amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now()) INHERITS (parent)",
	 "it is part of another table, parent"},
	{"CREATE TABLE elsewhere (LIKE accounts); CREATE VIEW transfers AS SELECT 1 AS id", "it is a view"},
	{"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, amount "
	 "bigint "
	 "GENERATED ALWAYS AS (1) STORED, made_at timestamptz NOT NULL DEFAULT now())",
	 "its column amount is generated"},
	{"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint GENERATED ALWAYS AS IDENTITY, destination bigint "
	 "NOT "
	 "NULL, amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())",
	 "its column source is an identity"},
	{"CREATE TABLE elsewhere (id bigint PRIMARY KEY);" ADD(
		 "FOREIGN KEY (source) REFERENCES elsewhere ON DELETE CASCADE"),
	 "its foreign key transfers_source_fkey changes rows"},
	{"CREATE TABLE elsewhere (id bigint PRIMARY KEY);" ADD(
		 "FOREIGN KEY (source) REFERENCES elsewhere ON UPDATE SET NULL"),
	 "its foreign key transfers_source_fkey changes rows"},
	{"CREATE TABLE elsewhere (id bigint PRIMARY KEY);" ADD(
		 "FOREIGN KEY (source) REFERENCES elsewhere ON DELETE SET DEFAULT"),
	 "its foreign key transfers_source_fkey changes rows"},
	{"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, amount "
	 "bigint "
	 "NOT NULL, made_at text)",
	 "its column made_at is of type text"},
	{"DROP DOMAIN IF EXISTS pence; CREATE DOMAIN pence AS bigint CHECK (VALUE < 5); CREATE TABLE transfers (id "
	 "uuid "
	 "PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, amount pence NOT NULL, made_at timestamptz "
	 "NOT NULL DEFAULT now())",
	 "its column amount is of a domain over int8"},
};

static void what_only_looks_like_one(void **state)
{
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		char words[200];
		bank(state);
		pg_exec("DROP TABLE transfers");
		if (i == 0)
			pg_exec(LEDGER "); ALTER TABLE transfers SET UNLOGGED");
		else
			pg_exec("%s", others[i].make);
		snprintf(words, sizeof words, "transfers are not recorded: transfers is not used as the ledger: %s",
			 others[i].words);
		expect_words(teller_run("transfer", "7001", "7002", "10", "--yes"), 0, "moved 10 from 7001 to 7002",
			     words);
		assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1010);
		if (pg_number("SELECT count(*) FROM pg_class WHERE relname = 'transfers' AND relkind <> 'v'"))
			assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
		expect_words(teller_run("transfer", "7001", "7002", "10", "--id", UUID, "--yes"), 1, "", "ledger");
	}
}

/* A ledger with what a table may have beside its rows. */
static void what_is_one_all_the_same(void **state)
{
	static const char *const makes[] = {
		LEDGER "); CREATE INDEX ON transfers (source)",
		"CREATE TABLE elsewhere (id bigint PRIMARY KEY); INSERT INTO elsewhere VALUES (7001), (7002);" ADD(
			"FOREIGN KEY (source) REFERENCES elsewhere"),
		ADD("CHECK (amount > 0)"),
	};
	for (size_t i = 0; i < COUNT_OF(makes); i++) {
		bank(state);
		pg_exec("DROP TABLE transfers; %s", makes[i]);
		expect_words(teller_run("transfer", "7001", "7002", "10", "--yes"), 0, "moved 10 from", "");
		assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
	}
}

/* ---- another one beside it ---- */

static void ours_is_made_beside_it(void **state)
{
	(void)state;
	pg_exec("ALTER TABLE transfers ADD status text");
	expect_words(teller_run("doctor"), 6, "`init` makes teller_transfers", "");
	expect_words(teller_run("init"), 0, "", "");
	expect_words(teller_run("transfer", "7001", "7002", "10", "--id", UUID, "--yes"), 0, "moved 10 from", "");
	assert_int_equal(pg_number("SELECT amount FROM teller_transfers WHERE id = '" UUID "'"), 10);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	expect_words(teller_run("doctor"), 6, "teller_transfers is there; transfers is not used as", "");
	expect_words(teller_run("ledger", "--csv"), 0, UUID, "");
	expect_words(teller_run("verify"), 0, "transfers", "");
	pg_exec("ALTER TABLE transfers DROP status");
	expect_words(teller_run("transfer", "7001", "7002", "1", "--yes"), 0, "moved 1 from", "");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 1);
}

static void neither_can_be_used(void **state)
{
	(void)state;
	pg_exec("ALTER TABLE transfers ADD status text; CREATE UNLOGGED TABLE teller_transfers (LIKE transfers "
		"INCLUDING ALL)");
	expect_words(teller_run("transfer", "7001", "7002", "10", "--yes"), 0, "moved 10 from",
		     "teller_transfers is not used as the ledger: it is unlogged");
	expect_words(teller_run("init"), 0, "", "");
	expect_words(teller_run("doctor"), 6, "it is unlogged", "");
}

/* ---- one by name ---- */

static void one_by_its_name(void **state)
{
	(void)state;
	pg_exec("CREATE SCHEMA books");
	expect_words(teller_run("--ledger", "books.entries", "transfer", "7001", "7002", "10", "--id", UUID, "--yes"),
		     1, "", "`init` makes");
	expect_words(teller_run("--ledger", "books.entries", "init"), 0, "", "");
	expect_words(teller_run("--ledger=books.entries", "transfer", "7001", "7002", "10", "--yes"), 0,
		     "moved 10 from", "");
	assert_int_equal(pg_number("SELECT amount FROM books.entries"), 10);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	expect_words(teller_run("--ledger", "books.entries", "doctor"), 6, "books.entries is there", "");
	expect_words(teller_run("--ledger", "entries", "init"), 0, "", "");
	expect_words(teller_run("--ledger", "entries", "transfer", "7001", "7002", "3", "--yes"), 0, "moved 3 from",
		     "");
	assert_int_equal(pg_number("SELECT amount FROM public.entries"), 3);
	pg_exec("DROP TABLE entries");
	expect_words(teller_run("--ledger", "accounts", "transfer", "7001", "7002", "3", "--yes"), 0, "moved 3 from",
		     "accounts is not used as the ledger: ");
}

static void none_by_wish(void **state)
{
	(void)state;
	expect_words(teller_run("--ledger", "none", "transfer", "7001", "7002", "10", "--yes"), 0, "moved 10 from",
		     "transfers are not recorded: --ledger none");
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	expect_words(teller_run("--ledger", "none", "doctor"), 6, "none, as --ledger none asks", "");
	expect_words(teller_run("--ledger", "none", "ledger"), 1, "", "--ledger none");
	expect_words(teller_run("--ledger", "none", "init"), 0, "", "");
	expect_words(teller_run("--ledger", "a.b.c", "count"), 1, "", "--ledger takes NAME, SCHEMA.NAME or none");
}

/* The accounts table is made with a ledger of that name. */
static void made_with_the_accounts(void **state)
{
	(void)state;
	pg_exec("DROP TABLE accounts, transfers");
	expect_words(teller_run("--ledger", "entries", "init", "--accounts", "3"), 0, "", "");
	assert_int_equal(pg_number("SELECT count(*) FROM accounts"), 3);
	assert_int_equal(pg_number("SELECT count(*) FROM entries"), 0);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 'transfers'"), 0);
	pg_exec("DROP TABLE accounts, entries; CREATE TABLE transfers (id int, status text)");
	expect_words(teller_run("init", "--accounts", "3"), 0, "", "");
	assert_int_equal(pg_number("SELECT count(*) FROM teller_transfers"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_only_looks_like_one, bank),
		cmocka_unit_test_setup(what_is_one_all_the_same, bank),
		cmocka_unit_test_setup(ours_is_made_beside_it, bank),
		cmocka_unit_test_setup(neither_can_be_used, bank),
		cmocka_unit_test_setup(one_by_its_name, bank),
		cmocka_unit_test_setup(none_by_wish, bank),
		cmocka_unit_test_setup(made_with_the_accounts, bank),
	};
	return cmocka_run_group_tests_name("verb/ours", tests, pg_own_database, NULL);
}
