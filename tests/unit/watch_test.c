/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holders and waiters, of answers made by hand: trees, circles, queues, workers, hidden sessions, hostile answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "src/watch/watch_internal.h"
#include "tests/support/check.h"

/* ---- answers ---- */

/* Rows of a fixed number of columns, filled one after another; NULL is SQL NULL. */
struct made {
	struct rows rows;
	size_t ncols;
};

static struct rows *made_rows(size_t nrows, size_t ncols, const char *const cells[])
{
	struct rows rows = {.nrows = nrows, .ncols = ncols, .cells = (const char **)cells};
	rows.names = mem_array(ncols, sizeof *rows.names);
	rows.types = mem_array(ncols, sizeof *rows.types);
	rows.lengths = mem_array(nrows * ncols, sizeof *rows.lengths);
	for (size_t i = 0; i < ncols; i++)
		rows.names[i] = "";
	for (size_t i = 0; i < nrows * ncols; i++)
		rows.lengths[i] = cells[i] ? (uint32_t)strlen(cells[i]) : 0;
	struct rows *copy = rows_copy(&rows);
	free((void *)rows.names);
	free(rows.types);
	free(rows.lengths);
	return copy;
}

#define SESSION(pid, leader, type, application, state)                                                                 \
	pid, leader, type, "bank", "ada", application, NULL, state, NULL, NULL, NULL, NULL, "1", "5000000", "2000000", \
		"3000000", "UPDATE", "t", "2"
#define HIDDEN(pid, application)                                                                                       \
	pid, NULL, NULL, "bank", "ada", application, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,       \
		"<insufficient privilege>", "t", NULL
#define CLIENT(pid) SESSION(pid, NULL, "client backend", "psql", "active")
#define LOCK(leader, vxid, object, type, mode, granted, age)                                                           \
	leader, vxid, object, type, mode, granted, NULL, NULL, NULL, NULL, age

#define ROWS(columns, ...)                                                                                             \
	made_rows(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *) / (columns), columns,              \
		  (const char *const[]){__VA_ARGS__})

static struct sessions *build(struct rows *sessions, struct rows *waits, struct rows *locks, struct rows *prepared)
{
	struct answers answers = {.rows = {[ANSWER_SESSIONS] = sessions,
					   [ANSWER_WAITS] = waits,
					   [ANSWER_LOCKS] = locks,
					   [ANSWER_PREPARED] = prepared}};
	return sessions_build(&answers);
}

/* The list as text: two blanks a level, the id, '*' where a circle begins, '^' where it stands above, one line each. */
static char *list_of(const struct sessions *sessions, size_t *tree)
{
	size_t n;
	struct sessions_line *lines = sessions_lines(sessions, &n, tree);
	struct buf out = {0};
	for (size_t i = 0; i < n; i++) {
		buf_fill(&out, ' ', 2 * (size_t)lines[i].depth);
		buf_fmt(&out, "%s%s%s\n", sessions->at[lines[i].session].id, lines[i].circle ? "*" : "",
			lines[i].again ? "^" : "");
	}
	free(lines);
	return buf_take(&out);
}

static void expect_list(struct sessions *sessions, size_t in_tree, const char *wanted)
{
	size_t tree;
	char *list = list_of(sessions, &tree);
	assert_string_equal(list, wanted);
	assert_int_equal(tree, in_tree);
	free(list);
	sessions_free(sessions);
}

/* ---- trees ---- */

static void several_wait_for_one(void **state)
{
	(void)state;
	struct rows *locks = ROWS(LOCK_COLUMNS, LOCK("2", "2/1", "x", "transactionid", "ShareLock", "f", "10"),
				  LOCK("3", "3/1", "x", "transactionid", "ShareLock", "f", "30"),
				  LOCK("1", "1/1", "x", "transactionid", "ExclusiveLock", "t", NULL));
	struct rows *waits = ROWS(WAITS_COLUMNS, "2", "1", "", "3", "1", "");
	expect_list(
		build(ROWS(SESSION_COLUMNS, CLIENT("1"), CLIENT("2"), CLIENT("3"), CLIENT("4")), waits, locks, NULL), 3,
		"1\n  3\n  2\n4\n");
}

