/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the versions differ, and the words of the stand-in's errors. */
#include <string.h>

#include "tests/crdb/standin_internal.h"

static const struct ways ways[] = {
	[STANDIN_2_2] = {"CockroachDB OSS v2.2.0-alpha.20190211 (x86_64-unknown-linux-gnu, built 2019/02/11, go1.11.4)",
			 "XX000", "XX000", "3B000", "XX000", true, true, false, false},
	[STANDIN_20_1] = {"CockroachDB CCL v20.1.5 (x86_64-unknown-linux-gnu, built 2020/08/24 19:52:08, go1.13.9)",
			  "XXUUU", "25001", "3B001", "42601", false, false, false, false},
	[STANDIN_22_1] = {"CockroachDB CCL v22.1.0-alpha.1 (x86_64-pc-linux-gnu, built 2022/02/08 06:15:10, go1.17.6)",
			  "3B001", "25001", "3B001", "42601", false, false, false, false},
	[STANDIN_25_4] = {"CockroachDB CCL v25.4.1 (x86_64-pc-linux-gnu, built 2025/11/24, go1.23.12)", NULL, "25001",
			  "3B001", "42601", false, false, true, false},
	/* Buffered writes: a conflict surfaces at the commit. */
	[STANDIN_26_2] = {"CockroachDB CCL v26.2.0 (x86_64-pc-linux-gnu, built 2026/05/04, go1.25.5)", NULL, "25001",
			  "3B001", "42601", false, true, true, true},
};

const struct ways *sql_ways(enum standin_version version)
{
	return &ways[version];
}

const char *sql_version(enum standin_version version)
{
	return ways[version].version;
}

const char *sql_message(const char *sqlstate)
{
	static const char *const known[][2] = {
		{"40001",
		 "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry txn "
		 "(RETRY_SERIALIZABLE)"},
		{"40003", "result is ambiguous: replica unavailable"},
		{"57014", "query execution canceled"},
		{"57P01", "server is shutting down"},
		{"25P02", "current transaction is aborted, commands ignored until end of transaction block"},
		{"25000", "current transaction is committed, commands ignored until end of transaction block"},
		{"3B001", "savepoint \"cockroach_restart\" does not exist"},
		{"3B000", "savepoint cockroach_restart has not been used"},
		{"23505", "duplicate key value violates unique constraint \"transfers_pkey\""},
		{"22012", "division by zero"},
		{"25001", "there is already a transaction in progress"},
		{"42704", "unrecognized configuration parameter \"allow_unsafe_internals\""},
		{"42501", "Access to crdb_internal and system is restricted."},
		{"0A000", "cannot rollback to savepoint after error"},
		{"42601", "SAVEPOINT \"cockroach_restart\" needs to be the first statement in a transaction"},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i][0], sqlstate) == 0)
			return known[i][1];
	return "an error of the stand-in";
}
