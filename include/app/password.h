/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks for the password on the terminal, without echo. */
#ifndef APP_PASSWORD_H
#define APP_PASSWORD_H

#include "base/err.h"

struct settings;

/* The answer goes into settings->conninfo. A signal gives the terminal back and ends the program, where nobody has a
 * handler for it; else the status is ST_CANCELLED, and *signum says which. No terminal and an empty answer are
 * ST_OWN. */
MUST_CHECK enum status password_ask(struct settings *settings, int *signum, struct err *err);

#endif
