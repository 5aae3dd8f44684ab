/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run with a trace in a directory of the test's own, and what the exports make of it. */
#ifndef TESTS_TRACE_RECORDED_H
#define TESTS_TRACE_RECORDED_H

#include "tests/support/proc.h"

/* Of a group of tests: a directory and a database of their own. Behind them the directory is gone; a file that nobody
 * has named by recorded_file() fails that. */
int recorded_begin(void **state);
int recorded_end(void **state);
/* Of one test: a bank of five accounts, and none of the files. */
int recorded_bank(void **state);

const char *recorded_file(const char *name); /* in that directory, which has begun; its path stays until the end */
const char *recorded_trace(void);            /* that of the file "trace" */

/* Two commands with a trace in the file "trace". */
void recorded_run(const char *first, const char *second);
/* Of that trace, without a server; the program must end well. */
struct proc *recorded_export(const char *format);

#endif
