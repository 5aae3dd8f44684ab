/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the readers of traces: whatever a file holds, its events are within bounds, and each of its stops can be gone to. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/read.h"
#include "trace/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { STOPS = 40 };

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

/* Its texts are read to their ends. */
static void check_event(const struct event *event)
{
	assert(event->kind <= EVENT_BLOCKED && event->verb <= VERB_SET && event->outcome <= OUTCOME_UNKNOWN);
	assert(event->number <= INT64_MAX && event->wall_us <= INT64_MAX && event->duration_us <= INT64_MAX &&
	       event->wait_us <= INT64_MAX && strlen(event->sqlstate) <= 5);
	assert(length(event->lane) + length(event->sql) + length(event->params) + length(event->values) +
		       length(event->tag) + length(event->message) + length(event->detail) <
	       SIZE_MAX / 2);
}

static void read_on(const char *path)
{
	struct err err;
	struct event event;
	struct buf said = {0};
	uint64_t gone;
	struct trace_file *file = trace_open(path, &err);
	while (file && trace_next(file, &event, &gone))
		check_event(&event);
	if (file)
		(void)trace_left_out(&said, file);
	buf_free(&said);
	trace_close(file);
}

/* Back and forth. */
static void go_to_each(const char *path)
{
	struct err err;
	struct recorded at;
	struct recording *recording = recording_open(path, &err);
	uint64_t stops = recording ? recording_stops(recording) : 0;
	for (uint64_t i = 0; i < 2 * STOPS && stops > 0; i++) {
		uint64_t stop = 1 + (i < STOPS ? i : 7 * i) % stops;
		recording_stop(recording, stop, &at);
		assert(at.events <= stop && at.wall_us <= INT64_MAX);
		if (at.is_event)
			check_event(&at.event);
		for (int state = 0; state < TRACE_STATE_COUNT; state++)
			(void)recording_state(recording, stop, (enum trace_state)state);
	}
	recording_close(recording);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64];
	int fd = memfd_create("trace", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_on(path);
	go_to_each(path);
	close(fd);
	return 0;
}
