/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration: the commands that it is made of, and the file that holds them. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "app/settings.h"
#include "base/err.h"

struct app;

/*
 * Does one command of the configuration: `set`, `bind` ... with the rest of its line as it was written. It changes the
 * settings and nothing else. ST_USAGE with a sentence changes nothing.
 */
MUST_CHECK enum status config_do(struct settings *settings, const char *command, const char *rest, struct err *err);

/*
 * Reads config.path, or where that is NULL the user's own file, into the settings: $XDG_CONFIG_HOME/teller/config or
 * ~/.config/teller/config, which need not be there. What is wrong in it is kept as a fault, and the rest holds. An
 * error only where a file was named and cannot be read.
 */
MUST_CHECK enum status config_read(struct settings *settings, struct err *err);

/* Whether save can write the file, and whether it replaces one; ST_OWN where that has changed since it was read. */
MUST_CHECK enum status config_save_check(const struct config *config, bool *replaces, struct err *err);
/* Writes what differs from the defaults, so many lines; comments and faulty lines of the file stay. */
MUST_CHECK enum status config_save(struct settings *settings, size_t *lines, struct err *err);

/* Says what was wrong in the file: line by line where lines are printed, else in one sentence and in the log. */
void config_tell(struct app *app);

#endif
