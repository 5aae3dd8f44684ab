/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab progress: what was kept of each lesson, for people and for programs, and what is kept of orders that are gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static size_t lessons(void)
{
	size_t n = 0;
	while (asset_lessons[n].name)
		n++;
	return n;
}

/* In place of what was kept before. */
static void progress_keep(const char *text)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/teller", getenv("XDG_STATE_HOME"));
	mkdir(path.p, 0700);
	buf_str(&path, "/lessons");
	FILE *file = fopen(path.p, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	buf_free(&path);
}

#define expect_line(...)                                                                                               \
	do {                                                                                                           \
		struct buf line = {0};                                                                                 \
		buf_fmt(&line, __VA_ARGS__);                                                                           \
		progress_expect(line.p);                                                                               \
		buf_free(&line);                                                                                       \
	} while (0)

static void progress_expect(const char *text)
{
	struct proc *proc = teller_run("lab", "progress");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, text);
	proc_free(proc);
}

static void nothing_was_played(void **state)
{
	(void)state;
	progress_keep("");
	expect_line("%-24s         -          -\n", asset_lessons[0].name);
	expect_line("\n0 of %zu lessons played in all their orders, 0 of 0 questions answered right\n", lessons());
}

/* The best time of each order counts; an order that the lesson does not have (any more) does not. */
static void what_was_kept_is_shown(void **state)
{
	(void)state;
	struct buf kept = {0};
	const char *first = asset_lessons[0].name, *second = asset_lessons[1].name;
	buf_fmt(&kept, "%s 1 2 3\n%s 1 1 3\n%s 98 5 5\n%s 99 4 4\n", first, first, first, second);
	progress_keep(kept.p);
	buf_free(&kept);
	expect_line("%-24s  ", first);
	expect_line("     2 of 3\n");
	expect_line("%-24s         -          -\n", second);
	expect_line("lessons played in all their orders, 2 of 3 questions answered right\n");
	struct proc *proc = teller_run("lab", "progress", "--format", "jsonl");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "\"played\":\"1\",\"asked\":\"3\",\"right\":\"2\"}\n");
	proc_expect_out(proc, "\"played\":\"0\",\"asked\":\"0\",\"right\":\"0\"}\n");
	proc_free(proc);
	proc = teller_run("lab", "progress", "--csv");
	proc_expect_out(proc, "lesson,title,orders,played,asked,right\n");
	proc_free(proc);
	proc = teller_run("lab", "progress", "all");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "lab progress has no place for \"all\"");
	proc_free(proc);
}

/* From the player to the teacher: an answer that was right, one that was not, one that was passed over. */
static void what_is_played_is_counted(void **state)
{
	(void)state;
	progress_keep("");
	struct proc *proc = spec_file_lab("play", "session a step s { SELECT 1; }\n", "");
	proc_free(proc); /* a file of one's own is none of the lessons */
	expect_line("\n0 of %zu lessons played in all their orders, 0 of 0 questions", lessons());
	const char *const argv[] = {proc_teller(), "--plain", "lab", "play", asset_lessons[0].name, NULL};
	proc = proc_run(argv, NULL, "");
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = teller_run("lab", "progress", "--json");
	char *end = strstr(buf_text(&proc->out), "},\n");
	assert_non_null(end);
	*end = '\0'; /* of the first lesson */
	proc_expect_out(proc, asset_lessons[0].name);
	assert_null(strstr(proc->out.p, "\"played\":\"0\""));
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_was_played),
		cmocka_unit_test(what_was_kept_is_shown),
		cmocka_unit_test(what_is_played_is_counted),
	};
	return cmocka_run_group_tests_name("lesson/progress", tests, pg_own_database, NULL);
}
