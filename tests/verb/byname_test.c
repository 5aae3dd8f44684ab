/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whoever looks at a database runs nothing that others left in it: functions, operators and casts that names would
 * find. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define ONE "00000000-0000-4000-8000-000000000001"

/*
 * What mallory makes marks the canary, which no rollback takes back, and then does what the real one does. Where
 * nothing can be marked, it ends the session, which cannot be overlooked either.
 */
#define TRIP                                                                                                           \
	"IF pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool THEN "                                \
	"PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()); END IF; "                               \
	"PERFORM pg_catalog.nextval('public.canary'); "

/* Some fit better than the built-in ones; the others come first for whoever has public in front of pg_catalog. */
static const struct {
	const char *name, *args, *result, *value;
} functions[] = {
	{"array_position", "text[], text", "int", "1"},
	{"trip_count", "bigint, int", "bigint", "$1"},
	{"trip", "bigint, numeric", "bool", "true"},
	{"trip", "varchar, varchar", "bool", "true"},
	{"trip", "name, varchar", "bool", "true"},
	{"trip", "int, bool", "bool", "true"},
	{"trip", "public.cents, public.cents", "bool", "true"},
	{"trip_less", "public.cents, public.cents", "bigint", "0"},
	{"trip", "information_schema.sql_identifier, information_schema.sql_identifier", "bool", "true"},
	{"left", "text, int", "text", "'LEFT'"},
	{"trip", "int, int", "bool", "true"},
	{"trip", "bigint, bigint", "bool", "true"},
	{"trip", "text, text", "bool", "true"},
	{"trip", "name, name", "bool", "true"},
	{"trip", "oid, oid", "bool", "true"},
	{"trip", "uuid, uuid", "bool", "true"},
	{"trip_less", "bigint, bigint", "bigint", "0"},
	{"now", "", "timestamptz", "pg_catalog.clock_timestamp()"},
	{"current_schema", "", "name", "'public'"},
	{"current_schemas", "bool", "name[]", "'{public}'"},
	{"pg_table_is_visible", "oid", "bool", "true"},
	{"has_column_privilege", "oid, smallint, text", "bool", "true"},
	{"version", "", "text", "'none'"},
	{"as_text", "public.mood", "text", "'CAST'"},
	{"as_text", "public.pair", "text", "'CAST'"},
};

static const struct {
	const char *operator, * type, *right, *function;
} operators[] = {
	{"=", "bigint", "numeric", "trip"},
	{"=", "varchar", "varchar", "trip"},
	{">", "varchar", "varchar", "trip"},
	{">=", "varchar", "varchar", "trip"},
	{"<>", "varchar", "varchar", "trip"},
	{"~~", "varchar", "varchar", "trip"},
	{"=", "name", "varchar", "trip"},
	{"=", "int", "bool", "trip"},
	{"=", "public.cents", "public.cents", "trip"},
	{"<", "public.cents", "public.cents", "trip"},
	{">=", "public.cents", "public.cents", "trip"},
	{"-", "public.cents", "public.cents", "trip_less"},
	{"+", "public.cents", "public.cents", "trip_less"},
	{"=", "information_schema.sql_identifier", "information_schema.sql_identifier", "trip"},
	{"=", "int", "int", "trip"},
	{">", "int", "int", "trip"},
	{"=", "bigint", "bigint", "trip"},
	{"=", "text", "text", "trip"},
	{"~~", "text", "text", "trip"},
	{"=", "name", "name", "trip"},
	{"=", "oid", "oid", "trip"},
	{"=", "uuid", "uuid", "trip"},
	{"-", "bigint", "bigint", "trip_less"},
	{"+", "bigint", "bigint", "trip_less"},
};

static const char types[] = "CREATE SEQUENCE public.canary; CREATE TYPE public.mood AS ENUM ('calm', 'cross');"
			    "CREATE TYPE public.pair AS (a int, b int); CREATE DOMAIN public.cents AS bigint;";

