/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log in a file: a reader of the ring that appends each line with its date. */
#include "trace/log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "secret_internal.h"
#include "sink_internal.h"
#include "trace/lines.h"

enum { LOG_PIECE = 64 << 10 }; /* bytes that are written at once */

struct trace_log {
	const struct ring *ring;
	struct cursor cursor;
	struct turn *turn;
	struct sink sink;
	struct trace_lines *lines;
	struct buf out, line, hidden;
	uint64_t skipped; /* of the cursor's, those that a line tells of */
	uint64_t last_us; /* wall time of the last event */
	bool over;
	trace_log_failed_fn *failed;
	void *arg;
};

/* False where it failed: the log may be gone then. */
static bool log_write(struct trace_log *log)
{
	struct err err;
	int why = sink_write(&log->sink, &log->out);
	if (!why)
		return true;
	log->over = true;
	err_set(&err, ST_OWN, "the log file has ended: cannot write to %.300s: %s", log->sink.path, strerror(why));
	log->failed(log->arg, &err);
	return false;
}

/* Lines have a time: the day stands before it. */
static void log_day(struct buf *out, uint64_t wall_us)
{
	char date[32];
	clock_show_date(date, wall_us);
	buf_add(out, date, strcspn(date, " ") + 1);
}

static void log_line(struct trace_log *log, uint64_t wall_us)
{
	log_day(&log->out, wall_us);
	buf_add(&log->out, log->line.p, log->line.len);
	buf_char(&log->out, '\n');
	buf_clear(&log->line);
}

static void log_gap(struct trace_log *log)
{
	if (log->cursor.skipped == log->skipped)
		return;
	buf_fmt(&log->out, "(%" PRIu64 " events were gone before they could be written)\n",
		log->cursor.skipped - log->skipped);
	log->skipped = log->cursor.skipped;
}

static void log_on_turn(void *arg)
{
	struct trace_log *log = arg;
	struct event event;
	while (cursor_read(&log->cursor, log->ring, &event)) {
		log_gap(log);
		secret_hide_event(&event, &log->hidden);
		log->last_us = event.wall_us;
		if (trace_lines_event(log->lines, &log->line, &event))
			log_line(log, event.wall_us);
		if (log->out.len >= LOG_PIECE && !log_write(log))
			return;
	}
	if (log->out.len)
		(void)log_write(log);
}

static void log_begin(struct trace_log *log, const char *program)
{
	char time[16];
	uint64_t now = clock_wall_us();
	clock_show(time, now);
	buf_fmt(&log->line, "%s   %s, process %d", time, program, (int)getpid());
	log_line(log, now);
}

struct trace_log *trace_log_new(struct loop *loop, const struct ring *ring, const char *path, const char *program,
				trace_log_failed_fn *failed, void *arg, struct err *err)
{
	struct sink sink;
	int why = sink_open(&sink, path, O_APPEND);
	if (why) {
		err_set(err, ST_OWN, "cannot write the log to %.300s: %s", path, strerror(why));
		return NULL;
	}
	struct trace_log *log = NEW(struct trace_log);
	log->ring = ring;
	log->sink = sink;
	log->lines = trace_lines_new();
	log->failed = failed;
	log->arg = arg;
	log_begin(log, program);
	log->turn = turn_new(loop, log_on_turn, log);
	return log;
}

void trace_log_now(struct trace_log *log)
{
	if (!log->over)
		log_on_turn(log);
}

void trace_log_end(struct trace_log *log)
{
	while (trace_lines_rest(log->lines, &log->line))
		log_line(log, log->last_us);
	trace_log_now(log);
}

void trace_log_free(struct trace_log *log)
{
	if (!log)
		return;
	turn_free(log->turn);
	sink_close(&log->sink);
	trace_lines_free(log->lines);
	buf_free(&log->out);
	buf_free(&log->line);
	buf_free(&log->hidden);
	free(log);
}
