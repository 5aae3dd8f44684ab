/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that is written under another name beside its own, and gets that once all of it is there. */
#ifndef CLI_WHOLE_FILE_H
#define CLI_WHOLE_FILE_H

#include <stdio.h>

#include "base/err.h"

/* NULL with a sentence: it cannot be written, is no regular file, or another one that writes it did not end. */
struct whole_file;
struct whole_file *whole_file_new(const char *path, struct err *err);
FILE *whole_file_stream(struct whole_file *file); /* borrowed; what fails stays in its ferror() */

/* Gives the file its name, in place of the one that was there; an error where it was not written whole, and then nothing
 * has changed. Once. */
MUST_CHECK enum status whole_file_end(struct whole_file *file, struct err *err);
void whole_file_free(struct whole_file *file); /* leaves nothing of what did not end; NULL is fine */

#endif
