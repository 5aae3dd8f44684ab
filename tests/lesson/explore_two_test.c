/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two transfers in all their 70 orders: lab explore finds what isolationtester finds, fed with them one by one. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

#define TESTER "/usr/lib/postgresql/*/lib/pgxs/src/test/isolation/isolationtester"

/* Each moves half of what it reads in account 1, and writes what it decided then: the program keeps the number. */
#define TRANSFER(s, to)                                                                                                \
	"session " s "\n"                                                                                              \
	"step " s "_begin { BEGIN; }\n"                                                                                \
	"step " s "_read { SELECT set_config('bank.half', (balance / 2)::text, false) AS half FROM accounts WHERE id " \
	"= 1; }\n"                                                                                                     \
	"step " s "_write { UPDATE accounts SET balance = current_setting('bank.half')::int WHERE id = 1; UPDATE "     \
	"accounts SET balance = balance + current_setting('bank.half')::int WHERE id = " to "; }\n"                    \
	"step " s "_commit { COMMIT; }\n"
static const char transfers[] =
	"setup { CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL);\n"
	"INSERT INTO accounts VALUES (1, 1000), (2, 1000), (3, 1000); }\n"
	"teardown { DROP TABLE accounts; }\n" TRANSFER("a", "2") TRANSFER(
		"b", "3") "teardown { SELECT CASE sum(balance) WHEN 3000 THEN 'holds' ELSE 'breaks' END FROM accounts; "
			  "}\n"
			  "#@ check \"SELECT sum(balance) FROM accounts\" = 3000\n";

enum { STEPS = 4, TURNS = 2 * STEPS, ORDERS = 70, AT_ONCE = 20 };

struct counts {
	int orders, impossible, breaks, waited, retried;
	int switches; /* of the shortest that breaks */
	char shortest[200];
};

/* ---- the orders: a bit a turn, 1 is b's ---- */

static int bits_of(unsigned order)
{
	int n = 0;
	for (; order; order >>= 1)
		n += (int)(order & 1);
	return n;
}

static int switches_of(unsigned order)
{
	return bits_of((order ^ order >> 1) & ((1U << (TURNS - 1)) - 1));
}

/* The first turn is the highest bit, so that they come as numbers do: first those that let a go first. */
static void write_order(char out[200], unsigned order)
{
	static const char *const steps[] = {"begin", "read", "write", "commit"};
	int done[2] = {0};
	size_t n = (size_t)snprintf(out, 200, "permutation");
	for (int turn = TURNS - 1; turn >= 0; turn--) {
		int session = order >> turn & 1;
		n += (size_t)snprintf(out + n, 200 - n, " %c_%s", "ab"[session], steps[done[session]++]);
	}
}

/* ---- isolationtester ---- */

