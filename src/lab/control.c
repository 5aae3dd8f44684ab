/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries over the control connection, one after another, among them who waits for whom. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage_internal.h"

/*
 * $1 are the sessions that are asked about, $2 all that may block them. pg_isolation_test_session_is_blocked() is the
 * server's own help for such programs: it counts waits for locks and for safe snapshots, and leaves out those for
 * others, as autovacuum.
 */
static const char ask_blocked[] = "SELECT pg_catalog.pg_isolation_test_session_is_blocked($1::pg_catalog.int4, $2), "
				  "pg_catalog.array_to_string(pg_catalog.pg_blocking_pids($1) OPERATOR(pg_catalog.||) "
				  "pg_catalog.pg_safe_snapshot_blocking_pids($1), ' ')";
static const char ask_all[] =
	"SELECT pid, pg_catalog.pg_isolation_test_session_is_blocked(pid, $2), "
	"pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(pid) OPERATOR(pg_catalog.||) "
	"pg_catalog.pg_safe_snapshot_blocking_pids(pid), ' ') FROM pg_catalog.unnest($1::pg_catalog.int4[]) AS pid";

/* ---- the queue ---- */

static void add_job(struct stage *stage, const struct job *job)
{
	struct job **end = &stage->jobs;
	while (*end)
		end = &(*end)->next;
	*end = NEW(struct job);
	**end = *job;
	stage_stir(stage);
}

static void control_job_free(struct job *job)
{
	if (!job)
		return;
	free(job->sql);
	free(job->params[0]);
	free(job->params[1]);
	free(job);
}

void control_run(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg)
{
	add_job(stage, &(struct job){.sql = mem_dup(sql), .answer = answer, .arg = arg});
}

bool control_idle(const struct stage *stage)
{
	return !stage->job && !stage->jobs;
}

void control_drop(struct stage *stage)
{
	control_job_free(stage->job);
	stage->job = NULL;
	while (stage->jobs) {
		struct job *job = stage->jobs;
		stage->jobs = job->next;
		control_job_free(job);
	}
}

static void start_job(struct stage *stage)
{
	struct job *job = stage->job = stage->jobs;
	stage->jobs = job->next;
	if (!job->statement) {
		lane_send(&stage->control, job->sql, 0);
		return;
	}
	struct statement statement = {
		.sql = job->sql, .verb = VERB_SELECT, .nparams = 2, .params = (const char *const *)job->params};
	lane_send_statement(&stage->control, &statement);
}

void control_turn(struct stage *stage)
{
	if (stage->job && !stage->control.busy) {
		struct job *job = stage->job;
		stage->job = NULL;
		job->answer(job->arg, lane_result(&stage->control));
		lane_clear(&stage->control);
		control_job_free(job);
	}
	if (!stage->job && stage->jobs)
		start_job(stage);
}

/* ---- who waits ---- */

static void add_pid(struct buf *out, const struct lane *lane)
{
	if (lane_connected(lane))
		buf_fmt(out, "%s%d", out->len > 1 ? "," : "", db_facts(lane->db)->pid);
}

static char *pids(const struct stage *stage, bool running)
{
	struct buf out = {0};
	buf_char(&out, '{');
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (!running || stage->lanes[i].record)
			add_pid(&out, &stage->lanes[i]);
	buf_char(&out, '}');
	return buf_take(&out);
}

static bool is_unknown(const struct stage_word *word)
{
	return word->kind == WORD_ERROR && strcmp(word->sqlstate, "42883") == 0;
}

static long lane_of_pid(const struct stage *stage, int pid)
{
	for (size_t i = 0; i < stage->spec->nsessions; i++)
		if (db_facts(stage->lanes[i].db)->pid == pid)
			return (long)i;
	return LANE_OTHER;
}

static size_t read_blockers(const struct stage *stage, const char *cell, long blockers[STAGE_BLOCKERS_MAX])
{
	size_t n = 0;
	for (char *at = (char *)cell; at && *at && n < STAGE_BLOCKERS_MAX;) {
		long lane = lane_of_pid(stage, (int)strtol(at, &at, 10));
		bool known = false;
		for (size_t i = 0; i < n; i++)
			known = known || blockers[i] == lane;
		if (!known)
			blockers[n++] = lane;
		at += *at == ' ';
	}
	return n;
}

static void on_blocked(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	const char *cell = word->kind == WORD_ROWS ? rows_cell(word->rows, 0, 0) : NULL;
	if (is_unknown(word))
		stage->blind = true;
	else if (!cell)
		stage_fail(stage,
			   &(struct stage_fact){.fail = FAIL_CONTROL, .lane = -1, .word = word, .text = word->text});
	stage->blocked = cell && cell[0] == 't';
	stage->automatic.answered = true;
	struct record *record = stage->automatic.looked;
	if (record && stage->blocked)
		record->pub.nblockers = read_blockers(stage, rows_cell(word->rows, 0, 1), record->pub.blockers);
}

void control_ask_blocked(struct stage *stage, const struct lane *lane)
{
	struct buf pid = {0};
	buf_fmt(&pid, "%d", db_facts(lane->db)->pid);
	add_job(stage, &(struct job){.sql = mem_dup(ask_blocked),
				     .params = {buf_take(&pid), pids(stage, false)},
				     .statement = true,
				     .answer = on_blocked,
				     .arg = stage});
}

static void on_all(void *arg, const struct stage_word *word)
{
	struct stage *stage = arg;
	stage->manual_asked = false;
	if (is_unknown(word))
		stage->blind = true;
	for (size_t r = 0; word->kind == WORD_ROWS && r < word->rows->nrows; r++) {
		long blockers[STAGE_BLOCKERS_MAX];
		const char *pid = rows_cell(word->rows, r, 0), *blocked = rows_cell(word->rows, r, 1);
		long lane = pid ? lane_of_pid(stage, atoi(pid)) : LANE_OTHER;
		size_t n = read_blockers(stage, rows_cell(word->rows, r, 2), blockers);
		if (lane != LANE_OTHER)
			manual_blocked(stage, &stage->lanes[lane], blocked && blocked[0] == 't', blockers, n);
	}
}

void control_ask_all(struct stage *stage)
{
	stage->manual_asked = true;
	add_job(stage, &(struct job){.sql = mem_dup(ask_all),
				     .params = {pids(stage, true), pids(stage, false)},
				     .statement = true,
				     .answer = on_all,
				     .arg = stage});
}
