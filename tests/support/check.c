/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka, and messages of any length for people. */
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check_tell(const char *fmt, ...)
{
	va_list ap;
	char *text = NULL;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	/* Each line is a comment of the TAP output. */
	for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
		fprintf(stderr, "# %s\n", line);
	free(text);
}
