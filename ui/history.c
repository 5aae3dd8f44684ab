/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the command lines of earlier sessions are kept: $XDG_STATE_HOME/teller/history. */
#include "ui/history.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/state_dir.h"

char *history_file(void)
{
	char *path = state_path("history");
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (fd < 0) {
		free(path);
		return NULL;
	}
	close(fd);
	return path;
}
