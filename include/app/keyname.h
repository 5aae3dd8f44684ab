/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of keys other than characters, and whether a word is the name of a key. */
#ifndef APP_KEYNAME_H
#define APP_KEYNAME_H

#include <stdbool.h>

/* Each with the constant that ui/keys.h has for it. */
#define KEY_NAMES(X)                                                                                                   \
	X(K_UP, "Up")                                                                                                  \
	X(K_DOWN, "Down")                                                                                              \
	X(K_LEFT, "Left")                                                                                              \
	X(K_RIGHT, "Right")                                                                                            \
	X(K_HOME, "Home")                                                                                              \
	X(K_END, "End")                                                                                                \
	X(K_PAGE_UP, "PgUp")                                                                                           \
	X(K_PAGE_DOWN, "PgDn")                                                                                         \
	X(K_INSERT, "Insert")                                                                                          \
	X(K_DELETE, "Delete")                                                                                          \
	X(K_ENTER, "Enter")                                                                                            \
	X(K_TAB, "Tab")                                                                                                \
	X(K_BACKSPACE, "Backspace")                                                                                    \
	X(K_ESC, "Esc")

enum { KEY_FUNCTIONS = 12 }; /* F1 to F12 */

/* Some key is called that: "j", "G", "Space", "Comma", "^C", "F1", "PgDn", "S-Tab", "M-x", "C-Left". */
bool keyname_known(const char *name);

#endif
