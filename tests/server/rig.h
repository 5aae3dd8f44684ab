/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the private server share: a server with a loop, a look around, an owner to kill, a place to work
 * in. */
#ifndef TESTS_SERVER_RIG_H
#define TESTS_SERVER_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "server/server.h"

#define PREFIX "teller-demo-"

/* Every test has a place of its own, which anybody may write to as /tmp. */
static char place[64];

/* ---- a server and what was heard of it ---- */

struct run {
	struct loop *loop;
	struct server *server;
	bool answered, ok, dead;
	struct err err;
	char last_words[200];
};

static void on_ready(void *arg, const struct err *err)
{
	struct run *run = arg;
	assert_false(run->answered);
	run->answered = true;
	run->ok = !err;
	if (err)
		run->err = *err;
}

static void on_death(void *arg, const char *last_words)
{
	struct run *run = arg;
	assert_false(run->dead);
	run->dead = true;
	snprintf(run->last_words, sizeof run->last_words, "%s", last_words);
}

static void begin_with(struct run *run, const char *keep, const char *bindir)
{
	memset(run, 0, sizeof *run);
	run->loop = loop_new();
	run->server = server_start(run->loop, keep, bindir, on_ready, run);
	server_on_death(run->server, on_death, run);
}

static void begin(struct run *run, const char *keep)
{
	begin_with(run, keep, NULL);
}

static void start_with(struct run *run, const char *keep, const char *bindir)
{
	begin_with(run, keep, bindir);
	loop_run_until(run->loop, &run->answered);
}

static void start(struct run *run, const char *keep)
{
	start_with(run, keep, NULL);
}

static void start_well(struct run *run, const char *keep)
{
	start(run, keep);
	if (!run->ok)
		print_message("%s\n", run->err.text);
	assert_true(run->ok);
}

static void stop(struct run *run)
{
	server_stop(run->server);
	loop_free(run->loop);
}

static void refused(const char *keep, const char *because)
{
	struct run run;
	start(&run, keep);
	assert_false(run.ok);
	assert_int_equal(run.err.status, ST_OWN);
	if (!strstr(run.err.text, because))
		fail_msg("\"%s\" does not say \"%s\"", run.err.text, because);
	stop(&run);
	assert_false(run.dead);
}

/* ---- looking around ---- */

/* Waits for a condition, for a while that only a failure uses up. */
#define eventually(condition)                                                                                          \
	do {                                                                                                           \
		const struct timespec moment = {.tv_nsec = 2000000};                                                   \
		uint64_t until_us = clock_us() + 20000000;                                                             \
		while (!(condition) && clock_us() < until_us)                                                          \
			nanosleep(&moment, NULL);                                                                      \
		assert_true(condition);                                                                                \
	} while (0)

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static size_t homes(void)
{
	size_t n = 0;
	DIR *dir = opendir(place);
	assert_non_null(dir);
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL)
		n += strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0;
	closedir(dir);
	return n;
}

/* A field of /proc/PID/status as a number, -1 where there is none or the process has ended. */
static long process_field(pid_t pid, const char *field)
{
	char path[64], line[256];
	long value = -1;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		if (!strncmp(line, "State:\tZ", 8))
			break;
		if (!strncmp(line, field, strlen(field)))
			value = strtol(line + strlen(field), NULL, 10);
	}
	if (f)
		fclose(f);
	return value;
}

static bool alive(pid_t pid)
{
	return process_field(pid, "Pid:") == pid;
}

static pid_t postmaster_in(const char *data)
{
	char path[300];
	long pid = 0;
	snprintf(path, sizeof path, "%s/postmaster.pid", data);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &pid), 1);
	fclose(f);
	assert_true(pid > 1);
	return (pid_t)pid;
}

static pid_t postmaster_of(const char *home)
{
	char data[200];
	snprintf(data, sizeof data, "%s/data", home);
	return postmaster_in(data);
}

static pid_t guardian_of(pid_t postmaster)
{
	pid_t pid = (pid_t)process_field(postmaster, "PPid:");
	assert_true(pid > 1);
	return pid;
}

/* The first line that psql prints. */
static const char *ask(const struct server *server, const char *sql)
{
	static char line[200];
	char command[600];
	snprintf(command, sizeof command, "psql -XAtq -h %s -p %s -U %s %s -c \"%s\" 2>&1", server_socket_dir(server),
		 server_port(server), server_user(server), server_dbname(server), sql);
	line[0] = '\0';
	FILE *f = popen(command, "r");
	assert_non_null(f);
	if (fgets(line, sizeof line, f))
		line[strcspn(line, "\n")] = '\0';
	while (fgetc(f) != EOF)
		;
	pclose(f);
	return line;
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static void in_place(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/%s", place, name);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* ---- an owner to kill ---- */

struct owner {
	pid_t pid;
	char home[128];
};

struct owner_turn {
	struct run *run;
	bool need_ready;
	int out; /* -1 once it was told */
};

static void on_owner_turn(void *arg)
{
	struct owner_turn *turn = arg;
	const char *home = server_socket_dir(turn->run->server);
	if (turn->out < 0 || !home[0] || (turn->need_ready && !turn->run->ok))
		return;
	dprintf(turn->out, "%s\n", home);
	turn->out = -1;
}

/* In the child: a loop with a server; says where it is as soon as that is known, or as soon as it is ready. */
static _Noreturn void own(int out, bool ready, const char *keep)
{
	struct run run;
	struct owner_turn turn = {.run = &run, .need_ready = ready, .out = out};
	begin(&run, keep);
	turn_new(run.loop, on_owner_turn, &turn);
	loop_run(run.loop);
	_exit(1);
}

static void owner_start(struct owner *owner, bool ready, const char *keep)
{
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	owner->pid = fork();
	assert_true(owner->pid >= 0);
	if (owner->pid == 0)
		own(fds[1], ready, keep);
	close(fds[1]);
	FILE *f = fdopen(fds[0], "r");
	assert_non_null(fgets(owner->home, sizeof owner->home, f));
	owner->home[strcspn(owner->home, "\n")] = '\0';
	fclose(f);
}

static void owner_kill(const struct owner *owner)
{
	kill(owner->pid, SIGKILL);
	assert_int_equal(waitpid(owner->pid, NULL, 0), owner->pid);
}

/* ---- programs ---- */

/* A directory of programs, first on PATH, that only say their version. */
static void put_programs(char dir[160], const char *version)
{
	static const char *const names[] = {"initdb", "postgres"};
	in_place(dir, 160, version);
	mkdir(dir, 0777);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char path[200];
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		FILE *file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file,
			"#!/bin/sh\n[ \"$1\" = --version ] || { echo 'initdb: error: here is %s'; exit 1; }\n"
			"echo 'postgres (PostgreSQL) %s (Debian)'\n",
			version, version);
		fclose(file);
		chmod(path, 0755);
	}
}

/* ---- every test in its own place ---- */

static int setup(void **state)
{
	(void)state;
	snprintf(place, sizeof place, "/tmp/server-test-XXXXXX");
	if (!mkdtemp(place) || chmod(place, 01777))
		return -1;
	return setenv("TMPDIR", place, 1);
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(place); /* fails where something was left in it */
}

#endif
