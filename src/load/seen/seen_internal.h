/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of a load that is seen share: its texts, and the words of its phases in a trace. */
#ifndef LOAD_SEEN_INTERNAL_H
#define LOAD_SEEN_INTERNAL_H

#include "load/seen.h"

enum { SEEN_SECONDS = LOAD_SECONDS_MAX - 1 }; /* that a report has at once */

/* Room for so many ways and workers, all of them zero. */
struct load_seen *seen_new(size_t nways, size_t nworkers);
const char *seen_keep(struct load_seen *seen, char *text); /* takes it over; NULL is fine */

const char *seen_phase(enum load_phase phase);   /* a word that stays what it is in every later version */
enum load_phase seen_phase_of(const char *word); /* LOAD_OVER where there is no such word */

#endif
