/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads lines from any place in a file, in large pieces. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "entry_internal.h"
#include "scan_internal.h"

enum { SCAN_BYTES = ENTRY_LINE_MAX + (256 << 10) };

struct scan {
	int fd, why;
	uint64_t at; /* of bytes[0] in the file */
	size_t n, i; /* bytes that are there; the next line begins at i */
	bool end;    /* the file has no more */
	bool skip;   /* what is left of a long line is passed over */
	char *bytes;
};

struct scan *scan_open(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, ST_OWN, "cannot read %.300s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		err_set(err, ST_OWN, "%.300s is no trace: it is not a file", path);
	} else {
		struct scan *scan = NEW(struct scan);
		scan->fd = fd;
		scan->bytes = mem_array(SCAN_BYTES, 1);
		return scan;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	close(scan->fd);
	free(scan->bytes);
	free(scan);
}

void scan_go(struct scan *scan, uint64_t at)
{
	scan->skip = false;
	if (at >= scan->at && at <= scan->at + scan->n) {
		scan->i = (size_t)(at - scan->at);
		return;
	}
	scan->at = at;
	scan->n = scan->i = 0;
	scan->end = false;
}

int scan_why(const struct scan *scan)
{
	return scan->why;
}

/* More bytes behind those of the line that has begun; false where there are none, or no room. */
static bool scan_fill(struct scan *scan)
{
	memmove(scan->bytes, scan->bytes + scan->i, scan->n - scan->i);
	scan->at += scan->i;
	scan->n -= scan->i;
	scan->i = 0;
	ssize_t got;
	do
		got = pread(scan->fd, scan->bytes + scan->n, SCAN_BYTES - scan->n, (off_t)(scan->at + scan->n));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		scan->why = errno;
	scan->end = got <= 0;
	scan->n += got > 0 ? (size_t)got : 0;
	return got > 0;
}

static const char *scan_newline(const struct scan *scan, size_t from)
{
	return memchr(scan->bytes + from, '\n', scan->n - from);
}

/* To the line behind the long one. */
static void scan_pass_rest(struct scan *scan)
{
	const char *newline;
	while (!(newline = scan_newline(scan, scan->i))) {
		scan->i = scan->n;
		if (!scan_fill(scan))
			return;
	}
	scan->i = (size_t)(newline + 1 - scan->bytes);
}

bool scan_next(struct scan *scan, struct scan_line *line)
{
	if (scan->skip)
		scan_pass_rest(scan);
	scan->skip = false;
	const char *newline = scan_newline(scan, scan->i);
	for (size_t seen; !newline && !scan->end && scan->n - scan->i < SCAN_BYTES;) {
		seen = scan->n - scan->i;
		scan_fill(scan);
		newline = scan_newline(scan, seen);
	}
	const char *text = scan->bytes + scan->i;
	size_t n = newline ? (size_t)(newline - text) : scan->n - scan->i;
	*line = (struct scan_line){.at = scan->at + scan->i, .text = text, .n = n};
	line->is_long = n >= ENTRY_LINE_MAX;
	scan->skip = !newline && n == SCAN_BYTES;
	line->cut = !newline && !scan->skip;
	scan->i += n + (newline != NULL);
	return newline || n > 0;
}

enum scan_kind scan_kind(const struct scan_line *line, int *state)
{
	static const char begins[] = "{\"state\":\"";
	const size_t n = sizeof begins - 1;
	if (line->n <= n || memcmp(line->text, begins, n) != 0)
		return SCAN_EVENT;
	const char *word = line->text + n, *end = memchr(word, '"', line->n - n);
	*state = end ? entry_state_of(word, (size_t)(end - word)) : TRACE_STATE_COUNT;
	return SCAN_STATE;
}

bool scan_stops(const struct scan_line *line, int *state)
{
	return scan_kind(line, state) == SCAN_EVENT || *state == TRACE_STATE_PLAYER || *state == TRACE_STATE_LOAD ||
	       *state == TRACE_STATE_SESSIONS;
}
