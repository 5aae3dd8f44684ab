/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review box: the exact command and what it would do, and a question that only y answers with yes. */
#ifndef UI_REVIEW_H
#define UI_REVIEW_H

#include <stdbool.h>

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
/* A key that means neither yes nor no. */
void review_refuse(struct review *review, const char *key);
/* The rows changed: the balances may be newer. */
void review_changed(struct review *review);

#endif
