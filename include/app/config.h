/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user's configuration decides: keys, colours, and what its file holds that is wrong. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "app/keymap.h"
#include "app/theme.h"

/* Zero-initialise, then config_init(). All owned. */
struct config {
	bool none;  /* --no-config */
	char *path; /* --config FILE, else the user's own file; NULL: no place for one */
	char *text; /* what the file held when it was read; NULL: there was none, or it was not read */
	struct keymap *keymap;
	struct looks looks;
	char **faults; /* "FILE:7: there is no setting ...", in the order of the lines */
	size_t nfaults;
};

void config_init(struct config *config); /* as it is built in */
void config_free(struct config *config);
void config_fault(struct config *config, const char *sentence); /* copied */

#endif
