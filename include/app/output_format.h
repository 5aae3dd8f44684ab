/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output formats: one list, from which --format, its short forms, help, completion and the endings of files
 * follow. */
#ifndef APP_OUTPUT_FORMAT_H
#define APP_OUTPUT_FORMAT_H

#include "base/choice.h"

/*
 * X(constant, word, writer, endings of files ...): how NAME is written is `NAME_writer` in src/cli/output.c.
 *
 * table: made harmless, cut at 80 columns a cell, NULL written out; aligned over the rows that came together.
 * csv:   RFC 4180 with a header, the bytes as they are, lines ended by \n as psql's; NULL is nothing, the empty text
 *        "".
 * json:  one array of objects; jsonl: one object a line. All values are strings (an id may be above 2^53), NULL is
 *        null.
 * md:    a table as GitHub's Markdown has it, harmless, NULL written out.
 */
/* clang-format off */
#define OUTPUT_FORMATS(X, SEP, LAST) \
	X(FORMAT_TABLE, "table", table, "") \
	SEP X(FORMAT_CSV, "csv", csv, ".csv") \
	SEP X(FORMAT_JSON, "json", json, ".json") \
	SEP X(FORMAT_JSONL, "jsonl", jsonl, ".jsonl", ".ndjson") \
	LAST X(FORMAT_MARKDOWN, "md", markdown, ".md")
/* clang-format on */

/* Those that have an option of their own: X(constant, word, writer, help in commands, help of the program). */
#define OUTPUT_SHORT_FORMS(X)                                                                                          \
	X(FORMAT_CSV, "csv", csv, "as CSV", "data as CSV")                                                             \
	X(FORMAT_JSON, "json", json, "as JSON", "data as JSON, numbers as strings")

#define OUTPUT_FORMAT_CHOICES OUTPUT_FORMATS(CHOICE_WORD, "|", "|")
#define OUTPUT_FORMAT_HELP OUTPUT_FORMATS(CHOICE_WORD, ", ", " or ")
enum output_format { OUTPUT_FORMATS(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA) };

#endif
