/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to the terminal: kept until the terminal takes it, so that nothing here ever waits for a terminal that is not read. */
#include "ui/tty/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/loop.h"

/* A terminal that takes anything takes so many bytes at once: for where a write cannot be asked not to wait. */
enum { TTY_PIECE = 256, TTY_PATIENCE_MS = 1000, TTY_DROPPED_MS = 100 };

static struct {
	FILE *stream; /* what curses writes to; its descriptor is the terminal, or what is collected */
	int fd;       /* the terminal; ... */
	size_t piece; /* ... a write of so many bytes does not wait */
	int kept;     /* a file in memory, of what is collected */
	struct buf unsent;
	size_t sent; /* of these, the terminal has taken so many */
	struct loop *loop;
	struct watch *room; /* made when it is needed first: a file that stands for a terminal cannot be watched */
} tty = {.fd = -1, .kept = -1};

/* Whoever sets O_NONBLOCK sets it for all who have the terminal from the same open(): the shell, too. So the terminal
 * is opened once more, by the name that everybody may open. Another one than the process's own is shared. */
static int tty_open_terminal(void)
{
	int fd = tcgetsid(STDOUT_FILENO) >= 0 ? open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
	tty.piece = fd >= 0 ? SIZE_MAX : TTY_PIECE;
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

FILE *tty_open(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	tty.fd = tty_open_terminal();
	tty.kept = memfd_create("teller-screen", MFD_CLOEXEC);
	tty.stream = fd >= 0 && tty.fd >= 0 && tty.kept >= 0 ? fdopen(fd, "w") : NULL;
	if (tty.stream)
		return tty.stream;
	int why = errno;
	if (fd >= 0)
		close(fd);
	tty_close();
	errno = why;
	return NULL;
}

void tty_close(void)
{
	tty_join(NULL);
	if (tty.stream)
		fclose(tty.stream);
	if (tty.fd >= 0)
		close(tty.fd);
	if (tty.kept >= 0)
		close(tty.kept);
	buf_free(&tty.unsent);
	tty.stream = NULL;
	tty.fd = tty.kept = -1;
	tty.sent = 0;
}

int tty_descriptor(void)
{
	return tty.fd;
}

/* ---- sending ---- */

static void tty_forget(void)
{
	buf_clear(&tty.unsent);
	tty.sent = 0;
}

/* -1: it is gone. */
static int tty_takes(int fd, int ms)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int n;
	do
		n = poll(&ready, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0 && !(ready.revents & POLLOUT) ? -1 : n;
}

static void tty_send_some(void)
{
	while (tty.sent < tty.unsent.len && tty_takes(tty.fd, 0) != 0) {
		size_t left = tty.unsent.len - tty.sent;
		ssize_t n = write(tty.fd, tty.unsent.p + tty.sent, left < tty.piece ? left : tty.piece);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 && errno != EINTR)
			tty_forget(); /* it has hung up */
		tty.sent += n > 0 ? (size_t)n : 0;
	}
}

static void tty_has_room(void *arg, int events)
{
	(void)arg;
	(void)events;
	tty_say("", 0);
}

/* The loop sets O_NONBLOCK, see above. */
static void tty_watch(void)
{
	if (!tty.loop)
		return;
	if (!tty.room) {
		int flags = fcntl(tty.fd, F_GETFL);
		tty.room = watch_new(tty.loop, tty.fd, tty_has_room, NULL);
		if (flags >= 0)
			fcntl(tty.fd, F_SETFL, flags);
	}
	watch_set(tty.room, WATCH_WRITE);
}

void tty_say(const char *bytes, size_t n)
{
	buf_add(&tty.unsent, bytes, n);
	tty_send_some();
	if (tty_waits()) {
		tty_watch();
		return;
	}
	tty_forget();
	if (tty.room)
		watch_set(tty.room, 0);
}

bool tty_waits(void)
{
	return tty.sent < tty.unsent.len;
}

void tty_join(struct loop *loop)
{
	watch_free(tty.room);
	tty.room = NULL;
	tty.loop = loop;
}

/* ---- what curses writes ---- */

void tty_collect(void)
{
	dup3(tty.kept, fileno(tty.stream), O_CLOEXEC);
}

void tty_send(void)
{
	char piece[4096];
	off_t at = 0;
	dup3(tty.fd, fileno(tty.stream), O_CLOEXEC);
	for (ssize_t n; (n = pread(tty.kept, piece, sizeof piece, at)) > 0; at += n)
		buf_add(&tty.unsent, piece, (size_t)n);
	bool emptied = lseek(tty.kept, 0, SEEK_SET) == 0 && ftruncate(tty.kept, 0) == 0;
	(void)emptied; /* a file in memory always can be */
	tty_say("", 0);
}

/* ---- the end ---- */

bool tty_write_patiently(int fd, const char *bytes, size_t n, int patience_ms)
{
	while (n > 0) {
		int takes = tty_takes(fd, patience_ms);
		if (takes == 0)
			return false;
		ssize_t written = write(fd, bytes, n < TTY_PIECE ? n : TTY_PIECE);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return true; /* it is gone, and there is nothing to wait for */
		bytes += written > 0 ? written : 0;
		n -= written > 0 ? (size_t)written : 0;
	}
	return true;
}

void tty_drop(int fd)
{
	tcflush(fd, TCOFLUSH);
}

void tty_finish(const char *way_out, size_t n)
{
	size_t left = tty.unsent.len - tty.sent;
	if (left && !tty_write_patiently(tty.fd, tty.unsent.p + tty.sent, left, TTY_PATIENCE_MS)) {
		tty_drop(tty.fd);
		tty_write_patiently(tty.fd, way_out, n, TTY_DROPPED_MS);
	}
	tty_forget();
	tty_say("", 0);
}
