/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The benchmark: what teller promises in numbers, measured side by side with other programs in one run. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static const struct {
	const char *name;
	void (*measure)(void);
} measures[] = {
	{"trips", measure_trips},   {"rate", measure_rate},     {"load", measure_load},
	{"keys", measure_keys},     {"start", measure_start},   {"moves", measure_moves},
	{"create", measure_create}, {"browse", measure_browse}, {"trace", measure_trace},
};

const char *bench_env(const char *name)
{
	const char *value = getenv(name);
	if (!value)
		fail_msg("%s is not set: run this through tests/bench/run", name);
	return value;
}

const char *bench_program(const char *name)
{
	static char path[512];
	snprintf(path, sizeof path, "%s/%s", bench_env("PGBIN"), name);
	return path;
}

/* Accounts as the tutorial makes them, nine digits and balances that differ everywhere, once with a ledger and once (in
 * the schema plain) without. */
static void make_banks(void)
{
	pg_fresh_database("bench", NULL);
	pg_bank(0);
	pg_exec("INSERT INTO accounts SELECT 100000000 + i * 149987, 5000 + (i::bigint * 7919 + 12345) * 104729 %% "
		"990000"
		" FROM generate_series(1, %d) AS i",
		BENCH_ACCOUNTS);
	pg_exec("CREATE SCHEMA plain; CREATE TABLE plain.accounts (LIKE accounts INCLUDING ALL);"
		"INSERT INTO plain.accounts SELECT * FROM accounts;"
		"CREATE TABLE plain.transfers (LIKE transfers INCLUDING ALL);"
		"ALTER TABLE plain.transfers SET (autovacuum_enabled = off);"
		"ALTER TABLE accounts SET (autovacuum_enabled = off);"
		"ALTER TABLE plain.accounts SET (autovacuum_enabled = off);"
		"ALTER TABLE transfers SET (autovacuum_enabled = off)");
	pg_exec("VACUUM ANALYZE");
}

static bool is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_banks();
	for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
		if (is_wanted(measures[i].name, argc, argv))
			measures[i].measure();
	return 0;
}
