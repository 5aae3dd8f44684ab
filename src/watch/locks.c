/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sessions wait for, and why the one waits for the other, told from the server's list of locks. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "watch_internal.h"

/*
 * A process waits for one lock at a time; a parallel query for as many as it has workers. Whatever a server says, no
 * more than these are looked at for one waiter.
 */
enum { WANTED_MAX = 4, PREPARED_MAX = 16 };

const struct server_lock locks_none = {"", "", "", "", "", "", "", -1};

/* ---- cells ---- */

const char *answer_cell(const struct rows *rows, size_t row, size_t column)
{
	const char *cell = rows_cell(rows, row, column);
	return cell ? cell : "";
}

int answer_pid(const struct rows *rows, size_t row, size_t column)
{
	long pid = strtol(answer_cell(rows, row, column), NULL, 10);
	return pid > 0 && pid <= INT32_MAX ? (int)pid : 0;
}

int64_t answer_age(const struct rows *rows, size_t row, size_t column)
{
	const char *cell = rows_cell(rows, row, column);
	int64_t age_us = cell ? strtoll(cell, NULL, 10) : -1;
	return !cell ? -1 : age_us > 0 ? age_us : 0; /* it may have begun while the question was asked */
}

size_t answer_rows(const struct rows *rows, size_t at_most)
{
	size_t n = rows ? rows->nrows : 0;
	return n < at_most ? n : at_most;
}

/* ---- modes ---- */

/* From the weakest to the strongest; the bits are those of the modes that each excludes (PostgreSQL's documentation,
 * "Conflicting Lock Modes"). */
static const struct {
	const char *name;
	unsigned excludes;
} lock_modes[] = {
	{"AccessShareLock", 0x80},  {"RowShareLock", 0xc0},
	{"RowExclusiveLock", 0xf0}, {"ShareUpdateExclusiveLock", 0xf8},
	{"ShareLock", 0xec},        {"ShareRowExclusiveLock", 0xfc},
	{"ExclusiveLock", 0xfe},    {"AccessExclusiveLock", 0xff},
};

static unsigned locks_mode(const char *name)
{
	unsigned i = 0;
	while (i < COUNT_OF(lock_modes) && strcmp(lock_modes[i].name, name) != 0)
		i++;
	return i;
}

static bool locks_exclude(unsigned mode, unsigned other)
{
	return mode < COUNT_OF(lock_modes) && (lock_modes[mode].excludes >> other & 1);
}

bool locks_conflict(const char *mode, const char *other)
{
	return locks_exclude(locks_mode(mode), locks_mode(other));
}

/* ---- the list ---- */

struct locks locks_read(const struct rows *rows)
{
	struct locks locks = {.rows = rows, .n = answer_rows(rows, SESSIONS_LOCKS)};
	locks.at = mem_array(locks.n, sizeof *locks.at);
	for (size_t i = 0; i < locks.n; i++)
		locks.at[i] = (struct lock){.leader = answer_pid(rows, i, LOCK_LEADER),
					    .granted = answer_cell(rows, i, LOCK_GRANTED)[0] == 't',
					    .mode = locks_mode(answer_cell(rows, i, LOCK_MODE)),
					    .object = answer_cell(rows, i, LOCK_OBJECT)};
	return locks;
}

void locks_done(struct locks *locks)
{
	free(locks->at);
	*locks = (struct locks){0};
}

static bool locks_in_the_way(const struct lock *lock, const struct lock *wanted)
{
	return locks_exclude(wanted->mode, lock->mode) && strcmp(lock->object, wanted->object) == 0;
}

static size_t locks_wanted(const struct locks *locks, int waiter, const struct lock *wanted[WANTED_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < locks->n && n < WANTED_MAX; i++)
		if (locks->at[i].leader == waiter && !locks->at[i].granted)
			wanted[n++] = &locks->at[i];
	return n;
}

enum wait_kind locks_why(const struct locks *locks, int waiter, int holder)
{
	const struct lock *wanted[WANTED_MAX];
	size_t n = locks_wanted(locks, waiter, wanted);
	enum wait_kind kind = WAIT_UNKNOWN;
	for (size_t i = 0; i < locks->n; i++) {
		for (size_t k = 0; k < n && locks->at[i].leader == holder; k++) {
			if (!locks_in_the_way(&locks->at[i], wanted[k]))
				continue;
			if (locks->at[i].granted)
				return WAIT_HELD;
			kind = WAIT_AHEAD;
		}
	}
	return kind;
}

