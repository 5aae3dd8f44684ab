/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process of the guardian: started, listened to, waited for while the owner is watched. */
#include "src/server/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/clock.h"
#include "base/mem.h"

static void on_child(int signum)
{
	(void)signum; /* only there to wake ppoll() */
}

void child_init(void)
{
	struct sigaction act = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
	sigset_t set;
	sigaction(SIGCHLD, &act, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
#ifdef PR_SET_CHILD_SUBREAPER
	/* initdb's helpers and a dead postmaster's backends come to us, so that we can wait for them as well. */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

/* ---- the way in ---- */

static _Noreturn void exec_child(const struct spawn_args *spawn, pid_t guardian, int in, int out)
{
	sigset_t none;
	setsid();
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (spawn->dir && chdir(spawn->dir)) {
		dprintf(STDERR_FILENO, "error: cannot enter %s: %s\n", spawn->dir, strerror(errno));
		_exit(127);
	}
#ifdef PR_SET_PDEATHSIG
	prctl(PR_SET_PDEATHSIG, spawn->deathsig, 0, 0, 0);
	if (getppid() != guardian)
		_exit(127); /* it was killed before we asked */
#endif
	(void)guardian; /* not used on other systems */
	for (int signum = 1; signum < NSIG; signum++)
		signal(signum, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(spawn->argv[0], (char *const *)(uintptr_t)spawn->argv, spawn->env);
	dprintf(STDERR_FILENO, "error: cannot run %s: %s\n", spawn->argv[0], strerror(errno));
	_exit(127);
}

/* A descriptor to read `text` from; a pipe holds 4 kB without a reader. */
static int input_open(const char *text)
{
	int fds[2];
	if (!text)
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	if (write(fds[1], text, strlen(text)) < 0) {
		close(fds[0]);
		fds[0] = -1;
	}
	close(fds[1]);
	return fds[0];
}

static bool start(struct child *child, const struct spawn_args *spawn)
{
	int in = input_open(spawn->input);
	int out[2];
	if (in < 0)
		return false;
	if (pipe2(out, O_CLOEXEC)) {
		close(in);
		return false;
	}
	pid_t guardian = getpid();
	/* Not fork(): libuv's handler for it would close the descriptors that its signal pipe had in the owner,
	 * which are others here. */
	child->pid = _Fork();
	if (child->pid == 0)
		exec_child(spawn, guardian, in, spawn->output ? spawn->output : out[1]);
	int error = errno;
	close(in);
	close(out[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	child->out = out[0];
	errno = error;
	return child->pid > 0;
}

enum status child_start(struct child *child, const struct spawn_args *spawn, struct err *err)
{
	memset(child, 0, sizeof *child);
	child->out = -1;
	if (start(child, spawn))
		return ST_OK;
	int error = errno;
	child->pid = 0;
	if (child->out >= 0)
		close(child->out);
	child->out = -1;
	return err_set(err, ST_OWN, "cannot start %s: %s; try again when the system has room for another process",
		       spawn->argv[0], strerror(error));
}

/* ---- listening ---- */

static void tail_add(struct child *child, const char *bytes, size_t n)
{
	const size_t max = sizeof child->tail - 1;
	if (child->tail_len + n > max) {
		size_t cut = child->tail_len + n - max;
		memmove(child->tail, child->tail + cut, child->tail_len - cut);
		child->tail_len -= cut;
	}
	for (size_t i = 0; i < n; i++)
		child->tail[child->tail_len++] = bytes[i] ? bytes[i] : ' ';
	child->tail[child->tail_len] = '\0';
}

static void output_read(struct child *child)
{
	char bytes[1024];
	while (child->out >= 0) {
		ssize_t n = read(child->out, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0) {
			tail_add(child, bytes, (size_t)n);
			continue;
		}
		close(child->out);
		child->out = -1;
	}
}

/* Nobody else: whoever has several looks at each. */
static void reap(struct child *child)
{
	int status;
	if (child->pid && waitpid(child->pid, &status, WNOHANG) == child->pid) {
		child->pid = 0;
		child->status = status;
	}
}

void child_look(struct child *child)
{
	reap(child);
	output_read(child);
}

/* The owner never sends anything: what can be read is the end of the connection. */
static bool owner_gone(int owner)
{
	char byte;
	ssize_t n = recv(owner, &byte, 1, MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

bool child_sleep(struct pollfd *polls, nfds_t n, uint64_t until_us)
{
	uint64_t now = clock_us();
	sigset_t none;
	if (now >= until_us)
		return false;
	uint64_t left = until_us - now;
	struct timespec wait = {.tv_sec = (time_t)(left / 1000000), .tv_nsec = (long)(left % 1000000) * 1000};
	sigemptyset(&none);
	if (ppoll(polls, n, until_us == UINT64_MAX ? NULL : &wait, &none) <= 0)
		for (nfds_t i = 0; i < n; i++)
			polls[i].revents = 0;
	return true;
}

/* Sleeps until something happens: CHILD_SAID stands for output or the end of a child, to be looked at. */
static enum child_news sleep_once(int out, int owner, uint64_t until_us)
{
	struct pollfd polls[] = {{.fd = owner, .events = POLLIN}, {.fd = out, .events = POLLIN}};
	if (!child_sleep(polls, COUNT_OF(polls), until_us))
		return CHILD_LATE;
	return polls[0].revents && owner_gone(owner) ? CHILD_ALONE : CHILD_SAID;
}

enum child_news child_wait(struct child *child, int owner, const char *until, int wait_ms)
{
	uint64_t until_us = wait_ms < 0 ? UINT64_MAX : clock_us() + (uint64_t)wait_ms * 1000;
	for (;;) {
		child_look(child);
		if (!child->pid)
			return CHILD_ENDED;
		if (until && strstr(child->tail, until))
			return CHILD_SAID;
		enum child_news news = sleep_once(child->out, owner, until_us);
		if (news != CHILD_SAID)
			return news;
	}
}

/* ---- the way out ---- */

/* Orphans have sessions of their own and no name that we know: the kernel has the list of our children. */
static void kill_children(void)
{
	char path[64], list[4096], *end = list;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, list, sizeof list - 1);
	if (fd >= 0)
		close(fd);
	list[n > 0 ? n : 0] = '\0';
	for (char *at = list;; at = end) {
		long pid = strtol(at, &end, 10);
		if (pid <= 1)
			return;
		kill((pid_t)pid, SIGKILL);
	}
}

/* A child and its helpers are one process group. */
static void kill_group(const struct child *child)
{
	if (child->pid) {
		kill(-child->pid, SIGKILL);
		kill(child->pid, SIGKILL);
	}
}

static void child_close_output(struct child *child)
{
	if (child->out >= 0)
		close(child->out);
	child->out = -1;
}

void child_end(struct child *child)
{
	kill_group(child);
	pid_t group = child->pid;
	while (group && waitpid(group, &child->status, 0) < 0 && errno == EINTR)
		;
	/* Its own children are ours now. */
	while (group && (waitpid(-group, NULL, 0) > 0 || errno == EINTR))
		;
	child->pid = 0;
	output_read(child);
	child_close_output(child);
}

void child_kill(struct child *child)
{
	int status;
	kill_group(child);
	do
		kill_children();
	while (waitpid(-1, &status, 0) > 0 || errno == EINTR);
	child->pid = 0;
	child_close_output(child);
}

void child_forget(struct child *child)
{
	child->tail_len = 0;
	child->tail[0] = '\0';
}

bool child_succeeded(const struct child *child)
{
	return WIFEXITED(child->status) && WEXITSTATUS(child->status) == 0;
}
