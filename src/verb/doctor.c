/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command doctor: checks everything that teller depends on, and says of each part that it is fine or what to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doctor/diagnosis.h"
#include "verb_internal.h"

static void free_diagnosis(struct job *job)
{
	struct diagnosis *diagnosis = (struct diagnosis *)job;
	diagnosis_end_between(diagnosis);
	diagnosis_forget_node(diagnosis);
	diagnosis_clear(diagnosis);
	free(diagnosis->refused);
	free(diagnosis);
}

static const struct job_ops diagnosis_ops = {.stop = job_stop_work, .free = free_diagnosis};

static void doctor_finish(struct diagnosis *diagnosis)
{
	struct run *run = diagnosis->run;
	struct err err = {0};
	size_t failed = diagnosis_failed(diagnosis);
	enum status status = diagnosis_show(diagnosis, &err);
	if (!status && failed)
		status = err_set(&err, ST_CHECK, "%zu of %zu checks need%s attention", failed, diagnosis->n,
				 failed == 1 ? "s" : "");
	job_end(&diagnosis->job);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

/* ---- the conversation ---- */

static void doctor_on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct diagnosis *diagnosis = arg;
	diagnosis_add(diagnosis, "server", "try again", "the connection was lost: %s", why->message);
	doctor_finish(diagnosis);
}

static void on_shown(void *arg, size_t index, const struct answer *answer)
{
	struct diagnosis *diagnosis = arg;
	const char *cell = answer->rows ? rows_cell(answer->rows, 0, 0) : NULL;
	if (cell && index == 1)
		snprintf(diagnosis->isolation, sizeof diagnosis->isolation, "%s", cell);
	if (cell && index == 2)
		snprintf(diagnosis->read_only, sizeof diagnosis->read_only, "%s", cell);
	if (!answer->ok && !answer->skipped && !diagnosis->refused)
		diagnosis->refused = mem_dup(answer->message);
}

static void doctor_on_all(void *arg)
{
	struct diagnosis *diagnosis = arg;
	diagnosis_look_there(diagnosis);
	doctor_finish(diagnosis);
}

/* What a transaction like ours gets: asked, not believed. */
static void ask_transaction(void *arg)
{
	struct diagnosis *diagnosis = arg;
	static const struct statement statements[] = {
		{.sql = "BEGIN ISOLATION LEVEL SERIALIZABLE", .verb = VERB_BEGIN},
		{.sql = "SHOW transaction_isolation", .verb = VERB_OTHER},
		{.sql = "SHOW transaction_read_only", .verb = VERB_OTHER},
		{.sql = "ROLLBACK", .verb = VERB_ROLLBACK},
	};
	struct db_context context = {0};
	struct db_reply reply = {on_shown, doctor_on_all, doctor_on_lost, diagnosis, NULL};
	db_send(diagnosis->run->app->work, statements, COUNT_OF(statements), &context, &reply);
}

static void on_fsync(void *arg, size_t index, const struct answer *answer)
{
	struct diagnosis *diagnosis = arg;
	const char *cell = answer->rows ? rows_cell(answer->rows, 0, 0) : NULL;
	(void)index;
	snprintf(diagnosis->fsync, sizeof diagnosis->fsync, "%s", cell ? cell : "");
}

static void ask_fsync(struct diagnosis *diagnosis)
{
	struct db *db = diagnosis->run->app->work;
	struct statement one = {.sql = db_dialect(db)->fsync_sql, .verb = VERB_SELECT};
	struct db_context context = {0};
	struct db_reply reply = {on_fsync, ask_transaction, doctor_on_lost, diagnosis, NULL};
	db_send(db, &one, 1, &context, &reply);
}

static void ask_of_node(struct diagnosis *diagnosis)
{
	ask_transaction(diagnosis);
}

static void ping(struct diagnosis *diagnosis);

static void on_ping(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct diagnosis *diagnosis = arg;
	diagnosis->trip_us[diagnosis->pings++] = answer->duration_us;
}

static void on_pinged(void *arg)
{
	struct diagnosis *diagnosis = arg;
	const struct app *app = diagnosis->run->app;
	if (diagnosis->pings < PINGS)
		ping(diagnosis);
	else if (db_standby(app->work)) /* which has no serializable transactions */
		doctor_on_all(diagnosis);
	else if (db_dialect(app->work)->fsync_sql)
		ask_fsync(diagnosis);
	else if (!diagnosis_ask_node(diagnosis, ask_of_node,
				     (struct db_reply){.lost = doctor_on_lost, .arg = diagnosis}))
		ask_transaction(diagnosis);
}

static void ping(struct diagnosis *diagnosis)
{
	static const struct statement one = {.sql = "SELECT 1", .verb = VERB_SELECT};
	struct db_context context = {0};
	struct db_reply reply = {on_ping, on_pinged, doctor_on_lost, diagnosis, NULL};
	db_send(diagnosis->run->app->work, &one, 1, &context, &reply);
}

/* A pooler that gives no transactions has closed the session. */
static void looked_between(struct diagnosis *diagnosis)
{
	if (db_state(diagnosis->run->app->work) == DB_IDLE)
		ping(diagnosis);
	else
		doctor_on_all(diagnosis);
}

static void doctor_on_server(void *arg, const struct err *err)
{
	struct diagnosis *diagnosis = arg;
	struct app *app = diagnosis->run->app;
	struct err busy;
	if (!err && !job_may(app, USES_WORK, &busy)) {
		diagnosis_add(diagnosis, "server", "try again when it is over", "%s", busy.text);
		doctor_finish(diagnosis);
	} else if (!err) {
		diagnosis->job.uses = USES_WORK;
		diagnosis_look_between(diagnosis, looked_between);
	} else {
		diagnosis_add(diagnosis, "server", err->text, "no connection");
		doctor_finish(diagnosis);
	}
}

static void do_doctor(struct run *run)
{
	struct app *app = run->app;
	if (job_find(app, &diagnosis_ops)) {
		run_end(run, ST_USAGE, "doctor is running already");
		return;
	}
	struct diagnosis *diagnosis = NEW(struct diagnosis);
	diagnosis->job = (struct job){.ops = &diagnosis_ops, .name = "the doctor"};
	diagnosis->run = run;
	job_begin(app, &diagnosis->job);
	diagnosis_look_here(diagnosis);
	waiters_wait(app, COMMAND_SERVER | COMMAND_WORK, doctor_on_server, diagnosis);
}

const struct command verb_doctor = {
	.name = "doctor",
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "check terminal, server and bank; say what to do",
	.run = do_doctor,
	.check = record_check,
};
