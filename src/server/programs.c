/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where PostgreSQL's server programs are on this machine. */
#include "src/server/programs.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/server/child.h"

static const char debian[] = "/usr/lib/postgresql";

/* The path of a program that we may run, resolved; false where there is none in `dir`. */
static bool resolve(char out[PATH_MAX], const char *dir, size_t dir_len, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%.*s/%s", (int)dir_len, dir, name);
	return dir_len > 0 && dir[0] == '/' && n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0 &&
	       realpath(path, out);
}

/* initdb may be a link into the directory where the server of its version is. */
static bool in_dir(struct programs *programs, const char *dir, size_t dir_len)
{
	if (!resolve(programs->initdb, dir, dir_len, "initdb"))
		return false;
	const char *slash = strrchr(programs->initdb, '/');
	return resolve(programs->postgres, programs->initdb, (size_t)(slash - programs->initdb), "postgres");
}

static bool in_path(struct programs *programs)
{
	const char *at = getenv("PATH");
	while (at && *at) {
		size_t n = strcspn(at, ":");
		if (in_dir(programs, at, n))
			return true;
		at += n + (at[n] == ':');
	}
	return false;
}

/* pg_config of the C library's development package may name a server that is not installed. */
static bool by_pg_config(struct programs *programs, char *const *env)
{
	static const char *const argv[] = {"/bin/sh", "-c", "exec pg_config --bindir 2>/dev/null", NULL};
	struct child child;
	struct err ignored;
	struct spawn_args spawn = {.argv = argv, .env = env};
	if (child_start(&child, &spawn, &ignored) != ST_OK)
		return false;
	bool answered = child_wait(&child, -1, NULL, 5000) == CHILD_ENDED && child_succeeded(&child);
	child_kill(&child);
	return answered && in_dir(programs, child.tail, strcspn(child.tail, "\n"));
}

static bool in_version(struct programs *programs, long version)
{
	char dir[PATH_MAX];
	int n = snprintf(dir, sizeof dir, "%s/%ld/bin", debian, version);
	return in_dir(programs, dir, (size_t)n);
}

/* The highest version below `limit` that Debian's packages left a directory for; 0: none. */
static long version_below(long limit)
{
	long best = 0;
	DIR *dir = opendir(debian);
	if (!dir)
		return 0;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		long version = strtol(entry->d_name, NULL, 10);
		if (version > best && version < limit)
			best = version;
	}
	closedir(dir);
	return best;
}

static bool in_debian(struct programs *programs)
{
	for (long version = version_below(LONG_MAX); version > 0; version = version_below(version))
		if (in_version(programs, version))
			return true;
	return false;
}

enum status programs_find(struct programs *programs, char *const *env, struct err *err)
{
	const char *only = getenv("TELLER_PG_BINDIR");
	if (only) {
		if (in_dir(programs, only, strlen(only)))
			return ST_OK;
		return err_set(err, ST_OWN,
			       "cannot find initdb and postgres in TELLER_PG_BINDIR, %s: unset it, or "
			       "install PostgreSQL's server (`apt-get install postgresql`) and name its directory",
			       only);
	}
	if (in_path(programs) || by_pg_config(programs, env) || in_debian(programs))
		return ST_OK;
	return err_set(err, ST_OWN,
		       "cannot find PostgreSQL's server programs, initdb and postgres: install them "
		       "(`apt-get install postgresql`), or put their directory on PATH");
}
