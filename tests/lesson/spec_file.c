/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spec file of a test's own text, and the verb lab with it. */
#include "tests/lesson/spec_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"

char *spec_file_path(void)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/%s", getenv("TMPDIR"), SPEC_FILE_NAME);
	return buf_take(&path);
}

char *spec_file_write(const char *text)
{
	char *path = spec_file_path();
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

struct proc *spec_file_lab(const char *word, const char *text, const char *option)
{
	char *path = spec_file_write(text);
	struct proc *proc = option ? teller_run("lab", word, path, option) : teller_run("lab", word, path);
	free(path);
	return proc;
}
