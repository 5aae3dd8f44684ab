/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The retry loop in C with libpq: the whole transaction runs again, with new reads, where the server asks for it. */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* UNKNOWN: COMMIT was sent, its answer was lost. Look the transfer up by its key; never send it again without one. */
enum outcome { COMMITTED, FAILED, GAVE_UP, UNKNOWN };

/* The connection, and the SQLSTATE of the statement that failed: "" where no server said one. */
struct client {
	PGconn *conn;
	char state[6];
};

/* Reads, decides and writes; false: it failed. It may run several times: it sends no e-mail and counts nothing. */
typedef bool body(struct client *client, void *arg);

/* NULL: it failed. The caller clears the result. */
static PGresult *client_query(struct client *client, const char *sql, int n, const char *const *params)
{
	PGresult *result = PQexecParams(client->conn, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return result;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	snprintf(client->state, sizeof client->state, "%s", state ? state : "");
	PQclear(result);
	return NULL;
}

static bool client_run(struct client *client, const char *sql, int n, const char *const *params)
{
	PGresult *result = client_query(client, sql, n, params);
	PQclear(result);
	return result != NULL;
}

/* Serialization failure, deadlock: nothing else is worth another attempt. */
static bool client_asks_for_retry(const struct client *client)
{
	return strcmp(client->state, "40001") == 0 || strcmp(client->state, "40P01") == 0;
}

/* A COMMIT of a failed transaction rolls back without an error: its tag says so. */
static enum outcome client_commit(struct client *client)
{
	PGresult *result = client_query(client, "COMMIT", 0, NULL);
	bool committed = result && strcmp(PQcmdStatus(result), "COMMIT") == 0;
	bool refused = result || (client->state[0] && strcmp(client->state, "40003") != 0);
	PQclear(result);
	if (committed)
		return COMMITTED;
	return refused && PQstatus(client->conn) == CONNECTION_OK ? FAILED : UNKNOWN;
}

static enum outcome client_attempt(struct client *client, body *run, void *arg)
{
	client->state[0] = '\0';
	if (!client_run(client, "BEGIN ISOLATION LEVEL SERIALIZABLE", 0, NULL))
		return FAILED;
	enum outcome outcome = run(client, arg) ? client_commit(client) : FAILED;
	if (PQtransactionStatus(client->conn) == PQTRANS_INTRANS ||
	    PQtransactionStatus(client->conn) == PQTRANS_INERROR)
		PQclear(PQexec(client->conn, "ROLLBACK"));
	return outcome;
}

/* No lock is held meanwhile. Jitter parts those who failed together. */
static void client_back_off(int attempt)
{
	long most_ms = attempt < 7 ? 10L << attempt : 1000;
	long ms = rand() % (most_ms + 1);
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

enum outcome transact(struct client *client, int attempts, body *run, void *arg)
{
	for (int attempt = 1;; attempt++) {
		enum outcome outcome = client_attempt(client, run, arg);
		if (outcome != FAILED || !client_asks_for_retry(client))
			return outcome;
		if (attempt >= attempts)
			return GAVE_UP;
		client_back_off(attempt);
	}
}

struct move {
	const char *source, *destination;
};

/* Such a body: a transfer of half of one balance. */
bool move_half(struct client *client, void *arg)
{
	const struct move *move = arg;
	char amount[24];
	PGresult *read = client_query(client, "SELECT balance FROM accounts WHERE id = $1", 1, &move->source);
	bool found = read && PQntuples(read) == 1;
	if (found) /* of this attempt's read, never of an earlier one's */
		snprintf(amount, sizeof amount, "%ld", atol(PQgetvalue(read, 0, 0)) / 2);
	PQclear(read);
	return found &&
	       client_run(client, "UPDATE accounts SET balance = balance - $1 WHERE id = $2", 2,
			  (const char *const[]){amount, move->source}) &&
	       client_run(client, "UPDATE accounts SET balance = balance + $1 WHERE id = $2", 2,
			  (const char *const[]){amount, move->destination});
}
