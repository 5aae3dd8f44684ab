/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes to the terminal: kept until the terminal takes it, so that nothing here ever waits for a terminal that is not read. */
#include "ui/tty/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/outlet.h"

enum { TTY_PATIENCE_MS = 1000, TTY_DROPPED_MS = 100 };

static struct {
	FILE *stream; /* what curses writes to; its descriptor is the terminal, or what is collected */
	int fd;       /* the terminal */
	int kept;     /* a file in memory, of what is collected */
	struct outlet *outlet;
} tty = {.fd = -1, .kept = -1};

/* Whoever sets O_NONBLOCK sets it for all who have the terminal from the same open(): the shell, too. So the terminal
 * is opened once more, by the name that everybody may open. Another one than the process's own is shared. */
static int tty_open_terminal(void)
{
	int fd = tcgetsid(STDOUT_FILENO) >= 0 ? open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) : -1;
	return fd >= 0 ? fd : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
}

FILE *tty_open(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	tty.fd = tty_open_terminal();
	tty.kept = memfd_create("teller-screen", MFD_CLOEXEC);
	tty.stream = fd >= 0 && tty.fd >= 0 && tty.kept >= 0 ? fdopen(fd, "w") : NULL;
	if (tty.stream)
		tty.outlet = outlet_new(tty.fd);
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
	outlet_free(tty.outlet);
	tty.outlet = NULL;
	if (tty.stream)
		fclose(tty.stream);
	if (tty.fd >= 0)
		close(tty.fd);
	if (tty.kept >= 0)
		close(tty.kept);
	tty.stream = NULL;
	tty.fd = tty.kept = -1;
}

int tty_descriptor(void)
{
	return tty.fd;
}

void tty_say(const char *bytes, size_t n)
{
	outlet_add(tty.outlet, bytes, n);
}

bool tty_waits(void)
{
	return outlet_left(tty.outlet) > 0;
}

void tty_join(struct loop *loop)
{
	if (tty.outlet)
		outlet_join(tty.outlet, loop);
}

/* ---- what curses writes ---- */

void tty_collect(void)
{
	dup3(tty.kept, fileno(tty.stream), O_CLOEXEC);
}

void tty_send(void)
{
	char piece[4096];
	struct buf drawn = {0};
	off_t at = 0;
	dup3(tty.fd, fileno(tty.stream), O_CLOEXEC);
	for (ssize_t n; (n = pread(tty.kept, piece, sizeof piece, at)) > 0; at += n)
		buf_add(&drawn, piece, (size_t)n);
	bool emptied = lseek(tty.kept, 0, SEEK_SET) == 0 && ftruncate(tty.kept, 0) == 0;
	(void)emptied; /* a file in memory always can be */
	tty_say(buf_text(&drawn), drawn.len);
	buf_free(&drawn);
}

/* ---- the end ---- */

void tty_finish(const char *way_out, size_t n)
{
	if (outlet_wait(tty.outlet, TTY_PATIENCE_MS))
		return;
	outlet_forget(tty.outlet);
	tty_drop(tty.fd);
	outlet_put(tty.fd, way_out, n, TTY_DROPPED_MS);
}

void tty_drop(int fd)
{
	tcflush(fd, TCOFLUSH);
}
