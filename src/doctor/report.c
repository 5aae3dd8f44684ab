/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor found: kept, and shown as lines for people or rows for programs. */
#include "doctor/diagnosis.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/row_output.h"

enum {
	MARK_COLS = 6,
	CHECK_COLS = 12,
	FOUND_AT = MARK_COLS + 2 + CHECK_COLS + 1,
	LINE_COLS = 79,
	POPUP_COLS = 76
}; /* POPUP_COLS: of a text over the panes, where the screen has 80 */

void diagnosis_add(struct diagnosis *diagnosis, const char *check, const char *advice, const char *fmt, ...)
{
	struct finding *line = &diagnosis->lines[diagnosis->n++];
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&line->found, fmt, ap) < 0)
		line->found = mem_dup("");
	va_end(ap);
	line->check = check;
	line->ok = !advice;
	line->advice = mem_dup(advice);
}

void diagnosis_clear(struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < diagnosis->n; i++) {
		free(diagnosis->lines[i].found);
		free(diagnosis->lines[i].advice);
	}
	diagnosis->n = 0;
}

size_t diagnosis_failed(const struct diagnosis *diagnosis)
{
	size_t failed = 0;
	for (size_t i = 0; i < diagnosis->n; i++)
		failed += !diagnosis->lines[i].ok;
	return failed;
}

/* ---- for people ---- */

/* Words, from column FOUND_AT on, broken at blanks; what is longer than a line stays whole. */
static void add_wrapped(struct buf *out, const char *sentence, size_t columns)
{
	struct buf text = {0};
	size_t column = FOUND_AT;
	text_escape(&text, sentence, strlen(sentence), 0);
	for (const char *word = buf_text(&text); *word;) {
		size_t n = strcspn(word, " ");
		size_t width = text_width(word, n);
		bool first = column == FOUND_AT;
		if (!first && column + 1 + width > columns) {
			buf_char(out, '\n');
			buf_fill(out, ' ', FOUND_AT);
			column = FOUND_AT;
			first = true;
		}
		buf_str(out, first ? "" : " ");
		buf_add(out, word, n);
		column += width + !first;
		word += n + (word[n] == ' ');
	}
	buf_char(out, '\n');
	buf_free(&text);
}

static void report_add_line(struct buf *out, const struct finding *line, size_t columns)
{
	buf_fmt(out, "%-*s  %-*s ", MARK_COLS, line->ok ? "ok" : "FAILED", CHECK_COLS, line->check);
	add_wrapped(out, line->found, columns);
	if (!line->advice)
		return;
	buf_fill(out, ' ', FOUND_AT);
	add_wrapped(out, line->advice, columns);
}

static enum status show_lines(const struct diagnosis *diagnosis, struct err *err)
{
	struct buf text = {0};
	size_t columns = app_prints(diagnosis->run->app) ? LINE_COLS : POPUP_COLS;
	for (size_t i = 0; i < diagnosis->n; i++)
		report_add_line(&text, &diagnosis->lines[i], columns);
	if (!app_prints(diagnosis->run->app)) {
		app_show(diagnosis->run->app, "Doctor", &text);
		return ST_OK;
	}
	bool written = fputs(buf_text(&text), stdout) >= 0 && fflush(stdout) == 0;
	int why = errno;
	buf_free(&text);
	return written ? ST_OK : output_unwritten(why, err);
}

/* ---- for programs ---- */

static enum status write_rows(const struct diagnosis *diagnosis, struct err *err)
{
	static const char *const names[] = {"check", "result", "found", "advice"};
	static const bool left[COUNT_OF(names)] = {false};
	enum output_format format;
	enum status status = run_format(diagnosis->run, &format, err);
	if (status)
		return status;
	struct output *output = output_new(stdout, format, COUNT_OF(names), names, left);
	for (size_t i = 0; i < diagnosis->n; i++) {
		const struct finding *line = &diagnosis->lines[i];
		output_rows(output,
			    (const char *const[]){line->check, line->ok ? "ok" : "FAILED", line->found, line->advice},
			    1);
	}
	return output_end(output, diagnosis->run->app, err);
}

enum status diagnosis_show(const struct diagnosis *diagnosis, struct err *err)
{
	if (record_wanted(diagnosis->run))
		return write_rows(diagnosis, err);
	return show_lines(diagnosis, err);
}
