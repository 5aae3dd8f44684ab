/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording as an asciicast: played on the console, on a screen that is only a file. */
#ifndef UI_CAST_H
#define UI_CAST_H

#include "app/terminal.h"

/* In a process of its own, which has the screen that this one may not have. */
cast_fn console_cast;

#endif
