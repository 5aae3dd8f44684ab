/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an SQLSTATE asks of a client: one table of codes, by server and by phase. */
#include "db/sqlstate.h"

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

enum { PG = 1 << SERVER_POSTGRES, CR = 1 << SERVER_COCKROACH, ANY = ~0 };

/*
 * Sources: PostgreSQL's error codes (appendix A) and 13.5 "Serialization Failure Handling"; CockroachDB's "Common
 * Errors", "Transaction Retry Error Reference" and its pgcode list. A code of two characters stands for its class; the
 * first row that fits decides. What is in no row is final, but ambiguous once the commit was sent: only errors that are
 * known to come before a commit's record say that nothing was committed.
 */
static const struct row {
	const char *code;
	int servers;
	enum sql_class work;
	enum sql_class commit;
} table[] = {
	{"40001", ANY, CLASS_RETRY_TXN, CLASS_RETRY_TXN}, /* serialization failure */
	{"40P01", PG, CLASS_RETRY_TXN, CLASS_RETRY_TXN},  /* deadlock; CockroachDB says 40001 */
	{"40003", ANY, CLASS_AMBIGUOUS, CLASS_AMBIGUOUS}, /* statement completion unknown */
	{"25P02", ANY, CLASS_FOLLOW_UP, CLASS_FOLLOW_UP}, /* in a failed transaction */
	{"25P03", PG, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* idle in transaction too long: the session ends */
	{"25P04", PG, CLASS_FINAL, CLASS_AMBIGUOUS},      /* transaction_timeout: the session ends */
	{"25000", CR, CLASS_FINAL, CLASS_COMMITTED},      /* after RELEASE: the transaction is committed */
	{"57014", CR, CLASS_FINAL, CLASS_AMBIGUOUS},      /* cancelled; may cover a commit that went through */
	{"57014", PG, CLASS_FINAL, CLASS_FINAL},
	{"57P01", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* shutting down, draining, session ended */
	{"57P02", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* crash shutdown */
	{"57P03", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* starting, stopping, in recovery */
	{"57P04", ANY, CLASS_FINAL, CLASS_AMBIGUOUS},      /* database dropped */
	{"57P05", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* idle session timeout */
	{"53300", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS}, /* too many clients */
	{"08P01", ANY, CLASS_FINAL, CLASS_AMBIGUOUS},      /* protocol violation */
	{"08", ANY, CLASS_RETRY_CONN, CLASS_AMBIGUOUS},    /* connection exception */
	{"58C00", CR, CLASS_RETRY_TXN, CLASS_AMBIGUOUS},   /* range unavailable */
	{"58C01", CR, CLASS_RETRY_TXN, CLASS_AMBIGUOUS},   /* internal connection failure */
	{"XXA00", CR, CLASS_FINAL, CLASS_COMMITTED},       /* committed; a change of the schema failed behind it */
	{"XXUUU", CR, CLASS_FINAL, CLASS_AMBIGUOUS},       /* uncategorised */
	{"XX000", CR, CLASS_FINAL, CLASS_AMBIGUOUS},       /* internal */
	{"26000", ANY, CLASS_RETRY_TXN, CLASS_RETRY_TXN},  /* the session has forgotten a prepared statement */
	{"42P05", ANY, CLASS_RETRY_TXN, CLASS_RETRY_TXN},  /* or knows one that was not expected there */
	{"0A", ANY, CLASS_FINAL, CLASS_FINAL},             /* not supported */
	{"21", ANY, CLASS_FINAL, CLASS_FINAL},             /* cardinality */
	{"22", ANY, CLASS_FINAL, CLASS_FINAL},             /* data */
	{"23", ANY, CLASS_FINAL, CLASS_FINAL},             /* integrity, deferred constraints too */
	{"25", ANY, CLASS_FINAL, CLASS_FINAL},             /* state of the transaction */
	{"3B", ANY, CLASS_FINAL, CLASS_FINAL},             /* no such savepoint */
	{"40", ANY, CLASS_FINAL, CLASS_FINAL},             /* rolled back */
	{"42", ANY, CLASS_FINAL, CLASS_FINAL},             /* syntax, rights */
	{"44", ANY, CLASS_FINAL, CLASS_FINAL},             /* WITH CHECK OPTION */
	{"53", ANY, CLASS_FINAL, CLASS_FINAL},             /* no room for it */
	{"54", ANY, CLASS_FINAL, CLASS_FINAL},             /* too complex */
	{"55", ANY, CLASS_FINAL, CLASS_FINAL},             /* not in the state for it */
	{"P0", ANY, CLASS_FINAL, CLASS_FINAL},             /* raised by a function */
};

enum sql_conflict sqlstate_conflict(const char *sqlstate)
{
	if (strcmp(sqlstate, "40001") == 0)
		return CONFLICT_SERIALIZATION;
	return strcmp(sqlstate, "40P01") == 0 ? CONFLICT_DEADLOCK : CONFLICT_NONE;
}

/* invalid_text_representation, character_not_in_repertoire, numeric_value_out_of_range. Of CockroachDB: pgwire's
 * decoding of a Bind, "error in argument for $2: ... strconv.ParseInt: parsing "99...": value out of range". */
bool sqlstate_missing(const char *sqlstate)
{
	static const char *const missing[] = {"42703", "42P01", "42883", "42804"};
	for (size_t i = 0; i < COUNT_OF(missing); i++)
		if (strcmp(sqlstate, missing[i]) == 0)
			return true;
	return false;
}

enum sql_value sqlstate_value(const char *sqlstate, const char *message)
{
	static const char argument[] = "error in argument for $";
	if (strcmp(sqlstate, "22P02") == 0 || strcmp(sqlstate, "22021") == 0)
		return VALUE_SPELLING;
	if (strcmp(sqlstate, "22003") == 0)
		return VALUE_RANGE;
	if (strcmp(sqlstate, "08P01") != 0 || strncmp(message, argument, sizeof argument - 1) != 0)
		return VALUE_FINE;
	return strstr(message, "out of range") ? VALUE_RANGE : VALUE_SPELLING;
}

bool sqlstate_goes(const char *sqlstate)
{
	return strcmp(sqlstate, "57P01") == 0 || strcmp(sqlstate, "57P02") == 0 || strcmp(sqlstate, "57P03") == 0;
}

bool sqlstate_valid(const char *sqlstate)
{
	return strlen(sqlstate) == 5 && strspn(sqlstate, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5;
}

enum sql_class sqlstate_class(const char *sqlstate, enum sql_server server, enum sql_phase phase)
{
	int here = 1 << server;
	if (!sqlstate[0])
		return phase == PHASE_WORK ? CLASS_RETRY_CONN : CLASS_AMBIGUOUS;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if ((table[i].servers & here) && strncmp(sqlstate, table[i].code, strlen(table[i].code)) == 0)
			return phase == PHASE_WORK ? table[i].work : table[i].commit;
	return phase == PHASE_WORK ? CLASS_FINAL : CLASS_AMBIGUOUS;
}
