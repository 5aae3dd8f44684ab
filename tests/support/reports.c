/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sanitizers say of the programs that a test starts, one after another. */
#include "tests/support/reports.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"

void reports_open(struct reports *reports)
{
	snprintf(reports->dir, sizeof reports->dir, "/tmp/teller-reports-XXXXXX");
	if (!mkdtemp(reports->dir))
		fail_msg("cannot make %s", reports->dir);
	snprintf(reports->asan, sizeof reports->asan, "ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path=%s/asan",
		 reports->dir);
	snprintf(reports->ubsan, sizeof reports->ubsan,
		 "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99:log_path=%s/ubsan", reports->dir);
	reports->env[0] = reports->asan;
	reports->env[1] = reports->ubsan;
	reports->env[2] = NULL;
}

void reports_close(struct reports *reports)
{
	rmdir(reports->dir);
}

static void reports_add(struct buf *out, const char *path)
{
	char bytes[4096];
	FILE *file = fopen(path, "r");
	for (size_t n; file && (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
		buf_add(out, bytes, n);
	if (file)
		fclose(file);
}

void reports_take(struct reports *reports, struct buf *out)
{
	char pattern[100];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/*", reports->dir);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		reports_add(out, found.gl_pathv[i]);
		unlink(found.gl_pathv[i]);
	}
	globfree(&found);
}

/* ReadyForQuery, or the start of a COPY, among the rows of an answer: libpq 15 forgets the result that it was filling and
 * puts the next one in its place (pqParseInput3, getCopyStart); nobody can free it. */
bool reports_of_libpq(const struct buf *report)
{
	const char *leak = strstr(buf_text(report), "detected memory leaks");
	if (!leak)
		return false;
	while ((leak = strstr(leak, "Direct leak"))) {
		const char *maker = strstr(leak, "#1"), *caller = strstr(leak, "#2"), *end = strstr(leak, "\n\n");
		const char *made = strstr(leak, "in PQmakeEmptyPGresult");
		const char *inside = caller ? strstr(caller, "libpq") : NULL,
			   *line = caller ? strchr(caller, '\n') : NULL;
		if (!maker || !made || made < maker || made > caller || !inside || !line || inside > line || !end)
			return false;
		leak = end;
	}
	return true;
}