static void a_waiter_who_is_a_holder(void **state)
{
	(void)state;
	struct rows *waits = ROWS(WAITS_COLUMNS, "2", "1", "", "3", "2", "", "5", "4", "");
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("5"), CLIENT("4"), CLIENT("3"), CLIENT("2"), CLIENT("1")), waits,
		      NULL, NULL);
	assert_int_equal(sessions->at[sessions_root(sessions, sessions_find(sessions, 3))].pid, 1);
	expect_list(sessions, 5, "1\n  2\n    3\n4\n  5\n");
}

/* The second in a queue waits for the holder and for the first in it: it is under both, its own waiters once. */
static void one_who_waits_for_two(void **state)
{
	(void)state;
	struct rows *waits = ROWS(WAITS_COLUMNS, "2", "1", "", "3", "1 2", "", "4", "3", "");
	struct rows *locks = ROWS(LOCK_COLUMNS, LOCK("1", "1/1", "t", "relation", "AccessShareLock", "t", NULL),
				  LOCK("2", "2/1", "t", "relation", "AccessExclusiveLock", "f", "9"),
				  LOCK("3", "3/1", "t", "relation", "AccessExclusiveLock", "f", "5"),
				  LOCK("4", "4/1", "t", "relation", "AccessExclusiveLock", "f", "1"));
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("1"), CLIENT("2"), CLIENT("3"), CLIENT("4")), waits, locks, NULL);
	assert_int_equal(sessions->nwaits, 4);
	assert_int_equal(sessions->waits[1].kind, WAIT_HELD);
	assert_int_equal(sessions->waits[2].kind, WAIT_AHEAD);
	assert_int_equal(sessions_holders(sessions, 2), 2);
	expect_list(sessions, 5, "1\n  2\n    3\n      4\n  3^\n");
}

static void a_deadlock_is_a_circle(void **state)
{
	(void)state;
	struct rows *waits = ROWS(WAITS_COLUMNS, "1", "2", "", "2", "3", "", "3", "1", "", "4", "1", "");
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("4"), CLIENT("1"), CLIENT("2"), CLIENT("3")), waits, NULL, NULL);
	assert_int_equal(sessions->at[sessions_root(sessions, sessions_find(sessions, 1))].pid, 2);
	size_t tree;
	char *list = list_of(sessions, &tree);
	assert_int_equal(tree, 5);
	assert_non_null(strstr(list, "*\n  "));
	assert_non_null(strstr(list, "^\n"));
	free(list);
	sessions_free(sessions);
}

static void the_others_come_behind(void **state)
{
	(void)state;
	struct rows *rows = ROWS(SESSION_COLUMNS, SESSION("1", NULL, "client backend", "psql", "idle"),
				 SESSION("2", NULL, "walwriter", "", NULL), CLIENT("3"));
	rows->cells[SESSION_XACT_AGE] = rows->cells[SESSION_COLUMNS + SESSION_XACT_AGE] = NULL;
	expect_list(build(rows, NULL, NULL, NULL), 0, "3\n1\n2\n");
	size_t n, tree;
	struct sessions *none = build(NULL, NULL, NULL, NULL);
	assert_null(sessions_lines(none, &n, &tree));
	assert_int_equal(n, 0);
	sessions_free(none);
}

/* ---- holders of other kinds ---- */

/* Its locks keep the number of the session that prepared it, or have its own after a restart. */
static void a_prepared_transaction_is_known_by_its_number(void **state)
{
	(void)state;
	struct rows *locks = ROWS(LOCK_COLUMNS, LOCK("2", "2/1", "t", "relation", "AccessExclusiveLock", "f", "9"),
				  LOCK(NULL, "7/3", "t", "relation", "RowExclusiveLock", "t", NULL),
				  LOCK(NULL, "-1/731", "t", "relation", "RowExclusiveLock", "t", NULL),
				  LOCK(NULL, "-1/731", "y", "transactionid", "ExclusiveLock", "t", NULL),
				  LOCK(NULL, "7/3", "x", "transactionid", "ExclusiveLock", "t", NULL));
	locks->cells[3 * LOCK_COLUMNS + LOCK_XID] = "731";
	locks->cells[4 * LOCK_COLUMNS + LOCK_XID] = "730";
	struct rows *prepared = ROWS(PREPARED_COLUMNS, "731", "late", "7000000", "bob", "bank", "t", "730", "early",
				     "90000000", "bob", "bank", "t", "729", "other", "1", "bob", "bank", "t");
	struct rows *waits = ROWS(WAITS_COLUMNS, "2", "0 0", "");
	struct sessions *sessions = build(ROWS(SESSION_COLUMNS, CLIENT("2")), waits, locks, prepared);
	assert_int_equal(sessions->nwaits, 2);
	struct buf words = {0};
	sessions_add_state(&words, &sessions->at[sessions_root(sessions, 0)]);
	assert_string_equal(words.p, "prepared 90 s");
	buf_free(&words);
	expect_list(sessions, 4, "late\n  2\nearly\n  2^\nother\n");
}

