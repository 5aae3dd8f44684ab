/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes for a terminal or a pipe, kept until its reader reads: writing them holds nothing up. */
#include "base/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/loop.h"
#include "base/mem.h"

/* What has room for anything has room for so many bytes, where a write cannot be asked not to wait: pipes have a page,
 * terminals a buffer of this size. */
enum { PIPE_PIECE = 4096, TERMINAL_PIECE = 256 };

struct outlet {
	int fd;
	struct buf bytes;
	size_t sent; /* of these */
	struct loop *loop;
	struct watch *room; /* made when it is needed first: a regular file always has room, and cannot be watched */
};

struct outlet *outlet_new(int fd)
{
	struct outlet *outlet = NEW(struct outlet);
	outlet->fd = fd;
	return outlet;
}

void outlet_free(struct outlet *outlet)
{
	if (!outlet)
		return;
	outlet_join(outlet, NULL);
	buf_free(&outlet->bytes);
	free(outlet);
}

void outlet_join(struct outlet *outlet, struct loop *loop)
{
	watch_free(outlet->room);
	outlet->room = NULL;
	outlet->loop = loop;
}

size_t outlet_left(const struct outlet *outlet)
{
	return outlet->bytes.len - outlet->sent;
}

void outlet_forget(struct outlet *outlet)
{
	buf_clear(&outlet->bytes);
	outlet->sent = 0;
	if (outlet->room)
		watch_set(outlet->room, 0);
}

/* ---- sending ---- */

static size_t outlet_piece(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && flags & O_NONBLOCK ? SIZE_MAX : isatty(fd) ? TERMINAL_PIECE : PIPE_PIECE;
}

static bool outlet_has_room(int fd, int ms)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int n;
	do
		n = poll(&ready, 1, ms);
	while (n < 0 && errno == EINTR);
	return n != 0; /* an error is what the write says */
}

/* How many bytes are done with, waiting so long for each piece: all, where the descriptor is gone. */
static size_t outlet_write(int fd, const char *bytes, size_t n, int patience_ms)
{
	size_t done = 0, piece = n ? outlet_piece(fd) : 0;
	while (done < n && outlet_has_room(fd, patience_ms)) {
		size_t left = n - done;
		ssize_t written = write(fd, bytes + done, left < piece ? left : piece);
		if (written < 0 && errno == EAGAIN && patience_ms == 0)
			break;
		if (written < 0 && errno != EAGAIN && errno != EINTR)
			return n;
		done += written > 0 ? (size_t)written : 0;
	}
	return done;
}

bool outlet_put(int fd, const char *bytes, size_t n, int patience_ms)
{
	return outlet_write(fd, bytes, n, patience_ms) == n;
}

bool outlet_wait(struct outlet *outlet, int patience_ms)
{
	if (outlet_left(outlet))
		outlet->sent +=
			outlet_write(outlet->fd, outlet->bytes.p + outlet->sent, outlet_left(outlet), patience_ms);
	if (outlet_left(outlet))
		return false;
	outlet_forget(outlet);
	return true;
}

static void outlet_add_more(void *arg, int events)
{
	(void)events;
	outlet_add(arg, "", 0);
}

void outlet_add(struct outlet *outlet, const char *bytes, size_t n)
{
	buf_add(&outlet->bytes, bytes, n);
	if (outlet_wait(outlet, 0) || !outlet->loop)
		return;
	if (!outlet->room)
		outlet->room = watch_new_shared(outlet->loop, outlet->fd, outlet_add_more, outlet);
	watch_set(outlet->room, WATCH_WRITE);
}
