/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that were typed before the accounts are there, kept until they are. */
#ifndef UI_EARLY_H
#define UI_EARLY_H

#include <stdbool.h>

#include "ui/keys.h"

struct app;

enum { EARLY_MAX = 64 };

/* Zero-initialise. */
struct early {
	struct key keys[EARLY_MAX];
	int n;
	bool full; /* more were typed, and are refused */
};

/* The accounts are expected, and a key that is for them has to wait. */
bool early_awaits(const struct app *app);
/* Whether that command waits: it moves in the accounts or needs them, or others wait before it. */
bool early_waits(const struct early *early, const char *command);
void early_add(struct early *early, const struct key *key);
/* For the message line; false: none waits. */
bool early_words(const struct early *early, char words[96]);

#endif
