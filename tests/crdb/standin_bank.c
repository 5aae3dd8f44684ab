/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in's bank in memory: what a transaction has read and would change, and a commit that is serializable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crdb/standin_internal.h"

static bool has_id(const struct standin_shared *shared, const struct work *work, const char *id)
{
	for (size_t i = 0; i < shared->nids; i++)
		if (strcmp(shared->ids[i], id) == 0)
			return true;
	for (size_t i = 0; work && i < work->nids; i++)
		if (strcmp(work->ids[i], id) == 0)
			return true;
	return false;
}

/* The index of an account; -1 where there is none. Its version is remembered at its first use. */
static int use(const struct standin_shared *shared, struct work *work, const char *id)
{
	int at = atoi(id) - 1;
	if (at < 0 || at >= STANDIN_ACCOUNTS)
		return -1;
	if (!work->read[at] && !work->wrote[at])
		work->seen[at] = shared->accounts[at].version;
	return at;
}

static long balance(const struct standin_shared *shared, const struct work *work, int at)
{
	return work->wrote[at] ? work->balance[at] : shared->accounts[at].balance;
}

static const char *put_balance(const struct standin_shared *shared, struct work *work, int at, long value)
{
	if (work->seen[at] != shared->accounts[at].version && !sql_ways(shared->version)->late_conflicts)
		return "40001";
	work->wrote[at] = true;
	work->balance[at] = value;
	return NULL;
}

/* Serializable: what was used must still be as it was. Returns the SQLSTATE, NULL where it is committed. */
const char *bank_commit(struct standin_shared *shared, const struct work *work)
{
	for (int i = 0; i < STANDIN_ACCOUNTS; i++)
		if ((work->read[i] || work->wrote[i]) && work->seen[i] != shared->accounts[i].version)
			return "40001";
	for (size_t i = 0; i < work->nids; i++)
		if (has_id(shared, NULL, work->ids[i]) || shared->nids == STANDIN_IDS)
			return "40001";
	for (int i = 0; i < STANDIN_ACCOUNTS; i++)
		if (work->wrote[i]) {
			shared->accounts[i].balance = work->balance[i];
			shared->accounts[i].version++;
		}
	for (size_t i = 0; i < work->nids; i++)
		memcpy(shared->ids[shared->nids++], work->ids[i], PARAM_BYTES);
	return NULL;
}

static const char *read_balance(struct standin_shared *shared, struct work *work, const struct params *params,
				struct reply *reply)
{
	int at = use(shared, work, params->value[0]);
	snprintf(reply->tag, sizeof reply->tag, "SELECT %d", at >= 0);
	if (at < 0)
		return NULL;
	work->read[at] = true;
	reply->row = true;
	snprintf(reply->cell, sizeof reply->cell, "%ld", balance(shared, work, at));
	return NULL;
}

static const char *write_balance(struct standin_shared *shared, struct work *work, const struct params *params,
				 struct reply *reply)
{
	int at = use(shared, work, params->value[0]);
	snprintf(reply->tag, sizeof reply->tag, "UPDATE %d", at >= 0);
	return at < 0 ? NULL : put_balance(shared, work, at, atol(params->value[1]));
}

static const char *move_half(struct standin_shared *shared, struct work *work, const struct params *params,
			     struct reply *reply)
{
	int from = use(shared, work, params->value[0]), to = use(shared, work, params->value[1]);
	long half = from < 0 ? 0 : balance(shared, work, from) >> 1;
	if (half <= 0 || to < 0)
		return "22012";
	const char *sqlstate = put_balance(shared, work, from, balance(shared, work, from) - half);
	snprintf(reply->tag, sizeof reply->tag, "UPDATE 2");
	return sqlstate ? sqlstate : put_balance(shared, work, to, balance(shared, work, to) + half);
}

static const char *write_id(struct standin_shared *shared, struct work *work, const struct params *params, bool probe,
			    struct reply *reply)
{
	bool there = has_id(shared, work, params->value[0]);
	if (there && !probe)
		return "23505";
	snprintf(reply->tag, sizeof reply->tag, "INSERT 0 %d", !there);
	if (!there && work->nids < OWN_IDS)
		memcpy(work->ids[work->nids++], params->value[0], PARAM_BYTES);
	return NULL;
}

static const char *find_id(struct standin_shared *shared, struct work *work, const struct params *params,
			   struct reply *reply)
{
	reply->row = has_id(shared, work, params->value[0]);
	snprintf(reply->tag, sizeof reply->tag, "SELECT %d", reply->row);
	snprintf(reply->cell, sizeof reply->cell, "%s", params->value[0]);
	return NULL;
}

/* Fails for an hour. The server retries by itself, and the client hears nothing, unless the client has a result
 * already. */
static const char *force_retry(struct standin_shared *shared, struct sql_txn *txn, struct reply *reply)
{
	if (sql_ways(shared->version)->unsafe_off && !txn->unsafe)
		return "42501";
	if (txn->state != STATE_NOTXN && txn->delivered)
		return "40001";
	reply->forever = true;
	return NULL;
}

const char *bank_run(struct standin_shared *shared, struct sql_txn *txn, struct work *work, enum standin_kind kind,
		     const struct params *params, struct reply *reply)
{
	if (kind == KIND_READ)
		return read_balance(shared, work, params, reply);
	if (kind == KIND_UPDATE)
		return write_balance(shared, work, params, reply);
	if (kind == KIND_MOVE)
		return move_half(shared, work, params, reply);
	if (kind == KIND_FIND)
		return find_id(shared, work, params, reply);
	if (kind == KIND_FORCE_RETRY)
		return force_retry(shared, txn, reply);
	return write_id(shared, work, params, kind == KIND_PROBE, reply);
}
