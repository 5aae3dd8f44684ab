/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of retry protocols, wire modes, isolation levels and locking reads. */
#include "txn/choices.h"

#define ISOLATION_SQL(constant, word, sql) [constant] = sql
#define ISOLATION_BEGIN(constant, word, sql) [constant] = "BEGIN ISOLATION LEVEL " sql

const char *txn_protocol_name(enum txn_protocol protocol)
{
	static const char *const names[] = {TXN_PROTOCOLS(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
	return names[protocol];
}

const char *txn_wire_name(enum txn_wire wire)
{
	static const char *const names[] = {TXN_WIRES(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
	return names[wire];
}

const char *txn_isolation_word(enum txn_isolation isolation)
{
	static const char *const words[] = {TXN_ISOLATIONS(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
	return words[isolation];
}

const char *txn_isolation_name(enum txn_isolation isolation)
{
	static const char *const names[] = {TXN_ISOLATIONS(ISOLATION_SQL, CHOICE_COMMA, CHOICE_COMMA)};
	return names[isolation];
}

const char *txn_begin_sql(enum txn_isolation isolation)
{
	static const char *const begins[] = {TXN_ISOLATIONS(ISOLATION_BEGIN, CHOICE_COMMA, CHOICE_COMMA)};
	return begins[isolation];
}

const char *txn_locking_word(enum txn_locking locking)
{
	static const char *const words[] = {TXN_LOCKINGS(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
	return words[locking];
}

bool txn_locks(enum txn_locking locking, const struct dialect *dialect)
{
	return locking == LOCKING_ON || (locking == LOCKING_AUTO && dialect->locking_pays);
}

enum txn_protocol txn_protocol_on(enum txn_protocol protocol, const struct dialect *dialect)
{
	if (protocol != PROTOCOL_AUTO)
		return protocol;
	return dialect->rollback_to_restarts ? PROTOCOL_SAVEPOINT : PROTOCOL_RESTART;
}
