/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review box: the exact command, its effect, and a question that only y confirms. */
#ifndef UI_REVIEW_H
#define UI_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/layout.h"

struct app;
struct run;
struct review;

struct review *review_new(struct app *app, struct run *run);
void review_free(struct review *review);
struct run *review_run(const struct review *review);

void review_draw(struct review *review, struct rect room);
/* True once it was drawn: what was typed before cannot be an answer to it. */
bool review_drawn(const struct review *review);
/* A key that means neither yes nor no. What was `typed` was meant for something else, and so may be what follows it. */
void review_refuse(struct review *review, const char *key, bool typed);
/* True where a yes counts: nothing was typed for a second. */
bool review_listens(const struct review *review);
uint64_t review_wake(const struct review *review); /* clock_us() at which it will listen again; 0: it does */
/* The rows changed: the balances may be newer. */
void review_changed(struct review *review);

#endif
