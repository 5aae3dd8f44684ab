/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tests' own program called cockroach: its commands. */
#include "tests/cockroach/cockroach.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *trouble_text(char out[256])
{
	const char *path = getenv("STANDIN_TROUBLE");
	FILE *f = path ? fopen(path, "r") : NULL;
	size_t n = f ? fread(out, 1, 255, f) : 0;
	out[n] = '\0';
	if (f)
		fclose(f);
	return out;
}

bool trouble(const char *word)
{
	char text[256];
	return strstr(trouble_text(text), word) != NULL;
}

void trouble_over(const char *word)
{
	char text[256];
	char *at = strstr((char *)trouble_text(text), word);
	FILE *f = at ? fopen(getenv("STANDIN_TROUBLE"), "w") : NULL;
	if (!f)
		return;
	memset(at, '-', strlen(word));
	fputs(text, f);
	fclose(f);
}

int fail(const char *command, const char *fmt, ...)
{
	va_list ap;
	fputs("ERROR: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nFailed running \"%s\"\n", command);
	return 1;
}

int main(int argc, char **argv)
{
	const char *version = getenv("STANDIN_VERSION");
	struct flags flags = {.version = version ? version : "22.1", .command = argc > 1 ? argv[1] : ""};
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!flags_knows(flags.version, flags.command))
		return fail("cockroach", "unknown command \"%s\" for \"cockroach\"", flags.command);
	flags_read(&flags, argc, argv);
	if (flags.help) {
		flags_help(&flags);
		return 0;
	}
	if (strcmp(flags.command, "init") == 0)
		return node_init(&flags);
	if (strcmp(flags.command, "cert") == 0)
		return cert_run(&flags);
	return node_run(&flags);
}
