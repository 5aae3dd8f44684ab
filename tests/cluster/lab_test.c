/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lessons on any server: what was verified there comes out so, what is only documented is played and told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "lab/lesson.h"
#include "tests/cluster/cluster.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/rig.h"

/* A line of `lab run` that is about an order: "NAME 2: ...". */
static const char *line_of(const char *out, const char *name, size_t order)
{
	char sign[80];
	int n = snprintf(sign, sizeof sign, "%s %zu: ", name, order + 1);
	for (const char *line = out; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (strncmp(line, sign, (size_t)n) == 0)
			return line;
	return NULL;
}

static bool held(const char *line)
{
	const char *end = strchr(line, '\n'), *at = strstr(line, " as expected");
	unsigned right, all;
	if (!at || (end && at > end))
		return false;
	while (at > line && strchr("0123456789 of", at[-1]))
		at--;
	return sscanf(at, " %u of %u", &right, &all) == 2 && right == all && all > 0;
}

/* What is asked of each order of a lesson that runs on the server at hand. */
typedef void order_fn(const char *name, const struct lesson *lesson, size_t order, enum lesson_proof_kind kind,
		      const char *out);

static void each_order_of(const struct asset_lesson *asset, const struct lesson_server *server, order_fn *fn)
{
	struct err err;
	struct lesson *lesson = lesson_parse(asset->name, asset->text, strlen(asset->text), &err);
	struct proc *proc = teller_run("lab", "run", asset->name);
	const char *out = buf_text(&proc->out);
	if (proc->status != 0 && proc->status != 6)
		fail_msg("lab run %s: status %d\n%s\n%s", asset->name, proc->status, out, buf_text(&proc->err));
	for (size_t i = 0; i < lesson->spec->npermutations; i++)
		if (lesson_runs(lesson, (long)i, server, &err))
			fn(asset->name, lesson, i, lesson_proof_of(lesson, (long)i, server->kind), out);
	proc_free(proc);
	lesson_free(lesson);
}

static unsigned verified, documented, otherwise;

/* What differs is no failure of teller's: nobody has claimed more than that it is written so. */
static void tell_documented(const char *name, const struct lesson *lesson, size_t order, const char *line)
{
	const char *title = lesson_text(lesson, LESSON_TITLE, (long)order, -1);
	documented++;
	if (line && held(line))
		return;
	otherwise++;
	printf("# measured: comes out otherwise than documented: %s %zu: %s\n", name, order + 1, title ? title : "");
}

static void judge_order(const char *name, const struct lesson *lesson, size_t order, enum lesson_proof_kind kind,
			const char *out)
{
	const char *line = line_of(out, name, order);
	if (kind != LESSON_VERIFIED) {
		tell_documented(name, lesson, order, line);
		return;
	}
	verified++;
	if (!line || !held(line))
		fail_msg("%s %zu: not as it was verified:\n%s", name, order + 1, out);
}

static void lessons_come_out_as_they_were_verified(void **state)
{
	struct rig *rig = *state;
	struct lesson_server server;
	assert_true(lesson_server_of(rig->db, &server));
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++)
		each_order_of(asset, &server, judge_order);
	assert_true(verified > 0);
	printf("# measured: orders of lessons: %u came out as verified, %u of %u as documented\n", verified,
	       documented - otherwise, documented);
}

static void nothing_of_a_lesson_stays(void **state)
{
	(void)state;
	proc_free(teller_run("lab", "run", "lost-update"));
	assert_int_equal(pg_number("SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE "
				   "'teller\\_lesson%%' AND catalog_name = current_database()"),
			 0);
}

static void a_lesson_is_played_as_lines(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--plain", "lab", "play", "retry-by-itself");
	proc_expect_out(proc, "attempt 2");
	proc_free(proc);
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_RIG(lessons_come_out_as_they_were_verified),
		cmocka_unit_test(nothing_of_a_lesson_stays),
		cmocka_unit_test(a_lesson_is_played_as_lines),
	};
	return cmocka_run_group_tests_name("cluster/lab", tests, cluster_setup, cluster_teardown);
}
