/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tests' own cockroach in a directory, and what is left of its clusters. */
#include "tests/support/cockroach.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static void cockroach_file(char out[128], const struct cockroach_dir *dir, const char *name)
{
	snprintf(out, 128, "%s/%s", dir->path, name);
}

static void cockroach_write(const struct cockroach_dir *dir, const char *name, const char *text)
{
	char path[128];
	cockroach_file(path, dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The program of the build beside teller, with its settings in front, for it gets none of our environment. */
static void cockroach_write_program(const struct cockroach_dir *dir, const char *version)
{
	char text[900], path[128], build[512];
	snprintf(build, sizeof build, "%s", proc_teller());
	*strrchr(build, '/') = '\0';
	snprintf(text, sizeof text, "%s/tests/cockroach/cockroach", build);
	cockroach_file(path, dir, "tests-cockroach");
	assert_int_equal(symlink(text, path), 0);
	snprintf(text, sizeof text,
		 "#!/bin/sh\n"
		 "STANDIN_VERSION=%s STANDIN_SOCKET=%s/.s.PGSQL.%s STANDIN_TROUBLE=%s/trouble \\\n"
		 "exec %s/tests-cockroach \"$@\"\n",
		 version, getenv("PGHOST"), getenv("PGPORT"), dir->path, dir->path);
	cockroach_write(dir, "cockroach", text);
	cockroach_file(path, dir, "cockroach");
	assert_int_equal(chmod(path, 0755), 0);
}

void cockroach_dir_make(struct cockroach_dir *dir, const char *version)
{
	snprintf(dir->path, sizeof dir->path, "/tmp/teller-cockroach-XXXXXX");
	assert_non_null(mkdtemp(dir->path));
	assert_int_equal(chmod(dir->path, 0755), 0); /* for tellers of other users */
	snprintf(dir->option, sizeof dir->option, "--cockroach=%s/cockroach", dir->path);
	cockroach_write_program(dir, version);
	cockroach_trouble(dir, "");
	pg_exec("DO $$ BEGIN CREATE ROLE root SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
}

static void cockroach_drop_databases(void)
{
	char *names = pg_value("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname ~ '^crdb_'");
	char *rest = NULL;
	for (char *at = names ? strtok_r(names, " ", &rest) : NULL; at; at = strtok_r(NULL, " ", &rest))
		pg_exec("DROP DATABASE \"%s\" WITH (FORCE)", at);
	free(names);
}

void cockroach_dir_remove(struct cockroach_dir *dir)
{
	static const char *const files[] = {"tests-cockroach", "cockroach", "trouble"};
	cockroach_expect_gone(dir, 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char path[128];
		cockroach_file(path, dir, files[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(dir->path), 0);
	cockroach_drop_databases();
}

void cockroach_trouble(const struct cockroach_dir *dir, const char *word)
{
	cockroach_write(dir, "trouble", word);
}

bool cockroach_in_trouble(const struct cockroach_dir *dir, const char *word)
{
	char path[128], text[256] = "";
	cockroach_file(path, dir, "trouble");
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	fclose(f);
	return strstr(text, word) != NULL;
}

static int cockroach_homes(void)
{
	int n = 0;
	DIR *dir = opendir(getenv("TMPDIR"));
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
		n += strncmp(entry->d_name, "teller-demo-", 12) == 0;
	closedir(dir);
	return n;
}

static bool cockroach_listens(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool listens = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return listens;
}

void cockroach_expect_gone(const struct cockroach_dir *dir, int port)
{
	proc_expect_none(dir->path);
	assert_int_equal(cockroach_homes(), 0);
	if (port)
		assert_false(cockroach_listens(port));
}