static const char tables[] =
	"CREATE AGGREGATE public.count(int) (SFUNC = public.trip_count, STYPE = bigint, INITCOND = '0');"
	"CREATE AGGREGATE public.sum(bigint) (SFUNC = public.trip_less, STYPE = bigint, INITCOND = '0');"
	"CREATE CAST (public.mood AS text) WITH FUNCTION public.as_text(public.mood) AS IMPLICIT;"
	"CREATE CAST (public.pair AS text) WITH FUNCTION public.as_text(public.pair) AS IMPLICIT;"
	"CREATE TABLE public.accounts (id varchar(9) PRIMARY KEY, balance bigint, mood public.mood, pair public.pair, "
	"note text, short varchar(9), fine bool);"
	"INSERT INTO public.accounts VALUES ('ann', 1000, 'calm', '(1,)', 'a note', 'x', true), "
	"('bob', 1000, 'cross', NULL, NULL, 'y', false), ('cid', 1000, NULL, '(,)', '', NULL, NULL);"
	"CREATE TABLE public.transfers (id uuid PRIMARY KEY, source text NOT NULL, destination text NOT NULL, amount "
	"bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT pg_catalog.now());"
	"CREATE SCHEMA odd;"
	"CREATE TABLE odd.accounts (id public.cents PRIMARY KEY, balance public.cents);"
	"INSERT INTO odd.accounts SELECT g, 1000 FROM pg_catalog.generate_series(1, 3) AS g;"
	"CREATE TABLE odd.transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL, amount "
	"bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT pg_catalog.now());"
	"CREATE TABLE odd.plain (id int PRIMARY KEY, balance int);"
	"INSERT INTO odd.plain SELECT g, 1000 FROM pg_catalog.generate_series(1, 3) AS g;";

static void add_mallorys(struct buf *sql)
{
	buf_fmt(sql, "SET ROLE mallory; %s", types);
	for (size_t i = 0; i < COUNT_OF(functions); i++)
		buf_fmt(sql,
			"CREATE FUNCTION public.%s(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN " TRIP
			"RETURN %s; END$f$;",
			functions[i].name, functions[i].args, functions[i].result, functions[i].value);
	for (size_t i = 0; i < COUNT_OF(operators); i++)
		buf_fmt(sql, "CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.%s);",
			operators[i].operator, operators[i].type, operators[i].right, operators[i].function);
	buf_str(sql, tables);
}

static const char *const paths[] = {
	"\"$user\", public",
	"public, pg_catalog",
	"odd, public, pg_catalog",
};

/* The canary is asked in a way that finds nothing of mallory's. */
static void nobody_tripped(const char *after, struct proc *proc)
{
	char *tripped = pg_value("SELECT is_called FROM public.canary");
	bool did = !tripped || tripped[0] != 'f';
	free(tripped);
	if (did)
		fail_msg("%s ran mallory's code: %s%s", after, buf_text(&proc->out), buf_text(&proc->err));
}

static struct proc *run_line(const char *table, const char *wire, const char *line)
{
	const char *const argv[] = {proc_teller(), "--yes", "--table", table, wire, "-c", line, NULL};
	return proc_run(argv, NULL, NULL);
}

static void run_all(const char *table, const char *wire, const char *const lines[], size_t n, const char *path)
{
	pg_exec("SELECT pg_catalog.setval('public.canary', 1, false)");
	for (size_t i = 0; i < n; i++) {
		struct proc *proc = run_line(table, wire, lines[i]);
		char at[400];
		snprintf(at, sizeof at, "path %s, table %s, %s, %s", path, table, wire, lines[i]);
		nobody_tripped(at, proc);
		/* The doctor finds that this server does not force its writes to disk. */
		if (proc->status != (strcmp(lines[i], "doctor") == 0 ? 6 : 0))
			fail_msg("%s: exit %d: %s%s", at, proc->status, buf_text(&proc->out), buf_text(&proc->err));
		proc_free(proc);
	}
}

static void on_every_path(const char *table, const char *wire, const char *const lines[], size_t n)
{
	char *name = pg_value("SELECT pg_catalog.current_database()");
	for (size_t p = 0; p < COUNT_OF(paths); p++) {
		pg_exec("ALTER DATABASE %s SET search_path = %s", name, paths[p]);
		run_all(table, wire, lines, n, paths[p]);
	}
	free(name);
}

static int scene(void **state)
{
	(void)state;
	char *name = pg_value("SELECT pg_catalog.current_database()");
	pg_exec("ALTER DATABASE %s RESET search_path", name);
	free(name);
	pg_exec("DO $$BEGIN CREATE ROLE mallory; EXCEPTION WHEN duplicate_object THEN NULL; END$$;"
		"DROP SCHEMA IF EXISTS odd CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
		"GRANT USAGE, CREATE ON SCHEMA public TO mallory;"
		"DO $$BEGIN EXECUTE pg_catalog.format('GRANT CREATE ON DATABASE %%I TO mallory', "
		"pg_catalog.current_database()); END$$");
	struct buf sql = {0};
	add_mallorys(&sql);
	pg_exec("%s", sql.p);
	buf_free(&sql);
	return 0;
}

