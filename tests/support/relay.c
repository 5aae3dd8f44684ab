/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The relay: one poll loop over pairs of sockets, cutting the byte streams into protocol messages. */
#include "tests/support/relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/check.h"

enum { PAIRS_MAX = 64, HELD_MAX = 256, LATE_MS = 10 };

/* One direction of a connection: bytes that are not a whole message yet, and whole messages that wait for their
 * time. */
struct stream {
	int from, to;
	bool startup; /* the first message of a client has no type byte */
	char *bytes;
	size_t len, cap;
	struct {
		size_t end; /* offset in `bytes` behind the message */
		uint64_t due_us;
	} held[HELD_MAX];
	size_t nheld;
	size_t parsed; /* bytes that are in `held` */
	bool ended;
};

struct pair {
	bool used, deaf, lied;    /* lied: in the answer that goes on now */
	bool late;                /* it waits at the door */
	struct stream streams[2]; /* by enum relay_direction */
};

struct state {
	struct relay_shared *shared;
	relay_change_fn *change; /* NULL: messages go on as they are */
	void *change_arg;
	int listener;
	struct sockaddr_un server;
	struct pair pairs[PAIRS_MAX];
};

static uint64_t now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void pair_close(struct pair *pair)
{
	if (!pair->deaf)
		close(pair->streams[RELAY_TO_SERVER].from);
	close(pair->streams[RELAY_TO_SERVER].to);
	free(pair->streams[0].bytes);
	free(pair->streams[1].bytes);
	*pair = (struct pair){0};
}

