/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator's messages: read from either side, written to either side, and PostgreSQL's answers collected. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/crdb/translator_internal.h"

#define VERSION "CockroachDB CCL v22.1.0-alpha.1 (x86_64-pc-linux-gnu, built 2022/02/08 06:15:10, go1.17.6)"

enum { SSL_REQUEST = 80877103, GSS_REQUEST = 80877104, CANCEL_REQUEST = 80877102 };

static void read_all(int fd, char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = recv(fd, bytes, n, 0);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			_exit(0);
		bytes += done;
		n -= (size_t)done;
	}
}

void link_write(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			_exit(0);
		bytes += done;
		n -= (size_t)done;
	}
}

static void add32(struct buf *out, uint32_t value)
{
	uint32_t net = htonl(value);
	buf_add(out, (const char *)&net, 4);
}

char link_read(int fd, struct buf *body, bool startup)
{
	char type = 0;
	uint32_t net;
	if (!startup)
		read_all(fd, &type, 1);
	read_all(fd, (char *)&net, 4);
	size_t n = ntohl(net) - 4;
	char *bytes = malloc(n + 1);
	if (!bytes)
		_exit(1);
	read_all(fd, bytes, n);
	buf_clear(body);
	buf_add(body, bytes, n);
	buf_char(body, '\0'); /* behind it: whatever is read as a text ends */
	body->len--;
	free(bytes);
	return type;
}

void link_put(struct buf *out, char type, const char *body, size_t n)
{
	if (type)
		buf_char(out, type);
	add32(out, (uint32_t)n + 4);
	buf_add(out, body, n);
}

static void add_field(struct buf *body, char field, const char *text)
{
	if (!text[0])
		return;
	buf_char(body, field);
	buf_add(body, text, strlen(text) + 1);
}

void link_put_error(struct link *link, const char *sqlstate, const char *text, const char *detail)
{
	struct buf body = {0};
	add_field(&body, 'S', "ERROR");
	add_field(&body, 'C', sqlstate);
	add_field(&body, 'M', text);
	add_field(&body, 'D', detail);
	buf_char(&body, '\0');
	link_put(&link->out, 'E', body.p, body.len);
	buf_free(&body);
	link->skipping = true;
}

void link_put_tag(struct link *link, const char *tag)
{
	link_put(&link->out, 'C', tag, strlen(tag) + 1);
}

void link_flush(struct link *link)
{
	if (link->out.len)
		link_write(link->client, link->out.p, link->out.len);
	buf_clear(&link->out);
}

void link_say(struct link *link, char type, const char *body, size_t n)
{
	struct buf message = {0};
	link_put(&message, type, body, n);
	link_write(link->server, message.p, message.len);
	buf_free(&message);
}

_Noreturn void link_say_goodbye(struct link *link, const char *text)
{
	link_put_error(link, "57P01", text, "");
	link_flush(link);
	shutdown(link->client, SHUT_WR);
	_exit(0);
}

static bool has_to_go(const struct link *link)
{
	enum translator_drain drain = link->shared->drain;
	return drain == DRAIN_ALL || (drain == DRAIN_IDLE && link->state == LINK_IDLE);
}

void link_await(struct link *link)
{
	struct pollfd client = {.fd = link->client, .events = POLLIN};
	while (!has_to_go(link))
		if (poll(&client, 1, 10) > 0)
			return;
	link_say_goodbye(link, "server is shutting down");
}

/* ---- what PostgreSQL answers ---- */

static void take_error(struct link_answer *answer, const struct buf *body)
{
	answer->failed = true;
	for (size_t at = 0; at < body->len && body->p[at];) {
		const char *text = body->p + at + 1;
		if (body->p[at] == 'C')
			snprintf(answer->sqlstate, sizeof answer->sqlstate, "%s", text);
		if (body->p[at] == 'M')
			snprintf(answer->text, sizeof answer->text, "%s", text);
		if (body->p[at] == 'D')
			snprintf(answer->detail, sizeof answer->detail, "%s", text);
		at += strlen(text) + 2;
	}
}

