/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sanitizers say of the programs that a test starts, one after another. */
#ifndef SUPPORT_REPORTS_H
#define SUPPORT_REPORTS_H

#include <stdbool.h>

#include "base/buf.h"

/* A directory for them, and the environment that leads there: for proc_start() and term_start(). */
struct reports {
	char dir[64], asan[200], ubsan[200];
	const char *env[3];
};

void reports_open(struct reports *reports); /* fails the test where it cannot */
void reports_close(struct reports *reports);

/* Appends what was said since the last call; nothing is kept. */
void reports_take(struct reports *reports, struct buf *out);

/* Is it nothing but the leak that libpq 15 has where an answer is broken off? No other leak may be passed over. */
bool reports_of_libpq(const struct buf *report);

#endif
