/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PostgreSQL of a test's own: initdb, start, stop. */
#include "tests/support/own_server.h"

#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/pg.h"
#include "tests/support/spawn.h"

enum { WORDS_MAX = 48, CHILDREN_MAX = 256 };

static const char find_bin[] = "bash -c '. tests/server.sh; find_server'";

/* Once in a program: the search asks every server there is for its version. */
static void find_programs(struct own_server *server)
{
	static char found[sizeof server->bin];
	FILE *pipe = found[0] ? NULL : popen(find_bin, "r");
	if (!found[0] && !(pipe && fgets(found, sizeof found, pipe)))
		fail_msg("no PostgreSQL server found (initdb, postgres)");
	found[strcspn(found, "\n")] = '\0';
	if (pipe)
		pclose(pipe);
	memcpy(server->bin, found, sizeof found);
}

static void make_data(const struct own_server *server)
{
	char program[300], data[80];
	snprintf(program, sizeof program, "%s/initdb", server->bin);
	snprintf(data, sizeof data, "%s/data", server->dir);
	const char *const argv[] = {program, "-D",        data, "-U",   "teller",      "-A",
				    "trust", "--no-sync", "-E", "UTF8", "--no-locale", NULL};
	daemon_run(server->dir, argv);
}

void own_server_start(struct own_server *server, const char *const options[])
{
	char program[300], data[80], port[12];
	snprintf(program, sizeof program, "%s/postgres", server->bin);
	snprintf(data, sizeof data, "%s/data", server->dir);
	snprintf(port, sizeof port, "%d", server->port);
	const char *argv[WORDS_MAX] = {
		program,        "-D",        data,
		"-k",           server->dir, "-p",
		port,           "-c",        server->loopback ? "listen_addresses=127.0.0.1" : "listen_addresses=",
		"-c",           "fsync=off", "-c",
		"timezone=UTC", NULL};
	size_t n = 0;
	while (argv[n])
		n++;
	for (size_t i = 0; options && options[i] && n + 1 < WORDS_MAX; i++)
		argv[n++] = options[i];
	argv[n] = NULL;
	server->pid = daemon_start(server->dir, argv, SIGQUIT);
}

const char *own_server_target(const struct own_server *server, const char *database)
{
	static char target[200];
	snprintf(target, sizeof target, "host=%s port=%d user=teller dbname=%s", server->dir, server->port, database);
	return target;
}

static int accepts(const void *arg)
{
	return PQping(own_server_target(arg, "postgres")) == PQPING_OK;
}

void own_server_wait(const struct own_server *server)
{
	daemon_wait(server->dir, "the test's own server", accepts, server);
}

/* The processes of a server, at most `room`; how many there are. */
static size_t children_of(pid_t pid, pid_t children[], size_t room)
{
	char path[64];
	size_t n = 0;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (n < room && fscanf(file, "%d", &children[n]) == 1)
		n++;
	fclose(file);
	return n;
}

/* Gone, or a zombie: nothing is left of its memory. */
static bool is_gone(pid_t pid)
{
	char path[64], state = 'Z';
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	if (file && fscanf(file, "%*d %*[^)]) %c", &state) != 1)
		state = 'Z';
	if (file)
		fclose(file);
	return state == 'Z' || state == 'X';
}

/*
 * The postmaster stands still first, so that it can neither tell its children anything nor have new ones. Until the last
 * of them is gone no other server starts on this data: they share its memory.
 */
void own_server_kill(struct own_server *server)
{
	pid_t children[CHILDREN_MAX];
	if (!server->pid)
		return;
	kill(server->pid, SIGSTOP);
	waitpid(server->pid, NULL, WUNTRACED);
	size_t n = children_of(server->pid, children, CHILDREN_MAX);
	for (size_t i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	kill(server->pid, SIGKILL);
	spawn_reap(server->pid);
	server->pid = 0;
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	for (size_t i = 0; i < n; i++)
		while (!is_gone(children[i]) && deadline_left(deadline))
			poll(NULL, 0, 1);
}

/* PostgreSQL 15 never ends where it is asked to in the moment in which it has recovered: its checkpointer sleeps on, and
 * new clients hear for ever that it shuts down. */
void own_server_stop(struct own_server *server, int signum)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	int status;
	if (!server->pid)
		return;
	kill(server->pid, signum);
	bool ended = false;
	while (!(ended = spawn_ended(server->pid, &status)) && deadline_left(deadline))
		poll(NULL, 0, 2);
	if (ended)
		server->pid = 0;
	else
		own_server_kill(server);
}

void own_server_place(struct own_server *server, bool loopback)
{
	*server = (struct own_server){.dir = "/tmp/own-server-XXXXXX", .port = 5432, .loopback = loopback};
	if (loopback)
		server->port = daemon_free_port();
	find_programs(server);
	daemon_make_dir(server->dir);
}

void own_server_make_apart(struct own_server *server, bool loopback, const char *const options[])
{
	own_server_place(server, loopback);
	make_data(server);
	own_server_start(server, options);
	own_server_wait(server);
	struct pg_session *session = pg_open_at(own_server_target(server, "postgres"));
	pg_run(session, "CREATE DATABASE bank");
	pg_close(session);
}

void own_server_use(const struct own_server *server)
{
	char port[12];
	snprintf(port, sizeof port, "%d", server->port);
	setenv("PGHOST", server->dir, 1);
	setenv("PGPORT", port, 1);
	setenv("PGUSER", "teller", 1);
	setenv("PGDATABASE", "bank", 1);
}

void own_server_make(struct own_server *server, const char *const options[])
{
	own_server_make_apart(server, false, options);
	own_server_use(server);
}

void own_server_remove(struct own_server *server)
{
	own_server_stop(server, SIGQUIT);
	daemon_remove_dir(server->dir);
	server->dir[0] = '\0';
}
