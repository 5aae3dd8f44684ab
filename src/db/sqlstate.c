/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an SQLSTATE asks of a client: one table of codes, by server and by phase. */
#include "db/sqlstate.h"

#include <stddef.h>
#include <string.h>

enum { PG = 1, CR = 2, BOTH = PG | CR };

/*
 * Sources: PostgreSQL's error codes (appendix A) and 13.5 "Serialization Failure Handling"; CockroachDB's "Common Errors",
 * "Transaction Retry Error Reference" and its pgcode list. A code of two characters stands for its class; the first row that
 * fits decides. The words are for people, in the log.
 */
static const struct row {
	const char *code;
	int servers;
	enum sql_class work;
	enum sql_class commit;
	const char *name;
} table[] = {
	{"40001", BOTH, CLASS_RETRY_TXN, CLASS_RETRY_TXN, "serialization failure"},
	{"40P01", PG, CLASS_RETRY_TXN, CLASS_RETRY_TXN, "deadlock"},
	{"40003", BOTH, CLASS_AMBIGUOUS, CLASS_AMBIGUOUS, "result is ambiguous"},
	{"40", BOTH, CLASS_FINAL, CLASS_FINAL, "transaction rolled back"},
	{"25P02", BOTH, CLASS_FOLLOW_UP, CLASS_FOLLOW_UP, "transaction is aborted"},
	{"25P03", PG, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "idle in transaction too long"},
	{"25P04", PG, CLASS_FINAL, CLASS_AMBIGUOUS, "transaction timeout"},
	{"25000", CR, CLASS_FINAL, CLASS_COMMITTED, "transaction is committed"},
	{"25P01", BOTH, CLASS_FINAL, CLASS_FINAL, "no transaction"},
	{"25001", BOTH, CLASS_FINAL, CLASS_FINAL, "already a transaction"},
	{"25006", BOTH, CLASS_FINAL, CLASS_FINAL, "read-only"},
	{"3B001", BOTH, CLASS_FINAL, CLASS_FINAL, "no such savepoint"},
	{"3B000", BOTH, CLASS_FINAL, CLASS_FINAL, "no such savepoint"},
	{"55P03", BOTH, CLASS_FINAL, CLASS_FINAL, "lock not available"},
	{"57014", CR, CLASS_FINAL, CLASS_AMBIGUOUS, "cancelled"},
	{"57014", PG, CLASS_FINAL, CLASS_FINAL, "cancelled"},
	{"57P01", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "server is shutting down"},
	{"57P02", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "server crashed"},
	{"57P03", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "server is starting or stopping"},
	{"57P04", BOTH, CLASS_FINAL, CLASS_AMBIGUOUS, "database was dropped"},
	{"57P05", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "idle too long"},
	{"53300", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "too many clients"},
	{"53400", BOTH, CLASS_FINAL, CLASS_FINAL, "limit exceeded"},
	{"53200", BOTH, CLASS_FINAL, CLASS_FINAL, "out of memory"},
	{"54000", BOTH, CLASS_FINAL, CLASS_FINAL, "transaction too large"},
	{"08P01", BOTH, CLASS_FINAL, CLASS_AMBIGUOUS, "protocol violation"},
	{"08", BOTH, CLASS_RETRY_CONN, CLASS_AMBIGUOUS, "connection failure"},
	{"58C00", CR, CLASS_RETRY_TXN, CLASS_AMBIGUOUS, "range unavailable"},
	{"58C01", CR, CLASS_RETRY_TXN, CLASS_AMBIGUOUS, "internal connection failure"},
	{"XXUUU", CR, CLASS_FINAL, CLASS_AMBIGUOUS, "uncategorised error"},
	{"XX000", CR, CLASS_FINAL, CLASS_AMBIGUOUS, "internal error"},
	{"XX", BOTH, CLASS_FINAL, CLASS_FINAL, "internal error"},
	{"23505", BOTH, CLASS_FINAL, CLASS_FINAL, "duplicate key"},
	{"23502", BOTH, CLASS_FINAL, CLASS_FINAL, "NULL not allowed"},
	{"23514", BOTH, CLASS_FINAL, CLASS_FINAL, "check constraint"},
	{"23503", BOTH, CLASS_FINAL, CLASS_FINAL, "foreign key"},
	{"23", BOTH, CLASS_FINAL, CLASS_FINAL, "constraint violated"},
	{"22003", BOTH, CLASS_FINAL, CLASS_FINAL, "number out of range"},
	{"22012", BOTH, CLASS_FINAL, CLASS_FINAL, "division by zero"},
	{"22P02", BOTH, CLASS_FINAL, CLASS_FINAL, "invalid input"},
	{"42501", BOTH, CLASS_FINAL, CLASS_FINAL, "permission denied"},
	{"42601", BOTH, CLASS_FINAL, CLASS_FINAL, "syntax error"},
	{"42P01", BOTH, CLASS_FINAL, CLASS_FINAL, "no such table"},
	{"42703", BOTH, CLASS_FINAL, CLASS_FINAL, "no such column"},
	{"0A", BOTH, CLASS_FINAL, CLASS_FINAL, "not supported"},
	{"P0001", BOTH, CLASS_FINAL, CLASS_FINAL, "raised by a function"},
};

static const struct row *find(const char *sqlstate, int servers)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if ((table[i].servers & servers) && strncmp(sqlstate, table[i].code, strlen(table[i].code)) == 0)
			return &table[i];
	return NULL;
}

enum sql_class sqlstate_class(const char *sqlstate, enum sql_server server, enum sql_phase phase)
{
	if (!sqlstate[0])
		return phase == PHASE_WORK ? CLASS_RETRY_CONN : CLASS_AMBIGUOUS;
	const struct row *row = find(sqlstate, server == SERVER_COCKROACH ? CR : PG);
	if (!row)
		return CLASS_FINAL;
	return phase == PHASE_WORK ? row->work : row->commit;
}

const char *sqlstate_name(const char *sqlstate)
{
	const struct row *row = sqlstate[0] ? find(sqlstate, BOTH) : NULL;
	return row ? row->name : NULL;
}
