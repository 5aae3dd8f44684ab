/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where to connect: psql's options, a connection string or URI, the environment. */
#ifndef DB_CONNINFO_H
#define DB_CONNINFO_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* The order in which several hosts are tried, as load_balance_hosts of libpq 16 has it. Where nothing is said the
 * hosts of a cluster are tried at random, others as they are written. */
enum conninfo_balance { BALANCE_UNSAID, BALANCE_OFF, BALANCE_RANDOM };

/* All owned; NULL where not given. libpq reads PG* variables, service files and .pgpass by itself. */
struct conninfo {
	char *target; /* DBNAME, "key=value ..." or URI, as the user gave it, with the scheme rewritten */
	char *host;
	char *port;
	char *user;
	char *password;
	char *dbname;
	enum conninfo_balance balance;
	bool cluster; /* the scheme is a cluster's, whose nodes are all alike */
};

/*
 * Takes a DBNAME, a conninfo string or a URI: postgres://, postgresql://, cockroachdb://, crdb://, each with jdbc: in
 * front or +DRIVER behind. The CockroachDB ones get port 26257 and database defaultdb unless they say otherwise.
 */
MUST_CHECK enum status conninfo_target(struct conninfo *info, const char *text, struct err *err);
/* Of the options -h and -p, where people may put a URI or a password: neither is said. */
MUST_CHECK enum status conninfo_check_host(const char *hosts, struct err *err);
MUST_CHECK enum status conninfo_check_port(const char *ports, struct err *err);
void conninfo_copy(struct conninfo *to, const struct conninfo *from);
void conninfo_free(struct conninfo *info);

/* Overwrites the password in a connection string or URI with '*', byte for byte: for messages, and for argv, which
 * every user of the machine can read. */
void conninfo_hide(char *text);

/* The same in a sentence, where an id may look like a piece of a connection string: only if it holds a whole one. */
void conninfo_hide_said(char *sentence);

/* The place for people, without the password: "root@localhost:5432/bank" or "on socket /tmp (port 5432)". */
void conninfo_show(struct buf *out, const struct conninfo *info);

bool conninfo_has_password(const struct conninfo *info); /* it is written there, rather than in ~/.pgpass */

/* True where neither an option, nor a connection string, nor PGHOST, PGHOSTADDR, PGSERVICE or DATABASE_URL names a
 * server. */
bool conninfo_is_default(const struct conninfo *info);

/*
 * From here on no variable of the environment decides about a connection of this process, and none is left to its
 * children: neither those of libpq (PGHOSTADDR, PGSERVICE, PGSSLMODE ...), which asks the environment for every
 * option that is not given, or is given empty, nor DATABASE_URL. To be called before there are threads.
 */
void conninfo_leave_environment(void);
void conninfo_keep_password(
	struct conninfo *info); /* PGPASSWORD goes into what has a target and no password: before that */

/* "libpq 15.20" */
void conninfo_library(char out[32]);

#endif
