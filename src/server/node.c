/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One node of a cluster, as its guardian sees it: a process, its port, its directory. */
#include "src/server/node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "src/server/home.h"
#include "src/server/last_words.h"

enum { NODE_SILENT_US = 5000000 };

static void node_path(char out[PATH_MAX + 8], const struct node *node, const char *name)
{
	snprintf(out, PATH_MAX + 8, "%s/%s", node->dir, name);
}

/* For a sweep that finds the node without a guardian. */
static bool node_note_pid(const struct node *node)
{
	char path[PATH_MAX + 8], text[16];
	node_path(path, node, HOME_NODE_PID);
	int n = snprintf(text, sizeof text, "%d\n", (int)node->child.pid);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, text, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return written;
}

enum status node_start(struct node *node, const struct cockroach *program, char *const *env, const int *ports, size_t n,
		       struct err *err)
{
	struct cockroach_words words;
	char url[PATH_MAX + 8];
	if (mkdir(node->dir, 0700) && errno != EEXIST)
		return err_set(err, ST_OWN, "cannot make the directory %.200s: %s; make room, or set TMPDIR", node->dir,
			       strerror(errno));
	node_path(url, node, COCKROACH_URL);
	unlink(url);
	node->words[0] = '\0';
	cockroach_start(&words, program, ports, n, node->number - 1);
	struct spawn_args spawn = {.argv = words.argv, .env = env, .dir = node->dir, .deathsig = SIGKILL};
	enum status st = child_start(&node->child, &spawn, err);
	if (st == ST_OK && !node_note_pid(node))
		st = err_set(err, ST_OWN, "cannot write in %.200s: %s; make room, or set TMPDIR", node->dir,
			     strerror(errno));
	node->phase = st == ST_OK ? NODE_STARTING : NODE_DOWN;
	node->since_us = clock_us();
	node->port = ports[node->number - 1];
	return st;
}

static bool node_takes_connections(const struct node *node)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)node->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool takes = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	if (fd >= 0)
		close(fd);
	return takes;
}

/* It writes a file then; but a version may write that only when the cluster is one, and so wait for init. Who has not
 * ended after a while for want of its port has that port itself. */
bool node_listens(const struct node *node)
{
	char path[PATH_MAX + 8];
	struct stat st;
	node_path(path, node, COCKROACH_URL);
	if (stat(path, &st) == 0 && st.st_size > 0)
		return true;
	return clock_us() - node->since_us > NODE_SILENT_US && node_takes_connections(node);
}

/* The last line that it wrote, where it did not complain and has not ended. */
static void node_last_line(const struct node *node, char *out, size_t size)
{
	const char *tail = node->child.tail;
	size_t end = strlen(tail);
	while (end > 0 && strchr("\n *", tail[end - 1]))
		end--;
	size_t begin = end;
	while (begin > 0 && tail[begin - 1] != '\n')
		begin--;
	snprintf(out, size, "%.*s", (int)(end - begin), tail + begin);
}

void node_say_last(struct node *node)
{
	char raw[sizeof node->words] = "";
	struct buf harmless = {0};
	if (node->child.pid)
		node_last_line(node, raw, sizeof raw);
	else
		last_words(node->child.tail, node->child.status, raw, sizeof raw);
	text_escape(&harmless, raw, strlen(raw), sizeof node->words - 4);
	snprintf(node->words, sizeof node->words, "%s", buf_text(&harmless));
	buf_free(&harmless);
}

/* ---- ports ---- */

static int node_take_port(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
	    getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
		*port = ntohs(address.sin_port);
		return fd;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* All are held until the last one is chosen, so that none is chosen twice. */
enum status node_ports(int *ports, size_t n, struct err *err)
{
	int fds[CLUSTER_NODES_MAX];
	size_t taken = 0;
	while (taken < n && (fds[taken] = node_take_port(&ports[taken])) >= 0)
		taken++;
	int error = errno;
	for (size_t i = 0; i < taken; i++)
		close(fds[i]);
	return taken == n
		       ? ST_OK
		       : err_set(err, ST_OWN, "cannot find a free port on 127.0.0.1: %s; try again", strerror(error));
}
