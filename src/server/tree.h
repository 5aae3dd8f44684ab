/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing a directory and all that is in it, never through a symbolic link. */
#ifndef SERVER_TREE_H
#define SERVER_TREE_H

#include <stdbool.h>

/* Empties the directory open as `fd`. False, with errno, where something stayed. */
bool tree_empty(int fd);

/* Removes `name`, of whatever kind, from the directory open as `parent`. One that is not there is fine. */
bool tree_remove(int parent, const char *name);

#endif
