/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a trace: a reader of the ring that puts its events into a file, and ends with whole lines. */
#include "trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "entry_internal.h"

enum {
	TRACE_PIECE = 256 << 10, /* bytes that are written at once */
	TRACE_HELD = 200,        /* events that wait for the header */
};

struct trace {
	const struct ring *ring;
	struct cursor cursor;
	struct turn *turn;
	char *path;
	int fd;
	bool values, begun, over;
	off_t whole;      /* bytes of whole lines in the file */
	uint64_t events;  /* in the file */
	uint64_t skipped; /* of the cursor's, those that a line tells of */
	struct buf lines; /* to be written */
	struct trace_ops ops;
};

/* Half a line is not left: what the file has can be read. */
static void trace_fail(struct trace *trace, int why)
{
	struct err err;
	trace->over = true;
	if (ftruncate(trace->fd, trace->whole) != 0)
		errno = 0; /* a device has no length */
	err_set(&err, ST_OWN, "the trace has stopped: cannot write to %.300s: %s", trace->path, strerror(why));
	trace->ops.failed(trace->ops.arg, &err);
}

/* A file that may not grow is an error, as a full disk is: by its signal the program would end. */
static ssize_t trace_put(int fd, const char *bytes, size_t n)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGXFSZ, &ignore, &before);
	ssize_t put = write(fd, bytes, n);
	int why = errno;
	sigaction(SIGXFSZ, &before, NULL);
	errno = why;
	return put;
}

/* False where it failed: the trace may be gone then. */
static bool trace_write(struct trace *trace)
{
	size_t done = 0;
	while (done < trace->lines.len) {
		ssize_t n = trace_put(trace->fd, trace->lines.p + done, trace->lines.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			trace_fail(trace, n < 0 ? errno : ENOSPC);
			return false;
		}
		done += (size_t)n;
	}
	trace->whole += (off_t)done;
	buf_clear(&trace->lines);
	return true;
}

static void trace_head(void *with, const struct trace_about *about)
{
	struct trace *trace = with;
	entry_write_header(&trace->lines, about, trace->values);
	buf_char(&trace->lines, '\n');
}

static void trace_add(struct trace *trace, const struct event *event)
{
	if (!trace->begun)
		trace->ops.about(trace->ops.arg, trace_head, trace);
	trace->begun = true;
	if (trace->cursor.skipped > trace->skipped) {
		entry_write_gap(&trace->lines, trace->cursor.skipped - trace->skipped);
		buf_char(&trace->lines, '\n');
		trace->skipped = trace->cursor.skipped;
	}
	entry_write_event(&trace->lines, event, trace->values);
	buf_char(&trace->lines, '\n');
	trace->events++;
}

/* The header names the server, and so it is written once there is one, or there will be none. */
static bool trace_may_begin(const struct trace *trace)
{
	struct event event;
	for (uint64_t n = trace->cursor.next; ring_get(trace->ring, n, &event); n++)
		if (event.kind == EVENT_CONNECTED || event.kind == EVENT_LOST || n - trace->cursor.next > TRACE_HELD)
			return true;
	return false;
}

static void trace_on_turn(void *arg)
{
	struct trace *trace = arg;
	struct event event;
	if (!trace->begun && !trace_may_begin(trace))
		return;
	while (!trace->over && cursor_read(&trace->cursor, trace->ring, &event)) {
		trace_add(trace, &event);
		if (trace->lines.len >= TRACE_PIECE && !trace_write(trace))
			return;
	}
	if (!trace->over && trace->lines.len)
		(void)trace_write(trace);
}

/* A pipe that nobody reads, or a terminal, must not hold up a transfer: nothing is waited for. */
struct trace *trace_new(struct loop *loop, const struct ring *ring, const char *path, bool values,
			const struct trace_ops *ops, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0) {
		err_set(err, ST_OWN, "cannot write the trace to %.300s: %s", path, strerror(errno));
		return NULL;
	}
	struct trace *trace = NEW(struct trace);
	trace->ring = ring;
	trace->path = mem_dup(path);
	trace->fd = fd;
	trace->values = values;
	trace->cursor.next = ring_first(ring); /* what is no longer held was never asked for */
	trace->ops = *ops;
	trace->turn = turn_new(loop, trace_on_turn, trace);
	return trace;
}

void trace_now(struct trace *trace)
{
	trace_on_turn(trace);
}

void trace_end(struct trace *trace)
{
	if (!trace->begun)
		trace->ops.about(trace->ops.arg, trace_head, trace);
	trace->begun = true;
	trace_on_turn(trace);
}

const char *trace_path(const struct trace *trace)
{
	return trace->path;
}

uint64_t trace_events(const struct trace *trace)
{
	return trace->events;
}

void trace_free(struct trace *trace)
{
	if (!trace)
		return;
	turn_free(trace->turn);
	close(trace->fd);
	buf_free(&trace->lines);
	free(trace->path);
	free(trace);
}
