/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes before plain mode: whether it is wanted, and the files that it reads and writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/settings.h"
#include "cli/output.h"
#include "cli/plain.h"

/* The one thing that is asked for is a screen: the lab, a lesson there, or a recording. */
static bool asks_for_a_screen(const struct settings *settings)
{
	const char *first = settings->ncommands == 1 ? settings->commands[0] : "";
	if (settings->plays && settings->ncommands == 1)
		return true;
	return strcmp(first, "lab") == 0 || strncmp(first, "lab play ", 9) == 0;
}

bool plain_wanted(const struct settings *settings)
{
	const char *term = getenv("TERM");
	bool dumb = !term || !term[0] || strcmp(term, "dumb") == 0;
	return settings->plain || (settings->ncommands > 0 && !asks_for_a_screen(settings)) || settings->file ||
	       settings->output || dumb || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO);
}

/* Data are written to standard output, wherever that leads. */
static enum status plain_open_output(const struct settings *settings, struct err *err)
{
	if (!settings->output)
		return ST_OK;
	if (!freopen(settings->output, "w", stdout))
		return err_set(err, ST_OWN, "cannot write to %.300s: %s", settings->output, strerror(errno));
	output_name_stdout(settings->output);
	return ST_OK;
}

enum status plain_open_files(const struct settings *settings, int *file, struct err *err)
{
	*file = -1;
	if (plain_open_output(settings, err))
		return err->status;
	if (!settings->file || strcmp(settings->file, "-") == 0)
		return ST_OK;
	*file = open(settings->file, O_RDONLY | O_CLOEXEC);
	return *file < 0 ? err_set(err, ST_OWN, "cannot read %s: %s", settings->file, strerror(errno)) : ST_OK;
}
