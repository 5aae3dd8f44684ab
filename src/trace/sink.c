/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that grows by whole lines, written aside or at once, and is left with whole lines where it is full. */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sink_internal.h"

enum { SINK_SPARE = 1 << 20 /* bytes that are kept for the next lines, at most */ };

/* Lines that are written on another thread, which touches nothing else. */
struct sink_piece {
	struct sink *sink; /* NULL: its end has been waited for */
	int fd;
	struct buf lines;
	size_t written;
	int why;
	sem_t end;
	sink_done_fn *done;
	void *arg;
};

/* A file that may not grow is an error, as a full disk is: by its signal the program would end. */
static struct sigaction before_sinks;
static unsigned open_sinks;

static void sink_spare_us(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	if (open_sinks++ == 0)
		sigaction(SIGXFSZ, &ignore, &before_sinks);
}

/* A pipe that nobody reads, or a terminal, must not hold up a transfer: nothing is waited for. */
int sink_open(struct sink *sink, const char *path, int mode)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | mode, 0600);
	if (fd < 0)
		return errno;
	*sink = (struct sink){.path = mem_dup(path), .fd = fd, .whole = fstat(fd, &st) == 0 ? st.st_size : 0};
	sink_spare_us();
	return 0;
}

/* Half a line is not left, unless others write to the file, too. */
static int sink_fail(struct sink *sink, const char *lines, size_t done, int why)
{
	struct stat st;
	off_t end = sink->whole + (off_t)done;
	const char *last = done ? memrchr(lines, '\n', done) : NULL;
	sink->whole += last ? last + 1 - lines : 0;
	if (fstat(sink->fd, &st) == 0 && st.st_size == end && end > sink->whole &&
	    ftruncate(sink->fd, sink->whole) != 0)
		errno = 0; /* a device has no length */
	return why;
}

/* All of it, or what there was room for: errno of what failed, or 0. */
static int sink_put(int fd, const struct buf *lines, size_t *done)
{
	while (*done < lines->len) {
		ssize_t n = write(fd, lines->p + *done, lines->len - *done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : ENOSPC;
		*done += (size_t)n;
	}
	return 0;
}

static int sink_took(struct sink *sink, const struct buf *lines, size_t done, int why)
{
	if (why)
		return sink_fail(sink, lines->p, done, why);
	sink->whole += (off_t)done;
	return 0;
}

/* ---- aside ---- */

static void sink_work(void *arg)
{
	struct sink_piece *piece = arg;
	piece->why = sink_put(piece->fd, &piece->lines, &piece->written);
	sem_post(&piece->end);
}

static int sink_collect(struct sink *sink)
{
	struct sink_piece *piece = sink->under_way;
	piece->sink = NULL;
	sink->under_way = NULL;
	return sink_took(sink, &piece->lines, piece->written, piece->why);
}

static void sink_spare(struct sink *sink, struct buf *lines)
{
	if (lines->cap > SINK_SPARE || sink->spare.p)
		return;
	buf_clear(lines);
	sink->spare = *lines;
	*lines = (struct buf){0};
}

static void sink_worked(void *arg)
{
	struct sink_piece *piece = arg;
	struct sink *sink = piece->sink;
	sink_done_fn *done = sink ? piece->done : NULL;
	void *with = piece->arg;
	int why = sink ? sink_collect(sink) : 0;
	if (sink)
		sink_spare(sink, &piece->lines);
	sem_destroy(&piece->end);
	buf_free(&piece->lines);
	free(piece);
	if (done)
		done(with, why);
}

void sink_hand_over(struct sink *sink, struct loop *loop, struct buf *lines, sink_done_fn *done, void *arg)
{
	struct sink_piece *piece = NEW(struct sink_piece);
	*piece = (struct sink_piece){.sink = sink, .fd = sink->fd, .lines = *lines, .done = done, .arg = arg};
	sem_init(&piece->end, 0, 0);
	*lines = sink->spare;
	sink->spare = (struct buf){0};
	sink->under_way = piece;
	loop_work(loop, sink_work, sink_worked, piece);
}

static int sink_wait(struct sink *sink)
{
	if (!sink->under_way)
		return 0;
	while (sem_wait(&sink->under_way->end) != 0)
		;
	return sink_collect(sink);
}

uint64_t sink_bytes(const struct sink *sink)
{
	return (uint64_t)sink->whole + (sink->under_way ? sink->under_way->lines.len : 0);
}

/* ---- at once ---- */

int sink_write(struct sink *sink, struct buf *lines)
{
	size_t done = 0;
	int why = sink_wait(sink);
	if (why)
		return why;
	why = sink_put(sink->fd, lines, &done);
	why = sink_took(sink, lines, done, why);
	if (!why)
		buf_clear(lines);
	return why;
}

void sink_close(struct sink *sink)
{
	(void)sink_wait(sink); /* who closes it does not ask any more */
	close(sink->fd);
	free(sink->path);
	buf_free(&sink->spare);
	if (--open_sinks == 0)
		sigaction(SIGXFSZ, &before_sinks, NULL);
}
