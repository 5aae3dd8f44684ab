/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command verify: what must hold of accounts and ledger, checked in one statement. */
#include <ctype.h>
#include <string.h>

#include "app/browse.h"
#include "bank/audit.h"
#include "cli/row_reader.h"
#include "verb_internal.h"

enum { COLS = 3 };

static size_t count_failed(const struct audit_line *lines, size_t n)
{
	size_t failed = 0;
	for (size_t i = 0; i < n; i++)
		failed += !lines[i].ok;
	return failed;
}

static void verify_print(struct output *output, const struct audit_line *lines, size_t n)
{
	const char *cells[AUDIT_LINES_MAX * COLS];
	for (size_t i = 0; i < n; i++) {
		const char **row = cells + i * COLS;
		row[0] = lines[i].check;
		row[1] = lines[i].ok ? "ok" : "FAILED";
		row[2] = lines[i].found;
	}
	output_rows(output, cells, n);
}

static void verify_show(struct app *app, const struct audit_line *lines, size_t n)
{
	struct buf text = {0};
	for (size_t i = 0; i < n; i++)
		buf_fmt(&text, "%-6s  %-36s%s\n", lines[i].ok ? "ok" : "FAILED", lines[i].check, lines[i].found);
	app_show(app, "Do accounts and ledger agree?", &text);
}

/* The rows of a table are aligned together, so they are written together. */
static void verify_take(struct reading *reading, const struct rows *rows)
{
	struct audit_line lines[AUDIT_LINES_MAX];
	struct audit_expected expected = {.total = run_option(reading->run, "total"),
					  .overdraft = reading->run->app->catalogue->balance_floor < 0};
	size_t n = audit_read(rows, &expected, lines);
	size_t failed = count_failed(lines, n);
	if (reading->output)
		verify_print(reading->output, lines, n);
	else
		verify_show(reading->run->app, lines, n);
	if (failed)
		err_set(&reading->err, ST_CHECK,
			"%zu of %zu checks failed; the money or the ledger was changed by others, is damaged, or the "
			"ledger serves another table as well: `init` with --ledger NAME makes one for this table",
			failed, n);
}

static bool is_amount(const char *word)
{
	size_t digits = 0, points = 0;
	for (const char *at = word + (*word == '-'); *at; at++) {
		digits += isdigit((unsigned char)*at) != 0;
		points += *at == '.';
		if (!isdigit((unsigned char)*at) && *at != '.')
			return false;
	}
	return digits > 0 && digits <= 60 && points <= 1;
}

static enum status check_verify(const struct run *run, struct err *err)
{
	enum output_format format;
	const char *total = run_option(run, "total");
	if (total && !is_amount(total))
		return err_set(err, ST_USAGE, "--total takes the sum of all balances, a number, not \"%.80s\"", total);
	return run_format(run, &format, err);
}

static void do_verify(struct run *run)
{
	static const char *const names[COLS] = {"check", "result", "found"};
	static const bool right[COLS] = {false, false, false};
	struct err err = {0};
	enum output_format format = FORMAT_TABLE;
	const char *total = run_option(run, "total");
	if (run_format(run, &format, &err)) {
		run_end(run, err.status, err.text);
		return;
	}
	struct reading *reading = reading_begin(run, reading_no_more);
	if (!reading)
		return;
	browse_say_partial(run->app);
	reading->take = verify_take;
	if (app_prints(run->app))
		reading->output = output_new(stdout, format, COLS, names, right);
	reading_ask(reading, CAT_AUDIT, &total, 1);
}

const struct command verb_verify = {
	.name = "verify",
	.options =
		{
			{.name = "total", .value = "SUM", .help = "the sum that all balances must have"},
			COMMAND_FORMATS,
		},
	.flags = COMMAND_READS,
	.help = "check that accounts and ledger agree",
	.run = do_verify,
	.check = check_verify,
};
