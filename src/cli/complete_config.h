/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that the commands of the configuration take. */
#ifndef CLI_COMPLETE_CONFIG_H
#define CLI_COMPLETE_CONFIG_H

#include "app/app.h"

/* Offers what can be the next word of a command, behind so many; `before`: the last of them, or the command. */
void complete_config(const struct app *app, const char *command, size_t nargs, const char *before,
		     void (*offer)(void *arg, const char *word), void *arg);

#endif
