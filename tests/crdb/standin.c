/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stand-in as a process: its loop, its connections, and the test's side of it. */
#include "tests/crdb/standin.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/crdb/standin_internal.h"
#include "tests/support/check.h"

/* ---- the server's side ---- */

/* What was not committed is gone with the connection. */
void conn_close(struct conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	buf_free(&conn->in);
	buf_free(&conn->out);
	*conn = (struct conn){.fd = -1};
}

static bool is_used(const struct conn *conn)
{
	return conn->fd >= 0 || conn->late;
}

static void welcome(struct server *server)
{
	int fd = accept(server->listener, NULL, NULL);
	if (fd < 0)
		return;
	for (size_t i = 0; i < CONNS_MAX; i++)
		if (!is_used(&server->conns[i])) {
			server->conns[i] = (struct conn){.fd = fd};
			return;
		}
	close(fd);
}

static void receive(struct server *server, struct conn *conn)
{
	char bytes[8192];
	ssize_t n = recv(conn->fd, bytes, sizeof bytes, 0);
	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		conn_close(conn);
		return;
	}
	buf_add(&conn->in, bytes, (size_t)n);
	wire_read(server, conn);
}

/* Only the statement that stalls can be cancelled: nothing else takes time here. */
void server_cancel(struct server *server, unsigned key)
{
	for (size_t i = 0; i < CONNS_MAX; i++) {
		struct conn *conn = &server->conns[i];
		struct reply reply;
		if (!is_used(conn) || !conn->stalled || !key || conn->key != key)
			continue;
		conn->stalled = conn->stall_over = server->shared->stalled = false;
		sql_fail(server->shared, &conn->txn, conn->portal.kind, "57014", &reply);
		wire_error(server, conn, "ERROR", "57014", reply.message);
		wire_read(server, conn); /* the Execute that stalled is passed over like all that is behind it */
	}
}

/* What was held up goes on once the other session has rolled back: the ledger was asked. */
void server_rolled_back(struct server *server, const struct conn *by)
{
	for (size_t i = 0; i < CONNS_MAX; i++) {
		struct conn *conn = &server->conns[i];
		if (!conn->late || conn == by)
			continue;
		wire_read(server, conn);
		conn_close(conn);
	}
}

static void go_on(struct server *server)
{
	char byte;
	if (read(server->wake, &byte, 1) != 1)
		_exit(0); /* the test is gone */
	server->shared->stalled = false;
	for (size_t i = 0; i < CONNS_MAX; i++)
		if (is_used(&server->conns[i]) && server->conns[i].stalled) {
			server->conns[i].stalled = false;
			wire_read(server, &server->conns[i]);
		}
}

static _Noreturn void serve(struct server *server)
{
	struct pollfd fds[2 + CONNS_MAX];
	for (;;) {
		fds[0] = (struct pollfd){.fd = server->listener, .events = POLLIN};
		fds[1] = (struct pollfd){.fd = server->wake, .events = POLLIN};
		for (size_t i = 0; i < CONNS_MAX; i++)
			fds[2 + i] = (struct pollfd){.fd = server->conns[i].fd, .events = POLLIN};
		if (poll(fds, 2 + CONNS_MAX, -1) < 0 && errno != EINTR)
			_exit(1);
		for (size_t i = 0; i < CONNS_MAX; i++)
			if (fds[2 + i].revents && server->conns[i].fd == fds[2 + i].fd)
				receive(server, &server->conns[i]);
		if (fds[1].revents)
			go_on(server);
		if (fds[0].revents)
			welcome(server);
	}
}

static _Noreturn void run_process(struct standin_shared *shared, int listener, int wake)
{
	static struct server server; /* too large for a stack */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	server = (struct server){.shared = shared, .listener = listener, .wake = wake};
	for (size_t i = 0; i < CONNS_MAX; i++)
		server.conns[i].fd = -1;
	serve(&server);
}

/* ---- the test's side ---- */

static int listen_in(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.26257", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0)
		fail_msg("cannot listen in %s", dir);
	return fd;
}

static struct standin_shared *new_shared(enum standin_version version)
{
	static const long balances[STANDIN_ACCOUNTS] = {1000, 0, 500, 0};
	struct standin_shared *shared =
		mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail_msg("no shared memory");
	shared->version = version;
	for (int i = 0; i < STANDIN_ACCOUNTS; i++)
		shared->accounts[i].balance = balances[i];
	return shared;
}

void standin_start(struct standin *standin, enum standin_version version)
{
	int wake[2];
	snprintf(standin->dir, sizeof standin->dir, "/tmp/teller-standin-XXXXXX");
	if (!mkdtemp(standin->dir) || pipe(wake) < 0)
		fail_msg("cannot make %s", standin->dir);
	standin->shared = new_shared(version);
	int listener = listen_in(standin->dir);
	standin->pid = fork();
	if (standin->pid == 0) {
		close(wake[1]);
		run_process(standin->shared, listener, wake[0]);
	}
	close(listener);
	close(wake[0]);
	standin->wake = wake[1];
}

void standin_stop(struct standin *standin)
{
	char path[96];
	kill(standin->pid, SIGKILL);
	waitpid(standin->pid, NULL, 0);
	close(standin->wake);
	snprintf(path, sizeof path, "%s/.s.PGSQL.26257", standin->dir);
	unlink(path);
	rmdir(standin->dir);
	munmap(standin->shared, sizeof *standin->shared);
}

void standin_arm(struct standin *standin)
{
	struct standin_shared *shared = standin->shared;
	shared->nfaults = shared->nlog = 0;
	shared->happened = 0;
	memset(shared->seen, 0, sizeof shared->seen);
	memset(shared->log, 0, sizeof shared->log);
}

void standin_fault(struct standin *standin, enum standin_kind kind, unsigned nth, enum standin_effect effect,
		   const char *sqlstate)
{
	struct standin_shared *shared = standin->shared;
	assert_true(shared->nfaults < STANDIN_FAULTS);
	struct standin_fault *fault = &shared->faults[shared->nfaults++];
	*fault = (struct standin_fault){.kind = kind, .nth = nth, .effect = effect};
	snprintf(fault->sqlstate, sizeof fault->sqlstate, "%s", sqlstate ? sqlstate : "");
}

void standin_go(struct standin *standin)
{
	if (write(standin->wake, "", 1) != 1)
		fail_msg("the stand-in is gone");
}

void standin_write(struct standin *standin, int id, long balance)
{
	standin->shared->accounts[id - 1].balance = balance;
	standin->shared->accounts[id - 1].version++;
}

bool standin_has_id(const struct standin *standin, const char *id)
{
	for (size_t i = 0; i < standin->shared->nids; i++)
		if (strcmp(standin->shared->ids[i], id) == 0)
			return true;
	return false;
}
