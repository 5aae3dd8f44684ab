/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the command lines of earlier sessions are kept: $XDG_STATE_HOME/teller/history. */
#include "ui/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

/* Makes every directory on the way. */
static bool make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
		*slash = '/';
		if (!made)
			return false;
	}
	return true;
}

char *history_file(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = {0};
	if (state && state[0] == '/')
		buf_fmt(&path, "%s/teller/history", state);
	else if (home && home[0] == '/')
		buf_fmt(&path, "%s/.local/state/teller/history", home);
	else
		return NULL;
	int fd = make_directories(path.p) ? open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd < 0) {
		buf_free(&path);
		return NULL;
	}
	close(fd);
	return buf_take(&path);
}
