/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HAProxy: its configuration, and orders over its own socket. */
#include "tests/support/proxy.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/daemon.h"
#include "tests/support/spawn.h"

static const char *const names[] = {[PROXY_FIRST] = "first", [PROXY_SECOND] = "second"};

const char *proxy_target(const struct proxy *proxy, const char *database)
{
	static char target[120];
	snprintf(target, sizeof target, "host=127.0.0.1 port=%d user=teller dbname=%s", proxy->port, database);
	return target;
}

static void address_of(const struct own_server *server, char *address, size_t size)
{
	if (server->loopback)
		snprintf(address, size, "127.0.0.1:%d", server->port);
	else
		snprintf(address, size, "unix@%s/.s.PGSQL.%d", server->dir, server->port);
}

static void write_config(const struct proxy *proxy, const struct own_server *first, const struct own_server *second)
{
	char text[1000], a[100], b[100];
	address_of(first, a, sizeof a);
	address_of(second, b, sizeof b);
	snprintf(text, sizeof text,
		 "global\n"
		 "  stats socket %s/orders mode 666 level admin\n"
		 "defaults\n"
		 "  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\n"
		 "frontend bank\n"
		 "  bind 127.0.0.1:%d\n  default_backend servers\n"
		 "backend servers\n"
		 "  server first %s\n  server second %s disabled\n",
		 proxy->dir, proxy->port, a, b);
	daemon_write(proxy->dir, "config", text);
}

/* One order on a connection of its own; it answers and closes. */
static void order(const struct proxy *proxy, const char *what, const char *server)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char line[100], answer[1000];
	size_t n = 0;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/orders", proxy->dir);
	int length = snprintf(line, sizeof line, "%s servers/%s\n", what, server);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 || write(fd, line, (size_t)length) != length)
		fail_msg("HAProxy does not take orders in %s", proxy->dir);
	for (ssize_t got; n + 1 < sizeof answer && (got = read(fd, answer + n, sizeof answer - 1 - n)) > 0;)
		n += (size_t)got;
	answer[n] = '\0';
	close(fd);
	if (answer[strspn(answer, "\n")])
		fail_msg("HAProxy: %s %s: %s", what, server, answer);
}

void proxy_switch(const struct proxy *proxy, enum proxy_server to, bool cut)
{
	const char *other = names[to == PROXY_FIRST ? PROXY_SECOND : PROXY_FIRST];
	order(proxy, "enable server", names[to]);
	order(proxy, "disable server", other);
	if (cut)
		order(proxy, "shutdown sessions server", other);
}

static int lets_through(const void *arg)
{
	return PQping(proxy_target(arg, "postgres")) == PQPING_OK;
}

void proxy_start(struct proxy *proxy, const struct own_server *first, const struct own_server *second)
{
	*proxy = (struct proxy){.dir = "/tmp/teller-proxy-XXXXXX", .port = daemon_free_port()};
	daemon_make_dir(proxy->dir);
	write_config(proxy, first, second);
	char config[80];
	snprintf(config, sizeof config, "%s/config", proxy->dir);
	const char *const argv[] = {"haproxy", "-db", "-f", config, NULL};
	proxy->pid = daemon_start(proxy->dir, argv, SIGKILL);
	daemon_wait(proxy->dir, "HAProxy", lets_through, proxy);
}

void proxy_stop(struct proxy *proxy)
{
	if (proxy->pid) {
		kill(proxy->pid, SIGKILL);
		spawn_reap(proxy->pid);
	}
	daemon_remove_dir(proxy->dir);
	*proxy = (struct proxy){0};
}
