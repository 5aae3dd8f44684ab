/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests stand on: the pooler pools, the proxy switches, the standby follows and takes over. */
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/pg.h"
#include "tests/support/pooler.h"
#include "tests/support/proc.h"
#include "tests/support/proxy.h"
#include "tests/support/replica.h"
#include "tests/support/spawn.h"

enum { DIRS_MAX = 300 };

/* ---- the pooler ---- */

static int64_t backend(struct pg_session *session)
{
	return pg_ask(session, "SELECT pg_backend_pid()");
}

static void one_backend_serves_two(void **state)
{
	(void)state;
	static const char *const modes[] = {"transaction", "statement"};
	for (int i = 0; i < 2; i++) {
		struct pooler pooler;
		pooler_start(&pooler, &(struct pooler_options){.mode = modes[i], .size = 1});
		struct pg_session *a = pg_open_at(pooler_target(&pooler, "postgres"));
		struct pg_session *b = pg_open_at(pooler_target(&pooler, "postgres"));
		assert_int_equal(backend(a), backend(b));
		pg_close(a);
		pg_close(b);
		pooler_stop(&pooler);
	}
}

static void a_session_stays_and_is_reset(void **state)
{
	(void)state;
	struct pooler pooler;
	pooler_start(&pooler, &(struct pooler_options){.mode = "session", .size = 1, .loopback = true});
	char target[100];
	snprintf(target, sizeof target, "host=127.0.0.1 port=%d user=teller dbname=postgres", pooler.port);
	struct pg_session *a = pg_open_at(target);
	int64_t pid = backend(a);
	pg_run(a, "SET search_path = nowhere");
	assert_int_equal(backend(a), pid);
	pg_close(a);
	a = pg_open_at(target);
	assert_int_equal(backend(a), pid);
	char *path = pg_tell(a, "SHOW search_path");
	assert_string_not_equal(path, "nowhere");
	free(path);
	pg_close(a);
	pooler_stop(&pooler);
}

/* What passes through it stands still with it. */
static void it_pauses(void **state)
{
	(void)state;
	struct pooler pooler;
	pooler_start(&pooler, &(struct pooler_options){.mode = "transaction"});
	PGconn *conn = PQconnectdb(pooler_target(&pooler, "postgres"));
	pooler_pause(&pooler);
	assert_int_equal(PQsendQuery(conn, "SELECT 1"), 1);
	PQconsumeInput(conn);
	assert_int_equal(PQisBusy(conn), 1);
	pooler_resume(&pooler);
	PGresult *result = PQgetResult(conn);
	assert_string_equal(PQgetvalue(result, 0, 0), "1");
	PQclear(result);
	PQfinish(conn);
	pooler_stop(&pooler);
}

/* ---- the proxy ---- */

static char *who(const char *target)
{
	struct pg_session *session = pg_open_at(target);
	char *value = pg_tell(session, "SHOW data_directory");
	pg_close(session);
	return value;
}

static void expect_server(const char *target, const struct own_server *server)
{
	char *value = who(target);
	assert_int_equal(strncmp(value, server->dir, strlen(server->dir)), 0);
	free(value);
}

static void it_switches_between_two(void **state)
{
	(void)state;
	struct own_server first, second;
	struct proxy proxy;
	own_server_make_apart(&first, true, NULL);
	own_server_make_apart(&second, false, NULL);
	proxy_start(&proxy, &first, &second);
	expect_server(proxy_target(&proxy, "bank"), &first);
	PGconn *old = PQconnectdb(proxy_target(&proxy, "bank"));
	proxy_switch(&proxy, PROXY_SECOND, false);
	expect_server(proxy_target(&proxy, "bank"), &second);
	PGresult *result = PQexec(old, "SELECT 1"); /* the old one lives on */
	assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
	PQclear(result);
	proxy_switch(&proxy, PROXY_FIRST, true);
	proxy_switch(&proxy, PROXY_SECOND, true);
	result = PQexec(old, "SELECT 1");
	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
	PQfinish(old);
	proxy_stop(&proxy);
	own_server_remove(&first);
	own_server_remove(&second);
}

/* ---- the standby ---- */

static void on_primary(const struct replica *replica, const char *sql)
{
	struct pg_session *session = pg_open_at(own_server_target(&replica->primary, "bank"));
	pg_run(session, "%s", sql);
	pg_close(session);
}

static int64_t rows_at(const char *target)
{
	struct pg_session *session = pg_open_at(target);
	int64_t n = pg_ask(session, "SELECT count(*) FROM t");
	pg_close(session);
	return n;
}

static void it_follows_and_takes_over(void **state)
{
	(void)state;
	struct replica replica;
	replica_make(&replica);
	on_primary(&replica, "CREATE TABLE t (i int)");
	replica_set_synchronous(&replica, true);
	on_primary(&replica, "INSERT INTO t VALUES (1)");
	replica_set_synchronous(&replica, false);
	replica_catch_up(&replica);
	assert_int_equal(rows_at(own_server_target(&replica.standby, "bank")), 1);
	replica_pause(&replica);
	on_primary(&replica, "INSERT INTO t VALUES (2)");
	assert_int_equal(rows_at(own_server_target(&replica.standby, "bank")), 1);
	replica_resume(&replica);
	replica_catch_up(&replica);
	replica_detach(&replica);
	on_primary(&replica, "INSERT INTO t VALUES (3)"); /* will be lost */
	expect_server(replica_target(&replica, "bank"), &replica.primary);
	replica_fail_over(&replica);
	expect_server(replica_target(&replica, "bank"), &replica.standby);
	assert_int_equal(rows_at(replica_target(&replica, "bank")), 2);
	replica_turn(&replica);
	on_primary(&replica, "INSERT INTO t VALUES (4)");
	replica_catch_up(&replica);
	assert_int_equal(rows_at(own_server_target(&replica.standby, "bank")), 3);
	replica_remove(&replica);
}

/* ---- their end ---- */

/* A process that dies without a word takes them with it. */
static _Noreturn void start_and_wait(char *dirs)
{
	struct own_server server;
	struct pooler pooler;
	struct proxy proxy;
	own_server_make_apart(&server, false, NULL);
	pooler_start(&pooler,
		     &(struct pooler_options){.mode = "session", .host = server.dir, .server_port = server.port});
	proxy_start(&proxy, &server, &server);
	snprintf(dirs, DIRS_MAX, "%s %s %s", server.dir, pooler.dir, proxy.dir);
	kill(getpid(), SIGKILL);
	_exit(1);
}

static void they_die_with_the_test(void **state)
{
	(void)state;
	char *dirs = mmap(NULL, DIRS_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	if (pid == 0)
		start_and_wait(dirs);
	spawn_reap(pid);
	assert_int_not_equal(dirs[0], 0);
	for (char *rest = dirs, *dir; (dir = strsep(&rest, " ")) != NULL;) {
		proc_expect_none(dir);
		daemon_remove_dir(dir);
	}
	munmap(dirs, DIRS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_backend_serves_two),
		cmocka_unit_test(a_session_stays_and_is_reset),
		cmocka_unit_test(it_pauses),
		cmocka_unit_test(it_switches_between_two),
		cmocka_unit_test(it_follows_and_takes_over),
		cmocka_unit_test(they_die_with_the_test),
	};
	return cmocka_run_group_tests_name("pool/rig", tests, NULL, NULL);
}
