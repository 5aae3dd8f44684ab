/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb load while it runs and when it has ended: its report as data, beside what is on the server. */
#include "tests/load/loaded.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum { WORDS_MAX = 16 };

struct proc *loaded_start(const char *const words[])
{
	const char *argv[WORDS_MAX + 5] = {proc_teller(), "load", "--yes", "--csv"};
	for (size_t i = 0; words[i]; i++)
		argv[4 + i] = words[i];
	return proc_start(argv, NULL, NULL);
}

/* Behind the cell; quotes in a cell are doubled. */
static const char *cell_end(const char *at)
{
	for (bool quoted = false; *at && (quoted || (*at != ',' && *at != '\n')); at++)
		quoted = quoted != (*at == '"');
	return at;
}

/* The cell at that place of a line, as it was before it was quoted. */
static char *cell(const char *line, size_t place)
{
	while (place--)
		line = cell_end(line) + 1;
	struct buf text = {0};
	bool quoted = *line == '"';
	for (const char *at = line + quoted, *end = cell_end(line) - quoted; at < end; at++) {
		at += quoted && *at == '"';
		buf_char(&text, *at);
	}
	return buf_take(&text);
}

char *loaded_text(struct proc *proc, const char *column)
{
	const char *names = buf_text(&proc->out), *row = strchr(names, '\n');
	size_t length = strlen(column), place = 0;
	for (const char *at = names; row && at < row; at += strcspn(at, ",\n") + 1, place++)
		if (strncmp(at, column, length) == 0 && strcspn(at, ",\n") == length)
			return cell(row + 1, place);
	fail_msg("there is no %s in\n%s\n%s", column, names, buf_text(&proc->err));
	return NULL;
}

int64_t loaded_number(struct proc *proc, const char *column)
{
	char *text = loaded_text(proc, column);
	int64_t number = strtoll(text, NULL, 10);
	free(text);
	return number;
}

void loaded_check(struct proc *proc, int status)
{
	static const char *const outcomes[] = {"committed", "reads",     "rejected", "failed",
					       "gave_up",   "cancelled", "unknown"};
	int64_t sum = 0;
	proc_expect_status(proc, status);
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		sum += loaded_number(proc, outcomes[i]);
	assert_int_equal(sum, loaded_number(proc, "begun"));
	assert_int_equal(loaded_number(proc, "attempts"),
			 loaded_number(proc, "transactions") + loaded_number(proc, "retries"));
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), loaded_number(proc, "committed"));
	assert_int_equal(pg_number("SELECT coalesce(sum(amount), 0) FROM transfers"), loaded_number(proc, "moved"));
}
