/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where teller keeps what it remembers between two runs. */
#ifndef BASE_STATE_DIR_H
#define BASE_STATE_DIR_H

/* The path of a file there, the directories on the way made; NULL where there is no place for it, or where something
 * stands there that is no file. Owned. */
char *state_path(const char *name);

#endif
