/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks in one order in C with libpq: who takes rows in the order of their ids is in no deadlock over them. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* False where it failed: the transaction is to be rolled back. */
static bool move_add(PGconn *conn, long id, long amount)
{
	char texts[2][24];
	const char *params[] = {texts[0], texts[1]};
	snprintf(texts[0], sizeof texts[0], "%ld", amount);
	snprintf(texts[1], sizeof texts[1], "%ld", id);
	PGresult *result = PQexecParams(conn, "UPDATE accounts SET balance = balance + $1 WHERE id = $2", 2, NULL,
					params, NULL, NULL, 0);
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return done;
}

/* Locks both rows before anything is decided, the lower id first. The source must hold the amount. */
static bool move_lock(PGconn *conn, long source, long destination, long amount)
{
	char ids[64];
	const char *params[] = {ids};
	snprintf(ids, sizeof ids, "{%ld,%ld}", source, destination);
	PGresult *rows = PQexecParams(conn,
				      "SELECT id, balance FROM accounts WHERE id = ANY($1::bigint[]) "
				      "ORDER BY id FOR UPDATE",
				      1, NULL, params, NULL, NULL, 0);
	bool holds = PQresultStatus(rows) == PGRES_TUPLES_OK && PQntuples(rows) == 2;
	for (int i = 0; holds && i < 2; i++)
		if (atol(PQgetvalue(rows, i, 0)) == source)
			holds = atol(PQgetvalue(rows, i, 1)) >= amount;
	PQclear(rows);
	return holds;
}

/* In a transaction. Behind the lock nobody else can change the two rows: the order of the updates does not matter. */
bool transfer(PGconn *conn, long source, long destination, long amount)
{
	return move_lock(conn, source, destination, amount) && move_add(conn, source, -amount) &&
	       move_add(conn, destination, amount);
}
