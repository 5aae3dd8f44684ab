/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL of a test's own: initdb, start, stop, as a user that PostgreSQL accepts. */
#include "tests/support/own_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/spawn.h"

enum { WORDS_MAX = 48 };

static const char find_bin[] =
	"for d in $(echo \"$PATH\" | tr : ' ') $(pg_config --bindir 2>/dev/null) /usr/lib/postgresql/*/bin; do"
	" [ -x $d/initdb ] && [ -x $d/postgres ] && dirname $(readlink -f $d/initdb) && break; done";

static void find_programs(struct own_server *server)
{
	FILE *pipe = popen(find_bin, "r");
	assert_non_null(pipe);
	if (!fgets(server->bin, sizeof server->bin, pipe))
		fail_msg("no PostgreSQL server found (initdb, postgres)");
	server->bin[strcspn(server->bin, "\n")] = '\0';
	pclose(pipe);
}

/* PostgreSQL refuses to run as root: there it becomes postgres, or nobody. */
static const struct passwd *owner(void)
{
	if (geteuid() != 0)
		return NULL;
	const struct passwd *user = getpwnam("postgres");
	return user ? user : getpwnam("nobody");
}

/* In the child, in the server's directory; its output goes to a file there. */
static _Noreturn void become(const struct own_server *server, const char *const argv[])
{
	const struct passwd *user = owner();
	int log;
	if (user && (setgroups(0, NULL) || setgid(user->pw_gid) || setuid(user->pw_uid)))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	if (chdir(server->dir) || (log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0644)) < 0)
		_exit(126);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	spawn_exec(argv, NULL);
}

static pid_t run(const struct own_server *server, const char *const argv[])
{
	pid_t pid = fork();
	if (pid == 0)
		become(server, argv);
	assert_true(pid > 0);
	return pid;
}

static void make_data(const struct own_server *server)
{
	char program[300], data[80];
	snprintf(program, sizeof program, "%s/initdb", server->bin);
	snprintf(data, sizeof data, "%s/data", server->dir);
	const char *const argv[] = {program, "-D",        data, "-U",   "teller",      "-A",
				    "trust", "--no-sync", "-E", "UTF8", "--no-locale", NULL};
	int raw;
	pid_t pid = run(server, argv);
	assert_int_equal(waitpid(pid, &raw, 0), pid);
	assert_int_equal(raw, 0);
}

void own_server_start(struct own_server *server, const char *const options[])
{
	char program[300], data[80];
	snprintf(program, sizeof program, "%s/postgres", server->bin);
	snprintf(data, sizeof data, "%s/data", server->dir);
	const char *argv[WORDS_MAX] = {
		program, "-D",        data, "-k",           server->dir, "-p", "5432", "-c", "listen_addresses=",
		"-c",    "fsync=off", "-c", "timezone=UTC", NULL};
	size_t n = 0;
	while (argv[n])
		n++;
	for (size_t i = 0; options && options[i] && n + 1 < WORDS_MAX; i++)
		argv[n++] = options[i];
	argv[n] = NULL;
	server->pid = run(server, argv);
}

static bool accepts(const struct own_server *server)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s port=5432 user=teller dbname=postgres", server->dir);
	return PQping(target) == PQPING_OK;
}

void own_server_wait(const struct own_server *server)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (!accepts(server)) {
		if (!deadline_left(deadline))
			fail_msg("the test's own server does not start: see %s/log", server->dir);
		poll(NULL, 0, 10);
	}
}

void own_server_stop(struct own_server *server, int signum)
{
	if (!server->pid)
		return;
	kill(server->pid, signum);
	spawn_reap(server->pid);
	server->pid = 0;
}

void own_server_make(struct own_server *server, const char *const options[])
{
	const struct passwd *user = owner();
	*server = (struct own_server){.dir = "/tmp/own-server-XXXXXX"};
	find_programs(server);
	assert_non_null(mkdtemp(server->dir));
	assert_int_equal(chmod(server->dir, 0711), 0); /* the tests reach the socket, whoever they are */
	if (user)
		assert_int_equal(chown(server->dir, user->pw_uid, user->pw_gid), 0);
	make_data(server);
	own_server_start(server, options);
	own_server_wait(server);
	setenv("PGHOST", server->dir, 1);
	setenv("PGPORT", "5432", 1);
	setenv("PGUSER", "teller", 1);
	pg_fresh_database("bank", NULL);
}

void own_server_remove(struct own_server *server)
{
	char command[100];
	own_server_stop(server, SIGQUIT);
	snprintf(command, sizeof command, "rm -rf %s", server->dir);
	if (server->dir[0] && system(command) != 0)
		fail_msg("%s is not gone", server->dir);
}
