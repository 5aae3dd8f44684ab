/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on standard error: one line that is written over on a terminal, elsewhere a line every so often. */
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/outlet.h"
#include "base/text.h"

enum { OVER_MS = 100, LINES_MS = 5000, COLUMNS = 80 };

unsigned progress_open(struct progress *progress, struct outlet *outlet)
{
	progress->outlet = outlet;
	const char *term = getenv("TERM");
	bool dumb = !term || !term[0] || strcmp(term, "dumb") == 0;
	progress->over = isatty(STDERR_FILENO) && !dumb;
	return progress->over ? OVER_MS : LINES_MS;
}

/* A line that reached the last column would wrap, and could not be taken back. */
static size_t columns(void)
{
	struct winsize size = {0};
	return (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : COLUMNS) - 1u;
}

static void progress_put(struct progress *progress, const char *text, size_t n)
{
	outlet_add(progress->outlet, text, n);
}

/* What is not read yet is not followed by more. */
void progress_show(struct progress *progress, const char *text)
{
	if (text && outlet_left(progress->outlet))
		return;
	if (progress->over && progress->shown)
		progress_put(progress, "\r\033[K", strlen("\r\033[K"));
	progress->shown = text != NULL;
	if (text)
		progress_put(progress, text, progress->over ? text_cut(text, strlen(text), columns()) : strlen(text));
	if (text && !progress->over)
		progress_put(progress, "\n", 1);
}
