/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending a server process that nobody guards any more. */
#ifndef SERVER_ORPHAN_H
#define SERVER_ORPHAN_H

#include <stdbool.h>

/*
 * Ends the process that the first line of the file `pidfile` in `dir`, an open directory, names, and waits for its end.
 * For a postmaster `signum` is SIGQUIT (at once) or SIGINT (with a last checkpoint), for a node of a cluster SIGKILL.
 * True where none is alive afterwards. The file only names a number; the process is the one if `dir` is its working
 * directory.
 */
bool orphan_end(int dir, const char *pidfile, int signum);

#endif
