/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files that begin with what is typed, as words of a command line. */
#ifndef CLI_COMPLETE_FILES_H
#define CLI_COMPLETE_FILES_H

#include <stddef.h>

/*
 * Offers the files and directories that typed[0..n) may become; a directory's name ends with '/'. In the order of the
 * directory, and of a very large one only a part. Left out are hidden ones, unless a dot is typed, and those whose
 * names have characters that no terminal should be sent.
 */
void complete_files(const char *typed, size_t n, void (*offer)(void *arg, const char *word), void *arg);

#endif
