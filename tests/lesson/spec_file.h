/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spec file of a test's own text, and the verb lab with it. */
#ifndef TESTS_LESSON_SPEC_FILE_H
#define TESTS_LESSON_SPEC_FILE_H

#include "tests/support/proc.h"

#define SPEC_FILE_NAME "test.spec" /* in $TMPDIR; written anew each time */

char *spec_file_path(void);              /* owned */
char *spec_file_write(const char *text); /* its path, owned */
/* Runs `teller lab WORD FILE [OPTION]` with a file of this text; option may be NULL. */
struct proc *spec_file_lab(const char *word, const char *text, const char *option);

#endif
