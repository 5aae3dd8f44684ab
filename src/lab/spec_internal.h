/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private header of the spec reader: the arrays that grow while a spec is read. */
#ifndef LAB_SPEC_INTERNAL_H
#define LAB_SPEC_INTERNAL_H

#include "lab/spec.h"

/* `spec` is what others see of it, and points into the rest. */
struct spec_parts {
	struct spec spec; /* first: one is the other */
	char *strings;    /* all names and all SQL */
	const char **setups;
	struct spec_place *setup_places;
	struct spec_session *sessions;
	struct spec_step *steps;
	const struct spec_step **by_name; /* sorted; [spec.nsteps] once the sessions are read */
	struct spec_permutation *permutations;
	struct spec_turn *turns;
	size_t nturns;
	struct spec_mark *marks;
	size_t nmarks;
	struct spec_note *notes;
	char **replaced; /* SQL in the place of the file's */
	size_t nreplaced;
};

#endif
