/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test server on a TCP port of loopback, by a process in between, which may close connections that are idle, as
 * proxies do. */
#include "tests/support/forward.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"

enum { PAIRS_MAX = 32, TURN_MS = 20 };

struct pair {
	int fds[2]; /* the client's, the server's; -1 where there is none */
	uint64_t used_us;
};

struct state {
	struct forward_shared *shared;
	int listener;
	struct sockaddr_un server;
	struct pair pairs[PAIRS_MAX];
};

static void pair_close(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		if (pair->fds[i] >= 0)
			close(pair->fds[i]);
		pair->fds[i] = -1;
	}
}

static void welcome(struct state *state)
{
	int client = accept4(state->listener, NULL, NULL, SOCK_CLOEXEC);
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	state->shared->connections++;
	for (size_t i = 0; i < PAIRS_MAX; i++) {
		struct pair *pair = &state->pairs[i];
		if (pair->fds[0] >= 0)
			continue;
		*pair = (struct pair){{client, server}, clock_us()};
		if (client < 0 || connect(server, (struct sockaddr *)&state->server, sizeof state->server) != 0)
			pair_close(pair);
		return;
	}
	close(client);
	close(server);
}

static void pass_on(struct pair *pair, int from)
{
	char bytes[16384];
	ssize_t n = read(pair->fds[from], bytes, sizeof bytes);
	pair->used_us = clock_us();
	for (ssize_t at = 0; at < n;) {
		ssize_t written = send(pair->fds[1 - from], bytes + at, (size_t)(n - at), MSG_NOSIGNAL);
		if (written <= 0)
			n = 0;
		at += written;
	}
	if (n <= 0)
		pair_close(pair);
}

static void close_idle(struct state *state)
{
	uint64_t idle_us = (uint64_t)state->shared->idle_ms * 1000, now = clock_us();
	for (size_t i = 0; idle_us && i < PAIRS_MAX; i++)
		if (state->pairs[i].fds[0] >= 0 && now - state->pairs[i].used_us > idle_us)
			pair_close(&state->pairs[i]);
}

static _Noreturn void run(struct state *state)
{
	for (;;) {
		struct pollfd fds[1 + 2 * PAIRS_MAX] = {{.fd = state->listener, .events = POLLIN}};
		for (size_t i = 0; i < 2 * PAIRS_MAX; i++)
			fds[1 + i] = (struct pollfd){.fd = state->pairs[i / 2].fds[i % 2], .events = POLLIN};
		poll(fds, 1 + 2 * PAIRS_MAX, TURN_MS);
		for (size_t i = 0; i < 2 * PAIRS_MAX; i++)
			if (fds[1 + i].revents && state->pairs[i / 2].fds[i % 2] == fds[1 + i].fd)
				pass_on(&state->pairs[i / 2], (int)(i % 2));
		close_idle(state);
		if (fds[0].revents)
			welcome(state);
	}
}

static int listen_at(const char *address, char port[8])
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
	struct sockaddr_storage bound;
	socklen_t n = sizeof bound;
	assert_int_equal(getaddrinfo(address, "0", &hints, &found), 0);
	int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, 16) < 0)
		fail_msg("cannot listen on %s", address);
	freeaddrinfo(found);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &n), 0);
	assert_int_equal(getnameinfo((struct sockaddr *)&bound, n, NULL, 0, port, 8, NI_NUMERICSERV), 0);
	return fd;
}

void forward_start(struct forward *forward, const char *address, int idle_ms)
{
	struct state state = {.server.sun_family = AF_UNIX};
	for (size_t i = 0; i < PAIRS_MAX; i++)
		state.pairs[i].fds[0] = state.pairs[i].fds[1] = -1;
	snprintf(state.server.sun_path, sizeof state.server.sun_path, "%s/.s.PGSQL.%s", getenv("PGHOST"),
		 getenv("PGPORT"));
	state.listener = listen_at(address, forward->port);
	forward->shared =
		mmap(NULL, sizeof *forward->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	forward->shared->idle_ms = idle_ms;
	state.shared = forward->shared;
	forward->pid = fork();
	if (forward->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(&state);
	}
	close(state.listener);
}

void forward_stop(struct forward *forward)
{
	kill(forward->pid, SIGKILL);
	waitpid(forward->pid, NULL, 0);
	munmap(forward->shared, sizeof *forward->shared);
}
