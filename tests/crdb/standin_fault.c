/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement of the stand-in is run, with the fault of the script that is due at it. */
#include <string.h>
#include <unistd.h>

#include "tests/crdb/standin_internal.h"

void wire_note(struct standin_shared *shared, char c)
{
	if (shared->nlog + 1 < STANDIN_LOG)
		shared->log[shared->nlog++] = c;
}

static const struct standin_fault *fault_at(struct standin_shared *shared, enum standin_kind kind)
{
	unsigned nth = ++shared->seen[kind];
	for (size_t i = 0; i < shared->nfaults; i++)
		if (shared->faults[i].kind == kind && shared->faults[i].nth == nth) {
			shared->happened++;
			return &shared->faults[i];
		}
	return NULL;
}

/* A RELEASE that committed, and is answered with an error, leaves the transaction aborted and not in COMMIT_WAIT. */
static void fail_after(struct server *server, struct conn *conn, const char *sqlstate, struct reply *reply)
{
	if (conn->portal.kind == KIND_RELEASE && conn->txn.state == STATE_COMMIT_WAIT)
		conn->txn.state = STATE_OPEN;
	sql_fail(server->shared, &conn->txn, conn->portal.kind, sqlstate, reply);
}

static void apply(struct server *server, struct conn *conn, struct reply *reply)
{
	sql_run(server->shared, &conn->txn, &conn->portal, &conn->params, reply);
}

static void answer(struct server *server, struct conn *conn, const struct reply *reply)
{
	struct standin_shared *shared = server->shared;
	wire_note(shared, sql_letter(conn->portal.kind));
	if (reply->sqlstate)
		wire_note(shared, '!');
	wire_reply(server, conn, reply);
	conn->txn.row_due |= reply->row && conn->txn.state == STATE_OPEN;
	if (conn->portal.kind == KIND_ROLLBACK && !reply->sqlstate)
		server_rolled_back(server, conn);
}

static bool run_plainly(struct server *server, struct conn *conn)
{
	struct reply reply;
	apply(server, conn, &reply);
	if (reply.forever) {
		server->shared->retrying = true;
		conn->stalled = true;
		return false;
	}
	answer(server, conn, &reply);
	return true;
}

static bool stall(struct server *server, struct conn *conn)
{
	conn->stalled = conn->stall_over = true;
	server->shared->stalled = true;
	return false;
}

/* The client's side is closed; what it sent is kept. */
static bool hold_back(struct conn *conn)
{
	wire_flush(conn);
	close(conn->fd);
	conn->fd = -1;
	conn->late = conn->stall_over = true;
	return false;
}

static bool end_here(struct server *server, struct conn *conn, const struct standin_fault *fault)
{
	wire_note(server->shared, sql_letter(conn->portal.kind));
	wire_note(server->shared, '/');
	if (fault->effect == EFFECT_FATAL || fault->effect == EFFECT_FATAL_DONE) {
		/* Whether it is called FATAL is not documented: older ones are taken to say ERROR to everything. */
		bool modern = server->shared->version >= STANDIN_25_4;
		wire_error(server, conn, modern ? "FATAL" : "ERROR", fault->sqlstate, "server is shutting down");
	}
	wire_flush(conn);
	conn->closing = true;
	return false;
}

/* Returns false where the statement is not over: the connection stalls, or ends. */
static bool run_with(struct server *server, struct conn *conn, const struct standin_fault *fault)
{
	struct reply reply;
	switch (fault->effect) {
	case EFFECT_ERROR:
		sql_fail(server->shared, &conn->txn, conn->portal.kind, fault->sqlstate, &reply);
		answer(server, conn, &reply);
		return true;
	case EFFECT_ERROR_DONE:
		apply(server, conn, &reply);
		fail_after(server, conn, fault->sqlstate, &reply);
		answer(server, conn, &reply);
		return true;
	case EFFECT_CLOSE_DONE:
	case EFFECT_FATAL_DONE:
		apply(server, conn, &reply);
		return end_here(server, conn, fault);
	case EFFECT_CLOSE:
	case EFFECT_FATAL:
		return end_here(server, conn, fault);
	case EFFECT_LATE:
		return hold_back(conn);
	case EFFECT_STALL:
		return stall(server, conn);
	case EFFECT_ENDS:
		apply(server, conn, &reply);
		sql_end_silently(server->shared, &conn->txn);
		answer(server, conn, &reply);
		return true;
	}
	return true;
}

bool wire_execute(struct server *server, struct conn *conn)
{
	const struct standin_fault *fault = conn->stall_over ? NULL : fault_at(server->shared, conn->portal.kind);
	bool over = fault ? run_with(server, conn, fault) : run_plainly(server, conn);
	if (over)
		conn->stall_over = false;
	return over;
}
