/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in: a server in a process of its own that answers as CockroachDB is documented to, over a tiny bank in
 * memory. */
#ifndef CRDB_STANDIN_H
#define CRDB_STANDIN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * It is no database: it knows the statements below and the transaction statements, and nothing else. What it does with
 * transactions follows CockroachDB's documentation, source and what was measured on real builds of 2.2-alpha,
 * 20.1.5 and 22.1; 25.4 and 26.2 are as documented. Changes are applied at the commit only, and are shared by all connections.
 * It holds no locks: of two that touch the same row the one that commits first wins, and the other gets 40001.
 */
enum standin_version { STANDIN_2_2, STANDIN_20_1, STANDIN_22_1, STANDIN_25_4, STANDIN_26_2 };

#define STANDIN_READ "SELECT balance FROM accounts WHERE id = $1"
#define STANDIN_WRITE "UPDATE accounts SET balance = $2 WHERE id = $1"
#define STANDIN_LEDGER "INSERT INTO transfers VALUES ($1)"
#define STANDIN_PROBE "INSERT INTO transfers VALUES ($1) ON CONFLICT DO NOTHING"
#define STANDIN_FIND "SELECT id FROM transfers WHERE id = $1"
/* Moves half of $1 to $2 at once; fails where there is nothing to move. */
#define STANDIN_MOVE                                                                                                   \
	"UPDATE accounts SET balance = CASE id WHEN $1 THEN balance - m.half ELSE balance + m.half END "               \
	"FROM (SELECT (balance >> 1) / (CASE WHEN balance > 1 THEN 1 ELSE 0 END) AS half FROM accounts WHERE id = $1)" \
	" AS m WHERE id IN ($1, $2)"

/* What a statement is. The letter stands for it in the log of what was run. */
enum standin_kind {
	KIND_BEGIN,       /* B */
	KIND_SAVEPOINT,   /* S */
	KIND_ROLLBACK_TO, /* < */
	KIND_RELEASE,     /* R */
	KIND_COMMIT,      /* C */
	KIND_ROLLBACK,    /* r */
	KIND_READ,        /* s */
	KIND_UPDATE,      /* u */
	KIND_MOVE,        /* m */
	KIND_LEDGER,      /* i */
	KIND_PROBE,       /* f */
	KIND_FIND,        /* g */
	KIND_FORCE_RETRY, /* x */
	KIND_SET,         /* = */
	KIND_VERSION,     /* v */
	KIND_COUNT,       /* anything else is a syntax error */
};

/*
 * What happens at a statement. ERROR and CLOSE come in place of running it, the _DONE ones after it was run: a RELEASE
 * has committed then. CLOSE closes the connection without an answer to it. FATAL tells the SQLSTATE and closes. LATE
 * closes the client's side, and what the client had sent is run after the next ROLLBACK of another connection, as where
 * a proxy or a slow node held it up. STALL waits for standin_go(), or for a cancel where this version has one. ENDS
 * runs it, and commits the transaction behind the client's back, as DDL does where autocommit_before_ddl is on.
 */
enum standin_effect {
	EFFECT_ERROR,
	EFFECT_ERROR_DONE,
	EFFECT_CLOSE,
	EFFECT_CLOSE_DONE,
	EFFECT_FATAL,
	EFFECT_FATAL_DONE,
	EFFECT_LATE,
	EFFECT_STALL,
	EFFECT_ENDS,
};

enum { STANDIN_FAULTS = 8, STANDIN_ACCOUNTS = 4, STANDIN_IDS = 64, STANDIN_LOG = 1024 };

struct standin_fault {
	enum standin_kind kind;
	unsigned nth; /* of this kind since standin_arm(), from 1, whatever the connection */
	enum standin_effect effect;
	char sqlstate[6];
};

/* Shared with the stand-in's process. The test looks and writes while nothing is on its way. */
struct standin_shared {
	struct {
		long balance;
		unsigned version;     /* of the row: goes up with each committed change */
	} accounts[STANDIN_ACCOUNTS]; /* ids 1, 2, ... */
	char ids[STANDIN_IDS][40];    /* the ledger */
	size_t nids;

	enum standin_version version;
	bool hide_version;      /* no crdb_version at the start, as behind some proxies */
	unsigned refuse_logins; /* so many more connections are refused with 57P01 */

	struct standin_fault faults[STANDIN_FAULTS];
	size_t nfaults;
	unsigned seen[KIND_COUNT];
	unsigned happened;      /* faults that were met */
	volatile bool stalled;  /* a connection waits for standin_go() */
	volatile bool retrying; /* the server retries by itself, for as long as it takes: the client gets no answer */
	char log[STANDIN_LOG];  /* what was run: letters, ! behind an error, | where a round trip ends */
	size_t nlog;
};

struct standin {
	struct standin_shared *shared;
	int pid;
	int wake;     /* a byte written here is read by the stand-in */
	char dir[64]; /* of its Unix socket, port 26257 */
};

/* Accounts 1 to 4 hold 1000, 0, 500, 0; the ledger is empty; no faults. Fails the test where it cannot. */
void standin_start(struct standin *standin, enum standin_version version);
void standin_stop(struct standin *standin);

/* Forgets faults, counts and log; then faults may be added. */
void standin_arm(struct standin *standin);
void standin_fault(struct standin *standin, enum standin_kind kind, unsigned nth, enum standin_effect effect,
		   const char *sqlstate);

void standin_go(struct standin *standin); /* ends a STALL */

/* Another session's committed write. */
void standin_write(struct standin *standin, int id, long balance);
bool standin_has_id(const struct standin *standin, const char *id);

#endif
