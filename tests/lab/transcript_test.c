/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab run --transcript beside PostgreSQL's isolationtester: the same spec, the same server, the same bytes, the same
 * exit status. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define TESTER "/usr/lib/postgresql/*/lib/pgxs/src/test/isolation/isolationtester"

enum { TRIES = 50 };

/* A step longer than this is cancelled; a spec that is about that names its own (the line "# timeout N"). */
static const char patience[] = "15";

static void read_spec(struct buf *text, const char *path)
{
	char chunk[4096];
	size_t n;
	FILE *file = fopen(path, "re");
	if (!file)
		fail_msg("no %s", path);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(text, chunk, n);
	fclose(file);
}

static void set_patience(const char *text)
{
	unsigned seconds;
	char word[16];
	const char *line = strstr(text, "\n# timeout ");
	bool own = line && sscanf(line, " # timeout %u", &seconds) == 1;
	snprintf(word, sizeof word, "%u", own ? seconds : 0);
	setenv("PGISOLATIONTIMEOUT", own ? word : patience, 1);
}

static struct proc *run_fresh(const char *const argv[], const char *input)
{
	pg_exec("SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	return proc_run(argv, NULL, input);
}

static char *tester(void)
{
	glob_t found;
	if (glob(TESTER, 0, NULL, &found) != 0)
		fail_msg("there is no " TESTER "; Debian has it in postgresql-server-dev-15");
	char *path = mem_dup(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return path;
}

/* What a spec's author did wrong is said in teller's own words, with the line and the column. */
static void expect_same(const char *spec, const struct proc *theirs, const struct proc *ours)
{
	if (strcmp(buf_text(&theirs->out), buf_text(&ours->out)) != 0)
		fail_msg("%s: isolationtester:\n%s\nteller:\n%s", spec, buf_text(&theirs->out), buf_text(&ours->out));
	if (theirs->status != ours->status)
		fail_msg("%s: exit status %d and %d: %s", spec, theirs->status, ours->status, buf_text(&ours->err));
	if (theirs->out.len && strcmp(buf_text(&theirs->err), buf_text(&ours->err)) != 0)
		fail_msg("%s: isolationtester:\n%s\nteller:\n%s", spec, buf_text(&theirs->err), buf_text(&ours->err));
}

/* "# again while WORDS" in a spec: a machine that is busy may be too slow for what the spec is about, and either program
 * then says these words. */
static bool was_too_slow(const char *text, const struct proc *theirs, const struct proc *ours)
{
	char words[64];
	const char *line = strstr(text, "\n# again while ");
	return line && sscanf(line, " # again while %63[^\n]", words) == 1 &&
	       (strstr(buf_text(&theirs->out), words) || strstr(buf_text(&ours->out), words));
}

static void play_both(const char *spec, const char *text, unsigned tries)
{
	char *program = tester();
	char *where = NULL;
	if (asprintf(&where, "dbname=%s", getenv("PGDATABASE")) < 0)
		abort();
	struct proc *theirs = run_fresh((const char *const[]){program, where, NULL}, text);
	struct proc *ours =
		run_fresh((const char *const[]){proc_teller(), "lab", "run", spec, "--transcript", NULL}, NULL);
	bool again = tries > 1 && was_too_slow(text, theirs, ours);
	if (!again)
		expect_same(spec, theirs, ours);
	proc_free(theirs);
	proc_free(ours);
	free(program);
	free(where);
	if (again)
		play_both(spec, text, tries - 1);
}

static void equals_isolationtester(void **state)
{
	const char *spec = *state;
	struct buf text = {0};
	read_spec(&text, spec);
	set_patience(buf_text(&text));
	play_both(spec, buf_text(&text), TRIES);
	buf_free(&text);
}

static int database(void **state)
{
	(void)state;
	pg_fresh_database("lab_transcript", NULL);
	return 0;
}

int main(void)
{
	glob_t specs;
	if (glob("tests/lab/specs/*.spec", 0, NULL, &specs) != 0)
		return 1;
	struct CMUnitTest *tests = mem_array(specs.gl_pathc, sizeof *tests);
	for (size_t i = 0; i < specs.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){.name = strrchr(specs.gl_pathv[i], '/') + 1,
					       .test_func = equals_isolationtester,
					       .initial_state = specs.gl_pathv[i]};
	int failed = _cmocka_run_group_tests("transcripts", tests, specs.gl_pathc, database, NULL);
	free(tests);
	globfree(&specs);
	return failed;
}
