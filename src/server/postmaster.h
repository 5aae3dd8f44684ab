/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ending a postmaster that nobody guards any more. */
#ifndef SERVER_POSTMASTER_H
#define SERVER_POSTMASTER_H

#include <stdbool.h>

/*
 * Ends the postmaster whose data directory is open as `data`, with `signum` (SIGQUIT: at once, SIGINT: with a last
 * checkpoint), and waits for its end. True where none is alive afterwards. postmaster.pid only names a number; the
 * process is that postmaster if the data directory is its working directory.
 */
bool postmaster_end(int data, int signum);

#endif
