/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a file, a pipe or standard input, read without blocking the loop. */
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { PIECE = 64 << 10, PIECES_A_TURN = 32 };

struct reader {
	char *name;
	int fd;
	int flags;           /* of standard input, to be put back; -1 where it is a file of our own */
	struct watch *watch; /* NULL for a file, which never keeps a reader waiting */
	struct timer *soon;
	unsigned pieces; /* of a file, so far */
	reader_fn *fn;
	void *arg;
	char piece[PIECE];
};

static void reader_piece(void *arg)
{
	struct reader *reader = arg;
	struct err err;
	ssize_t n;
	do
		n = read(reader->fd, reader->piece, sizeof reader->piece);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		watch_set(reader->watch, WATCH_READ);
		return;
	}
	if (reader->watch)
		watch_set(reader->watch, 0);
	if (n < 0)
		err_set(&err, ST_OWN, "cannot read %.200s: %s", reader->name, strerror(errno));
	reader->fn(reader->arg, reader->piece, n > 0 ? (size_t)n : 0, n < 0 ? &err : NULL);
}

static void reader_on_ready(void *arg, int events)
{
	(void)events;
	reader_piece(arg);
}

/* Watching makes the open file non-blocking, for everybody who shares it: a terminal is opened anew. */
static int reader_open_path(const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	if (standard && !isatty(STDIN_FILENO))
		return STDIN_FILENO;
	return open(standard ? "/dev/tty" : path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

struct reader *reader_open(struct loop *loop, const char *path, struct err *err)
{
	struct stat st;
	int fd = reader_open_path(path);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_set(err, ST_OWN, "cannot read %.200s: %s", path, strerror(errno));
		return NULL;
	}
	struct reader *reader = NEW(struct reader);
	reader->name = mem_dup(strcmp(path, "-") == 0 ? "standard input" : path);
	reader->fd = fd;
	reader->flags = fd == STDIN_FILENO ? fcntl(fd, F_GETFL) : -1;
	reader->soon = timer_new(loop, reader_piece, reader);
	if (isatty(fd) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		reader->watch = watch_new(loop, fd, reader_on_ready, reader);
	return reader;
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	timer_free(reader->soon);
	watch_free(reader->watch);
	if (reader->fd != STDIN_FILENO)
		close(reader->fd);
	else if (reader->watch && reader->flags >= 0)
		fcntl(reader->fd, F_SETFL, reader->flags);
	free(reader->name);
	free(reader);
}

/*
 * A pipe that nobody has opened for writing yet looks as if it had ended: only its descriptor tells. A timer that is
 * due at once, and sets itself again, keeps the loop from everything else: now and then keys and signals get their
 * turn.
 */
void reader_next(struct reader *reader, reader_fn *fn, void *arg)
{
	reader->fn = fn;
	reader->arg = arg;
	if (reader->watch)
		watch_set(reader->watch, WATCH_READ);
	else
		timer_start(reader->soon, ++reader->pieces % PIECES_A_TURN == 0);
}
