/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command found as one row of data, for programs that read it. */
#ifndef CLI_ROW_OUTPUT_H
#define CLI_ROW_OUTPUT_H

#include "cli/output.h"

#include "app/app_private.h"
#include "cli/run.h"

enum { RECORD_FIELDS_MAX = 32 };

/* Names are static, values copied; NULL is NULL. */
struct record {
	size_t n;
	const char *names[RECORD_FIELDS_MAX];
	char *values[RECORD_FIELDS_MAX];
};

/* How a command's data are written: by its own options, else by the program's. */
enum status run_format(const struct run *run, enum output_format *format, struct err *err);
/* The check of a command whose format may be wrong, and nothing else. */
enum status record_check(const struct run *run, struct err *err);

/* True where the command's data are for a program: CSV, JSON or JSON lines on standard output, in place of sentences
 * for people. */
bool record_wanted(const struct run *run);

void record_add(struct record *record, const char *name, const char *value);
void record_number(struct record *record, const char *name, uint64_t value);
MUST_CHECK enum status record_write(struct record *record, const struct run *run, struct err *err); /* and frees it */

void record_end(struct record *record, struct run *run); /* writes it, and ends the run */

#endif
