/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run with a trace in a directory of the test's own, and what the exports make of it. */
#include "tests/trace/recorded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { FILES_MAX = 4 };

static char dir[32], files[FILES_MAX][64];
static size_t nfiles;

static void remove_files(void)
{
	for (size_t i = 0; i < nfiles; i++)
		unlink(files[i]);
}

int recorded_begin(void **state)
{
	snprintf(dir, sizeof dir, "/tmp/teller-recorded.XXXXXX");
	assert_non_null(mkdtemp(dir));
	return pg_own_database(state);
}

int recorded_end(void **state)
{
	(void)state;
	remove_files();
	return rmdir(dir);
}

int recorded_bank(void **state)
{
	(void)state;
	pg_bank(5);
	remove_files();
	return 0;
}

const char *recorded_file(const char *name)
{
	char path[64];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	for (size_t i = 0; i < nfiles; i++)
		if (strcmp(files[i], path) == 0)
			return files[i];
	assert_true(nfiles < FILES_MAX);
	return strcpy(files[nfiles++], path);
}

const char *recorded_trace(void)
{
	return recorded_file("trace");
}

void recorded_run(const char *first, const char *second)
{
	const char *const argv[] = {proc_teller(), "--seed", "7",    "--trace", recorded_trace(), "--yes", "-c",
				    first,         "-c",     second, NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

struct proc *recorded_export(const char *format)
{
	static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", NULL};
	const char *const argv[] = {proc_teller(), "trace", "export", recorded_file("trace"), "--to", format, NULL};
	struct proc *proc = proc_run(argv, nowhere, NULL);
	proc_expect_status(proc, 0);
	return proc;
}
