/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console as the screen tests use it: started at a size, on the suite's server or on a private one. */
#include "tests/support/console.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

int console_bank(void **state)
{
	(void)state;
	pg_bank(30);
	return 0;
}

/* Below the title and the frame: the names of the columns, then the first account. */
static bool accounts_are_there(struct term *term, void *arg)
{
	(void)arg;
	return strstr(term_row(term, 2), "balance") && strpbrk(term_row(term, 3), "0123456789") &&
	       term_shows(term, "Txn: none");
}

struct term *console_demo(void **state, int rows, int cols)
{
	return console_demo_with(state, rows, cols, (const char *const[]){NULL});
}

struct term *console_demo_with(void **state, int rows, int cols, const char *const behind[])
{
	const char *argv[16] = {proc_teller(), "demo"};
	for (size_t i = 0; behind[i]; i++)
		argv[2 + i] = behind[i];
	struct term *term = term_start(argv, NULL, rows, cols);
	*state = term;
	term_wait(term, accounts_are_there, NULL, "accounts on the screen");
	return term;
}

struct term *console_open_with(void **state, int rows, int cols, const char *const env[], const char *sign)
{
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = term_start(argv, env, rows, cols);
	*state = term;
	term_expect(term, sign);
	term_expect(term, "Txn: none");
	return term;
}

struct term *console_open(void **state, int rows, int cols)
{
	return console_open_with(state, rows, cols, NULL, "7001");
}

static bool in_order(struct term *term, void *arg)
{
	int row = -1;
	for (const char *const *text = arg; *text; text++) {
		row = term_row_with(term, *text, row + 1);
		if (row < 0)
			return false;
	}
	return true;
}

void console_expect_texts(struct term *term, const char *const texts[])
{
	char what[400] = "in this order:";
	for (size_t i = 0; texts[i]; i++)
		snprintf(what + strlen(what), sizeof what - strlen(what), " \"%s\"", texts[i]);
	term_wait(term, in_order, (void *)(uintptr_t)texts, what);
}

void console_expect_selected(struct term *term, const char *id)
{
	char text[80];
	snprintf(text, sizeof text, "> %s", id);
	term_expect(term, text);
}

struct number {
	const char *sql;
	long long number;
};

static bool is_number(struct term *term, void *arg)
{
	(void)term;
	const struct number *wanted = arg;
	return pg_number("%s", wanted->sql) == wanted->number;
}

void console_expect_number(struct term *term, const char *sql, long long number)
{
	char what[400];
	snprintf(what, sizeof what, "%s = %lld", sql, number);
	term_wait(term, is_number, &(struct number){sql, number}, what);
}

void console_lesson(struct term *term, const char *name)
{
	char line[80];
	snprintf(line, sizeof line, ":lab play %s<Enter>", name);
	term_type(term, line);
	term_expect(term, "PAUSED  step 0 of");
}

void console_space_to(struct term *term, int from, int to, int of)
{
	for (int i = from + 1; i <= to; i++) {
		char text[32];
		snprintf(text, sizeof text, "step %d of %d", i, of);
		if (term_shows(term, "Space shows the next question.")) {
			term_type(term, " ");
			term_expect(term, "QUESTION");
		}
		term_type(term, " ");
		term_expect(term, text);
		term_expect_gone(term, "RUNNING  step"); /* a key that comes before passes nothing over */
	}
}

void console_expect_no_lanes(struct term *term, const char *database)
{
	char sql[300];
	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s'"
		 " AND split_part(application_name, ' ', 1) NOT IN ('teller/browse', 'teller/transfer')"
		 " AND pid <> pg_backend_pid()",
		 database);
	console_expect_number(term, sql, 0);
	console_expect_number(term, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller\\_lesson%'", 0);
}

void console_quit_changed(struct term *term)
{
	term_type(term, "q");
	term_expect(term, "This bank is thrown away");
	term_settle(term); /* what is typed while a question appears is no answer to it */
	term_type(term, "y");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

void console_quit(struct term *term)
{
	term_type(term, "Q");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}
