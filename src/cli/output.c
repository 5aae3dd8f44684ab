/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as data on a stream, in any of the output formats, written as they come. */
#include "cli/output.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/app.h"
#include "base/markdown.h"
#include "base/mem.h"
#include "base/text.h"
#include "event/json.h"

enum { CELL_COLUMNS = 80 };

/* How a format is written. */
struct writer {
	bool harmless;                        /* for a terminal: names are shown as cells are */
	bool raw;                             /* has the bytes of cells as they are */
	void (*begin)(struct output *output); /* may be NULL */
	void (*rows)(struct output *output, const char *const *cells, size_t nrows);
	void (*end)(struct output *output); /* may be NULL */
};

struct output {
	FILE *to;
	const struct writer *writer;
	size_t ncols;
	char **names;
	bool *right;
	size_t *widths; /* of a table: they only grow */
	uint64_t nrows; /* of a JSON array */
	bool headed;    /* the table's header was written */
	bool escaped;   /* JSON has some bytes in other words */
	bool terminal;
	struct buf line;
};

static const char *stdout_name = "standard output"; /* one for the process, as stdout is */

void output_name_stdout(const char *file)
{
	stdout_name = file;
}

/* stdio forgets what it could not write, and why. */
static int output_why;

int output_first_error(void)
{
	return output_why ? output_why : EIO;
}

const char *output_stdout_name(void)
{
	return stdout_name;
}

static void output_write(FILE *to, bool harmless, const char *text, size_t n)
{
	struct buf clean = {0};
	if (harmless)
		text_escape_lines(&clean, text, n);
	fwrite(harmless ? buf_text(&clean) : text, 1, harmless ? clean.len : n, to);
	buf_free(&clean);
}

void output_text(FILE *to, const char *text, size_t n)
{
	output_write(to, to == stderr || isatty(fileno(to)), text, n);
}

/* The other formats have no control characters. */
static void write_line(struct output *output)
{
	output_write(output->to, output->terminal && output->writer->raw, buf_text(&output->line), output->line.len);
	buf_clear(&output->line);
}

/* ---- table ---- */

/* One cell; the last column is not padded, so no line ends in blanks. */
static void output_add_cell(struct output *output, size_t col, const char *text)
{
	bool right = output->right[col], last = col + 1 == output->ncols;
	buf_str(&output->line, col ? "  " : "");
	if (last && !right)
		buf_str(&output->line, text);
	else
		text_pad(&output->line, text, (int)output->widths[col], right ? TEXT_RIGHT : TEXT_LEFT);
}

static void table_header(struct output *output)
{
	output->headed = true;
	for (size_t c = 0; c < output->ncols; c++)
		output_add_cell(output, c, output->names[c]);
	buf_char(&output->line, '\n');
	for (size_t c = 0; c < output->ncols; c++) {
		buf_str(&output->line, c ? "  " : "");
		buf_fill(&output->line, '-', output->widths[c]);
	}
	buf_char(&output->line, '\n');
	write_line(output);
}

static char *harmless(const char *cell)
{
	struct buf text = {0};
	if (cell)
		text_escape(&text, cell, strlen(cell), CELL_COLUMNS);
	else
		buf_str(&text, "NULL");
	return buf_take(&text);
}

static void table_rows(struct output *output, const char *const *cells, size_t nrows)
{
	size_t n = nrows * output->ncols;
	char **texts = mem_array(n + 1, sizeof *texts);
	for (size_t i = 0; i < n; i++) {
		texts[i] = harmless(cells[i]);
		size_t width = text_width(texts[i], strlen(texts[i]));
		size_t *widest = &output->widths[i % output->ncols];
		*widest = width > *widest ? width : *widest;
	}
	if (!output->headed)
		table_header(output);
	for (size_t i = 0; i < n; i++) {
		output_add_cell(output, i % output->ncols, texts[i]);
		if ((i + 1) % output->ncols == 0) {
			buf_char(&output->line, '\n');
			write_line(output);
		}
		free(texts[i]);
	}
	free(texts);
}

static void table_end(struct output *output)
{
	if (!output->headed)
		table_header(output);
}

static const struct writer table_writer = {.harmless = true, .rows = table_rows, .end = table_end};

/* ---- CSV ---- */

static void csv_cell(struct buf *line, const char *cell)
{
	if (!cell)
		return;
	if (cell[0] && !strpbrk(cell, ",\"\r\n")) {
		buf_str(line, cell);
		return;
	}
	buf_char(line, '"');
	for (; *cell; cell++) {
		if (*cell == '"')
			buf_char(line, '"');
		buf_char(line, *cell);
	}
	buf_char(line, '"');
}

static void csv_row(struct output *output, const char *const *cells)
{
	for (size_t c = 0; c < output->ncols; c++) {
		buf_str(&output->line, c ? "," : "");
		csv_cell(&output->line, cells[c]);
	}
	buf_char(&output->line, '\n');
	write_line(output);
}

static void csv_begin(struct output *output)
{
	csv_row(output, (const char *const *)output->names);
}

static void csv_rows(struct output *output, const char *const *cells, size_t nrows)
{
	for (size_t r = 0; r < nrows; r++)
		csv_row(output, cells + r * output->ncols);
}

static const struct writer csv_writer = {.raw = true, .begin = csv_begin, .rows = csv_rows};

/* ---- JSON and JSON lines ---- */

static void json_text(struct output *output, const char *text)
{
	if (!json_add_string(&output->line, text, text ? strlen(text) : 0))
		output->escaped = true;
}

