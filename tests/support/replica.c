/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A standby: pg_basebackup, streaming, promotion; each change is waited for. */
#include "tests/support/replica.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/pg.h"

const char *replica_target(const struct replica *replica, const char *database)
{
	static char target[300];
	snprintf(target, sizeof target, "host=%s,%s port=%d,%d user=teller dbname=%s target_session_attrs=read-write",
		 replica->primary.dir, replica->standby.dir, replica->primary.port, replica->standby.port, database);
	return target;
}

static struct pg_session *open_at(const struct own_server *server)
{
	return pg_open_at(own_server_target(server, "postgres"));
}

/* One statement there. */
static void tell(const struct own_server *server, const char *sql)
{
	struct pg_session *session = open_at(server);
	pg_run(session, "%s", sql);
	pg_close(session);
}

struct question {
	struct pg_session *session;
	const char *sql;
};

static int is_one(const void *arg)
{
	const struct question *question = arg;
	return pg_ask(question->session, "%s", question->sql) == 1;
}

static void wait_for(const struct own_server *server, const char *what, const char *sql)
{
	struct question question = {open_at(server), sql};
	daemon_wait(server->dir, what, is_one, &question);
	pg_close(question.session);
}

/* ---- the standby ---- */

static void copy_primary(const struct replica *replica)
{
	char program[300], data[80], port[12];
	snprintf(program, sizeof program, "%s/pg_basebackup", replica->standby.bin);
	snprintf(data, sizeof data, "%s/data", replica->standby.dir);
	snprintf(port, sizeof port, "%d", replica->primary.port);
	const char *const argv[] = {
		program, "-D",     data, "-h",   replica->primary.dir, "-p", port, "-U", "teller", "-R",
		"-X",    "stream", "-c", "fast", "--no-sync",          NULL};
	daemon_run(replica->standby.dir, argv);
}

static void follow(struct replica *replica)
{
	own_server_place(&replica->standby, replica->primary.loopback);
	copy_primary(replica);
	/* Otherwise a promotion may have to wait for as long as that: 5 s. */
	static const char *const options[] = {"-c", "wal_retrieve_retry_interval=50ms", NULL};
	own_server_start(&replica->standby, options);
	own_server_wait(&replica->standby);
	wait_for(&replica->primary, "a standby",
		 "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'walreceiver' AND state = "
		 "'streaming'");
}

void replica_make_with(struct replica *replica, const char *const options[])
{
	own_server_make_apart(&replica->primary, false, options);
	follow(replica);
}

void replica_make(struct replica *replica)
{
	replica_make_with(replica, NULL);
}

void replica_remove(struct replica *replica)
{
	own_server_remove(&replica->standby);
	own_server_remove(&replica->primary);
}

/* ---- how close it follows ---- */

void replica_set_synchronous(struct replica *replica, bool on)
{
	tell(&replica->primary,
	     on ? "ALTER SYSTEM SET synchronous_standby_names = '*'" : "ALTER SYSTEM RESET synchronous_standby_names");
	tell(&replica->primary, "SELECT pg_reload_conf()");
	wait_for(&replica->primary, on ? "a synchronous standby" : "an asynchronous standby",
		 on ? "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
		    : "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'async'");
}

void replica_catch_up(struct replica *replica)
{
	char sql[160];
	struct pg_session *session = open_at(&replica->primary);
	char *lsn = pg_tell(session, "SELECT pg_current_wal_insert_lsn()");
	pg_close(session);
	snprintf(sql, sizeof sql, "SELECT (pg_last_wal_replay_lsn() >= '%s')::int", lsn);
	wait_for(&replica->standby, "what the primary has written", sql);
	free(lsn);
}

void replica_detach(struct replica *replica)
{
	tell(&replica->standby, "ALTER SYSTEM SET primary_conninfo = ''");
	tell(&replica->standby, "SELECT pg_reload_conf()");
	wait_for(&replica->standby, "the end of streaming",
		 "SELECT (count(*) = 0)::int FROM pg_stat_wal_receiver WHERE pid IS NOT NULL");
}

void replica_stall(struct replica *replica)
{
	struct pg_session *session = open_at(&replica->primary);
	kill((pid_t)pg_ask(session, "SELECT pid FROM pg_stat_replication"), SIGSTOP);
	pg_close(session);
}

void replica_pause(struct replica *replica)
{
	tell(&replica->standby, "SELECT pg_wal_replay_pause()");
	wait_for(&replica->standby, "the pause", "SELECT (pg_get_wal_replay_pause_state() = 'paused')::int");
}

void replica_resume(struct replica *replica)
{
	tell(&replica->standby, "SELECT pg_wal_replay_resume()");
}

/* ---- the failover ---- */

void replica_promote(struct replica *replica)
{
	tell(&replica->standby, "SELECT pg_promote(false)"); /* which would look only each 100 ms */
	wait_for(&replica->standby, "a promotion", "SELECT (NOT pg_is_in_recovery())::int");
}

void replica_fail_over(struct replica *replica)
{
	own_server_kill(&replica->primary);
	replica_promote(replica);
}

void replica_turn(struct replica *replica)
{
	own_server_stop(&replica->primary, SIGQUIT);
	own_server_remove(&replica->primary);
	replica->primary = replica->standby;
	tell(&replica->primary, "ALTER SYSTEM RESET ALL");
	follow(replica);
}
