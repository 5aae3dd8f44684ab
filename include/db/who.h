/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is at the other end of a connection, as the server itself says, and whether that is the one from before. */
#ifndef DB_WHO_H
#define DB_WHO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/dialect.h"
#include "db/rows.h"

/* What a commit that was answered stands on. */
enum durability {
	DURABLE_UNKNOWN,    /* not asked, or the server does not say */
	DURABLE_REPLICATED, /* on disk here and on another server: a synchronous standby, or a cluster's majority */
	DURABLE_LOCAL,      /* on disk here, and there is no standby */
	DURABLE_ASYNC,      /* on disk here; the standbys follow later, and a failover may lose it */
	DURABLE_MEMORY,     /* synchronous_commit is off: a crash of this server may lose it */
};

/* "disk", "replicated", "asynchronous", "memory"; NULL where it is unknown. Static. */
const char *durability_name(enum durability durability);
/* What may still lose a commit, as a part of a sentence; NULL where nothing that is known of. Static. */
const char *durability_doubt(enum durability durability);

/*
 * PostgreSQL: the system identifier, when its postmaster started, its timeline (history), how far its log is on disk,
 * and the backend. CockroachDB: `system` is the cluster's id and `node` the node's. Text is "" and numbers are 0 where
 * that is not known: the role may not ask, or the server has no such thing.
 */
struct who {
	enum sql_server server;
	char system[40];
	char node[12];
	int64_t started_us; /* of the postmaster, since 1970 */
	unsigned timeline;  /* 0: unknown, or in recovery */
	uint64_t flushed;   /* LSN */
	int pid;            /* of the backend that answered */
	int64_t backend_us; /* its own start */
	bool pooled;        /* the backend is not the one that libpq was connected to */
	bool recovery;      /* a standby: it replays what another server writes */
	bool safe_path;     /* names without a schema are looked up in pg_catalog first */
	char session_user[64], current_user[64];
	char application[64];
	char primary[128]; /* of a standby: where it gets its log from, if the role may look; else "" */
	enum durability durability;
	char xid[24]; /* of the transaction that asked; "" unless asked for */
};

extern const char who_shown[]; /* what stands in the log for the question, who_sql in db/dialect.h */

/* False where the answer has another shape. The first column is version(). */
bool who_read(struct who *who, enum sql_server server, const struct rows *rows);

/*
 * The same server, not restarted; the same data after a restart; the same data in another history, because a standby
 * was promoted or a backup restored; another server altogether, or the one that was replaced; or it cannot be told.
 */
enum who_now { WHO_SAME, WHO_RESTARTED, WHO_NEW_HISTORY, WHO_OTHER, WHO_UNCLEAR };
enum who_now who_compare(const struct who *then, const struct who *now);

/*
 * What the version does not say, for people: "; node 2", "; through a pooler", "; standby, read-only; its primary:
 * HOST:PORT", "; r1, acting as ada", as far as it is so. Raw.
 */
void who_words(struct buf *out, const struct who *who);
bool who_acts(const struct who *who); /* as another role than the one that logged in */
/* Of a standby, what to do in order to write: "connect to its primary, HOST:PORT, or ...". Raw. */
void who_way(struct buf *out, const struct who *who);
/* HOST:PORT of a standby's primary; NULL where the role may not know. Borrowed. */
const char *who_primary(const struct who *who);

#endif
