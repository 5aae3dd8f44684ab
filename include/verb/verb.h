/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs there are: each has its descriptor in its own file. */
#ifndef VERB_VERB_H
#define VERB_VERB_H

#include "app/command.h"

/* For command_use(): sorted by name, and how many. */
extern const struct command *const verb_table[];
extern const size_t verb_table_n;

#endif
