/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What asks on a screen is refused where nobody can answer, unless --yes is given: nothing is moved, deleted or
 * added. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define ONE "11111111-1111-4111-8111-111111111111"
#define NOBODY "nobody can answer here: add --yes"

static int bank(void **state)
{
	(void)state;
	pg_bank(3);
	pg_exec("INSERT INTO transfers (id, source, destination, amount) VALUES ('" ONE "', 7001, 7002, 5)");
	return 0;
}

static char *contents(void)
{
	return pg_value("SELECT (SELECT string_agg(a::text, ' ' ORDER BY id) FROM accounts a) || "
			"(SELECT string_agg(t::text, ' ' ORDER BY id) FROM transfers t)");
}

/* What would change the bank, as words of the command line. */
static const char *const askers[] = {"transfer 7001 7002", "transfer 7001 7002 all --json", "delete 7003",
				     ("undo " ONE),        "tutorial --accounts 2",         "load --count 3"};

static void check_refused(const char *script, const char *command)
{
	char *before = contents();
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", script, NULL}, NULL, NULL);
	char *after = contents();
	if (proc->status != 1 || !strstr(buf_text(&proc->err), NOBODY) || proc->out.len)
		fail_msg("%s: exit status %d\n%s%s", script, proc->status, buf_text(&proc->out), buf_text(&proc->err));
	proc_expect_err(proc, command);
	assert_string_equal(after, before);
	proc_free(proc);
	free(before);
	free(after);
}

/* In `shape` $T is teller and $A the words. Owned. */
static char *script_of(const char *shape, const char *words)
{
	struct buf script = {0};
	buf_fmt(&script, "T='%s'; A='%s'; %s", proc_teller(), words, shape);
	return buf_take(&script);
}

/* Standard input is nothing, a pipe that has ended, or one that holds what is no answer to this: even a yes is not. */
static void a_verb_is_refused(void **state)
{
	(void)state;
	static const char *const shapes[] = {
		"exec $T $A </dev/null",
		"exec $T $A <&-",
		"true | $T $A",
		"echo no | $T $A",
		"echo yes | $T $A",
		"echo yes >$HOME/yes; exec $T $A <$HOME/yes",
		"echo yes | $T -c \"$A\"",
		"echo yes | $T -c \"$A\" -f -",
		"echo \"$A\" >$HOME/file; echo yes | $T -f $HOME/file",
	};
	for (size_t i = 0; i < COUNT_OF(askers) * COUNT_OF(shapes); i++) {
		const char *asker = askers[i / COUNT_OF(shapes)];
		char *script = script_of(shapes[i % COUNT_OF(shapes)], asker);
		char *first = mem_dup_n(asker, strcspn(asker, " "));
		check_refused(script, first);
		free(first);
		free(script);
	}
}

/* A script on standard input answers in its next line; where there is none, nobody did. */
static void a_script_that_ends_has_not_answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(askers); i++) {
		char *script = script_of("echo \"$A\" | $T", askers[i]);
		check_refused(script, "");
		free(script);
	}
}

static void yes_is_enough(void **state)
{
	static const char *const shapes[] = {"echo no | $T --yes $A", "exec $T $A --yes </dev/null",
					     "exec $T -c \"$A --yes\" </dev/null", "{ echo \"$A\"; echo yes; } | $T"};
	for (size_t i = 0; i < COUNT_OF(askers) * COUNT_OF(shapes); i++) {
		bank(state);
		char *before = contents();
		char *script = script_of(shapes[i % COUNT_OF(shapes)], askers[i / COUNT_OF(shapes)]);
		struct proc *proc = proc_run((const char *const[]){"sh", "-c", script, NULL}, NULL, NULL);
		char *after = contents();
		proc_expect_status(proc, 0);
		assert_string_not_equal(after, before);
		proc_free(proc);
		free(script);
		free(before);
		free(after);
	}
}

/* What is asked names the transaction that would be made. */
static void the_question_is_true(void **state)
{
	(void)state;
	static const struct {
		const char *option, *line, *says;
	} cases[] = {
		{"--isolation=serializable", "delete 7001",
		 "delete 1 account with the money in it: 7001, in one SERIALIZABLE "
		 "transaction; type yes"},
		{"--isolation=repeatable-read", "delete 7001", "in one REPEATABLE READ transaction; type yes"},
		{"--isolation=repeatable-read", "transfer 7001 7002",
		 "in one REPEATABLE READ transaction, tried up to 10 times"},
		{"--max-attempts=3", "transfer 7001 7002",
		 "in one SERIALIZABLE transaction, tried up to 3 times; type yes"},
		{"--max-attempts=1", "transfer 7001 7002", "in one SERIALIZABLE transaction, not retried; type yes"},
		{"--protocol=none", "transfer 7001 7002", "in one SERIALIZABLE transaction, not retried; type yes"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf script = {0};
		buf_fmt(&script, "%s\nno\n", cases[i].line);
		struct proc *proc =
			proc_run((const char *const[]){proc_teller(), cases[i].option, NULL}, NULL, script.p);
		proc_expect_err(proc, cases[i].says);
		proc_expect_err(proc, "not done; nothing was changed");
		proc_free(proc);
		buf_free(&script);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_verb_is_refused, bank),
		cmocka_unit_test_setup(a_script_that_ends_has_not_answered, bank),
		cmocka_unit_test_setup(yes_is_enough, bank),
		cmocka_unit_test_setup(the_question_is_true, bank),
	};
	return cmocka_run_group_tests_name("verb/asked", tests, pg_own_database, NULL);
}