/* The list of locks may be of another moment: there is one, and nobody knows which. */
static void a_prepared_transaction_that_nobody_knows(void **state)
{
	(void)state;
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("2")), ROWS(WAITS_COLUMNS, "2", "0", ""), NULL, NULL);
	assert_int_equal(sessions->nwaits, 1);
	struct buf name = {0};
	sessions_add_name(&name, &sessions->at[sessions->waits[0].holder]);
	assert_string_equal(name.p, "a prepared transaction");
	buf_free(&name);
	sessions_free(sessions);
}

/* pg_blocking_pids() speaks of leaders, once for each worker that is in the way. */
static void workers_are_their_leader(void **state)
{
	(void)state;
	struct rows *rows =
		ROWS(SESSION_COLUMNS, CLIENT("1"), SESSION("9", "1", "parallel worker", "psql", "active"), CLIENT("2"));
	struct rows *locks = ROWS(LOCK_COLUMNS, LOCK("1", "9/1", "t", "relation", "AccessShareLock", "t", NULL),
				  LOCK("2", "2/1", "t", "relation", "AccessExclusiveLock", "f", "9"));
	struct sessions *sessions = build(rows, ROWS(WAITS_COLUMNS, "2", "1 1 1", ""), locks, NULL);
	assert_int_equal(sessions->nwaits, 1);
	assert_int_equal(sessions->waits[0].kind, WAIT_HELD);
	assert_int_equal(sessions->at[1].leader, 1);
	sessions_free(sessions);
}

static void an_autovacuum_worker(void **state)
{
	(void)state;
	struct rows *rows = ROWS(SESSION_COLUMNS, SESSION("1", NULL, "autovacuum worker", "", "active"));
	rows->cells[SESSION_USER] = NULL;
	struct sessions *sessions = build(rows, NULL, NULL, NULL);
	struct buf words = {0};
	sessions_add_name(&words, &sessions->at[0]);
	buf_str(&words, ": ");
	sessions_add_state(&words, &sessions->at[0]);
	assert_string_equal(words.p, "autovacuum worker, pid 1: active 2 s");
	buf_free(&words);
	sessions_free(sessions);
}

static void what_a_role_may_not_see(void **state)
{
	(void)state;
	struct sessions *sessions = build(ROWS(SESSION_COLUMNS, HIDDEN("1", "psql"), CLIENT("2")), NULL, NULL, NULL);
	struct buf words = {0};
	assert_true(sessions->at[0].hidden);
	assert_string_equal(sessions->at[0].statement, "");
	assert_int_equal(sessions->hidden, 1);
	sessions_add_name(&words, &sessions->at[0]);
	buf_str(&words, ": ");
	sessions_add_state(&words, &sessions->at[0]);
	assert_string_equal(words.p, "psql, pid 1, ada: state hidden");
	buf_free(&words);
	sessions_free(sessions);
}

/* It ended while the question was on its way. */
static void a_holder_that_is_not_listed(void **state)
{
	(void)state;
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("2")), ROWS(WAITS_COLUMNS, "2", "77", "", "3", "", ""), NULL, NULL);
	assert_int_equal(sessions->n, 2);
	assert_true(sessions->at[1].unlisted);
	expect_list(sessions, 2, "77\n  2\n");
}

static void a_snapshot_that_is_not_safe_yet(void **state)
{
	(void)state;
	struct sessions *sessions =
		build(ROWS(SESSION_COLUMNS, CLIENT("1"), CLIENT("2")), ROWS(WAITS_COLUMNS, "2", "", "1"), NULL, NULL);
	assert_int_equal(sessions->waits[0].kind, WAIT_SNAPSHOT);
	sessions_free(sessions);
}

/* ---- CockroachDB ---- */