static void json_object(struct output *output, const char *const *cells)
{
	struct buf *line = &output->line;
	buf_char(line, '{');
	for (size_t c = 0; c < output->ncols; c++) {
		buf_str(line, c ? "," : "");
		json_text(output, output->names[c]);
		buf_char(line, ':');
		json_text(output, cells[c]);
	}
	buf_char(line, '}');
}

static void json_begin(struct output *output)
{
	fputc('[', output->to);
}

static void json_rows(struct output *output, const char *const *cells, size_t nrows)
{
	for (size_t r = 0; r < nrows; r++, output->nrows++) {
		buf_str(&output->line, output->nrows ? ",\n" : "\n");
		json_object(output, cells + r * output->ncols);
		write_line(output);
	}
}

static void json_end(struct output *output)
{
	fputs(output->nrows ? "\n]\n" : "]\n", output->to);
}

static const struct writer json_writer = {.begin = json_begin, .rows = json_rows, .end = json_end};

static void jsonl_rows(struct output *output, const char *const *cells, size_t nrows)
{
	for (size_t r = 0; r < nrows; r++) {
		json_object(output, cells + r * output->ncols);
		buf_char(&output->line, '\n');
		write_line(output);
	}
}

static const struct writer jsonl_writer = {.rows = jsonl_rows};

/* ---- Markdown ---- */

static void markdown_cell(struct output *output, const char *cell)
{
	struct buf text = {0};
	text_escape(&text, cell ? cell : "NULL", strlen(cell ? cell : "NULL"), 0);
	buf_char(&output->line, ' ');
	markdown_words(&output->line, buf_text(&text));
	buf_str(&output->line, " |");
	buf_free(&text);
}

static void markdown_row(struct output *output, const char *const *cells)
{
	buf_char(&output->line, '|');
	for (size_t c = 0; c < output->ncols; c++)
		markdown_cell(output, cells[c]);
	buf_char(&output->line, '\n');
	write_line(output);
}

static void markdown_begin(struct output *output)
{
	markdown_row(output, (const char *const *)output->names);
	buf_char(&output->line, '|');
	for (size_t c = 0; c < output->ncols; c++)
		buf_str(&output->line, output->right[c] ? " ---: |" : " --- |");
	buf_char(&output->line, '\n');
	write_line(output);
}

static void markdown_rows(struct output *output, const char *const *cells, size_t nrows)
{
	for (size_t r = 0; r < nrows; r++)
		markdown_row(output, cells + r * output->ncols);
}

static const struct writer markdown_writer = {.begin = markdown_begin, .rows = markdown_rows};

/* ---- all of them ---- */

enum { ENDINGS_MAX = 2 };

#define FORMAT_ENTRY(constant, word, name, ...) [constant] = {word, &name##_writer, {__VA_ARGS__}}

static const struct {
	const char *word;
	const struct writer *writer;
	const char *endings[ENDINGS_MAX];
} formats[] = {OUTPUT_FORMATS(FORMAT_ENTRY, CHOICE_COMMA, CHOICE_COMMA)};

const char *output_format_word(enum output_format format)
{
	return formats[format].word;
}

bool output_format_of_file(const char *file, enum output_format *format)
{
	const char *ending = strrchr(file, '.');
	for (size_t i = 0; ending && i < COUNT_OF(formats); i++)
		for (size_t e = 0; e < ENDINGS_MAX && formats[i].endings[e]; e++)
			if (strcasecmp(ending, formats[i].endings[e]) == 0) {
				*format = (enum output_format)i;
				return true;
			}
	return false;
}

struct output *output_new(FILE *to, enum output_format format, size_t ncols, const char *const *names,
			  const bool *right)
{
	struct output *output = NEW(struct output);
	output->to = to;
	output->terminal = to == stderr || isatty(fileno(to));
	output->writer = formats[format].writer;
	output->ncols = ncols;
	output->names = mem_array(ncols, sizeof *output->names);
	output->right = mem_array(ncols, sizeof *output->right);
	output->widths = mem_array(ncols, sizeof *output->widths);
	for (size_t c = 0; c < ncols; c++) {
		output->names[c] = output->writer->harmless ? harmless(names[c]) : mem_dup(names[c]);
		output->right[c] = right[c];
		output->widths[c] = text_width(output->names[c], strlen(output->names[c]));
	}
	if (output->writer->begin)
		output->writer->begin(output);
	return output;
}

void output_rows(struct output *output, const char *const *cells, size_t nrows)
{
	output->writer->rows(output, cells, nrows);
}

static const char escaped_note[] =
	"some values have bytes that are not UTF-8, which JSON cannot hold: a byte e9 is written as \\udce9; --csv "
	"writes them as they are";

enum status output_unwritten(int why, struct err *err)
{
	output_why = output_why ? output_why : why;
	if (why == EPIPE) /* `| head` has what it wanted: nothing to tell anyone */
		return err_set(err, ST_OWN, "%s", "");
	return err_set(err, ST_OWN, "cannot write to %.300s: %s", stdout_name, strerror(why));
}

enum status output_end(struct output *output, struct app *app, struct err *err)
{
	if (output->writer->end)
		output->writer->end(output);
	if (output->escaped)
		app_say(app, ST_OK, "%s", escaped_note);
	bool failed = fflush(output->to) != 0 || ferror(output->to);
	int why = errno;
	output_free(output);
	errno = why;
	return failed ? output_unwritten(why, err) : ST_OK;
}

void output_free(struct output *output)
{
	if (!output)
		return;
	for (size_t c = 0; c < output->ncols; c++)
		free(output->names[c]);
	free(output->names);
	free(output->right);
	free(output->widths);
	buf_free(&output->line);
	free(output);
}
