/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that makes, guards, stops and removes a private server, so that none outlives its teller. */
#include "src/server/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/mem.h"
#include "src/server/child.h"
#include "src/server/cluster.h"
#include "src/server/home.h"
#include "src/server/keep.h"
#include "src/server/last_words.h"
#include "src/server/programs.h"

/*
 * It is forked, not executed, from a process that may have threads. Until it has its own life (guardian_run) it makes
 * system calls only; afterwards it uses nothing that another thread could have held locked: no stdio streams, no user
 * database, no loop. (malloc, which opendir() needs, may be used after a fork in the C libraries that we know.)
 *
 * The owner's end, however it comes, is the end of the stream at `owner`; the kernel sees to it that the guardian's
 * own violent end ends the server (spawn_args.deathsig); what stays then is a directory, which the next start sweeps.
 */
struct guardian {
	const struct guardian_args *args;
	int owner;
	struct programs programs;
	struct home home;
	struct keep keep;
	struct child child;
	bool serving; /* the child is the server, not one that makes a part of it */
	char data[PATH_MAX + 16];
};

#define HOME_MEMORY ((uint64_t)2 << 30)
enum { START_MS = 60000, QUIT_MS = 8000, CHECKPOINT_MS = 60000, OWNER_FD = 3 };

/* Left to do nothing, so that a ^C or hang-up meant for teller ends teller, and teller's end ends us, in good order. */
static const int ignored_signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE, SIGALRM,
				      SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU};

void guardian_say(int owner, char news, const char *text)
{
	char bytes[1024];
	int n = snprintf(bytes, sizeof bytes, "%c%s", news, text);
	size_t size = n < (int)sizeof bytes ? (size_t)n + 1 : sizeof bytes;
	/* An owner that is gone is noticed where we wait. */
	ssize_t ignored = send(owner, bytes, size, MSG_NOSIGNAL);
	(void)ignored;
}

/* ---- PostgreSQL's command lines ---- */

static enum status initdb_start(struct guardian *g, struct err *err)
{
	const char *argv[] = {g->programs.initdb,
			      "-D",
			      g->data,
			      "--auth=trust",
			      "-U",
			      SERVER_USER,
			      "-E",
			      "UTF8",
			      "--no-locale",
			      g->args->keep ? NULL : "--no-sync",
			      NULL};
	struct spawn_args spawn = {.argv = argv, .env = g->args->env, .deathsig = SIGKILL};
	return child_start(&g->child, &spawn, err);
}

/* Renaming is the cheapest way to a database of that name: a third of the time of CREATE DATABASE. */
static enum status rename_start(struct guardian *g, struct err *err)
{
	static const char sql[] = "ALTER DATABASE postgres RENAME TO " SERVER_DBNAME "\n"
				  "COMMENT ON DATABASE " SERVER_DBNAME " IS 'the bank of teller demo'\n";
	const char *fsync = g->args->keep ? "fsync=on" : "fsync=off";
	const char *argv[] = {
		g->programs.postgres, "--single", "-D", g->data, "-c", fsync, "-c", "dynamic_shared_memory_type=mmap",
		"template1",          NULL};
	struct spawn_args spawn = {.argv = argv, .env = g->args->env, .input = sql, .deathsig = SIGKILL};
	return child_start(&g->child, &spawn, err);
}

/* The log is quiet, so that an idle server wakes nobody: what is not LOG, FATAL or PANIC is its client's business.
 * Dynamic shared memory is files in the data directory, so that what a killed server leaves goes with it. */
#define ALWAYS                                                                                                         \
	"-c", "listen_addresses=", "-c", "port=" SERVER_PORT, "-c", "unix_socket_permissions=0700", "-c",              \
		"max_connections=50", "-c", "shared_buffers=32MB", "-c", "max_prepared_transactions=0", "-c",          \
		"dynamic_shared_memory_type=mmap", "-c", "logging_collector=off", "-c", "log_destination=stderr",      \
		"-c", "log_min_messages=log", "-c", "log_line_prefix=", "-c", "log_checkpoints=off", "-c",             \
		"lc_messages=C"
/* Nothing waits for a disk, and synchronous_commit stays on: a crash of the server alone loses no commit that was
 * answered. */
#define THROWN_AWAY                                                                                                    \
	"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c",   \
		"checkpoint_timeout=30min"

static enum status server_run(struct guardian *g, struct err *err)
{
	const char *kept[] = {g->programs.postgres, "-D", g->data, "-k", g->home.path, ALWAYS, NULL};
	const char *thrown[] = {g->programs.postgres, "-D", g->data, "-k", g->home.path, ALWAYS, THROWN_AWAY, NULL};
	struct spawn_args spawn = {.argv = g->args->keep ? kept : thrown,
				   .env = g->args->env,
				   .deathsig = g->args->keep ? SIGINT : SIGQUIT};
	g->serving = true;
	return child_start(&g->child, &spawn, err);
}

/* ---- from nothing to ready ---- */

/* Waits for the end of a program that makes a part of the cluster. */
static enum status guardian_finish(struct guardian *g, const char *program, struct err *err)
{
	enum child_news news = child_wait(&g->child, g->owner, NULL, -1);
	if (news != CHILD_ENDED)
		return ST_CANCELLED;
	/* The stand-alone backend exits with 0 whether its statements failed or not. */
	if (child_succeeded(&g->child) && !strstr(g->child.tail, "ERROR:"))
		return ST_OK;
	char words[400];
	last_words(g->child.tail, g->child.status, words, sizeof words);
	return err_set(err, ST_OWN,
		       "the private server could not be made in %s, %s failed: %s; make room there, or name another "
		       "place (%s)",
		       g->data, program, words, g->args->keep ? "--keep" : "TMPDIR");
}

