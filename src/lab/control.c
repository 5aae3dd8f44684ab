/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control connection of the stage: what is asked over it, one after another. */
#include <stdlib.h>

#include "base/mem.h"
#include "stage_internal.h"

static void control_add(struct stage *stage, const struct control_job *job, bool first)
{
	struct control_job **at = &stage->control_jobs;
	while (!first && *at)
		at = &(*at)->next;
	struct control_job *added = NEW(struct control_job), *next = *at;
	*added = *job;
	added->next = next;
	*at = added;
	stage_stir(stage);
}

void stage_ask(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg)
{
	control_add(stage, &(struct control_job){.sql = mem_dup(sql), .answer = answer, .arg = arg}, false);
}

void control_ask(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer, void *arg)
{
	control_add(stage,
		    &(struct control_job){.sql = mem_dup(sql),
					  .params = {param1, param2},
					  .statement = true,
					  .answer = answer,
					  .arg = arg},
		    false);
}

void control_ask_first(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer,
		       void *arg)
{
	control_add(stage,
		    &(struct control_job){.sql = mem_dup(sql),
					  .params = {param1, param2},
					  .statement = true,
					  .answer = answer,
					  .arg = arg},
		    true);
}

void stage_ask_of_lanes(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg)
{
	control_ask(stage, sql, lane_pids(stage, false), NULL, answer, arg);
}

static void control_job_free(struct control_job *job)
{
	if (!job)
		return;
	free(job->sql);
	free(job->params[0]);
	free(job->params[1]);
	free(job);
}

bool control_idle(const struct stage *stage)
{
	return !stage->control_job && !stage->control_jobs;
}

void control_drop(struct stage *stage)
{
	control_job_free(stage->control_job);
	stage->control_job = NULL;
	stage->asking = false;
	while (stage->control_jobs) {
		struct control_job *job = stage->control_jobs;
		stage->control_jobs = job->next;
		control_job_free(job);
	}
}

static void control_start(struct stage *stage)
{
	struct control_job *job = stage->control_job = stage->control_jobs;
	stage->control_jobs = job->next;
	if (!job->statement) {
		lane_send(&stage->control, job->sql, 0);
		return;
	}
	struct statement statement = {.sql = job->sql,
				      .verb = VERB_SELECT,
				      .nparams = job->params[1] ? 2 : 1,
				      .params = (const char *const *)job->params};
	lane_send_statement(&stage->control, &statement);
}

void control_turn(struct stage *stage)
{
	if (stage->control_job && !stage->control.busy) {
		struct control_job *job = stage->control_job;
		stage->control_job = NULL;
		job->answer(job->arg, lane_result(&stage->control));
		lane_clear(&stage->control);
		control_job_free(job);
	}
	if (!stage->control_job && stage->control_jobs)
		control_start(stage);
}
