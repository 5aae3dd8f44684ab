/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the picture of the README shows: a transfer that met a conflict, on a private server. */
#ifndef PICTURE_POSE_H
#define PICTURE_POSE_H

#include "tests/support/term.h"

enum { PICTURE_ROWS = 30, PICTURE_COLS = 100 };

/* Starts teller, keeps it in *state for term_teardown(), and returns when the screen is as it should be taken. */
struct term *picture_play(void **state);

#endif
