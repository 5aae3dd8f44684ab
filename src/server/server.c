/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private, throw-away server of `teller demo`: the owner's end of its guardian. */
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "src/server/guardian.h"
#include "src/server/home.h"
#include "src/server/server_internal.h"

/* ---- what the guardian says ---- */

/* Each of these may end in server_stop(): the server is not touched afterwards. */
void server_tell_failed(struct server *s)
{
	server_ready_fn *done = s->done;
	struct err err = s->err;
	s->done = NULL;
	if (done)
		done(s->done_arg, &err);
}

void server_tell_ready(struct server *s)
{
	server_ready_fn *done = s->done;
	s->done = NULL;
	s->serves = true;
	if (done)
		done(s->done_arg, NULL);
}

static void tell_died(struct server *s, const char *words)
{
	bool served = s->serves;
	s->serves = false;
	if (served && s->died)
		s->died(s->died_arg, words);
}

static void dispatch(struct server *s, char news, const char *text)
{
	switch (news) {
	case NEWS_HOME:
		snprintf(s->dir, sizeof s->dir, "%s", text);
		break;
	case NEWS_READY:
		if (s->n)
			nodes_on_ready(s);
		else
			server_tell_ready(s);
		break;
	case NEWS_FAILED:
		err_set(&s->err, ST_OWN, "%s", text);
		server_tell_failed(s);
		break;
	case NEWS_DIED:
		tell_died(s, text);
		break;
	default:
		nodes_on_news(s, news, text);
		break;
	}
}

/* The stream ended: after its last message that is its normal end, before it the guardian was killed. */
static void server_ended(struct server *s)
{
	watch_free(s->watch);
	s->watch = NULL;
	err_set(&s->err, ST_OWN, "the private server did not start: the process that guards it was killed; try again");
	if (s->done)
		server_tell_failed(s);
	else
		tell_died(s, "the process that guards it was killed");
}

/* Hands out the complete messages. The server may be gone afterwards. */
static void hand_out(struct server *s)
{
	bool gone = false;
	struct buf news = s->news;
	size_t at = 0;
	s->news = (struct buf){0};
	s->gone = &gone;
	for (const char *nul; !gone && at < news.len && (nul = memchr(news.p + at, 0, news.len - at)) != NULL;) {
		size_t next = (size_t)(nul - news.p) + 1;
		dispatch(s, news.p[at], news.p + at + 1);
		at = next;
	}
	if (!gone) {
		buf_add(&s->news, news.p + at, news.len - at);
		s->gone = NULL;
	}
	buf_free(&news);
}

static void on_news(void *arg, int events)
{
	(void)events;
	struct server *s = arg;
	char bytes[1024];
	ssize_t n = recv(s->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		server_ended(s);
		return;
	}
	buf_add(&s->news, bytes, (size_t)n);
	hand_out(s);
}

/* ---- starting ---- */

/* What PostgreSQL's programs need of ours, and nothing else: their user may read theirs, and who is root has keys in
 * it. Owned by the caller, the strings borrowed. */
static char **clean_environment(void)
{
	static const char *const needed[] = {"PATH=", "LD_LIBRARY_PATH=", "TZ=", "TZDIR="};
	static char messages[] = "LC_ALL=C";
	size_t kept = 0;
	char **env = mem_array(COUNT_OF(needed) + 2, sizeof *env);
	for (size_t i = 0; environ[i]; i++)
		for (size_t k = 0; k < COUNT_OF(needed); k++)
			if (kept < COUNT_OF(needed) && strncmp(environ[i], needed[k], strlen(needed[k])) == 0)
				env[kept++] = environ[i];
	env[kept] = messages;
	return env;
}

/* No signal may find the guardian with our handlers, which write to our loop. */
static pid_t fork_guardian(const struct guardian_args *args)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		guardian_run(args);
	int error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

static enum status guardian_start(struct server *s, struct guardian_args args)
{
	int fds[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return err_set(&s->err, ST_OWN, "cannot make a socket for the private server: %s; see `ulimit -n`",
			       strerror(errno));
	args.owner = fds[1];
	args.env = clean_environment();
	s->guardian = fork_guardian(&args);
	int error = errno;
	free((void *)args.env);
	close(fds[1]);
	s->fd = fds[0];
	if (s->guardian > 0)
		return ST_OK;
	return err_set(&s->err, ST_OWN, "cannot start a process for the private server: %s; try again",
		       strerror(error));
}

static void on_failure(void *arg)
{
	server_tell_failed(arg);
}

static struct server *server_new(struct loop *loop, server_ready_fn *done, void *arg)
{
	struct server *s = NEW(struct server);
	s->loop = loop;
	s->done = done;
	s->done_arg = arg;
	s->fd = -1;
	return s;
}

/* `st`: of what was to be settled before. */
static void server_begin(struct server *s, const struct guardian_args *args, enum status st)
{
	if (st == ST_OK)
		st = guardian_start(s, *args);
	if (st == ST_OK) {
		s->watch = watch_new(s->loop, s->fd, on_news, s);
		watch_set(s->watch, WATCH_READ);
	} else {
		s->failure = timer_new(s->loop, on_failure, s);
		timer_start(s->failure, 0);
	}
}

struct server *server_start(struct loop *loop, const char *keep, const char *bindir, server_ready_fn *done, void *arg)
{
	struct server *s = server_new(loop, done, arg);
	struct guardian_args args = {.keep = keep, .bindir = bindir};
	enum status st = user_choose(&args.user, &s->err);
	s->uid = args.user.uid;
	server_begin(s, &args, st);
	return s;
}

struct server *server_start_cluster(struct loop *loop, const char *program, size_t nodes, server_ready_fn *done,
				    void *arg)
{
	struct server *s = server_new(loop, done, arg);
	struct guardian_args args = {.cockroach = program, .nodes = nodes};
	s->uid = geteuid();
	nodes_begin(s, nodes);
	server_begin(s, &args, ST_OK);
	return s;
}

void server_on_death(struct server *s, server_died_fn *fn, void *arg)
{
	s->died = fn;
	s->died_arg = arg;
}

const char *server_socket_dir(const struct server *s)
{
	return s->dir;
}

const char *server_port(const struct server *s)
{
	(void)s;
	return SERVER_PORT;
}

const char *server_user(const struct server *s)
{
	(void)s;
	return SERVER_USER;
}

const char *server_dbname(const struct server *s)
{
	(void)s;
	return SERVER_DBNAME;
}

void server_conninfo(const struct server *s, struct conninfo *info)
{
	if (s->n) {
		nodes_conninfo(s, 0, s->n, SERVER_DBNAME, info);
		return;
	}
	*info = (struct conninfo){.host = mem_dup(s->dir),
				  .port = mem_dup(SERVER_PORT),
				  .user = mem_dup(SERVER_USER),
				  .dbname = mem_dup(SERVER_DBNAME)};
}

/* ---- stopping ---- */

/* Closing our end of the stream is the word; the guardian ends when all is done. */
static void await_guardian(const struct server *s)
{
	int status = 0;
	pid_t pid;
	while ((pid = waitpid(s->guardian, &status, 0)) < 0 && errno == EINTR)
		;
	/* One that was killed could not tidy up. */
	if (pid > 0 && WIFSIGNALED(status) && s->dir[0])
		home_reclaim(s->dir, s->uid);
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	if (s->gone)
		*s->gone = true;
	watch_free(s->watch);
	timer_free(s->failure);
	nodes_end(s);
	if (s->fd >= 0)
		close(s->fd);
	if (s->guardian > 0)
		await_guardian(s);
	buf_free(&s->news);
	free(s);
}
