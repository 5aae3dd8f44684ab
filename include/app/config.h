/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user's configuration decides: keys, colours, names, and what its file holds that is wrong. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "app/keymap.h"
#include "app/theme.h"
#include "base/buf.h"

/* Names that a user has given to texts. Zero-initialise. */
struct named {
	char *name, *text;
};
struct named_list {
	struct named *all;
	size_t n;
};
enum { CONFIG_NAMES_MAX = 200 };

const char *named_find(const struct named_list *list, const char *name); /* the text, borrowed; NULL: no such name */
/* In place of what had that name; ST_USAGE where there are too many. */
MUST_CHECK enum status named_put(struct named_list *list, const char *name, const char *text, struct err *err);
bool named_drop(struct named_list *list, const char *name); /* false: there was none */

/* Zero-initialise, then config_init(). All owned. */
struct config {
	bool none;       /* --no-config */
	char *path;      /* --config FILE, else the user's own file; NULL: no place for one */
	struct buf text; /* what the file held when it was read */
	bool read;       /* there was one, and it was */
	bool shared;     /* others than its owner can read it */
	struct keymap *keymap;
	struct looks looks;
	struct named_list aliases; /* command lines, without the words that are typed behind the name */
	struct named_list servers; /* connection strings: teller @NAME */
	struct fault {
		unsigned line; /* 0: of the whole file */
		char *text;    /* "FILE:7: there is no setting ..." */
	} * faults;            /* in the order of the lines */
	size_t nfaults;
};

void config_init(struct config *config); /* as it is built in */
void config_free(struct config *config);
void config_fault(struct config *config, unsigned line, const char *sentence); /* copied */

#endif
