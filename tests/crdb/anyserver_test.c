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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engine),
		cmocka_unit_test(bank),
		cmocka_unit_test(verbs),
	};
	return cmocka_run_group_tests(tests, database, no_database);
}
