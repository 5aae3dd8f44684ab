/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tries out whether the sessions behind a pooler keep their backends: all hold a transaction, give it back, and ask
 * again. */
#include "db/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum seat_state {
	SEAT_WAITS, /* for a backend */
	SEAT_HOLDS, /* one, with a transaction */
	SEAT_BACK,  /* it has given it back */
	SEAT_NONE,  /* refused, lost, or closed because it waited too long */
};

struct seat {
	struct pool_probe *probe;
	struct db *db;
	enum seat_state state;
	int pid;   /* of its backend, while it held one */
	int again; /* of the one that answered last */
	bool failed;
};

struct pool_probe {
	struct seat *seats;
	size_t n;
	enum { HOLDING, GIVING_BACK, ASKING, OVER } phase;
	size_t at;      /* the seat whose turn it is to give back or ask */
	unsigned asked; /* by it, so often */
	struct timer *limit, *soon;
	uint64_t limit_ms;
	struct pool_answer answer;
	char *why;
	bool refused; /* transactions were */
	pool_fn *done;
	void *arg;
};

enum { QUESTIONS = 2 };

#define ASK_PID "SELECT pg_catalog.pg_backend_pid()"

static void stir(struct pool_probe *probe)
{
	timer_start(probe->soon, 0);
}

/* ---- one session ---- */

static void pool_fail(struct seat *seat, const struct answer *answer)
{
	struct pool_probe *probe = seat->probe;
	seat->failed = true;
	if (!probe->why)
		probe->why = mem_dup(answer->message);
}

/* PgBouncer says 08P01 and closes the connection; an answer that leaves it open is as clear. */
static bool is_refusal(const struct answer *answer)
{
	return strcmp(answer->sqlstate, "08P01") == 0 || (!answer->lost && answer->sqlstate[0]);
}

static void pool_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct seat *seat = arg;
	const char *pid = answer->ok && answer->rows ? rows_cell(answer->rows, 0, 0) : NULL;
	(void)index;
	if (pid)
		seat->again = atoi(pid);
	if (answer->ok || seat->failed)
		return;
	pool_fail(seat, answer);
	seat->probe->refused = seat->probe->refused || is_refusal(answer);
}

static void pool_on_idle(void *arg)
{
	struct seat *seat = arg;
	if (seat->state == SEAT_WAITS)
		seat->state = seat->failed ? SEAT_NONE : SEAT_HOLDS;
	else if (seat->probe->phase == GIVING_BACK)
		seat->state = SEAT_BACK;
	stir(seat->probe);
}

static void pool_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct seat *seat = arg;
	(void)answered;
	if (!seat->failed)
		pool_fail(seat, why);
	seat->probe->refused = seat->probe->refused || is_refusal(why);
	seat->state = SEAT_NONE;
	stir(seat->probe);
}

static void send_to(struct seat *seat, const struct statement *statements, size_t n)
{
	struct db_context context = {0};
	struct db_reply reply = {pool_on_answer, pool_on_idle, pool_on_lost, seat, NULL};
	db_send(seat->db, statements, n, &context, &reply);
}

/* ---- all of them ---- */

static size_t count(const struct pool_probe *probe, enum seat_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < probe->n; i++)
		n += probe->seats[i].state == state;
	return n;
}

static bool is_busy(const struct pool_probe *probe)
{
	for (size_t i = 0; i < probe->n; i++)
		if (db_state(probe->seats[i].db) == DB_BUSY)
			return true;
	return false;
}

static void hold_all(struct pool_probe *probe)
{
	static const struct statement statements[] = {
		{.sql = "BEGIN READ ONLY", .verb = VERB_BEGIN, .once = true},
		{.sql = ASK_PID, .verb = VERB_SELECT, .once = true},
	};
	for (size_t i = 0; i < probe->n; i++)
		send_to(&probe->seats[i], statements, COUNT_OF(statements));
}

static bool share_one(const struct pool_probe *probe)
{
	for (size_t i = 0; i < probe->n; i++)
		for (size_t k = 0; k < i; k++)
			if (probe->seats[i].pid == probe->seats[k].pid)
				return true;
	return false;
}

/* All have what they will get. */
static enum pool_mode judge_held(const struct pool_probe *probe)
{
	bool waited_out = probe->refused || !probe->why; /* the pooler's patience, or ours */
	if (probe->answer.got == 0 && probe->refused)
		return POOL_STATEMENTS;
	if (probe->answer.got < probe->n)
		return waited_out ? POOL_SMALL : POOL_UNKNOWN;
	return share_one(probe) ? POOL_SHARED : POOL_STEADY; /* until one of them proves otherwise */
}

