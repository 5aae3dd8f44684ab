/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a configuration file, for who reads it and who writes it. */
#ifndef CLI_CONFIG_INTERNAL_H
#define CLI_CONFIG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "app/settings.h"
#include "base/err.h"

/* Aliases are read before all others, which may name them. */
enum config_pass { PASS_ALIASES, PASS_OTHERS };

/* Does what one line of n bytes says, where it is for that pass. */
MUST_CHECK enum status config_line(struct settings *settings, const char *line, size_t n, enum config_pass pass,
				   struct err *err);

/* Does what config->text says, both passes; what is wrong becomes a fault. */
void config_take(struct settings *settings);

/* What the file would hold now, so many lines about what differs from the defaults. */
void config_write(struct buf *out, const struct settings *settings, size_t *lines);

/* Reads the file at config->path into config->text. `missing`: there is none, and `err` says so. */
MUST_CHECK enum status config_load(struct config *config, bool *missing, struct err *err);

#endif