static enum status cluster_make(struct guardian *g, struct err *err)
{
	enum status st = initdb_start(g, err);
	if (st == ST_OK) {
		home_sweep(g->args->user.uid); /* while initdb is at work on the other processor */
		st = guardian_finish(g, "initdb", err);
	}
	if (st == ST_OK)
		st = rename_start(g, err);
	if (st == ST_OK)
		st = guardian_finish(g, "postgres --single", err);
	return st;
}

static enum status server_await(struct guardian *g, struct err *err)
{
	char words[400];
	switch (child_wait(&g->child, g->owner, "database system is ready to accept connections", START_MS)) {
	case CHILD_SAID:
		child_forget(&g->child);
		return ST_OK;
	case CHILD_ALONE:
		return ST_CANCELLED;
	case CHILD_ENDED:
		last_words(g->child.tail, g->child.status, words, sizeof words);
		return err_set(err, ST_OWN, "the private server on %s did not start: %s; %s", g->data, words,
			       g->args->keep ? "name another directory, or the PostgreSQL that made it with --bindir"
					     : "see that the machine has memory, and room there, and try again");
	case CHILD_LATE:
		break;
	}
	return err_set(err, ST_OWN,
		       "the private server on %s did not start within %d s: try again when the machine is less busy",
		       g->data, START_MS / 1000);
}

/* The cluster is made in `made` and served from `served`: the same for one that is thrown away. */
static enum status place_cluster(struct guardian *g, struct err *err)
{
	enum status st = ST_OK;
	const char *base = g->args->keep ? g->keep.path : g->home.path;
	if (!g->keep.filled) {
		snprintf(g->data, sizeof g->data, "%s/%s", base, g->args->keep ? "data.new" : "data");
		st = cluster_make(g, err);
		if (st == ST_OK && g->args->keep)
			st = keep_complete(&g->keep, err);
	}
	snprintf(g->data, sizeof g->data, "%s/data", base);
	return st;
}

static enum status settle_in(struct guardian *g, struct err *err)
{
	const struct server_user *user = &g->args->user;
	const char *keep = g->args->keep;
	enum status st = keep ? keep_make(keep, user, err) : ST_OK;
	if (st == ST_OK)
		st = user_become(user, err);
	if (st == ST_OK && keep)
		st = keep_open(&g->keep, keep, user, err);
	if (st == ST_OK && chdir("/")) /* a place that any user may enter, and that pins no file system */
		st = err_set(err, ST_OWN, "cannot enter /: %s; check its permissions", strerror(errno));
	if (st == ST_OK)
		st = programs_find(&g->programs, g->args->bindir, g->keep.filled ? keep_major(&g->keep) : 0,
				   g->args->env, err);
	return st == ST_OK ? home_make(&g->home, HOME_MEMORY, err) : st;
}

static enum status start(struct guardian *g, struct err *err)
{
	enum status st = settle_in(g, err);
	if (st != ST_OK)
		return st;
	guardian_say(g->owner, NEWS_HOME, g->home.path);
	bool sweep_later = g->keep.filled;
	st = place_cluster(g, err);
	if (st == ST_OK)
		st = server_run(g, err);
	if (st == ST_OK && sweep_later)
		home_sweep(g->args->user.uid);
	return st == ST_OK ? server_await(g, err) : st;
}

/* ---- and back ---- */

static void stop(struct guardian *g)
{
	if (g->child.pid && g->serving && g->args->keep) {
		kill(g->child.pid, SIGINT);
		child_wait(&g->child, -1, NULL, CHECKPOINT_MS);
	}
	if (g->child.pid && g->serving) {
		kill(g->child.pid, SIGQUIT);
		child_wait(&g->child, -1, NULL, QUIT_MS);
	}
	child_kill(&g->child);
	home_remove(&g->home);
}

static void guard(struct guardian *g)
{
	char words[400];
	guardian_say(g->owner, NEWS_READY, "");
	if (child_wait(&g->child, g->owner, NULL, -1) != CHILD_ENDED)
		return;
	last_words(g->child.tail, g->child.status, words, sizeof words);
	guardian_say(g->owner, NEWS_DIED, words);
}

/* musl has no closefrom(). */
static void close_from(int fd)
{
#ifdef __GLIBC__
	closefrom(fd);
#else
	for (long end = sysconf(_SC_OPEN_MAX); fd < end; fd++)
		close(fd);
#endif
}

/* Nothing of the owner's is held: not its terminal, its session, its descriptors, its signal handlers. */
static int take_own_life(int owner)
{
	setsid();
	umask(077);
	for (int signum = 1; signum < NSIG; signum++)
		signal(signum, SIG_DFL);
	for (size_t i = 0; i < COUNT_OF(ignored_signals); i++)
		signal(ignored_signals[i], SIG_IGN);
	if (owner != OWNER_FD)
		dup3(owner, OWNER_FD, O_CLOEXEC);
	close_from(OWNER_FD + 1); /* before anything is opened, which may be as much as may be open */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	close(null);
#ifdef PR_SET_NAME
	prctl(PR_SET_NAME, "teller-guardian", 0, 0, 0);
#endif
	child_init();
	return OWNER_FD;
}

_Noreturn void guardian_run(const struct guardian_args *args)
{
	struct guardian g = {.args = args, .home = {.fd = -1}, .keep = {.fd = -1}, .child = {.out = -1}};
	struct err err = {.text = ""};
	g.owner = take_own_life(args->owner);
	if (args->cockroach) {
		cluster_guard(args, g.owner);
		_exit(0);
	}
	enum status st = start(&g, &err);
	if (st == ST_OK)
		guard(&g);
	else if (st != ST_CANCELLED)
		guardian_say(g.owner, NEWS_FAILED, err.text);
	stop(&g);
	_exit(0);
}
