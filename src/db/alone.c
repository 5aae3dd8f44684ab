/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement that is a transaction by itself: the server commits it at the Sync, and only then it is known. */
#include "db_internal.h"

/*
 * An error of the commit comes between the statement's own answer and the Sync's. Up to 14.10, 15.5 and 16.1 libpq
 * took it for the answer to the Sync, and the Sync's for that to the next statement, so that all behind it were
 * answered by what belongs to others, or never.
 */
static bool alone_is_told(int libpq)
{
	static const int mended[] = {140011, 150006, 160002};
	for (size_t i = 0; i < sizeof mended / sizeof *mended; i++)
		if (libpq / 10000 == mended[i] / 10000)
			return libpq >= mended[i];
	return libpq >= 170000;
}

bool db_takes_alone(const struct db *db)
{
	return db_dialect(db)->commits_at_sync && !db->who.pooled && alone_is_told(PQlibVersion());
}

void alone_hold(struct db *db)
{
	db->held = db->current;
	db->current = NULL;
	db->alone = ALONE_HELD;
}

bool alone_refused(struct db *db, PGresult *result)
{
	ExecStatusType status = PQresultStatus(db->held);
	bool done = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
	if (db->alone != ALONE_HELD || !done || PQresultStatus(result) != PGRES_FATAL_ERROR ||
	    !result_is_error(result) || !PQresultErrorField(result, PG_DIAG_SQLSTATE))
		return false;
	PQclear(db->held);
	db->held = result;
	db->alone = ALONE_REFUSED;
	return true;
}

bool alone_goes_on(struct db *db)
{
	if (db->alone != ALONE_REFUSED)
		return false;
	db->alone = ALONE_ENDED;
	return true;
}

void alone_forget(struct db *db)
{
	PQclear(db->held);
	db->held = NULL;
	db->alone = ALONE_NONE;
}
