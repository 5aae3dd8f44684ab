/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `set` changes of the program's settings, at the prompt and in a configuration file. */
#ifndef CLI_SETTING_H
#define CLI_SETTING_H

#include "app/settings.h"
#include "base/buf.h"

struct setting {
	const char *name;
	const char *choices; /* words that it takes, with a '|' between them; NULL: others */
	void (*show)(struct buf *out, const struct settings *settings); /* as it would be typed */
	/* A wrong word is ST_USAGE and changes nothing. */
	enum status (*set)(struct settings *settings, const char *word, struct err *err);
};

const struct setting *setting_table(size_t *n); /* borrowed, static */
const struct setting *setting_find(const char *name, size_t length);

#endif
