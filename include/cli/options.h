/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The options of the whole program: one table that the command line is read by and --help is made from. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>

#include "app/settings.h"
#include "base/err.h"

enum option_group { GROUP_CONNECTION, GROUP_WORK, GROUP_OUTPUT, GROUP_TRANSFER, GROUP_OTHER, GROUP_COUNT };

struct option {
	char letter;      /* 0: none */
	const char *name; /* without the dashes */
	/* The name of its value in capitals; NULL for a flag. "[=plain]": it may be left out, and follows only a '='. */
	const char *value;
	enum option_group group;
	const char *help; /* NULL: works, but is not listed (another spelling) */
	enum status (*apply)(struct settings *settings, const char *value, struct err *err);
	const char *choices; /* the words that it takes, with a '|' between them; NULL: others, too */
};

const char *options_title(enum option_group group); /* "Connection" ... */

const struct option *options_table(size_t *n);       /* borrowed, static */
const struct option *options_by_letter(char letter); /* NULL where there is none */
const struct option *options_by_name(const char *name, size_t length);

/* "table", "csv" ... as in --format; the error says what there is. */
MUST_CHECK enum status options_format(const char *word, enum output_format *format, struct err *err);
/* A whole number within limits; `what` names it in the sentence. */
MUST_CHECK enum status options_number(const char *word, const char *what, unsigned long long min,
				      unsigned long long max, unsigned long long *number, struct err *err);

#endif
