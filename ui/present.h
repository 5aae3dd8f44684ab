/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an audience is shown, large: a statement, its answer, and what it means. */
#ifndef UI_PRESENT_H
#define UI_PRESENT_H

#include "base/buf.h"
#include "ui/layout.h"
#include "ui/style.h"

/* Zero-initialise. Harmless texts; a part that is empty is left out. */
struct present {
	struct buf who; /* whose statement it is */
	struct buf statement;
	struct buf answer;
	struct buf sentence; /* lines parted by newlines: a question has its answers behind it */
	enum style tone;     /* of the answer; STYLE_TEXT is 0 */
	bool asks;           /* the sentence is a question: where there is little room, it goes before the statement */
};
void present_free(struct present *present);

/* In the middle of the area, with as much room around as there is; what does not fit goes in the order of its worth. */
void present_draw(const struct present *present, struct rect area);

/* What is presented of the transfer that runs, or was the last one. */
struct app;
struct attempts;
void present_transfer(struct present *present, const struct app *app, const struct attempts *attempts);

#endif
