/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of a statement, found again in the text that show_params() wrote. */
#ifndef EVENT_PARAMS_H
#define EVENT_PARAMS_H

#include <stdbool.h>
#include <stddef.h>

/* The value of parameter k inside "$1 = 104, $2 = 625": from behind its own mark to the mark of the next one; NULL
 * for none. */
const char *params_find(const char *params, unsigned k, size_t *n);

/* Numbers and NULL stand as they are; everything else is text in quotes. */
bool params_is_bare(const char *value, size_t n);

#endif
