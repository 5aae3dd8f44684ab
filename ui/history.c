/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Earlier command lines: in readline's memory while the program runs, and in a file for the next time. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* after <stdio.h>, which it needs */
#include <readline/history.h>
#include <readline/readline.h>

#include "base/state_dir.h"
#include "ui/prompt_internal.h"

enum { HISTORY_LINES = 1000 };

static char *history_file; /* NULL: none */

/* $XDG_STATE_HOME/teller/history: made if it is missing, for its owner only; NULL where it cannot be. Owned. */
static char *history_find_file(void)
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

/* Every program adds to the file; one that finds twice what it keeps makes it shorter. */
void prompt_history_open(void)
{
	using_history();
	stifle_history(HISTORY_LINES);
	history_file = history_find_file();
	if (!history_file)
		return;
	read_history(history_file);
	if (history_base > HISTORY_LINES)
		history_truncate_file(history_file, HISTORY_LINES);
}

/* readline forgets the oldest line by itself, but not the undo list of one that was edited and left so. */
static void history_drop_oldest(void)
{
	HIST_ENTRY *oldest = remove_history(0);
	if (!oldest)
		return;
	rl_undo_list = free_history_entry(oldest);
	rl_free_undo_list();
}

void prompt_history_add(const char *line)
{
	HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
	if (!line[0] || (last && strcmp(last->line, line) == 0))
		return;
	if (history_length >= HISTORY_LINES)
		history_drop_oldest();
	add_history(line);
	if (history_file)
		append_history(1, history_file);
}

void prompt_history_close(void)
{
	rl_clear_history(); /* with what readline hung on its lines */
	free(history_file);
	history_file = NULL;
}