/* The client hears no more; what it has sent still reaches the server. */
static void pair_deafen(struct pair *pair)
{
	close(pair->streams[RELAY_TO_SERVER].from);
	pair->deaf = true;
	pair->streams[RELAY_TO_SERVER].ended = true;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

/* The length of the whole message at `bytes`, 0 while it is not all there. */
static size_t message_length(const struct stream *stream, size_t at)
{
	size_t head = stream->startup ? 0 : 1;
	const unsigned char *p = (const unsigned char *)stream->bytes + at;
	if (stream->len - at < head + 4)
		return 0;
	size_t length =
		head + ((size_t)p[head] << 24 | (size_t)p[head + 1] << 16 | (size_t)p[head + 2] << 8 | p[head + 3]);
	return stream->len - at < length ? 0 : length;
}

static void split(struct state *state, struct stream *stream, enum relay_direction direction)
{
	size_t n;
	while (stream->nheld < HELD_MAX && (n = message_length(stream, stream->parsed)) > 0) {
		stream->parsed += n;
		stream->startup = false;
		stream->held[stream->nheld].end = stream->parsed;
		stream->held[stream->nheld++].due_us = now_us() + state->shared->delay_us[direction];
	}
}

static void drop_front(struct stream *stream, size_t n)
{
	memmove(stream->bytes, stream->bytes + n, stream->len - n);
	memmove(stream->held, stream->held + 1, (stream->nheld - 1) * sizeof *stream->held);
	stream->nheld--;
	stream->len -= n;
	stream->parsed -= n;
	for (size_t i = 0; i < stream->nheld; i++)
		stream->held[i].end -= n;
}

static bool forward_lie(struct relay_shared *shared, struct pair *pair, size_t n)
{
	const struct stream *stream = &pair->streams[RELAY_TO_CLIENT];
	char *lied = relay_lied(shared->lie, shared->about, &pair->lied, stream->bytes, &n);
	bool written = write_all(stream->to, lied ? lied : stream->bytes, n);
	free(lied);
	return written;
}

static bool forward_bytes(const struct state *state, enum relay_direction direction, struct stream *stream, size_t n)
{
	struct buf out = {0};
	if (direction == RELAY_TO_SERVER || !state->change)
		return write_all(stream->to, stream->bytes, n);
	state->change(state->change_arg, stream->bytes, n, &out);
	bool ok = write_all(stream->to, buf_text(&out), out.len);
	buf_free(&out);
	return ok;
}

static const char forged[] = "E\0\0\0\x2c"
			     "SERROR\0VERROR\0"
			     "C22012\0"
			     "Mdivision by zero\0";

/* Forwards one message, with the fault that is due at it. Returns false where the pair is gone. */
static bool forward(struct state *state, struct pair *pair, enum relay_direction direction)
{
	struct relay_shared *shared = state->shared;
	struct stream *stream = &pair->streams[direction];
	size_t n = stream->held[0].end;
	unsigned number = ++shared->seen[direction];
	bool now = shared->fault != RELAY_NOTHING && !shared->happened && (int)direction == shared->direction &&
		   number == shared->at;
	if (now)
		shared->happened = true;
	if (now && shared->fault == RELAY_CUT_BEFORE) {
		pair_close(pair);
		return false;
	}
	bool mute = direction == RELAY_TO_CLIENT && pair->deaf;
	if (now && shared->fault == RELAY_FORGE && !mute)
		write_all(stream->to, forged, sizeof forged);
	bool last = now && shared->fault == RELAY_SPOIL && stream->bytes[0] == 'Z';
	if (now && shared->fault == RELAY_SPOIL && !last)
		stream->bytes[0] = '?';
	if (shared->lie != RELAY_TRUE && direction == RELAY_TO_CLIENT && !pair->deaf) {
		if (!forward_lie(shared, pair, n)) {
			pair_close(pair);
			return false;
		}
		drop_front(stream, n);
		return true;
	}
	if (!mute && !forward_bytes(state, direction, stream, n)) {
		pair_close(pair);
		return false;
	}
	drop_front(stream, n);
	if (last || (now && shared->fault == RELAY_CUT_AFTER)) {
		pair_close(pair);
		return false;
	}
	if (now && shared->fault == RELAY_CUT_DEAF)
		pair_deafen(pair);
	return true;
}

static void forward_due(struct state *state, struct pair *pair)
{
	for (enum relay_direction d = RELAY_TO_SERVER; d <= RELAY_TO_CLIENT; d++) {
		struct stream *stream = &pair->streams[d];
		split(state, stream, d);
		while (stream->nheld && stream->held[0].due_us <= now_us()) {
			if (!forward(state, pair, d))
				return;
			split(state, stream, d);
		}
	}
	/* A side that ended is closed once all that it sent has gone on. */
	struct stream *up = &pair->streams[RELAY_TO_SERVER], *down = &pair->streams[RELAY_TO_CLIENT];
	if (down->ended && !down->nheld)
		pair_close(pair);
	else if (up->ended && !up->nheld)
		shutdown(up->to, SHUT_WR);
}

static void receive(struct stream *stream)
{
	if (stream->cap - stream->len < 65536) {
		stream->cap = stream->cap * 2 + 65536;
		stream->bytes = realloc(stream->bytes, stream->cap);
	}
	ssize_t n = recv(stream->from, stream->bytes + stream->len, stream->cap - stream->len, 0);
	if (n > 0)
		stream->len += (size_t)n;
	else
		stream->ended = true;
}

static void welcome(struct state *state)
{
	int client = accept(state->listener, NULL, NULL);
	if (client < 0)
		return;
	for (size_t i = 0; i < PAIRS_MAX && !state->shared->refuse; i++) {
		if (state->pairs[i].used)
			continue;
		int server = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(server, (struct sockaddr *)&state->server, sizeof state->server) < 0) {
			close(server);
			break;
		}
		state->pairs[i] = (struct pair){
			.used = true,
			.streams = {{.from = client, .to = server, .startup = true}, {.from = server, .to = client}},
		};
		return;
	}
	close(client);
}

/* What the client has sent so far is its first message, which is looked at before it goes on. */
static void keep_out(const struct relay_shared *shared, struct pair *pair)
{
	const struct stream *up = &pair->streams[RELAY_TO_SERVER];
	pair->late = shared->late &&
		     (pair->late || (up->startup && up->len &&
				     memmem(up->bytes, up->len, shared->late_name, strlen(shared->late_name))));
	if (pair->late && (shared->refuse || up->ended))
		pair_close(pair);
}

