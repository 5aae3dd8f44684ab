/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the command line of the program into settings; --help and --version. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "app/settings.h"
#include "base/buf.h"

void settings_default(struct settings *settings); /* before anything is read; zero-initialised before */
/* Reads argv. On ST_USAGE the sentence names the word and says what to do. */
MUST_CHECK enum status settings_parse(struct settings *settings, int argc, char **argv, struct err *err);
/* --help: made from the option table and the command table; of one command, or of the program (NULL). */
void settings_help(struct buf *out, const struct command *command);
void settings_version(struct buf *out); /* one line */

#endif
