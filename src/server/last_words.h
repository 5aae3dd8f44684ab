/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to tell of a program's end: its last complaint, else how it ended. */
#ifndef SERVER_LAST_WORDS_H
#define SERVER_LAST_WORDS_H

#include <stddef.h>

/* Copies the last error in the output of one of PostgreSQL's programs, with its detail; without one, what `status`, as
 * waitpid's, says. Never empty. */
void last_words(const char *output, int status, char *out, size_t size);

#endif
