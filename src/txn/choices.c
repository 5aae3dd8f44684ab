/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of retry protocols, wire modes, isolation levels and locking reads, and what they mean. */
#include "txn/choices.h"

#define CHOICE_MEANING(constant, word, meaning) [constant] = meaning
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

const char *txn_isolation_on(enum txn_isolation isolation, const struct dialect *dialect)
{
	return txn_isolation_name(dialect->only_serializable ? ISOLATION_SERIALIZABLE : isolation);
}

void txn_isolation_doubt(struct buf *out, enum txn_isolation isolation, const struct dialect *dialect)
{
	const char *asked = txn_isolation_name(isolation), *really = txn_isolation_on(isolation, dialect);
	if (asked != really)
		buf_fmt(out, "%s runs %s as %s", dialect->product, asked, really);
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

bool txn_protocol_helps(enum txn_protocol protocol, const struct dialect *dialect)
{
	return protocol != PROTOCOL_SAVEPOINT || dialect->rollback_to_restarts;
}

/* ---- what they mean ---- */

void txn_protocol_explain(struct buf *out, enum txn_protocol protocol)
{
	static const char *const meanings[] = {TXN_PROTOCOLS(CHOICE_MEANING, CHOICE_COMMA, CHOICE_COMMA)};
	buf_str(out, meanings[protocol]);
	for (size_t n = dialect_count(), i = n; i-- > 0 && protocol == PROTOCOL_AUTO;) {
		const struct dialect *dialect = dialect_of((enum sql_server)i);
		buf_fmt(out, "%s%s on %s", i + 1 == n ? "" : ", ",
			txn_protocol_name(txn_protocol_on(protocol, dialect)), dialect->product);
	}
}

void txn_wire_explain(struct buf *out, enum txn_wire wire)
{
	static const char *const meanings[] = {TXN_WIRES(CHOICE_MEANING, CHOICE_COMMA, CHOICE_COMMA)};
	buf_str(out, meanings[wire]);
}

void txn_isolation_explain(struct buf *out, enum txn_isolation isolation)
{
	buf_fmt(out, "transfers begin with %s", txn_begin_sql(isolation));
}

void txn_locking_explain(struct buf *out, enum txn_locking locking)
{
	static const char *const meanings[] = {TXN_LOCKINGS(CHOICE_MEANING, CHOICE_COMMA, CHOICE_COMMA)};
	buf_str(out, meanings[locking]);
	for (size_t i = 0; i < dialect_count() && locking == LOCKING_AUTO; i++)
		if (txn_locks(LOCKING_AUTO, dialect_of((enum sql_server)i)))
			buf_fmt(out, "transfers read accounts FOR UPDATE on %s",
				dialect_of((enum sql_server)i)->product);
}
