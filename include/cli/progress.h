/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on standard error: one line that is written over on a terminal, elsewhere a line every so often. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

struct outlet;

/* Zero-initialise, then progress_open(). */
struct progress {
	struct outlet *outlet; /* of standard error */
	bool over;             /* lines are written over */
	bool shown;
};
unsigned progress_open(struct progress *progress, struct outlet *outlet); /* how often it wants a line, in ms */
void progress_show(struct progress *progress, const char *text);          /* harmless; NULL takes it away */

#endif
