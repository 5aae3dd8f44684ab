/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Directives that are refused: each with its line and column, and what to write. */
#include "lab/lesson.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/lab/directives.h"
#include "tests/support/check.h"

static void refusals_of_words_have_a_place(void **state)
{
	(void)state;
	directives_refused("#@ sya a1 \"x\"", "", "a.spec:2:4: there is no directive \"sya\": did you mean \"say\"?");
	directives_refused("#@ xyzzy", "", "a.spec:2:4: there is no directive \"xyzzy\"");
	directives_refused("#@ say a11 \"x\"", "", "a.spec:2:8: there is no step \"a11\": did you mean \"a1\"?");
	directives_refused("#@ say", "", "a.spec:2:7: expected a step, or a text in double quotes");
	directives_refused("#@ say a1 x", "", "a.spec:2:11: expected a text in double quotes");
	directives_refused("#@ say \"x", "", "a.spec:2:8: this text does not end on its line: close it with \"");
	directives_refused("#@ say a1 \"\xc3\xa9\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	directives_refused("#@ say a1 \"x\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	directives_refused("#@ title", "", "a.spec:2:9: expected a text");
	directives_refused("#@ end a1", "", "a.spec:2:8: expected a text in double quotes");
	directives_refused("#@ \"x\"", "", "a.spec:2:4: there is nothing before this line for it to continue");
	directives_refused("#@ title x\n#@ | y", "",
			   "a.spec:3:4: there is nothing before this line for it to continue");
	directives_refused("#@ title x\n#@ title y", "", "a.spec:3:4: there is such a text, in line 2 already");
	directives_refused("", "#@ say a2 \"x\"", "a.spec:4:8: step \"a2\" is not in the permutation above");
	directives_refused("#@ needs pg 15", "", "a.spec:2:13: unexpected text: \"15\"");
	directives_refused("#@ needs", "", "a.spec:2:9: expected what the lesson needs");
	directives_refused(
		"#@ needs pg>=x", "",
		"a.spec:2:10: unknown requirement \"pg>=x\"; use serializable, read-committed, repeatable-read, "
		"for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
		"release-commits, one of "
		"these with no- before it, superuser, pg, crdb or a product with a version, like pg>=15");
	directives_refused(
		"#@ needs pg>=", "",
		"a.spec:2:10: unknown requirement \"pg>=\"; use serializable, read-committed, repeatable-read, "
		"for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
		"release-commits, one of "
		"these with no- before it, superuser, pg, crdb or a product with a version, like pg>=15");
}

static void needs_that_nobody_has(void **state)
{
	(void)state;
	static const char *const words[] = {"pg>15",        "pgx",          "p",      "PG",
					    "superuser>=1", "crdb>=",       "pg>=-1", "pg>=1000",
					    "no-pg",        "no-superuser", "no-",    "readers-wait>=2"};
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		char line[40], why[400];
		snprintf(line, sizeof line, "#@ needs %s", words[i]);
		snprintf(why, sizeof why,
			 "a.spec:2:10: unknown requirement \"%s\"; use serializable, read-committed, repeatable-read, "
			 "for-update, readers-wait, waiters-go-on, conflicts-at-commit, rollback-to-restarts, "
			 "release-commits, one of these with no- before it, superuser, pg, crdb or a product with a "
			 "version, like pg>=15",
			 words[i]);
		directives_refused(line, "", why);
	}
}

