/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directory of --keep: made or recognised, locked, and refused with a sentence where it is not ours. */
#include "src/server/keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/server/orphan.h"
#include "src/server/tree.h"

#define MARK "teller-demo"

/* ---- making it ---- */

/* Through a descriptor, so that nobody can slip us another directory in between. */
static bool give(const char *dir, const struct server_user *user)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool given = fd >= 0 && fchown(fd, user->uid, user->gid) == 0;
	if (fd >= 0)
		close(fd);
	return given;
}

/* 0, or the errno of why that user cannot work in it. */
static int enter_error(const char *dir, const struct server_user *user)
{
	struct err ignored;
	if (user_don(user, &ignored) != ST_OK)
		return EPERM;
	int error = euidaccess(dir, R_OK | W_OK | X_OK) ? errno : 0;
	return user_doff(user, &ignored) == ST_OK ? error : EPERM;
}

enum status keep_make(const char *dir, const struct server_user *user, struct err *err)
{
	if (mkdir(dir, 0700)) {
		if (errno == EEXIST)
			return ST_OK;
		return err_set(err, ST_OWN,
			       "cannot make the directory %s: %s; name one whose parent exists and can be written", dir,
			       strerror(errno));
	}
	if (!user->other)
		return ST_OK;
	int error = give(dir, user) ? enter_error(dir, user) : errno;
	if (!error)
		return ST_OK;
	rmdir(dir);
	return err_set(err, ST_OWN,
		       "the user %s, as whom the private server runs, cannot work in %s: %s; name a directory it can "
		       "reach, such as /var/tmp/bank",
		       user->name, dir, strerror(error));
}

/* ---- recognising it ---- */

static bool keep_is_empty(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (!dir) {
		if (own >= 0)
			close(own);
		return false;
	}
	int n = 0;
	while (n < 3 && readdir(dir))
		n++;
	closedir(dir);
	return n == 2; /* "." and ".." */
}

static bool is_there(int fd, const char *name)
{
	struct stat st;
	return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static enum status mark(const struct keep *keep, struct err *err)
{
	static const char text[] = "Made by `teller demo --keep`; data/ is a PostgreSQL cluster.\n";
	int fd = openat(keep->fd, MARK, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1;
	if (fd >= 0)
		close(fd);
	if (written)
		return ST_OK;
	return err_set(err, ST_OWN, "cannot write in %s: %s; make room, or name another directory", keep->path,
		       strerror(errno));
}

/* What a killed run left: a server still at work, and a cluster that was never completed. */
static enum status clear_up(struct keep *keep, struct err *err)
{
	int data = openat(keep->fd, "data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	keep->filled = data >= 0;
	bool ended = data < 0 || orphan_end(data, "postmaster.pid", SIGINT);
	if (data >= 0)
		close(data);
	if (!ended)
		return err_set(err, ST_OWN,
			       "a server still runs on %s/data and cannot be stopped: end the process in "
			       "%s/data/postmaster.pid",
			       keep->path, keep->path);
	if (!tree_remove(keep->fd, "data.new"))
		return err_set(err, ST_OWN,
			       "cannot remove %s/data.new, left by a start that was cut short: %s; remove it by hand",
			       keep->path, strerror(errno));
	return ST_OK;
}

static enum status foreign(const char *dir, const struct server_user *user, struct err *err)
{
	return err_set(err, ST_OWN,
		       "%s belongs to another user than %s, as whom the private server runs: name a directory that "
		       "does not exist "
		       "yet, or change its owner (`chown`)",
		       dir, user->name);
}

static enum status keep_check(struct keep *keep, const char *dir, const struct server_user *user, struct err *err)
{
	struct stat st;
	if (fstat(keep->fd, &st) || !realpath(dir, keep->path))
		return err_set(err, ST_OWN, "cannot read %s: %s; name another directory", dir, strerror(errno));
	if (st.st_uid != user->uid)
		return foreign(keep->path, user, err);
	if (flock(keep->fd, LOCK_EX | LOCK_NB))
		return err_set(err, ST_OWN,
			       "%s is in use by another teller: end that one first, or name another directory",
			       keep->path);
	if (is_there(keep->fd, MARK))
		return clear_up(keep, err);
	if (keep_is_empty(keep->fd))
		return mark(keep, err);
	return err_set(
		err, ST_OWN,
		"%s is neither empty nor made by `teller demo --keep`, so it is left alone: name another directory",
		keep->path);
}

enum status keep_open(struct keep *keep, const char *dir, const struct server_user *user, struct err *err)
{
	struct stat st;
	keep->filled = false;
	keep->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (keep->fd >= 0)
		return keep_check(keep, dir, user, err);
	int error = errno;
	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid != user->uid)
		return foreign(dir, user, err);
	return err_set(err, ST_OWN, "cannot open the directory %s as %s: %s; name another directory", dir, user->name,
		       strerror(error));
}

int keep_major(const struct keep *keep)
{
	char text[8] = "";
	int fd = openat(keep->fd, "data/PG_VERSION", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
	if (fd >= 0)
		close(fd);
	long major = n > 0 ? strtol(text, NULL, 10) : 0;
	return major > 0 && major < 1000 ? (int)major : 0;
}

enum status keep_complete(struct keep *keep, struct err *err)
{
	if (renameat(keep->fd, "data.new", keep->fd, "data") || fsync(keep->fd))
		return err_set(err, ST_OWN, "cannot complete %s/data: %s; make room and start again", keep->path,
			       strerror(errno));
	keep->filled = true;
	return ST_OK;
}
