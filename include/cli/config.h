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

/* Says what was wrong in the file: line by line where lines are printed, else in one sentence and in the log. */
void config_tell(struct app *app);

#endif
