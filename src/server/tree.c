/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing a directory and all that is in it, never through a symbolic link. */
#include "src/server/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

bool tree_empty(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	if (!dir) {
		if (own >= 0)
			close(own);
		return false;
	}
	bool ok = true;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL)
		if (!is_dots(entry->d_name) && !tree_remove(dirfd(dir), entry->d_name))
			ok = false;
	int error = errno;
	closedir(dir);
	errno = error;
	return ok;
}

static bool directory_remove(int parent, const char *name)
{
	/* A process that is just ending may still have added a file behind us: then there is another round. */
	for (int round = 0; round < 5; round++) {
		int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT;
		bool empty = tree_empty(fd);
		close(fd);
		if (empty && (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT))
			return true;
	}
	return false;
}

bool tree_remove(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return true;
	/* What unlink says of a directory: EISDIR on Linux, EPERM in POSIX. */
	return (errno == EISDIR || errno == EPERM) && directory_remove(parent, name);
}