static void refusals_of_outcomes_have_a_place(void **state)
{
	(void)state;
	directives_refused("#@ expect", "", "a.spec:2:10: expected the name of a step");
	directives_refused("#@ expect a1", "", "a.spec:2:13: expected an outcome, such as ok, waits or 40001");
	directives_refused("#@ expect a1 ok ;", "", "a.spec:2:18: expected the name of a step");
	directives_refused(
		"#@ expect a1 fine", "",
		"a.spec:2:14: unknown outcome \"fine\"; use waits, waits for SESSION, ok, lost, an SQLSTATE, "
		"reads VALUE, tag TAG, or several of them parted by or");
	directives_refused("#@ expect a1 for B", "",
			   "a.spec:2:14: unknown outcome \"for\"; use waits, waits for SESSION, ok, lost, an SQLSTATE, "
			   "reads VALUE, tag TAG, or several of them parted by or");
	directives_refused("#@ expect a1 or ok", "", "a.spec:2:14: expected an outcome, such as ok, waits or 40001");
	directives_refused("#@ expect a1 ok or", "", "a.spec:2:19: expected an outcome, such as ok, waits or 40001");
	directives_refused("#@ expect a1 ok or 40001 reads 1", "",
			   "a.spec:2:33: a step that ends with 40001 has no answer to read and no tag");
	directives_refused("#@ expect a1 ok or waits or 40001 or 40P01 or 23505", "",
			   "a.spec:2:44: an outcome has 4 ways at most, parted by or");
	directives_refused("#@ expect a1 waits for C", "", "a.spec:2:24: there is no session \"C\"");
	directives_refused("#@ expect a1 waits for", "",
			   "a.spec:2:23: expected the name of the session that it waits for");
	directives_refused("#@ expect a1 reads", "", "a.spec:2:19: expected what it reads");
	directives_refused("#@ expect a1 tag ;", "", "a.spec:2:18: expected what it is tagged");
	directives_refused("#@ expect a1 40001 reads 1", "",
			   "a.spec:2:27: a step that ends with 40001 has no answer to read and no tag");
	directives_refused("#@ expect a1 ok; a1 ok", "",
			   "a.spec:2:4: something is expected of this step, in line 2 already");
	directives_refused("#@ check \"SELECT 1\"", "", "a.spec:2:20: expected = and the value that this SQL has");
	directives_refused("#@ check \"SELECT 1\" =", "", "a.spec:2:22: expected the value that this SQL has");
	directives_refused("#@ expect a1 ok \"x\"", "", "a.spec:2:17: unexpected text: \"\"x\"\"");
	directives_refused("#@ after a1 ok", "", "a.spec:2:15: expected a text in double quotes");
	directives_refused("#@ after a1 \"x\"", "", "a.spec:2:13: expected an outcome, such as ok, waits or 40001");
	directives_refused("#@ after a1 ok \"x\" y", "", "a.spec:2:20: unexpected text: \"y\"");
	directives_refused("#@ after a3 ok \"x\"", "", "a.spec:2:10: there is no step \"a3\": did you mean \"a1\"?");
	directives_refused("#@ check SELECT", "", "a.spec:2:10: expected a text in double quotes");
}

static void refusals_of_questions_have_a_place(void **state)
{
	(void)state;
	directives_refused("#@ ask a1 \"x\" | y", "", "a.spec:2:4: a question has 2 answers at least, this one has 1");
	directives_refused("#@ ask a1 \"x\" | y | z", "",
			   "a.spec:2:4: no answer is marked correct (*): say which one is right");
	directives_refused("#@ ask a1 \"x\" | y = ok * | z *", "",
			   "a.spec:2:28: two answers are marked correct (*): only one is right");
	directives_refused(
		"#@ ask a1 \"x\" | y * | z", "",
		"a.spec:2:4: nothing tells whether the right answer is true: write \"= OUTCOME\" after it, or "
		"expect one of this step");
	directives_refused("#@ ask a1 \"x\" | = ok | z", "", "a.spec:2:17: expected an answer");
	directives_refused("#@ ask a1 \"x\" y", "", "a.spec:2:15: unexpected text: \"y\"");
	directives_refused("#@ ask a1 \"x\" | a = ok * | b\n#@ ask a1 \"y\" | a = ok * | b", "",
			   "a.spec:3:4: this step has a question, in line 2 already");
	directives_refused("#@ because \"x\"", "", "a.spec:2:4: because follows the line of an answer");
	directives_refused("#@ ask a1 \"x\"\n#@ because \"y\"", "",
			   "a.spec:3:4: because follows the line of an answer");
	directives_refused("#@ ask a1 \"x\" | y = ok *\n#@ say \"x\"\n#@ because \"x\"", "",
			   "a.spec:4:4: because follows the line of an answer");
	directives_refused("#@ ask a1 \"x\" | y = ok *\n#@ because \"x\"\n#@ because \"z\"", "",
			   "a.spec:4:4: this answer has a reason already; another line of it begins with a quote");
	directives_refused("#@ ask a1 \"x\" | y = ok *\n#@ because x", "",
			   "a.spec:3:12: expected a text in double quotes");
	directives_refused("#@ ask a1 \"x\" |1|2|3|4|5|6|7|8|9|10", "",
			   "a.spec:2:34: a question has 9 answers at most");
	struct lesson *lesson = directives_parsed("#@ ask a1 \"x\" | y * | z\n#@ expect a1 ok", "", "");
	lesson_free(lesson);
}

static void too_many_directives_are_refused(void **state)
{
	(void)state;
	struct buf many = {0};
	for (int i = 0; i < 100000; i++)
		buf_str(&many, "#@ check \"a\" = 1\n");
	directives_refused(many.p, "", "a.spec:4098:3: a lesson has 4096 directives at most");
	buf_free(&many);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_of_words_have_a_place),
		cmocka_unit_test(needs_that_nobody_has),
		cmocka_unit_test(refusals_of_outcomes_have_a_place),
		cmocka_unit_test(refusals_of_questions_have_a_place),
		cmocka_unit_test(too_many_directives_are_refused),
	};
	return cmocka_run_group_tests_name("lab/refusal", tests, NULL, NULL);
}
