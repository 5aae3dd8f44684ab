/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server of an old version, and one that answers nothing but its version: refused with a sentence, or used with what
 * it says. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"

static char dir[] = "/tmp/teller-old-XXXXXX";
static pid_t server;

/* ---- a server that knows one question ---- */

static void put(struct buf *out, char type, const struct buf *body)
{
	size_t n = body->len + 4;
	char head[] = {type, (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
	buf_add(out, head, sizeof head);
	buf_add(out, buf_text(body), body->len);
}

static void put_bytes(struct buf *out, char type, const char *bytes, size_t n)
{
	struct buf body = {0};
	buf_add(&body, bytes, n);
	put(out, type, &body);
	buf_free(&body);
}

static void put_pair(struct buf *out, const char *name, const char *value)
{
	struct buf body = {0};
	buf_add(&body, name, strlen(name) + 1);
	buf_add(&body, value, strlen(value) + 1);
	put(out, 'S', &body);
	buf_free(&body);
}

static void greet(struct buf *out, const char *version)
{
	put_bytes(out, 'R', "\0\0\0\0", 4);
	put_pair(out, "server_version", version);
	put_pair(out, "server_encoding", "UTF8");
	put_bytes(out, 'K', "\0\0\0\7\0\0\0\1", 8);
	put_bytes(out, 'Z', "I", 1);
}

/* Every statement fails but the plain question for the version, which older drivers ask as well. */
static void answer(struct buf *out, const char *sql, const char *version)
{
	static const char unknown[] = "SERROR\0VERROR\0C42883\0Mno such function\0";
	struct buf row = {0};
	if (strcmp(sql, "SELECT version()") != 0) {
		put_bytes(out, 'E', unknown, sizeof unknown);
		return;
	}
	put_bytes(out, '1', "", 0);
	put_bytes(out, '2', "", 0);
	put_bytes(out, 'T', "\0\1version\0\0\0\0\0\0\0\0\0\0\31\377\377\377\377\377\377\0\0", 2 + 8 + 18);
	size_t n = strlen("PostgreSQL ") + strlen(version);
	char head[] = {0, 1, 0, 0, 0, (char)n};
	buf_add(&row, head, sizeof head);
	buf_fmt(&row, "PostgreSQL %s", version);
	put(out, 'D', &row);
	put_bytes(out, 'C', "SELECT 1", 9);
	buf_free(&row);
}

static bool receive(int fd, void *bytes, size_t n)
{
	return recv(fd, bytes, n, MSG_WAITALL) == (ssize_t)n;
}

static size_t number(const unsigned char *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static void converse(int fd, const char *version)
{
	static char body[65536];
	unsigned char head[5];
	struct buf out = {0};
	bool failed = false;
	if (!receive(fd, head, 4) || !receive(fd, body, number(head) - 4))
		return;
	greet(&out, version);
	while (send(fd, out.p, out.len, MSG_NOSIGNAL) >= 0 && receive(fd, head, 5) && head[0] != 'X') {
		size_t n = number(head + 1) - 4;
		buf_clear(&out);
		if (n >= sizeof body || (n && !receive(fd, body, n)))
			break;
		if (head[0] == 'P' && !failed) {
			answer(&out, body + 1, version);
			failed = strcmp(body + 1, "SELECT version()") != 0;
		} else if (head[0] == 'S') {
			put_bytes(&out, 'Z', "I", 1);
			failed = false;
		}
	}
	buf_free(&out);
	close(fd);
}

static void serve(const char *version)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", dir);
	unlink(address.sun_path);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(listener, 8), 0);
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			converse(accept(listener, NULL, NULL), version);
	}
	close(listener);
}

static struct proc *list_from(const char *version)
{
	const char *const argv[] = {proc_teller(), "-h", dir, "-U", "ada", "-d", "bank", "list", NULL};
	serve(version);
	struct proc *proc = proc_run(argv, NULL, NULL);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return proc;
}

static void old_versions_are_refused(void **state)
{
	(void)state;
	static const char *const versions[] = {"9.6.24", "10.23", "12.22"};
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		char sentence[120];
		struct proc *proc = list_from(versions[i]);
		snprintf(sentence, sizeof sentence, "PostgreSQL %s is too old: teller needs version 13 or later",
			 versions[i]);
		proc_expect_status(proc, 2);
		proc_expect_err(proc, sentence);
		proc_free(proc);
	}
}

/* It says nothing of itself: it is connected to, and what fails then is its own affair. */
static void what_it_cannot_say_is_not_asked_for_ever(void **state)
{
	(void)state;
	struct proc *proc = list_from("16.2");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "the tables of this database cannot be looked up: no such function (42883)");
	proc_free(proc);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	char command[80];
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_versions_are_refused),
		cmocka_unit_test(what_it_cannot_say_is_not_asked_for_ever),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