static char *find_tester(void)
{
	glob_t found;
	if (glob(TESTER, 0, NULL, &found) != 0)
		fail_msg("there is no " TESTER "; Debian has it in postgresql-server-dev-15");
	char *path = mem_dup(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return path;
}

static struct proc *start_tester(const char *program, const char *level, unsigned order, int database)
{
	struct buf spec = {0};
	char permutation[200], where[60], options[80];
	write_order(permutation, order);
	buf_fmt(&spec, "%s%s\n", transfers, permutation);
	snprintf(where, sizeof where, "dbname=explore_%d", database);
	snprintf(options, sizeof options, "PGOPTIONS=-c default_transaction_isolation=%s", level);
	struct proc *proc = proc_start((const char *const[]){program, where, NULL},
				       (const char *const[]){options, "PGISOLATIONTIMEOUT=2", NULL}, spec.p);
	buf_free(&spec);
	return proc;
}

static void count_tested(struct counts *counts, unsigned order, struct proc *proc)
{
	const char *out = buf_text(&proc->out);
	bool breaks = strstr(out, "\nbreaks") != NULL;
	proc_expect_status(proc, 0);
	if (!breaks && !strstr(out, "\nholds"))
		fail_msg("no verdict: %s", out);
	counts->orders++;
	if (strstr(out, "isolationtester: canceling step")) {
		counts->impossible++;
		return;
	}
	counts->breaks += breaks;
	counts->waited += strstr(out, "<waiting ...>") != NULL;
	counts->retried += strstr(out, "could not serialize access") != NULL;
	if (breaks && (!counts->shortest[0] || switches_of(order) < counts->switches)) {
		counts->switches = switches_of(order);
		write_order(counts->shortest, order);
	}
}

static struct counts count_by_isolationtester(const char *level)
{
	struct counts counts = {0};
	char *program = find_tester();
	unsigned order = 0;
	while (order < 1U << TURNS) {
		struct proc *procs[AT_ONCE];
		unsigned orders[AT_ONCE];
		int n = 0;
		for (; order < 1U << TURNS && n < AT_ONCE; order++) {
			if (bits_of(order) != STEPS)
				continue;
			orders[n] = order;
			procs[n] = start_tester(program, level, order, n);
			n++;
		}
		for (int i = 0; i < n; i++) {
			proc_wait(procs[i]);
			count_tested(&counts, orders[i], procs[i]);
			proc_free(procs[i]);
		}
	}
	free(program);
	return counts;
}

/* ---- both ---- */

static void expect_number(const char *json, const char *name, int number)
{
	char text[80];
	snprintf(text, sizeof text, "\"%s\":\"%d\"", name, number);
	if (!strstr(json, text))
		fail_msg("no %s in %s", text, json);
}

static struct counts check_level(const char *level, const char *word)
{
	struct counts counts = count_by_isolationtester(level);
	char *path = spec_file_write(transfers);
	struct proc *proc = teller_run("lab", "explore", path, "--isolation", word, "--json");
	proc_expect_status(proc, counts.breaks ? 6 : 0);
	expect_number(proc->out.p, "orders", counts.orders);
	expect_number(proc->out.p, "impossible", counts.impossible);
	expect_number(proc->out.p, "waited", counts.waited);
	expect_number(proc->out.p, "retried", counts.retried);
	expect_number(proc->out.p, "breaks", counts.breaks);
	if (counts.breaks)
		proc_expect_out(proc, counts.shortest);
	else
		proc_expect_out(proc, "\"found\":null,\"shortest\":null}");
	proc_free(proc);
	free(path);
	return counts;
}

static void at_read_committed_some_break(void **state)
{
	(void)state;
	struct counts counts = check_level("read\\ committed", "read-committed");
	assert_int_equal(counts.orders, ORDERS);
	assert_int_equal(counts.impossible, 20);
	assert_int_equal(counts.breaks, 40);
	assert_int_equal(counts.switches, 2);
}

static void at_serializable_none_breaks(void **state)
{
	(void)state;
	struct counts counts = check_level("serializable", "serializable");
	assert_int_equal(counts.orders, ORDERS);
	assert_int_equal(counts.breaks, 0);
	assert_int_equal(counts.retried, 40);
}

/* What is printed stands in the file as it is, and breaks the check there. */
static void the_shortest_can_be_played(void **state)
{
	(void)state;
	struct buf text = {0};
	struct proc *proc = spec_file_lab("explore", transfers, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "as written: 70 orders, 50 possible, 20 not (70 played in ");
	proc_expect_out(proc, "breaks in 40\n   the shortest, with 2 switches between sessions, has 3500:\npermutation "
			      "a_begin a_read b_begin b_read b_write b_commit a_write a_commit\n");
	const char *order = strstr(proc->out.p, "\npermutation ");
	buf_fmt(&text, "%s%s\n", transfers, order);
	proc_free(proc);
	proc = spec_file_lab("run", text.p, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "SELECT sum(balance) FROM accounts: expected 3000, found 3500");
	proc_free(proc);
	buf_free(&text);
}

static int databases(void **state)
{
	pg_own_database(state);
	for (int i = 0; i < AT_ONCE; i++) {
		pg_exec("DROP DATABASE IF EXISTS explore_%d", i);
		pg_exec("CREATE DATABASE explore_%d", i);
	}
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_read_committed_some_break),
		cmocka_unit_test(at_serializable_none_breaks),
		cmocka_unit_test(the_shortest_can_be_played),
	};
	return cmocka_run_group_tests_name("lesson/explore_two", tests, databases, NULL);
}
