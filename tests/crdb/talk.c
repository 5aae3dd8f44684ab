/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A conversation with the stand-in, statement by statement: what is said, the tag or SQLSTATE, and the status byte
 * behind it. */
#include "tests/crdb/talk.h"

#include <string.h>

#include "tests/support/check.h"

struct talk talk;

PGconn *talk_connect(void)
{
	const char *keywords[] = {"host", "port", "user", "dbname", NULL};
	const char *values[] = {talk.standin.dir, "26257", "root", "bank", NULL};
	PGconn *made = PQconnectdbParams(keywords, values, 0);
	if (PQstatus(made) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(made));
	return made;
}

static void ignore(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

int talk_setup(void **state)
{
	talk.version = *(const enum standin_version *)*state;
	standin_start(&talk.standin, talk.version);
	talk.conn = talk_connect();
	PQsetNoticeProcessor(talk.conn, ignore, NULL);
	return 0;
}

int talk_teardown(void **state)
{
	(void)state;
	PQfinish(talk.conn);
	standin_stop(&talk.standin);
	return 0;
}

char talk_status(PGconn *c)
{
	switch (PQtransactionStatus(c)) {
	case PQTRANS_IDLE:
		return 'I';
	case PQTRANS_INTRANS:
		return 'T';
	case PQTRANS_INERROR:
		return 'E';
	case PQTRANS_ACTIVE:
	case PQTRANS_UNKNOWN:
		break;
	}
	return '?';
}

void talk_on(PGconn *c, const char *sql, const char *p1, const char *p2, const char *expected, char status)
{
	const char *params[] = {p1, p2};
	PGresult *result = PQexecParams(c, sql, p2 ? 2 : p1 ? 1 : 0, NULL, params, NULL, NULL, 0);
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *answer = sqlstate ? sqlstate : PQcmdStatus(result);
	if (strcmp(answer, expected) != 0 || talk_status(c) != status)
		fail_msg("%s: answered %s %c, not %s %c (%s)", sql, answer, talk_status(c), expected, status,
			 PQresultErrorMessage(result));
	PQclear(result);
}

/* The statement is answered with this tag or SQLSTATE, and then this status byte. */
void talk_say(const char *sql, const char *expected, char status)
{
	talk_on(talk.conn, sql, NULL, NULL, expected, status);
}

void talk_write(const char *balance, const char *expected, char status)
{
	talk_on(talk.conn, STANDIN_WRITE, "1", balance, expected, status);
}

void talk_read(const char *expected, char status)
{
	talk_on(talk.conn, STANDIN_READ, "1", NULL, expected, status);
}

long talk_balance(int id)
{
	return talk.standin.shared->accounts[id - 1].balance;
}

void talk_open(void)
{
	talk_say("BEGIN", "BEGIN", 'T');
	talk_say(SAVEPOINT, "SAVEPOINT", 'T');
	talk_read("SELECT 1", 'T');
}

void talk_fault(enum standin_kind kind, enum standin_effect effect, const char *sqlstate)
{
	standin_arm(&talk.standin);
	standin_fault(&talk.standin, kind, 1, effect, sqlstate);
}

bool talk_is_old(void)
{
	return talk.version == STANDIN_2_2;
}

/* The status byte after 40001 with the savepoint declared. */
char talk_after_retry(void)
{
	return talk_is_old() ? 'T' : 'E';
}

const char *talk_no_savepoint(void)
{
	return talk_is_old() ? "3B000" : "3B001";
}

/* ---- tests ---- */