static int wait_ms(const struct state *state)
{
	uint64_t due = UINT64_MAX, now = now_us();
	for (size_t i = 0; i < PAIRS_MAX; i++)
		if (state->pairs[i].late)
			return LATE_MS;
	for (size_t i = 0; i < PAIRS_MAX; i++)
		for (int d = 0; d < 2; d++)
			if (state->pairs[i].used && state->pairs[i].streams[d].nheld &&
			    state->pairs[i].streams[d].held[0].due_us < due)
				due = state->pairs[i].streams[d].held[0].due_us;
	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static volatile sig_atomic_t cut_all; /* in the relay's process */

static void on_cut_all(int signum)
{
	(void)signum;
	cut_all = 1;
}

static void close_all(struct state *state)
{
	cut_all = 0;
	for (size_t i = 0; i < PAIRS_MAX; i++)
		if (state->pairs[i].used)
			pair_close(&state->pairs[i]);
}

static _Noreturn void run(struct state *state)
{
	struct pollfd fds[1 + 2 * PAIRS_MAX];
	for (;;) {
		fds[0] = (struct pollfd){.fd = state->listener, .events = POLLIN};
		for (size_t i = 0; i < PAIRS_MAX; i++)
			for (int d = 0; d < 2; d++) {
				const struct stream *s = &state->pairs[i].streams[d];
				bool on = state->pairs[i].used && !s->ended;
				fds[1 + 2 * i + (size_t)d] = (struct pollfd){.fd = on ? s->from : -1, .events = POLLIN};
			}
		int ready = poll(fds, 1 + 2 * PAIRS_MAX, wait_ms(state));
		if (ready < 0 && errno != EINTR)
			_exit(1);
		if (cut_all)
			close_all(state);
		if (ready < 0)
			continue;
		for (size_t i = 0; i < PAIRS_MAX; i++) {
			if (!state->pairs[i].used)
				continue;
			for (size_t d = 0; d < 2; d++)
				if (fds[1 + 2 * i + d].revents)
					receive(&state->pairs[i].streams[d]);
			keep_out(state->shared, &state->pairs[i]);
			if (state->pairs[i].used && !state->pairs[i].late)
				forward_due(state, &state->pairs[i]);
		}
		if (fds[0].revents)
			welcome(state);
	}
}

/* ---- the tests' side ---- */

static int listen_in(const char *dir)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0)
		fail_msg("cannot listen in %s", dir);
	chmod(dir, 0711); /* a pooler, which is another user, comes in too */
	chmod(address.sun_path, 0777);
	return fd;
}

void relay_start(struct relay *relay)
{
	relay_start_changing(relay, NULL, NULL);
}

void relay_start_changing(struct relay *relay, relay_change_fn *change, void *arg)
{
	static struct state state; /* too large for a stack */
	const char *host = getenv("PGHOST"), *port = getenv("PGPORT");
	memset(&state, 0, sizeof state);
	snprintf(relay->dir, sizeof relay->dir, "/tmp/teller-relay-XXXXXX");
	if (!mkdtemp(relay->dir))
		fail_msg("cannot make %s", relay->dir);
	relay->shared = mmap(NULL, sizeof *relay->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	state.shared = relay->shared;
	state.change = change;
	state.change_arg = arg;
	state.listener = listen_in(relay->dir);
	state.server.sun_family = AF_UNIX;
	snprintf(state.server.sun_path, sizeof state.server.sun_path, "%s/.s.PGSQL.%s", host ? host : "/tmp",
		 port ? port : "5432");
	relay->pid = fork();
	if (relay->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		signal(SIGUSR1, on_cut_all);
		run(&state);
	}
	close(state.listener);
}

void relay_stop(struct relay *relay)
{
	char path[96];
	kill(relay->pid, SIGKILL);
	waitpid(relay->pid, NULL, 0);
	snprintf(path, sizeof path, "%s/.s.PGSQL.5432", relay->dir);
	unlink(path);
	rmdir(relay->dir);
	munmap(relay->shared, sizeof *relay->shared);
}

void relay_cut_all(struct relay *relay)
{
	kill(relay->pid, SIGUSR1);
}

void relay_arm(struct relay *relay, enum relay_fault fault, enum relay_direction direction, unsigned at)
{
	struct relay_shared *shared = relay->shared;
	shared->fault = RELAY_NOTHING;
	shared->happened = false;
	shared->seen[0] = shared->seen[1] = 0;
	shared->direction = (int)direction;
	shared->at = at;
	shared->fault = (int)fault;
}

void relay_keep_out(struct relay *relay, const char *name)
{
	snprintf(relay->shared->late_name, sizeof relay->shared->late_name, "%s", name);
	relay->shared->late = true;
}

void relay_let_in(struct relay *relay)
{
	relay->shared->late = false;
}

void relay_lie(struct relay *relay, enum relay_lie lie, const char *about)
{
	relay->shared->lie = RELAY_TRUE;
	snprintf(relay->shared->about, sizeof relay->shared->about, "%s", about);
	relay->shared->lie = lie;
}