/* Its locks know transactions, and its sessions have no process numbers. The keys are as v23.1 shows them. */
static void the_locks_of_a_cluster(void **state)
{
	(void)state;
	struct answers answers = {
		.schema = "public",
		.table = "accounts",
		.rows = {[ANSWER_SESSIONS] =
				 ROWS(CLUSTER_SESSION_COLUMNS, "aa", "root", "psql", "[::1]:5000", "", "UPDATE", NULL,
				      "bb", "ada", "teller", "[::1]:5001", "UPDATE accounts", "", "2000000", "cc",
				      "ada", "other", "[::1]:5002", "", "SELECT 1", NULL),
			 [ANSWER_WAITS] = ROWS(CLUSTER_TXN_COLUMNS, "t1", "aa", "9000000", "t2", "bb", "3000000", "t3",
					       "gone", "1"),
			 [ANSWER_LOCKS] = ROWS(CLUSTER_LOCK_COLUMNS, "t1", "/Table/106/1/104/0", "t", "public",
					       "accounts", "Exclusive", "8000000", "t2", "/Table/106/1/104/0", "f",
					       "public", "accounts", "Exclusive", "2000000", "t1", "/Table/106/1/105/0",
					       "t", "public", "accounts", "Exclusive", "8000000", "t3",
					       "/Table/106/1/104/0", "f", "public", "accounts", "Exclusive", "1")}};
	struct sessions *sessions = cockroach_build(&answers, false);
	struct buf words = {0};
	assert_int_equal(sessions->n, 2);
	assert_int_equal(sessions->nwaits, 1);
	assert_int_equal(sessions->waits[0].waiter, 1);
	sessions_add_name(&words, &sessions->at[0]);
	buf_str(&words, ": ");
	sessions_add_state(&words, &sessions->at[0]);
	buf_str(&words, ", ");
	sessions_add_hold(&words, sessions, &sessions->waits[0]);
	assert_string_equal(words.p, "psql, session aa, root: idle in transaction, holds account 104");
	buf_free(&words);
	expect_list(sessions, 2, "aa\n  bb\n");
}

/* An id is said where the key has it as it is. */
static void the_keys_of_a_cluster(void **state)
{
	(void)state;
	static const struct {
		const char *key, *row;
	} cases[] = {{"/Table/106/1/104/0", "104"},
		     {"/Table/106/1/-5/0", "-5"},
		     {"/Table/106/1/\"ada\"/0", "ada"},
		     {"/Table/106/1/\"\\xab\\x01\"/0", ""},
		     {"/Table/106/2/104/0", ""},
		     {"/Table/106/1/104/7/0", ""},
		     {"/Table/106/1//0", ""},
		     {"/Table/106/1/104", ""},
		     {"", ""}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct answers answers = {.rows = {[ANSWER_SESSIONS] = ROWS(CLUSTER_SESSION_COLUMNS, "aa", "root",
									    "psql", "", "", "", NULL),
						   [ANSWER_WAITS] = ROWS(CLUSTER_TXN_COLUMNS, "t1", "aa", "9000000"),
						   [ANSWER_LOCKS] = ROWS(CLUSTER_LOCK_COLUMNS, "t1", cases[i].key, "f",
									 "public", "accounts", "Exclusive", "1")}};
		struct sessions *sessions = cockroach_build(&answers, true);
		assert_string_equal(sessions->at[0].lock.row, cases[i].row);
		assert_string_equal(sessions->at[0].lock.account, ""); /* nobody has said which table has accounts */
		sessions_free(sessions);
	}
}

