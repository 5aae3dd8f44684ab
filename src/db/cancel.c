/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cancelling a statement: libpq can only do it by blocking, so it is done aside, holding nothing but the PGcancel. */
#include <stdlib.h>

#include "base/mem.h"
#include "machine.h"

struct cancel_job {
	struct db *db; /* NULL once the connection does not care any more */
	PGcancel *cancel;
};

static void cancel_work(void *arg)
{
	struct cancel_job *job = arg;
	char error[256];
	PQcancel(job->cancel, error, sizeof error); /* whether it helped is seen in the answers */
}

static void cancel_done(void *arg)
{
	struct cancel_job *job = arg;
	struct db *db = job->db;
	PQfreeCancel(job->cancel);
	free(job);
	if (!db)
		return;
	db->cancel = NULL;
	if (!db->idle_due)
		return;
	db->idle_due = false;
	db_move(db, DB_IDLE);
	db->reply.idle(db->reply.arg);
}

void db_cancel(struct db *db)
{
	if (db->state != DB_BUSY || db->cancel)
		return;
	PGcancel *cancel = PQgetCancel(db->conn);
	if (!cancel)
		return;
	struct cancel_job *job = NEW(struct cancel_job);
	*job = (struct cancel_job){.db = db, .cancel = cancel};
	db->cancel = job;
	loop_work(db->loop, cancel_work, cancel_done, job);
}

void cancel_forget(struct db *db)
{
	if (db->cancel)
		db->cancel->db = NULL;
	db->cancel = NULL;
	db->idle_due = false;
}
