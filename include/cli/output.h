/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as data on a stream, in any of the output formats, written as they come. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "app/output_format.h"
#include "base/err.h"

struct app;
struct output;
const char *output_format_word(enum output_format format); /* "table", static */
/* The format that belongs to the ending of a file's name; false where none does. */
bool output_format_of_file(const char *file, enum output_format *format);

/* stdout was opened anew on that file (-o), or never was: how sentences name it. The text is borrowed for good. */
void output_name_stdout(const char *file);
const char *output_stdout_name(void);
/* The sentence where that failed by errno `why`; an empty one where its reader has left. */
enum status output_unwritten(int why, struct err *err);
int output_first_error(void); /* errno of the first of these, or EIO */

/* Text, not flushed: a file or a pipe gets every byte; a terminal, and standard error, only what does no harm. */
void output_text(FILE *to, const char *text, size_t n);

/* So is CSV: on a terminal its control characters are written out. */
struct output *output_new(FILE *to, enum output_format format, size_t ncols, const char *const *names,
			  const bool *right); /* names copied; right: numbers, set to the right in a table */
/* nrows * ncols cells, row by row; NULL is SQL NULL. */
void output_rows(struct output *output, const char *const *cells, size_t nrows);
/* Ends the data, flushes and frees; says to the user what JSON could not hold as it is. ST_OWN where the stream could not be written, without a sentence where its
 * reader has gone; errno tells why. */
MUST_CHECK enum status output_end(struct output *output, struct app *app, struct err *err);
void output_free(struct output *output); /* without ending it; NULL is fine */

#endif
