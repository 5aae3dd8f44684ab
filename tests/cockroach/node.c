/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node of the tests' cockroach: it listens, becomes a member of a cluster, serves SQL, and ends at SIGTERM. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/cockroach/cockroach.h"
#include "tests/crdb/translator_internal.h"

/*
 * Nodes and `init` talk over the port that SQL has: a line that begins with "crdb ", which no client of SQL sends.
 *     crdb init     "ok TOKEN", or "already" where the node is a member
 *     crdb join     "ok TOKEN NUMBER" from a member, else "wait"
 */
struct state { /* shared by the node and the processes of its clients */
	struct translator_shared sql;
	volatile bool member;
	atomic_uint next; /* the number of the next node that joins */
};

static volatile sig_atomic_t draining;

static void on_term(int signum)
{
	(void)signum;
	draining = 1;
}

/* ---- addresses ---- */

static struct sockaddr_in address_of(const char *text)
{
	const char *colon = strrchr(text, ':');
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	address.sin_port = htons((uint16_t)(colon ? atoi(colon + 1) : 26257));
	return address;
}

static int node_listen(const char *text)
{
	struct sockaddr_in address = address_of(text);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 64) == 0)
		return fd;
	close(fd);
	return -1;
}

/* What the node at that address answers to an order; false where none does. */
static bool node_ask(const char *where, const char *order, char *answer, size_t size)
{
	struct sockaddr_in address = address_of(where);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char line[32];
	int len = snprintf(line, sizeof line, "crdb %s\n", order);
	bool sent = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
		    send(fd, line, (size_t)len, MSG_NOSIGNAL) == len;
	ssize_t n = sent ? recv(fd, answer, size - 1, 0) : -1;
	close(fd);
	answer[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* ---- membership ---- */

static void store_path(char out[4096], const struct flags *flags, const char *name)
{
	const char *store = flags->store ? flags->store : "cockroach-data";
	store += strncmp(store, "path=", 5) == 0 ? 5 : 0;
	snprintf(out, 4096, "%.*s/%s", (int)strcspn(store, ","), store, name);
}

static bool in_memory(const struct flags *flags)
{
	return flags->store && strncmp(flags->store, "type=mem", 8) == 0;
}

static void become_member(struct state *state, const struct flags *flags, const char *token, unsigned number)
{
	char path[4096];
	snprintf(state->sql.databases, sizeof state->sql.databases, "%s_", token);
	state->sql.node = number;
	state->next = number + 1;
	state->member = true;
	store_path(path, flags, "cluster");
	FILE *f = in_memory(flags) ? NULL : fopen(path, "w");
	if (f) {
		fprintf(f, "%s %u\n", token, number);
		fclose(f);
	}
}

/* True where the store is that of a member. */
static bool remember(struct state *state, const struct flags *flags)
{
	char path[4096], token[24] = "";
	unsigned number = 0;
	store_path(path, flags, "");
	if (!in_memory(flags))
		mkdir(path, 0700);
	store_path(path, flags, "cluster");
	FILE *f = in_memory(flags) ? NULL : fopen(path, "r");
	bool known = f && fscanf(f, "%23s %u", token, &number) == 2;
	if (f)
		fclose(f);
	if (known)
		become_member(state, flags, token, number);
	return known;
}

static void bootstrap(struct state *state, const struct flags *flags)
{
	char token[24];
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(token, sizeof token, "crdb_%x_%lx", (unsigned)getpid(), now.tv_nsec & 0xffffff);
	become_member(state, flags, token, 1);
}

/* Asks each of the others once. */
static void ask_others(struct state *state, const struct flags *flags)
{
	char list[256], *rest = NULL;
	snprintf(list, sizeof list, "%s", flags->join);
	for (char *at = strtok_r(list, ",", &rest); at && !state->member; at = strtok_r(NULL, ",", &rest)) {
		char answer[64], token[24];
		unsigned number = 0;
		bool other = strcmp(at, flags->listen_addr) != 0;
		if (other && node_ask(at, "join", answer, sizeof answer) &&
		    sscanf(answer, "ok %23s %u", token, &number) == 2)
			become_member(state, flags, token, number);
	}
}

/* In a process of its own: the others ask us meanwhile. */
static void join_others(struct state *state, const struct flags *flags)
{
	const struct timespec moment = {.tv_nsec = 20000000};
	if (state->member || !flags->join || fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (; !state->member; nanosleep(&moment, NULL))
		ask_others(state, flags);
	_exit(0);
}

/* ---- clients ---- */

static void refuse_sql(int fd, const char *code, const char *text)
{
	struct link link = {.client = fd, .shared = NULL};
	struct buf body = {0};
	link_read(fd, &body, true);
	link_put_error(&link, code, text, "");
	link_flush(&link);
	_exit(0);
}

static void answer_node(struct state *state, const struct flags *flags, int fd)
{
	char line[32] = "", answer[64] = "wait\n";
	ssize_t n = recv(fd, line, sizeof line - 1, 0);
	line[n > 0 ? n : 0] = '\0';
	const char *token = state->sql.databases;
	int len = (int)strlen(token) - 1;
	if (strcmp(line, "crdb init\n") == 0 && state->member)
		snprintf(answer, sizeof answer, "already\n");
	else if (strcmp(line, "crdb init\n") == 0) {
		bootstrap(state, flags);
		snprintf(answer, sizeof answer, "ok\n");
	} else if (state->member)
		snprintf(answer, sizeof answer, "ok %.*s %u\n", len, token, atomic_fetch_add(&state->next, 1));
	send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	_exit(0);
}

static _Noreturn void serve_client(struct state *state, const struct flags *flags, int fd)
{
	char first[5] = "";
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	if (recv(fd, first, 5, MSG_PEEK | MSG_WAITALL) == 5 && memcmp(first, "crdb ", 5) == 0)
		answer_node(state, flags, fd);
	if (!flags->insecure && (fd = tls_accept(flags->certs_dir, fd)) < 0)
		_exit(0);
	if (!state->member)
		refuse_sql(fd, "57P03", "node is not ready: it waits for init");
	state->sql.uncopied = trouble("copying");
	state->sql.slow_before = trouble("commit-late");
	state->sql.slow_after = trouble("answer-late");
	link_client(&state->sql, fd, getenv("STANDIN_SOCKET"));
}

/* ---- its life ---- */

static void write_line(const char *path, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void write_line(const char *path, const char *fmt, ...)
{
	va_list ap;
	FILE *f = path ? fopen(path, "w") : NULL;
	if (!f)
		return;
	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
}

static void say_ready(const struct flags *flags)
{
	write_line(flags->url_file, "postgresql://root@%s/defaultdb?sslmode=%s\n", flags->listen_addr,
		   flags->insecure ? "disable" : "verify-full");
	write_line(flags->pid_file, "%d\n", (int)getpid());
}

/* Another program, which holds the port for as long as whoever has asked for that lives. */
static void steal_port(const struct flags *flags)
{
	if (!trouble("steal"))
		return;
	trouble_over("steal");
	int fd = node_listen(flags->listen_addr);
	if (fork() == 0) {
		setsid();
		for (;;)
			pause();
	}
	close(fd);
}

static int node_loop(struct state *state, const struct flags *flags, int listener)
{
	bool joined = false;
	while (!draining) {
		struct pollfd poll_listener = {.fd = listener, .events = POLLIN};
		if (state->member && !joined) {
			joined = true;
			say_ready(flags);
			printf("CockroachDB node starting\nnodeID: %u\n", state->sql.node);
		}
		int fd = poll(&poll_listener, 1, state->member ? -1 : 20) > 0 ? accept(listener, NULL, NULL) : -1;
		if (fd >= 0 && fork() == 0) {
			close(listener);
			serve_client(state, flags, fd);
		}
		if (fd >= 0)
			close(fd);
	}
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM); /* a node is one process, and its clients go with it */
	while (wait(NULL) > 0 || errno == EINTR)
		;
	puts("initiating graceful shutdown of server\nserver drained and shutdown completed");
	return 0;
}

static int node_check(const struct flags *flags)
{
	bool old = strcmp(flags->version, "19.1") == 0;
	if (!flags->insecure && !flags->certs_dir)
		return fail(flags->command, "cannot load certificates: no certificates found");
	if (strcmp(flags->command, "start") == 0 && !flags->join && !old)
		return fail(flags->command, "no --join flags provided to 'cockroach start'");
	if (trouble("refuse"))
		return fail(flags->command, "cockroach server exited with error: \033[31mno room\033[0m");
	return 0;
}

int node_run(const struct flags *flags)
{
	struct sigaction act = {.sa_handler = on_term};
	struct state *state = mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (node_check(flags))
		return 1;
	puts("*\n* WARNING: this is the tests' own program, no CockroachDB\n*");
	steal_port(flags);
	int listener = node_listen(flags->listen_addr);
	if (listener < 0)
		return fail(flags->command,
			    "cockroach server exited with error: consider changing the port via --listen-addr: listen "
			    "tcp %s: bind: address already in use",
			    flags->listen_addr);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (!remember(state, flags) && !flags->join)
		bootstrap(state, flags);
	while (trouble("mute") && !draining)
		pause();
	if (!trouble("late-url"))
		say_ready(flags);
	join_others(state, flags);
	return node_loop(state, flags, listener);
}

int node_init(const struct flags *flags)
{
	char answer[64];
	if (!node_ask(flags->host ? flags->host : "localhost:26257", "init", answer, sizeof answer))
		return fail("init", "cannot dial server: connection refused");
	if (strcmp(answer, "already\n") == 0)
		return fail("init", "cluster has already been initialized");
	puts("Cluster successfully initialized");
	return 0;
}
