/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lessons on the translator: which orders are played there, and that those come out as they say. */
#include <stdio.h>
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct translator translator;

static int database(void **state)
{
	(void)state;
	pg_fresh_database("crdb_lessons", NULL);
	pg_bank(3);
	translator_start(&translator);
	return 0;
}

static int no_database(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

/* As a real 22.1 had them: the other orders come out otherwise there, and are not for it. */
static const struct {
	const char *lesson;
	unsigned held, not_for_it;
} lessons[] = {
	{"lost-update", 1, 1}, {"wrong-retry", 1, 0},       {"retry-by-itself", 1, 0}, {"read-committed", 1, 1},
	{"hot-account", 1, 1}, {"read-only-anomaly", 1, 2}, {"commit-cut", 2, 1},      {"write-skew", 0, 2},
};

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

static void orders_come_out_as_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
		struct proc *proc = teller_run(translator_target(&translator), "lab", "run", lessons[i].lesson);
		const char *out = buf_text(&proc->out);
		if (proc->status != 0 || count(out, "needs PostgreSQL") != lessons[i].not_for_it)
			fail_msg("%s: status %d\n%s\n%s", lessons[i].lesson, proc->status, out, buf_text(&proc->err));
		proc_free(proc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_come_out_as_they_say),
	};
	return cmocka_run_group_tests(tests, database, no_database);
}
