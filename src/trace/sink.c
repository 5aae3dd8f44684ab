/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that grows by whole lines, without ever waiting for it, and is left with whole lines where it is full. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "sink_internal.h"

/* A pipe that nobody reads, or a terminal, must not hold up a transfer: nothing is waited for. */
int sink_open(struct sink *sink, const char *path, int mode)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | mode, 0600);
	if (fd < 0)
		return errno;
	*sink = (struct sink){mem_dup(path), fd, fstat(fd, &st) == 0 ? st.st_size : 0};
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

/* A file that may not grow is an error, as a full disk is: by its signal the program would end. */
static ssize_t sink_put(int fd, const char *bytes, size_t n)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigaction(SIGXFSZ, &ignore, &before);
	ssize_t put = write(fd, bytes, n);
	int why = errno;
	sigaction(SIGXFSZ, &before, NULL);
	errno = why;
	return put;
}

int sink_write(struct sink *sink, struct buf *lines)
{
	size_t done = 0;
	while (done < lines->len) {
		ssize_t n = sink_put(sink->fd, lines->p + done, lines->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return sink_fail(sink, lines->p, done, n < 0 ? errno : ENOSPC);
		done += (size_t)n;
	}
	sink->whole += (off_t)done;
	buf_clear(lines);
	return 0;
}

void sink_close(struct sink *sink)
{
	close(sink->fd);
	free(sink->path);
}