#define LOOKING                                                                                                        \
	"list --csv", "list --sort 'balance desc'", "list --after ann", "list --where 'id = ''ann'''",                 \
		"list --where 'mood = ''calm'''", "list --where 'mood in (''calm'', ''cross'')'",                      \
		"list --where 'mood like ''c%'''", "list --where 'pair is null or pair like ''(%'''",                  \
		"list --where 'note like ''a%'' or note ilike ''B%'''", "list --where 'short > ''a'''",                \
		"list --where 'fine = true'", "list --where 'balance between 1 and 2000'",                             \
		"list --where 'balance not in (1, 2)'", "list --where 'note not like ''q%'''", "show ann",             \
		"show ann --csv", "count", "count --about", "count --where 'balance > 0'", "verify --total 3000",      \
		"export - --csv", "ledger", "ledger --of ann", "doctor", "conninfo"

#define MOVING                                                                                                         \
	"transfer ann bob half", "transfer ann bob 10 --id " ONE, "transfer ann bob 10 --id " ONE, "settle " ONE,      \
		"undo " ONE, "transfer bob ann all", "transfer ann bob 500", "transfer ann cid 1 --dry-run",           \
		"ledger --csv", "verify", "rival on", "create 3", "create 3 --copy", "tutorial --accounts 3"

static void by_whoever_looks(void **state)
{
	(void)state;
	static const char *const lines[] = {LOOKING};
	on_every_path("public.accounts", "--wire=pipeline", lines, COUNT_OF(lines));
	on_every_path("accounts", "--wire=pipeline", (const char *const[]){"list", "count", "conninfo"}, 3);
}

static void by_whoever_moves_money(void **state)
{
	static const char *const lines[] = {MOVING};
	char *name = pg_value("SELECT pg_catalog.current_database()");
	for (size_t p = 0; p < COUNT_OF(paths); p += 2) {
		static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
		for (size_t w = 0; w < COUNT_OF(wires); w++) {
			scene(state);
			pg_exec("ALTER DATABASE %s SET search_path = %s", name, paths[p]);
			run_all("public.accounts", wires[w], lines, COUNT_OF(lines), paths[p]);
		}
	}
	free(name);
}

static void on_domains_and_numbers(void **state)
{
	(void)state;
	static const char *const lines[] = {"list",
					    "list --sort balance",
					    "count",
					    "verify --total 3000",
					    "show 1",
					    "transfer 1 2 10",
					    "list --where 'id > 1'",
					    "export -",
					    "list --where 'balance = 1000'"};
	static const char *const moves[] = {"transfer 1 2 10", "transfer 2 1 half", "ledger"};
	static const char *const names[] = {"odd.accounts", "odd.plain"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		on_every_path(names[i], "--wire=pipeline", lines, COUNT_OF(lines));
		on_every_path(names[i], "--wire=step", moves, COUNT_OF(moves));
		on_every_path(names[i], "--wire=oneshot", moves, COUNT_OF(moves));
	}
}

/* A sum that mallory's = would call equal is not. */
static void the_audit_is_no_ones_but_ours(void **state)
{
	(void)state;
	struct proc *proc = teller_run("verify", "--total", "777");
	proc_expect_status(proc, 6);
	nobody_tripped("verify", proc);
	proc_free(proc);
}

/* What is shown is what the type's own output gives. */
static void values_are_shown_as_they_are(void **state)
{
	(void)state;
	struct proc *proc = teller_run("list", "--csv");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "id,balance,mood,pair,note,short,fine\n"
						  "ann,1000,calm,\"(1,)\",a note,x,t\n"
						  "bob,1000,cross,,,y,f\n"
						  "cid,1000,,\"(,)\",\"\",,\n");
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(by_whoever_looks, scene),
		cmocka_unit_test_setup(by_whoever_moves_money, scene),
		cmocka_unit_test_setup(on_domains_and_numbers, scene),
		cmocka_unit_test_setup(the_audit_is_no_ones_but_ours, scene),
		cmocka_unit_test_setup(values_are_shown_as_they_are, scene),
	};
	return cmocka_run_group_tests_name("verb/byname", tests, pg_own_database, NULL);
}