/* ---- prepared transactions ---- */

/* Each holds the lock of its own number, by which it is known; "" where that is not in the list. */
static const char *locks_prepared_xid(const struct locks *locks, size_t row)
{
	const char *vxid = answer_cell(locks->rows, row, LOCK_VXID);
	for (size_t i = 0; i < locks->n; i++)
		if (locks->at[i].leader == 0 && locks->at[i].granted &&
		    strcmp(answer_cell(locks->rows, i, LOCK_TYPE), "transactionid") == 0 &&
		    strcmp(answer_cell(locks->rows, i, LOCK_VXID), vxid) == 0)
			return answer_cell(locks->rows, i, LOCK_XID);
	return "";
}

void locks_prepared(const struct locks *locks, int waiter, void (*add)(void *arg, const char *xid), void *arg)
{
	const struct lock *wanted[WANTED_MAX];
	size_t n = locks_wanted(locks, waiter, wanted), found = 0;
	for (size_t i = 0; i < locks->n; i++) {
		for (size_t k = 0; k < n && locks->at[i].leader == 0 && locks->at[i].granted; k++)
			if (found < PREPARED_MAX && locks_in_the_way(&locks->at[i], wanted[k])) {
				add(arg, locks_prepared_xid(locks, i));
				found++;
			}
	}
	if (!found) /* the server says that there is one, and the list is of another moment */
		add(arg, "");
}

/* ---- what is waited for ---- */

bool locks_is_row_of(const struct rows *locks, size_t row, const char *schema, const char *table)
{
	return answer_cell(locks, row, LOCK_ROW)[0] && schema && table &&
	       strcmp(answer_cell(locks, row, LOCK_SCHEMA), schema) == 0 &&
	       strcmp(answer_cell(locks, row, LOCK_NAME), table) == 0;
}

static const char *locks_account(const struct rows *accounts, const char *row)
{
	for (size_t i = 0; i < answer_rows(accounts, SESSIONS_LOCKS); i++)
		if (strcmp(answer_cell(accounts, i, ACCOUNT_ROW), row) == 0)
			return answer_cell(accounts, i, ACCOUNT_ID);
	return "";
}

/* Of a process that waits, the locks that it has on rows are those of the row that it waits for: it lets go of them as
 * soon as it has the row. */
static void locks_tell_row(struct server_lock *lock, const struct answers *answers, size_t row)
{
	const struct rows *locks = answers->rows[ANSWER_LOCKS];
	lock->schema = answer_cell(locks, row, LOCK_SCHEMA);
	lock->name = answer_cell(locks, row, LOCK_NAME);
	lock->row = answer_cell(locks, row, LOCK_ROW);
	if (locks_is_row_of(locks, row, answers->schema, answers->table))
		lock->account = locks_account(answers->rows[ANSWER_ACCOUNTS], lock->row);
}

static void locks_tell_wanted(struct server_lock *lock, const struct rows *locks, size_t row)
{
	lock->type = answer_cell(locks, row, LOCK_TYPE);
	lock->mode = answer_cell(locks, row, LOCK_MODE);
	lock->object = answer_cell(locks, row, LOCK_OBJECT);
	lock->age_us = answer_age(locks, row, LOCK_AGE);
	if (!lock->row[0]) {
		lock->schema = answer_cell(locks, row, LOCK_SCHEMA);
		lock->name = answer_cell(locks, row, LOCK_NAME);
	}
}

void locks_tell(struct sessions *sessions, const struct locks *locks, const struct answers *answers)
{
	for (size_t i = 0; i < locks->n; i++) {
		long at = sessions_find(sessions, locks->at[i].leader);
		if (at != SESSIONS_NONE && !locks->at[i].granted)
			locks_tell_wanted(&sessions->at[at].lock, locks->rows, i);
		if (at != SESSIONS_NONE && answer_cell(locks->rows, i, LOCK_ROW)[0])
			locks_tell_row(&sessions->at[at].lock, answers, i);
	}
	for (size_t i = 0; i < sessions->n; i++)
		if (!sessions->at[i].lock.type[0]) /* it has the row by now */
			sessions->at[i].lock = locks_none;
}
