/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is written under another name beside its own: half of one never has its name. */
#include "cli/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct whole_file {
	char *path, *aside; /* aside: NULL once it has its name */
	FILE *to;           /* NULL once it is closed */
};

static FILE *whole_file_open(const char *aside)
{
	int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

struct whole_file *whole_file_new(const char *path, struct err *err)
{
	struct stat st;
	struct buf aside = {0};
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_set(err, ST_OWN, "%.200s is not a regular file: name one, or leave it to standard output", path);
		return NULL;
	}
	buf_fmt(&aside, "%s.tmp", path);
	FILE *to = whole_file_open(aside.p);
	if (!to && errno == EEXIST)
		err_set(err, ST_OWN, "%.200s is there already: another export writes it, or did not end; remove it",
			aside.p);
	else if (!to)
		err_set(err, ST_OWN, "cannot write %.200s: %s", aside.p, strerror(errno));
	if (!to) {
		buf_free(&aside);
		return NULL;
	}
	struct whole_file *file = NEW(struct whole_file);
	*file = (struct whole_file){mem_dup(path), buf_take(&aside), to};
	return file;
}

FILE *whole_file_stream(struct whole_file *file)
{
	return file->to;
}

enum status whole_file_end(struct whole_file *file, struct err *err)
{
	bool failed = ferror(file->to) != 0;
	failed = fclose(file->to) != 0 || failed;
	file->to = NULL;
	if (failed || rename(file->aside, file->path) != 0)
		return err_set(err, ST_OWN, "cannot write %.200s: %s", file->aside, strerror(errno ? errno : EIO));
	free(file->aside);
	file->aside = NULL;
	return ST_OK;
}

void whole_file_free(struct whole_file *file)
{
	if (!file)
		return;
	if (file->to)
		fclose(file->to);
	if (file->aside)
		unlink(file->aside);
	free(file->aside);
	free(file->path);
	free(file);
}
