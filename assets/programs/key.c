/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The idempotency key in C with libpq: the same request, sent twice, moves the money once. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

/* All as text. The key, a UUID, is made once, before the first attempt, and kept with the order that it belongs to. */
struct payment {
	const char *key, *source, *destination, *amount;
};

enum paid { PAID, PAID_ALREADY, REJECTED, TRY_AGAIN, BROKEN };

/* How many rows it touched: "0", "1"; NULL: it failed. The result is the caller's. */
static const char *pay_run(PGconn *conn, const char *sql, int n, const char *const *params, PGresult **result)
{
	*result = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);
	return PQresultStatus(*result) == PGRES_COMMAND_OK ? PQcmdTuples(*result) : NULL;
}

/* A lost connection, a server that goes down, and what the server wants tried again: 40001, 40P01. */
static enum paid pay_failed(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	bool again = !state || strncmp(state, "40", 2) == 0 || strncmp(state, "57P", 3) == 0;
	return again ? TRY_AGAIN : BROKEN;
}

/* `none` where it touches no row. */
static enum paid pay_step(PGconn *conn, const char *sql, int n, const char *const *params, enum paid none)
{
	PGresult *result;
	const char *rows = pay_run(conn, sql, n, params, &result);
	enum paid paid = !rows ? pay_failed(result) : strcmp(rows, "0") == 0 ? none : PAID;
	PQclear(result);
	return paid;
}

/* The key is written with the money: both are there, or neither is. Who finds the key there may rely on it: the INSERT
 * has waited for the commit of whoever wrote it. */
static enum paid pay_body(PGconn *conn, const struct payment *pay)
{
	enum paid paid = pay_step(conn,
				  "INSERT INTO transfers (id, source, destination, amount) VALUES ($1, $2, $3, $4) "
				  "ON CONFLICT (id) DO NOTHING",
				  4, (const char *const[]){pay->key, pay->source, pay->destination, pay->amount},
				  PAID_ALREADY);
	if (paid == PAID)
		paid = pay_step(conn, "UPDATE accounts SET balance = balance - $1 WHERE id = $2 AND balance >= $1", 2,
				(const char *const[]){pay->amount, pay->source}, REJECTED);
	if (paid == PAID)
		paid = pay_step(conn, "UPDATE accounts SET balance = balance + $1 WHERE id = $2", 2,
				(const char *const[]){pay->amount, pay->destination}, REJECTED);
	return paid;
}

/* TRY_AGAIN: call it again, with the same key, on a new connection where this one is lost. Whether the COMMIT of the
 * call before arrived does not matter then. */
enum paid pay_once(PGconn *conn, const struct payment *pay)
{
	PQclear(PQexec(conn, "BEGIN"));
	if (PQtransactionStatus(conn) != PQTRANS_INTRANS)
		return TRY_AGAIN;
	enum paid paid = pay_body(conn, pay);
	PGresult *end = PQexec(conn, paid == PAID ? "COMMIT" : "ROLLBACK");
	if (paid == PAID && PQresultStatus(end) != PGRES_COMMAND_OK)
		paid = pay_failed(end);
	PQclear(end);
	return paid;
}
