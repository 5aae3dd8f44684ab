/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs that go to any server, as make test-cockroach runs them, on the translator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crdb/translator.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct translator translator;

static int database(void **state)
{
	(void)state;
	pg_fresh_database("crdb_anyserver", NULL);
	translator_start(&translator);
	translator.shared->serializable = true;
	return 0;
}

static int no_database(void **state)
{
	(void)state;
	translator_stop(&translator);
	return 0;
}

static void passes(const char *program)
{
	struct buf path = {0}, url = {0};
	buf_fmt(&path, "%.*s/tests/cluster/%s", (int)(strrchr(proc_teller(), '/') - proc_teller()), proc_teller(),
		program);
	buf_fmt(&url, "TELLER_TEST_URL=%s", translator_target(&translator));
	const char *const argv[] = {buf_text(&path), NULL};
	const char *const env[] = {buf_text(&url), "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	proc_wait(proc);
	if (proc->status != 0)
		fail_msg("%s: %s\n%s", program, buf_text(&proc->out), buf_text(&proc->err));
	proc_free(proc);
	buf_free(&path);
	buf_free(&url);
}

static void engine(void **state)
{
	(void)state;
	passes("engine_test");
}

static void bank(void **state)
{
	(void)state;
	passes("bank_test");
}

static void verbs(void **state)
{
	(void)state;
	passes("verbs_test");
}

static void lab(void **state)
{
	(void)state;
	passes("lab_test");
}

/* As `make test-cockroach` ends: what was skipped and what stayed away is named, each with its reason. */
static void nothing_is_left_out_silently(void **state)
{
	(void)state;
	struct buf url = {0}, build = {0};
	buf_fmt(&url, "TELLER_TEST_URL=%s", translator_target(&translator));
	buf_fmt(&build, "%.*s", (int)(strrchr(proc_teller(), '/') - proc_teller()), proc_teller());
	const char *root = strrchr(buf_text(&build), '/') + 1; /* tests/run goes to its own root */
	const char *const argv[] = {"tests/run", root, "cluster/engine", NULL};
	const char *const env[] = {buf_text(&url), "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", NULL};
	struct proc *proc = proc_start(argv, env, NULL);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "    cluster/engine: at_the_release: this server tells of conflicts at the write\n");
	proc_expect_out(proc, "    tests/screen, ");
	proc_expect_out(proc, " passed, 0 failed, ");
	assert_null(strstr(buf_text(&proc->out), "no reason is given"));
	assert_null(strstr(buf_text(&proc->out), "nobody has said why"));
	proc_free(proc);
	buf_free(&url);
	buf_free(&build);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine),
		cmocka_unit_test(bank),
		cmocka_unit_test(verbs),
		cmocka_unit_test(lab),
		cmocka_unit_test(nothing_is_left_out_silently),
	};
	return cmocka_run_group_tests(tests, database, no_database);
}