static void pool_held(struct pool_probe *probe)
{
	for (size_t i = 0; i < probe->n; i++)
		probe->seats[i].pid = probe->seats[i].again;
	probe->answer.got = count(probe, SEAT_HOLDS);
	probe->answer.mode = judge_held(probe);
	probe->phase = GIVING_BACK;
	probe->at = 0;
	timer_start(probe->limit, probe->limit_ms);
}

static void give_back(struct pool_probe *probe)
{
	static const struct statement commit = {.sql = "COMMIT", .verb = VERB_COMMIT, .once = true};
	while (probe->at < probe->n && probe->seats[probe->at].state != SEAT_HOLDS)
		probe->at++;
	if (probe->at < probe->n) {
		send_to(&probe->seats[probe->at], &commit, 1);
		return;
	}
	probe->phase = probe->answer.mode == POOL_STEADY ? ASKING : OVER;
	probe->at = 0;
	stir(probe);
}

static void pool_ask(struct pool_probe *probe)
{
	static const struct statement question = {.sql = ASK_PID, .verb = VERB_SELECT, .once = true};
	const struct seat *seat = &probe->seats[probe->at];
	if (probe->asked > 0 && seat->again != seat->pid)
		probe->answer.mode = POOL_SHARED;
	if (probe->asked == QUESTIONS) {
		probe->asked = 0;
		probe->at++;
	}
	if (probe->answer.mode != POOL_STEADY || probe->at == probe->n) {
		probe->phase = OVER;
		stir(probe);
		return;
	}
	probe->asked++;
	send_to(&probe->seats[probe->at], &question, 1);
}

static void pool_finish(struct pool_probe *probe)
{
	timer_stop(probe->limit);
	probe->answer.why = probe->answer.mode == POOL_UNKNOWN && probe->why ? probe->why : "";
	probe->done(probe->arg, &probe->answer);
}

/* Something was answered, or it is late. */
static void turn(void *arg)
{
	struct pool_probe *probe = arg;
	if (probe->phase == HOLDING && count(probe, SEAT_WAITS) == 0)
		pool_held(probe);
	if (probe->phase == HOLDING || is_busy(probe))
		return;
	if (probe->phase == ASKING && probe->why) {
		probe->answer.mode = POOL_UNKNOWN;
		probe->phase = OVER;
	}
	if (probe->phase == GIVING_BACK)
		give_back(probe);
	else if (probe->phase == ASKING)
		pool_ask(probe);
	else
		pool_finish(probe);
}

static void on_limit(void *arg)
{
	struct pool_probe *probe = arg;
	for (size_t i = 0; i < probe->n; i++) {
		struct seat *seat = &probe->seats[i];
		if (db_state(seat->db) != DB_BUSY)
			continue;
		db_close(seat->db);
		seat->state = SEAT_NONE;
		if (probe->phase != HOLDING && !probe->why)
			probe->why = mem_dup("no answer");
	}
	stir(probe);
}

/* ---- life ---- */

struct pool_probe *pool_probe_start(struct loop *loop, struct db *const dbs[], size_t n, uint64_t limit_ms,
				    pool_fn *done, void *arg)
{
	struct pool_probe *probe = NEW(struct pool_probe);
	probe->seats = mem_array(n, sizeof *probe->seats);
	probe->n = n;
	for (size_t i = 0; i < n; i++)
		probe->seats[i] = (struct seat){.probe = probe, .db = dbs[i]};
	probe->limit_ms = limit_ms;
	probe->limit = timer_new(loop, on_limit, probe);
	probe->soon = timer_new(loop, turn, probe);
	probe->done = done;
	probe->arg = arg;
	hold_all(probe);
	timer_start(probe->limit, limit_ms);
	return probe;
}

void pool_probe_free(struct pool_probe *probe)
{
	if (!probe)
		return;
	for (size_t i = 0; i < probe->n; i++) {
		struct db *db = probe->seats[i].db;
		if (db_state(db) == DB_BUSY || (db_state(db) == DB_IDLE && db_in_transaction(db)))
			db_close(db);
	}
	timer_free(probe->limit);
	timer_free(probe->soon);
	free(probe->why);
	free(probe->seats);
	free(probe);
}

/* PgBouncer in statement mode ends the session at BEGIN. */
const char *pool_advice(const struct db *db, const char *sqlstate)
{
	bool refused = strcmp(sqlstate, "08P01") == 0 && db_pooled(db);
	return refused ? "; the pooler in between gives it no transaction: set pool_mode=transaction, or session" : "";
}

const char *pool_mode_name(enum pool_mode mode)
{
	switch (mode) {
	case POOL_STEADY:
		return "session";
	case POOL_SHARED:
		return "transaction";
	case POOL_STATEMENTS:
		return "statement";
	case POOL_UNKNOWN:
	case POOL_SMALL:
		break;
	}
	return NULL;
}
