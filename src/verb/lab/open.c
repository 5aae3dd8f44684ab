/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a lesson by its name or its file: built-in ones, and the user's own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/asset.h"
#include "base/nearest.h"
#include "lab/lesson.h"
#include "src/verb/verb_internal.h"

enum status lesson_read(const char *path, struct buf *text, struct err *err)
{
	struct stat st;
	FILE *file = fopen(path, "re");
	if (!file)
		return err_set(err, ST_OWN, "cannot open %.300s: %s", path, strerror(errno));
	bool regular = fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode);
	char chunk[65536];
	size_t n;
	while (regular && text->len <= SPEC_MAX_BYTES && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(text, chunk, n);
	bool failed = ferror(file);
	fclose(file);
	if (!regular)
		return err_set(err, ST_USAGE, "%.300s is not a regular file; name a spec file", path);
	return failed ? err_set(err, ST_OWN, "cannot read %.300s: %s", path, strerror(errno)) : ST_OK;
}

const struct asset_lesson *lesson_named(const char *name)
{
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++)
		if (strcmp(lesson->name, name) == 0)
			return lesson;
	for (const struct asset_lesson *exercise = asset_exercises; exercise->name; exercise++)
		if (strcmp(exercise->name, name) == 0)
			return exercise;
	return NULL;
}

/* What looks like a path is one. */
static bool is_path(const char *name)
{
	size_t n = strlen(name);
	return strchr(name, '/') || (n > 5 && strcmp(name + n - 5, ".spec") == 0);
}

static void no_lesson(const char *name, struct err *err)
{
	struct nearest nearest = {.word = name};
	for (const struct asset_lesson *lesson = asset_lessons; lesson->name; lesson++)
		nearest_try(&nearest, lesson->name);
	for (const struct asset_lesson *exercise = asset_exercises; exercise->name; exercise++)
		nearest_try(&nearest, exercise->name);
	err_set(err, ST_USAGE,
		"there is no lesson %.80s%s%s; `lab list` names them, and a file's name ends in .spec or holds a /",
		name, nearest.best ? ", did you mean " : "", nearest.best ? nearest.best : "");
}

enum status lesson_source(const char *name, struct buf *text, struct err *err)
{
	const struct asset_lesson *shipped = lesson_named(name);
	if (!shipped && is_path(name))
		return lesson_read(name, text, err);
	if (shipped)
		buf_str(text, shipped->text);
	else
		no_lesson(name, err);
	return shipped ? ST_OK : err->status;
}

struct lesson *lesson_open(const char *name, struct err *err)
{
	struct buf text = {0};
	struct lesson *lesson = NULL;
	if (lesson_source(name, &text, err) == ST_OK)
		lesson = lesson_parse(name, buf_text(&text), text.len, err);
	buf_free(&text);
	return lesson;
}