/* Data of a COPY go through until the client or the server ends it. Returns whether it goes on. */
static bool pass_copy(struct link *link)
{
	struct pollfd fds[] = {{.fd = link->server, .events = POLLIN}, {.fd = link->client, .events = POLLIN}};
	struct buf body = {0};
	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		_exit(1);
	if (fds[0].revents || !fds[1].revents)
		return !fds[0].revents;
	char type = link_read(link->client, &body, false);
	if (type == 'd' || type == 'c' || type == 'f')
		link_say(link, type, body.p, body.len);
	buf_free(&body);
	return type != 'c' && type != 'f';
}

void link_collect(struct link *link, struct link_answer *answer)
{
	struct buf body = {0};
	char type;
	while ((type = link_read(link->server, &body, false)) != 'Z') {
		if (type == 'E')
			take_error(answer, &body);
		else
			link_put(&answer->messages, type, body.p, body.len);
		answer->bound |= type == '2';
		if (type == 'C')
			snprintf(answer->tag, sizeof answer->tag, "%s", body.p);
		if (type == 'G') {
			buf_add(&link->out, answer->messages.p, answer->messages.len);
			buf_clear(&answer->messages);
			link_flush(link);
			while (pass_copy(link))
				;
		}
	}
	link->server_open = body.p[0] != 'I';
	buf_free(&body);
}

/* ---- the start ---- */

static int dial(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
		_exit(0);
	return fd;
}

static uint32_t code_of(const struct buf *body)
{
	uint32_t net = 0;
	memcpy(&net, body->p, 4);
	return ntohl(net);
}

static void tell_parameter(struct link *link, const char *name, const char *value)
{
	struct buf body = {0};
	buf_fmt(&body, "%s%c%s", name, 0, value);
	link_put(&link->out, 'S', body.p, body.len + 1);
	buf_free(&body);
}

/* All that PostgreSQL says at the start, with the version that this is taken for. */
static void greet_client(struct link *link)
{
	struct buf body = {0};
	char type;
	while ((type = link_read(link->server, &body, false)) != 'Z') {
		if (type == 'S' && strcmp(body.p, "server_version") == 0)
			tell_parameter(link, "server_version", "13.0.0");
		else
			link_put(&link->out, type, body.p, body.len);
	}
	tell_parameter(link, "crdb_version", VERSION);
	link_put(&link->out, 'Z', "I", 1);
	buf_free(&body);
}

/* The database has another name on PostgreSQL; defaultdb is one that each PostgreSQL has. */
static void name_database(const struct translator_shared *shared, struct buf *body)
{
	struct buf out = {0};
	buf_add(&out, body->p, 4);
	for (size_t at = 4; at < body->len && body->p[at];) {
		const char *key = body->p + at, *value = key + strlen(key) + 1;
		bool database = strcmp(key, "database") == 0, is_default = strcmp(value, "defaultdb") == 0;
		const char *prefix = database && !is_default ? shared->databases : "";
		buf_fmt(&out, "%s%c%s%s%c", key, 0, prefix, database && is_default ? "postgres" : value, 0);
		at += strlen(key) + strlen(value) + 2;
	}
	buf_char(&out, '\0');
	buf_free(body);
	*body = out;
}

void link_start(struct link *link, const char *server)
{
	static const char set[] = "SET deadlock_timeout = '20ms'";
	struct buf body = {0}, first = {0};
	struct link_answer answer = {.failed = false};
	link_read(link->client, &body, true);
	while (code_of(&body) == SSL_REQUEST || code_of(&body) == GSS_REQUEST) {
		link_write(link->client, "N", 1);
		link_read(link->client, &body, true);
	}
	if (code_of(&body) != CANCEL_REQUEST && link->shared->drain) {
		link->shared->refusals++;
		link_say_goodbye(link, "server is not accepting clients, try another node");
	}
	if (code_of(&body) == CANCEL_REQUEST && link->shared->uncancelled)
		_exit(0);
	link->server = dial(server);
	if (link->shared->databases[0] && code_of(&body) != CANCEL_REQUEST)
		name_database(link->shared, &body);
	link_put(&first, 0, body.p, body.len);
	link_write(link->server, first.p, first.len);
	if (code_of(&body) == CANCEL_REQUEST) {
		char end;
		recv(link->server, &end, 1, 0); /* PostgreSQL closes it when it has passed it on */
		_exit(0);
	}
	link->shared->logins++;
	buf_free(&body);
	buf_free(&first);
	greet_client(link);
	link_say(link, 'Q', set, sizeof set);
	link_collect(link, &answer);
	buf_free(&answer.messages);
	link_flush(link);
}