static void hostile_answers_of_a_cluster(void **state)
{
	(void)state;
	struct answers answers = {
		.rows = {[ANSWER_SESSIONS] = ROWS(CLUSTER_SESSION_COLUMNS, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
			 [ANSWER_WAITS] = ROWS(CLUSTER_TXN_COLUMNS, NULL, NULL, NULL),
			 [ANSWER_LOCKS] = ROWS(CLUSTER_LOCK_COLUMNS, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "", "",
					       "f", "", "", "", "x")}};
	struct sessions *sessions = cockroach_build(&answers, true);
	assert_int_equal(sessions->nwaits, 0);
	sessions_free(sessions);
}

/* ---- modes ---- */

/* The table of PostgreSQL's documentation. */
static void modes_that_exclude_each_other(void **state)
{
	(void)state;
	static const char *const modes[] = {
		"AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
		"ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock"};
	static const char *const table[] = {".......x", "......xx", "....xxxx", "...xxxxx",
					    "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx"};
	for (size_t i = 0; i < COUNT_OF(modes); i++)
		for (size_t k = 0; k < COUNT_OF(modes); k++)
			assert_int_equal(locks_conflict(modes[i], modes[k]), table[i][k] == 'x');
	assert_false(locks_conflict("SIReadLock", "AccessExclusiveLock"));
	assert_false(locks_conflict("AccessExclusiveLock", "nonsense"));
}

/* ---- hostile ---- */

static void hostile_answers(void **state)
{
	(void)state;
	struct rows *waits =
		ROWS(WAITS_COLUMNS, "2", "2 2 -7 99999999999999999999 x 1", "0 0", "-1", "1", "", "x", "y", "z");
	struct rows *locks = ROWS(LOCK_COLUMNS, LOCK("2", NULL, NULL, NULL, NULL, NULL, "-5"),
				  LOCK("-2", NULL, NULL, NULL, NULL, "t", "x"));
	struct rows *rows = ROWS(SESSION_COLUMNS, CLIENT("2"), CLIENT("2"), HIDDEN(NULL, NULL));
	struct sessions *sessions =
		build(rows, waits, locks, ROWS(PREPARED_COLUMNS, NULL, NULL, NULL, NULL, NULL, NULL));
	struct buf words = {0};
	for (size_t i = 0; i < sessions->n; i++) {
		sessions_add_name(&words, &sessions->at[i]);
		sessions_add_state(&words, &sessions->at[i]);
	}
	for (size_t i = 0; i < sessions->nwaits; i++)
		sessions_add_hold(&words, sessions, &sessions->waits[i]);
	buf_free(&words);
	size_t tree;
	free(list_of(sessions, &tree));
	sessions_free(sessions);
}

/* Everybody waits for everybody: it is bounded, and does not take long. */
static void more_than_anybody_can_read(void **state)
{
	(void)state;
	enum { MANY = 3000 };
	static char pids[MANY][8];
	const char **cells = mem_array(MANY * WAITS_COLUMNS, sizeof *cells);
	struct buf all = {0};
	for (size_t i = 0; i < MANY; i++) {
		snprintf(pids[i], sizeof pids[i], "%zu", i + 1);
		buf_fmt(&all, "%s ", pids[i]);
	}
	for (size_t i = 0; i < MANY; i++) {
		cells[i * WAITS_COLUMNS] = pids[i];
		cells[i * WAITS_COLUMNS + 1] = i < 3 ? all.p : pids[i ? i - 1 : 0];
	}
	struct sessions *sessions = build(NULL, made_rows(MANY, WAITS_COLUMNS, cells), NULL, NULL);
	assert_true(sessions->more);
	assert_int_equal(sessions->nwaits, SESSIONS_WAITS);
	size_t tree;
	free(list_of(sessions, &tree));
	sessions_free(sessions);
	buf_free(&all);
	free((void *)cells);
}

/* ---- words ---- */

static void expect_age(int64_t age_us, const char *wanted)
{
	struct buf out = {0};
	sessions_add_age(&out, age_us);
	assert_string_equal(buf_text(&out), wanted);
	buf_free(&out);
}

static void ages(void **state)
{
	(void)state;
	expect_age(-1, "");
	expect_age(0, "0 s");
	expect_age(5900000, "5 s");
	expect_age(119000000, "119 s");
	expect_age(120000000, "2 min");
	expect_age(INT64_C(7200000000), "2 h");
	expect_age(INT64_C(172800000000), "2 d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_wait_for_one),
		cmocka_unit_test(a_waiter_who_is_a_holder),
		cmocka_unit_test(one_who_waits_for_two),
		cmocka_unit_test(a_deadlock_is_a_circle),
		cmocka_unit_test(the_others_come_behind),
		cmocka_unit_test(a_prepared_transaction_is_known_by_its_number),
		cmocka_unit_test(a_prepared_transaction_that_nobody_knows),
		cmocka_unit_test(workers_are_their_leader),
		cmocka_unit_test(an_autovacuum_worker),
		cmocka_unit_test(what_a_role_may_not_see),
		cmocka_unit_test(a_holder_that_is_not_listed),
		cmocka_unit_test(a_snapshot_that_is_not_safe_yet),
		cmocka_unit_test(the_locks_of_a_cluster),
		cmocka_unit_test(the_keys_of_a_cluster),
		cmocka_unit_test(hostile_answers_of_a_cluster),
		cmocka_unit_test(modes_that_exclude_each_other),
		cmocka_unit_test(hostile_answers),
		cmocka_unit_test(more_than_anybody_can_read),
		cmocka_unit_test(ages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
