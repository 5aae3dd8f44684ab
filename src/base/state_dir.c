/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where teller keeps what it remembers between two runs: $XDG_STATE_HOME/teller, or ~/.local/state/teller. */
#include "base/state_dir.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

/* Makes every directory on the way. */
static bool state_dir_make(char *path)
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

static bool is_directory(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *state_path(const char *name)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = {0};
	if (state && state[0] == '/')
		buf_fmt(&path, "%s/teller/%s", state, name);
	else if (home && home[0] == '/' && is_directory(home)) /* a home is not ours to make */
		buf_fmt(&path, "%s/.local/state/teller/%s", home, name);
	else
		return NULL;
	struct stat st;
	bool other = stat(path.p, &st) == 0 && !S_ISREG(st.st_mode); /* to open a FIFO would be to wait */
	if (other || !state_dir_make(path.p)) {
		buf_free(&path);
		return NULL;
	}
	return buf_take(&path);
}
