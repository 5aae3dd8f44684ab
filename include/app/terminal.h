/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of the terminal and of the libraries that draw on it, for those who may not look themselves. */
#ifndef APP_TERMINAL_H
#define APP_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct terminal_facts {
	const char *curses, *readline; /* versions; static */
	bool known;                    /* the terminal's name is in the terminfo database */
	int colors;                    /* 0: none */
};

/* Opens nothing and draws nothing. */
typedef void terminal_facts_fn(struct terminal_facts *facts);

/* Plays the recording of a file on a screen of that size, and writes what is drawn as an asciicast. */
typedef enum status cast_fn(const char *path, int rows, int cols, FILE *to, struct err *err);

#endif
