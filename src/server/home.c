/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The temporary directory of a private server: made, locked, removed, and swept when its owner is gone. */
#include "src/server/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifdef __has_include
#if __has_include(<linux/magic.h>)
#include <linux/magic.h>
#endif
#endif

#include "base/mem.h"
#include "server/server.h"
#include "src/server/orphan.h"
#include "src/server/tree.h"

#ifndef TMPFS_MAGIC /* the kernel's headers come apart from the C library's, and with musl often not at all */
#define TMPFS_MAGIC 0x01021994
#endif

#define PREFIX "teller-demo-"
#define MEMORY "/dev/shm"

/* The longest place whose sockets fit in sun_path, 107 bytes and a NUL. */
static const size_t place_max = 107 - sizeof("/" PREFIX "XXXXXX/.s.PGSQL.5432") + 1;

/* The places, in order; NULL where there is none. initdb writes a thousand small files: in memory that takes half
 * the time. */
static const char *place(size_t i)
{
	static const char *const usual[] = {MEMORY, "/tmp"};
	const char *tmpdir = getenv("TMPDIR");
	if (!tmpdir || !tmpdir[0])
		return i < COUNT_OF(usual) ? usual[i] : NULL;
	size_t last = tmpdir[0] == '/' && strlen(tmpdir) <= place_max ? 1 : 0;
	return i < last ? tmpdir : i == last ? "/tmp" : NULL;
}

/* Memory is used only where there is plenty of it: a bank of millions of accounts must not take what others need. */
static bool is_roomy(const char *where, uint64_t memory_min)
{
	struct statfs fs;
	if (strcmp(where, MEMORY) != 0)
		return true;
	return statfs(where, &fs) == 0 && fs.f_type == TMPFS_MAGIC &&
	       (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize >= memory_min;
}

static bool home_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Opens and locks a directory of `uid`'s; -1 where it belongs to another user, is in use, or not a directory. */
static int claim(const char *path, uid_t uid)
{
	struct stat opened, named;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	/* Looked at again under the lock: between mkdtemp() and here another process's sweep may have removed it. */
	if (fstat(fd, &opened) == 0 && opened.st_uid == uid && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    lstat(path, &named) == 0 && home_same(&opened, &named))
		return fd;
	close(fd);
	return -1;
}

static bool make_in(struct home *home, const char *where)
{
	for (int attempt = 0; attempt < 10; attempt++) {
		snprintf(home->path, sizeof home->path, "%s/" PREFIX "XXXXXX", where);
		if (!mkdtemp(home->path))
			return false;
		home->fd = claim(home->path, geteuid());
		if (home->fd >= 0)
			return true;
	}
	return false;
}

enum status home_make(struct home *home, uint64_t memory_min, struct err *err)
{
	home->fd = -1;
	const char *where;
	for (size_t i = 0; (where = place(i)) != NULL; i++)
		if (is_roomy(where, memory_min) && make_in(home, where))
			return ST_OK;
	return err_set(err, ST_OWN,
		       "cannot make a directory for the private server in %s: %s; set TMPDIR to a short path that can "
		       "be written",
		       place(0), strerror(errno));
}

/* Under its lock. The lock goes last, so that nobody takes a half-removed directory for a lost one. */
static void remove_claimed(const char *path, int fd)
{
	for (int round = 0; round < 5; round++) {
		tree_empty(fd);
		if (rmdir(path) == 0 || errno != ENOTEMPTY)
			break;
	}
	close(fd);
}

void home_remove(struct home *home)
{
	if (home->fd >= 0)
		remove_claimed(home->path, home->fd);
	home->fd = -1;
}

/* True where nothing works in the directory `name` of the home any more. */
static bool home_orphan_end(int home, const char *name, const char *pidfile, int signum)
{
	int dir = openat(home, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return true;
	bool ended = orphan_end(dir, pidfile, signum);
	close(dir);
	return ended;
}

void home_reclaim(const char *path, uid_t uid)
{
	int fd = claim(path, uid);
	if (fd < 0)
		return;
	bool free_of_it = home_orphan_end(fd, "data", "postmaster.pid", SIGQUIT);
	for (unsigned i = 1; i <= CLUSTER_NODES_MAX; i++) {
		char node[sizeof HOME_NODE + 11];
		snprintf(node, sizeof node, HOME_NODE, i);
		free_of_it &= home_orphan_end(fd, node, HOME_NODE_PID, SIGKILL);
	}
	if (free_of_it)
		remove_claimed(path, fd);
	else
		close(fd);
}

static void sweep_place(const char *where, uid_t uid)
{
	DIR *dir = opendir(where);
	if (!dir)
		return;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char path[sizeof(((struct home *)0)->path)];
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		int n = snprintf(path, sizeof path, "%s/%s", where, entry->d_name);
		if (n > 0 && (size_t)n < sizeof path)
			home_reclaim(path, uid);
	}
	closedir(dir);
}

void home_sweep(uid_t uid)
{
	const char *where;
	for (size_t i = 0; (where = place(i)) != NULL; i++)
		sweep_place(where, uid);
}
