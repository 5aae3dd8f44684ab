/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spec of three steps with directives, for tests: read, or refused with a sentence. */
#ifndef TESTS_LAB_DIRECTIVES_H
#define TESTS_LAB_DIRECTIVES_H

#include "lab/lesson.h"

/*
 * Sessions A (steps a1, a2) and B (step "b one") in line 1; then the general directives, from line 2; the permutation
 * a1 "b one" and its directives; the permutation a1 a2 and its directives.
 */
struct lesson *directives_parsed(const char *general, const char *first, const char *second); /* owned */
void directives_refused(const char *general, const char *first, const char *sentence);

#endif
