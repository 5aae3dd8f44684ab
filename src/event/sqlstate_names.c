/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short names of the SQLSTATEs that people meet here. */
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "event/show.h"

/* A code of two characters stands for its class; the first row that fits decides. Sources: PostgreSQL's appendix A,
 * CockroachDB's "Common Errors" and pgcode list. */
static const struct {
	const char *code, *name;
} reasons[] = {
	{"40001", "serialization failure"},
	{"40P01", "deadlock"},
	{"40003", "result is ambiguous"},
	{"40", "transaction rolled back"},
	{"25P02", "transaction is aborted"},
	{"25P03", "idle in transaction too long"},
	{"25P04", "transaction timeout"},
	{"25P01", "no transaction"},
	{"25001", "already a transaction"},
	{"25006", "read-only"},
	{"3B", "no such savepoint"},
	{"55P03", "lock not available"},
	{"57014", "cancelled"},
	{"57P01", "server is shutting down"},
	{"57P02", "server crashed"},
	{"57P03", "server is starting or stopping"},
	{"57P04", "database was dropped"},
	{"57P05", "idle too long"},
	{"53300", "too many clients"},
	{"53200", "out of memory"},
	{"54000", "transaction too large"},
	{"08P01", "protocol violation"},
	{"08", "connection failure"},
	{"58C00", "range unavailable"},
	{"58C01", "internal connection failure"},
	{"XX", "internal error"},
	{"23505", "duplicate key"},
	{"23502", "NULL not allowed"},
	{"23514", "check constraint"},
	{"23503", "foreign key"},
	{"23", "constraint violated"},
	{"22003", "number out of range"},
	{"22012", "division by zero"},
	{"22P02", "invalid input"},
	{"42501", "permission denied"},
	{"42601", "syntax error"},
	{"42P01", "no such table"},
	{"42703", "no such column"},
	{"0A", "not supported"},
	{"P0001", "raised by a function"},
};

const char *show_reason(const char sqlstate[6])
{
	if (!sqlstate[0])
		return NULL;
	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (strncmp(sqlstate, reasons[i].code, strlen(reasons[i].code)) == 0)
			return reasons[i].name;
	return NULL;
}
