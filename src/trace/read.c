/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads a trace from its file: whole lines that are events; the others are counted. */
#include "trace/read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "entry_internal.h"

struct trace_file {
	FILE *from;
	char *path;
	struct buf line; /* without its newline */
	char *lesson;    /* its title, or its name; NULL */
	uint64_t number; /* of the line; the header is 1 */
	bool cut, is_long, any_long;
	struct refs *refs; /* by the lines so far */
	struct trace_base base;
	struct json_object *header, *object; /* of the line that was read last */
	uint64_t left_out, first;            /* lines that are no events, and the first of them */
	int why;                             /* errno of a failed read */
};

/* A pipe would be waited for, and the program with it. */
static FILE *read_open(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool there = fd >= 0 && fstat(fd, &st) == 0;
	if (!there)
		err_set(err, ST_OWN, "cannot read %.300s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		err_set(err, ST_OWN, "%.300s is no trace: it is not a file", path);
	FILE *from = there && S_ISREG(st.st_mode) ? fdopen(fd, "r") : NULL;
	if (!from && fd >= 0)
		close(fd);
	return from;
}

/* Of a line that is too long, only so much is kept as tells that it is. */
static bool read_line(struct trace_file *file)
{
	int c;
	buf_clear(&file->line);
	file->is_long = false;
	while ((c = getc_unlocked(file->from)) != EOF && c != '\n') {
		if (file->line.len < ENTRY_LINE_MAX)
			buf_char(&file->line, (char)c);
		else
			file->is_long = true;
	}
	if (ferror(file->from))
		file->why = errno;
	file->cut = c == EOF && file->line.len > 0;
	file->number += c == '\n' || file->cut;
	return c == '\n' || file->cut;
}

static struct json_object *read_object(const struct trace_file *file)
{
	return file->is_long ? NULL : json_line_read(buf_text(&file->line), file->line.len);
}

static enum status read_header(struct trace_file *file, struct err *err)
{
	if (read_line(file))
		file->header = read_object(file);
	int64_t format = file->header ? json_object_number(file->header, "teller_trace", 0) : 0;
	const char *teller = file->header ? json_object_text(file->header, "teller") : NULL;
	if (file->why)
		return err_set(err, ST_OWN, "cannot read %.300s: %s", file->path, strerror(file->why));
	if (format < 1)
		return err_set(err, ST_OWN, "%.300s is no trace: its first line is not the header of one", file->path);
	if (format > ENTRY_FORMAT)
		return err_set(err, ST_OWN,
			       "%.300s is of a newer format, %" PRId64
			       ", than this teller reads, %d: show it with teller %.40s",
			       file->path, format, ENTRY_FORMAT, teller ? teller : "of that time");
	return ST_OK;
}

struct trace_file *trace_open(const char *path, struct err *err)
{
	FILE *from = read_open(path, err);
	if (!from)
		return NULL;
	struct trace_file *file = NEW(struct trace_file);
	file->from = from;
	file->path = mem_dup(path);
	file->refs = refs_new();
	if (read_header(file, err)) {
		trace_close(file);
		return NULL;
	}
	return file;
}

void trace_close(struct trace_file *file)
{
	if (!file)
		return;
	fclose(file->from);
	refs_free(file->refs);
	json_object_free(file->header);
	json_object_free(file->object);
	buf_free(&file->line);
	free(file->path);
	free(file->lesson);
	free(file);
}

static const char *read_word(const struct trace_file *file, const char *key, const char *other)
{
	const char *word = json_object_text(file->header, key);
	return word ? word : other;
}

struct trace_origin trace_origin(const struct trace_file *file)
{
	int64_t wall = json_object_number(file->header, "wall_us", 0);
	return (struct trace_origin){
		.teller = read_word(file, "teller", "?"),
		.server = read_word(file, "server", ""),
		.server_version = read_word(file, "server_version", ""),
		.wall_us = wall > 0 ? (uint64_t)wall : 0,
	};
}

void trace_describe(struct buf *out, const struct trace_file *file)
{
	const char *teller = json_object_text(file->header, "teller");
	const char *server = json_object_text(file->header, "server");
	const char *version = json_object_text(file->header, "server_version");
	buf_fmt(out, "teller %s, ", teller ? teller : "?");
	if (server)
		buf_fmt(out, "%s %s", server, version ? version : "");
	else
		buf_str(out, "no server");
	if (!json_object_true(file->header, "values"))
		buf_str(out, ", without values");
}

static void read_leave_out(struct trace_file *file)
{
	file->any_long = file->any_long || file->is_long;
	if (file->left_out++ == 0)
		file->first = file->number;
}

static void read_lesson(struct trace_file *file)
{
	const char *title = json_object_text(file->object, "title");
	free(file->lesson);
	file->lesson = mem_dup(title ? title : json_object_text(file->object, "name"));
}

/* Others than those that later lines refer to are for who plays it. */
static bool read_other(struct trace_file *file)
{
	const char *state = json_object_text(file->object, "state");
	if (state && strcmp(state, entry_state(TRACE_STATE_LESSON)) == 0)
		read_lesson(file);
	return refs_take(file->refs, file->object, &file->base) || state;
}

bool trace_next(struct trace_file *file, struct event *event, uint64_t *gone)
{
	*gone = 0;
	while (read_line(file)) {
		json_object_free(file->object);
		file->object = read_object(file);
		if (file->object && read_other(file))
			continue;
		if (file->object && entry_read_event(file->object, file->refs, &file->base, event))
			return true;
		int64_t n = file->object ? json_object_number(file->object, "gone", 0) : 0;
		if (n > 0)
			*gone += (uint64_t)n;
		else if (!file->cut || file->is_long)
			read_leave_out(file);
		else
			return false;
	}
	return false;
}

const char *trace_lesson(const struct trace_file *file)
{
	return file->lesson;
}

void trace_again(struct trace_file *file)
{
	free(file->lesson);
	file->lesson = NULL;
	rewind(file->from);
	file->number = file->left_out = file->first = 0;
	file->cut = file->any_long = false;
	file->why = 0;
	file->base = (struct trace_base){0};
	(void)read_line(file); /* the header, which is known */
}

bool trace_left_out(struct buf *out, const struct trace_file *file)
{
	if (file->why) {
		buf_fmt(out, "cannot read %s: %s", file->path, strerror(file->why));
	} else if (file->left_out) {
		buf_fmt(out, "%s: %" PRIu64 " %s no event and left out, first line %" PRIu64, file->path,
			file->left_out, file->left_out == 1 ? "line is" : "lines are", file->first);
		if (file->any_long)
			buf_fmt(out, "; no line may be longer than %d kB", ENTRY_LINE_MAX >> 10);
	} else if (file->cut) {
		buf_fmt(out, "%s: the last line is cut, and left out", file->path);
	}
	return !file->why && !file->left_out;
}
