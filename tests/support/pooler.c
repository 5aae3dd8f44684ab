/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PgBouncer: its configuration, its start and its end. */
#include "tests/support/pooler.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/spawn.h"

enum { CLIENTS_MAX = 200 };

const char *pooler_target(const struct pooler *pooler, const char *database)
{
	static char target[200];
	snprintf(target, sizeof target, "host=%s port=%d user=teller dbname=%s", pooler->dir, pooler->port, database);
	return target;
}

void pooler_use(const struct pooler *pooler)
{
	char port[12];
	snprintf(port, sizeof port, "%d", pooler->port);
	setenv("PGHOST", pooler->dir, 1);
	setenv("PGPORT", port, 1);
}

static void write_users(const struct pooler *pooler, const char *users)
{
	char text[400] = "", names[200];
	snprintf(names, sizeof names, "%s", users ? users : "teller");
	for (char *rest = names, *name; (name = strsep(&rest, " ")) != NULL;)
		snprintf(text + strlen(text), sizeof text - strlen(text), "\"%s\" \"\"\n", name);
	daemon_write(pooler->dir, "users", text);
}

static void write_ini(const struct pooler *pooler, const struct pooler_options *options)
{
	char text[2000], port[12];
	const char *env_port = getenv("PGPORT");
	snprintf(port, sizeof port, "%d", options->server_port);
	snprintf(text, sizeof text,
		 "[databases]\n"
		 "* = host=%s port=%s\n"
		 "[pgbouncer]\n"
		 "unix_socket_dir = %s\nunix_socket_mode = 0777\nlisten_addr = %s\nlisten_port = %d\n"
		 "auth_type = trust\nauth_file = %s/users\nadmin_users = teller\n"
		 "pool_mode = %s\ndefault_pool_size = %d\nmax_client_conn = %d\n"
		 "%s%s%s%s\n",
		 options->host ? options->host : getenv("PGHOST"),
		 options->host ? port
		 : env_port    ? env_port
			       : "5432",
		 pooler->dir, options->loopback ? "127.0.0.1" : "", pooler->port, pooler->dir, options->mode,
		 options->size ? options->size : 2, CLIENTS_MAX, options->reset ? "server_reset_query = " : "",
		 options->reset ? options->reset : "", options->reset ? "\n" : "", options->more ? options->more : "");
	daemon_write(pooler->dir, "ini", text);
}

static int lets_through(const void *arg)
{
	return PQping(pooler_target(arg, "postgres")) == PQPING_OK;
}

void pooler_start(struct pooler *pooler, const struct pooler_options *options)
{
	*pooler = (struct pooler){.dir = "/tmp/teller-pool-XXXXXX",
				  .port = options->loopback ? daemon_free_port() : 5432};
	daemon_make_dir(pooler->dir);
	write_users(pooler, options->users);
	write_ini(pooler, options);
	char ini[80];
	snprintf(ini, sizeof ini, "%s/ini", pooler->dir);
	const char *const argv[] = {"pgbouncer", ini, NULL};
	pooler->pid = daemon_start(pooler->dir, argv, SIGKILL);
	daemon_wait(pooler->dir, "PgBouncer", lets_through, pooler);
}

/* The sum of columns whose names begin so. */
static int sum_of(const PGresult *pools, int row, const char *begin)
{
	int n = 0;
	for (int i = 0; i < PQnfields(pools); i++) {
		const char *name = PQfname(pools, i);
		if (strncmp(name, begin, strlen(begin)) == 0 && !strstr(name, "cancel"))
			n += atoi(PQgetvalue(pools, row, i));
	}
	return n;
}

struct pooler_counts pooler_count(const struct pooler *pooler, const char *database)
{
	struct pooler_counts counts = {0};
	PGconn *conn = PQconnectdb(pooler_target(pooler, "pgbouncer"));
	PGresult *pools = PQexec(conn, "SHOW POOLS");
	if (PQresultStatus(pools) != PGRES_TUPLES_OK)
		fail_msg("PgBouncer tells nothing: %s", PQerrorMessage(conn));
	for (int row = 0; row < PQntuples(pools); row++) {
		if (strcmp(PQgetvalue(pools, row, 0), database) != 0)
			continue;
		counts.clients += sum_of(pools, row, "cl_");
		counts.at_work += sum_of(pools, row, "sv_active");
		counts.servers += sum_of(pools, row, "sv_");
	}
	PQclear(pools);
	PQfinish(conn);
	return counts;
}

void pooler_stop(struct pooler *pooler)
{
	if (pooler->pid) {
		kill(pooler->pid, SIGKILL);
		spawn_reap(pooler->pid);
	}
	daemon_remove_dir(pooler->dir);
	*pooler = (struct pooler){0};
}

void pooler_pause(const struct pooler *pooler)
{
	kill(pooler->pid, SIGSTOP);
}

void pooler_resume(const struct pooler *pooler)
{
	kill(pooler->pid, SIGCONT);
}
