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

/* ---- of several, the newest ---- */

/* What was found so far. A program is asked for its version only where there is another one to compare it with. */
struct choice {
	struct programs *best;
	int version; /* of the best one, as programs_version() has it; 0: not asked */
	int major;   /* that is wanted rather than a newer one; 0: none */
	char *const *env;
	bool any;
};

/* The first output of a program; false where it fails. The child is to be killed in any case. */
static bool programs_ask(struct child *child, const char *const argv[], char *const *env)
{
	struct err ignored;
	struct spawn_args spawn = {.argv = argv, .env = env};
	return child_start(child, &spawn, &ignored) == ST_OK && child_wait(child, -1, NULL, 5000) == CHILD_ENDED &&
	       child_succeeded(child);
}

/* 150018 is 15.18, 170000 is 17beta1; 0: it does not say. */
static int programs_version(const struct programs *programs, char *const *env)
{
	const char *const argv[] = {programs->postgres, "--version", NULL};
	struct child child = {0};
	int major = 0, minor = 0;
	if (programs_ask(&child, argv, env))
		sscanf(child.tail, "%*s (PostgreSQL) %d.%d", &major, &minor);
	child_kill(&child);
	return major > 0 && major < 1000 && minor >= 0 && minor < 10000 ? major * 10000 + minor : 0;
}

static bool choice_prefers(const struct choice *choice, int version)
{
	bool had = choice->version / 10000 == choice->major, has = version / 10000 == choice->major;
	return choice->major && had != has ? has : version > choice->version;
}

static void choice_consider(struct choice *choice, const char *dir, size_t dir_len)
{
	struct programs found;
	if (!in_dir(&found, dir, dir_len))
		return;
	if (!choice->any) {
		*choice->best = found;
		choice->any = true;
		return;
	}
	if (strcmp(found.postgres, choice->best->postgres) == 0)
		return;
	if (!choice->version)
		choice->version = programs_version(choice->best, choice->env);
	int version = programs_version(&found, choice->env);
	if (!choice_prefers(choice, version))
		return;
	*choice->best = found;
	choice->version = version;
}

/* ---- where they may be ---- */

static void look_in_path(struct choice *choice)
{
	const char *at = getenv("PATH");
	while (at && *at) {
		size_t n = strcspn(at, ":");
		choice_consider(choice, at, n);
		at += n + (at[n] == ':');
	}
}

/* pg_config of the C library's development package may name a server that is not installed. */
static void ask_pg_config(struct choice *choice)
{
	static const char *const argv[] = {"/bin/sh", "-c", "exec pg_config --bindir 2>/dev/null", NULL};
	struct child child = {0};
	if (programs_ask(&child, argv, choice->env))
		choice_consider(choice, child.tail, strcspn(child.tail, "\n"));
	child_kill(&child);
}

/* Debian's packages leave a directory for each major version. */
static void look_in_debian(struct choice *choice)
{
	char path[PATH_MAX];
	DIR *dir = opendir(debian);
	const struct dirent *entry;
	while (dir && (entry = readdir(dir)) != NULL) {
		int n = snprintf(path, sizeof path, "%s/%s/bin", debian, entry->d_name);
		if (entry->d_name[0] != '.')
			choice_consider(choice, path, (size_t)n);
	}
	if (dir)
		closedir(dir);
}

enum status programs_find(struct programs *programs, const char *bindir, int major, char *const *env, struct err *err)
{
	const char *only = bindir ? bindir : getenv("TELLER_PG_BINDIR");
	if (only) {
		if (in_dir(programs, only, strlen(only)))
			return ST_OK;
		return err_set(err, ST_OWN,
			       "cannot find initdb and postgres in %s, %s: %s, or "
			       "install PostgreSQL's server (`apt-get install postgresql`) and name its directory",
			       bindir ? "the directory of --bindir" : "TELLER_PG_BINDIR", only,
			       bindir ? "leave it out" : "unset it");
	}
	struct choice choice = {.best = programs, .major = major, .env = env};
	look_in_path(&choice);
	ask_pg_config(&choice);
	look_in_debian(&choice);
	if (choice.any)
		return ST_OK;
	return err_set(err, ST_OWN,
		       "cannot find PostgreSQL's server programs, initdb and postgres: install them "
		       "(`apt-get install postgresql`), or name their directory with --bindir");
}
