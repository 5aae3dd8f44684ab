/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator as a process: it listens, and each connection has a process of its own. */
#include "tests/crdb/translator.h"

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

#include "tests/crdb/translator_internal.h"
#include "tests/support/check.h"

static void socket_path(char path[108], const struct translator *translator)
{
	snprintf(path, 108, "%s/.s.PGSQL.%d", translator->dir, TRANSLATOR_PORT);
}

static int listen_in(const struct translator *translator)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socket_path(address.sun_path, translator);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 64) < 0)
		fail_msg("cannot listen in %s", translator->dir);
	return fd;
}

_Noreturn void link_client(struct translator_shared *shared, int client, const char *server)
{
	static struct link link; /* too large for a stack */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	link = (struct link){.shared = shared, .client = client};
	link_start(&link, server);
	link_serve(&link);
	_exit(0);
}

static _Noreturn void listen_on(struct translator_shared *shared, int listener, const char *server)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL);
		if (client < 0)
			continue;
		if (fork() == 0) {
			close(listener);
			link_client(shared, client, server);
		}
		close(client);
	}
}

void translator_start(struct translator *translator)
{
	const char *host = getenv("PGHOST"), *port = getenv("PGPORT");
	char server[108];
	snprintf(server, sizeof server, "%s/.s.PGSQL.%s", host ? host : "/tmp", port ? port : "5432");
	snprintf(translator->dir, sizeof translator->dir, "/tmp/teller-translator-XXXXXX");
	if (!mkdtemp(translator->dir))
		fail_msg("cannot make %s", translator->dir);
	translator->shared =
		mmap(NULL, sizeof *translator->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (translator->shared == MAP_FAILED)
		fail_msg("no shared memory");
	int listener = listen_in(translator);
	translator->pid = fork();
	if (translator->pid == 0)
		listen_on(translator->shared, listener, server);
	close(listener);
}

void translator_stop(struct translator *translator)
{
	char path[108];
	kill(translator->pid, SIGKILL);
	waitpid(translator->pid, NULL, 0);
	socket_path(path, translator);
	unlink(path);
	rmdir(translator->dir);
	munmap(translator->shared, sizeof *translator->shared);
}

void translator_reset(struct translator *translator)
{
	struct translator_shared *shared = translator->shared;
	shared->most_rows = shared->conflicts = shared->own_retries = shared->locking_reads = 0;
	shared->cancels = 0;
	shared->uncancelled = false;
	shared->logins = shared->refusals = shared->trips = 0;
}

static const char *write_target(char *target, size_t size, const struct translator *nodes, size_t n)
{
	const char *database = getenv("PGDATABASE");
	struct buf hosts = {0};
	for (size_t i = 0; i < n; i++)
		buf_fmt(&hosts, "%s%s", i ? "," : "", nodes[i].dir);
	snprintf(target, size, "cockroachdb://teller@/%s?host=%s&port=%d&sslmode=disable", database ? database : "bank",
		 buf_text(&hosts), TRANSLATOR_PORT);
	buf_free(&hosts);
	return target;
}

const char *translator_target(const struct translator *translator)
{
	static char target[256];
	return write_target(target, sizeof target, translator, 1);
}

const char *translator_cluster(const struct translator *nodes, size_t n)
{
	static char target[640];
	return write_target(target, sizeof target, nodes, n);
}
