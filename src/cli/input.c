/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines from a descriptor, read without blocking the loop. */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/line_editor.h"
#include "cli/words.h"

/* A turn reads a few chunks and takes a few lines at most, so that input without an end keeps nobody waiting. */
enum { CHUNK = 4096, TURN_CHUNKS = 16, TURN_LINES = 64, KEEP = LINE_MAX_BYTES + 1 };

struct input {
	int fd;
	int opened;          /* a descriptor of our own on the same terminal, or -1 */
	int flags;           /* of fd, to be put back */
	struct watch *watch; /* NULL for a file */
	char chunk[CHUNK];
	size_t at, filled;
	struct buf line;
	bool ended;
	int error; /* errno of the read that ended it; 0 */
	bool asked;
	const struct line_editor *editor; /* of the line that is asked for; NULL */
	unsigned lines;                   /* asked for */
	struct timer *soon;
	input_fn *fn;
	void *arg;
};

/* epoll knows neither files nor devices such as /dev/null; those never keep a reader waiting. */
static bool can_be_watched(int fd)
{
	struct stat st;
	return isatty(fd) || (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)));
}

static bool take_edited(struct input *input)
{
	char *line = NULL;
	size_t used = 0;
	enum line_state state = LINE_GOES_ON;
	if (input->at < input->filled)
		state = input->editor->feed(input->chunk + input->at, input->filled - input->at, &used, &line);
	input->at += used;
	if (line)
		buf_add(&input->line, line, strnlen(line, KEEP));
	free(line);
	input->ended = input->ended || state == LINE_ENDS;
	return state == LINE_ACCEPTED;
}

/* Takes bytes up to the end of a line; true when there is one. */
static bool take_line(struct input *input)
{
	if (input->editor)
		return take_edited(input);
	while (input->at < input->filled) {
		char c = input->chunk[input->at++];
		if (c == '\n')
			return true;
		if (input->line.len < KEEP)
			buf_char(&input->line, c ? c : '\1');
	}
	return false;
}

/* A terminal that has gone says EIO: that is its end. */
static bool hung_up(const struct input *input)
{
	return errno == EIO && input->opened >= 0;
}

/* Returns false where reading must wait. */
static bool input_fill(struct input *input)
{
	ssize_t n;
	do
		n = read(input->opened >= 0 ? input->opened : input->fd, input->chunk, sizeof input->chunk);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	input->at = 0;
	input->filled = n > 0 ? (size_t)n : 0;
	input->ended = n <= 0;
	input->error = n < 0 && !hung_up(input) ? errno : 0;
	return true;
}

static void input_deliver(struct input *input, bool have)
{
	struct buf line = input->line;
	input->line = (struct buf){0};
	input->asked = false;
	input->editor = NULL;
	if (input->watch)
		watch_set(input->watch, 0);
	if (have && line.len && line.p[line.len - 1] == '\r')
		line.p[line.len - 1] = '\0';
	input->fn(input->arg, have ? buf_text(&line) : NULL); /* may free input */
	buf_free(&line);
}

/* A line without an end keeps neither signals nor servers waiting: the loop has its turn in between. (After no time at
 * all it would not: libuv runs the timers that are due until there are none.) */
static void work(struct input *input)
{
	for (int chunks = 0; input->asked; chunks++) {
		if (take_line(input)) {
			input_deliver(input, true);
			return;
		}
		if (input->ended) {
			input_deliver(input, input->line.len > 0 && !input->error);
			return;
		}
		if (chunks == TURN_CHUNKS) {
			timer_start(input->soon, 1);
			return;
		}
		if (!input_fill(input)) {
			watch_set(input->watch, WATCH_READ);
			return;
		}
	}
}

static void input_on_soon(void *arg)
{
	work(arg);
}

static void input_on_ready(void *arg, int events)
{
	(void)events;
	work(arg);
}

struct input *input_new(struct loop *loop, int fd)
{
	struct input *input = NEW(struct input);
	input->fd = fd;
	input->opened = -1;
	input->soon = timer_new(loop, input_on_soon, input);
	input->flags = fcntl(fd, F_GETFL);
	if (!can_be_watched(fd))
		return input;
	/* Watching makes the open file non-blocking, for everybody who shares it: a terminal is opened anew, so that
	 * standard output on it stays as it was. */
	if (isatty(fd) && ttyname(fd))
		input->opened = open(ttyname(fd), O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	input->watch = watch_new(loop, input->opened >= 0 ? input->opened : fd, input_on_ready, input);
	return input;
}

void input_free(struct input *input)
{
	if (!input)
		return;
	timer_free(input->soon);
	watch_free(input->watch);
	if (input->opened >= 0)
		close(input->opened);
	else if (input->watch && input->flags >= 0)
		fcntl(input->fd, F_SETFL, input->flags);
	buf_free(&input->line);
	free(input);
}

int input_error(const struct input *input)
{
	return input->error;
}

void input_next(struct input *input, input_fn *fn, void *arg)
{
	input->fn = fn;
	input->arg = arg;
	input->asked = true;
	input->lines++;
	bool rest = input->lines % TURN_LINES == 0; /* lines without an end: as above */
	timer_start(input->soon, rest);             /* never from inside: a file of many lines is no deep recursion */
}

void input_next_edited(struct input *input, const struct line_editor *editor, input_fn *fn, void *arg)
{
	input->editor = editor;
	input_next(input, fn, arg);
}
