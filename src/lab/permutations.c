/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Iterates over the permutations of a spec: its own, or every interleaving of its sessions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lab/spec.h"

/*
 * An interleaving is a word of session numbers, in which each session occurs as often as it has steps; the words come
 * in the order of a dictionary. The first has the sessions sorted, the next is the next larger word of the same
 * letters, and the last has none.
 */
struct spec_permutations {
	const struct spec *spec;
	size_t next; /* how many were given out, while the spec's own are; else only whether any was */
	size_t *word, *done;
	struct spec_turn *turns;
	struct spec_permutation made;
};

/* (a + b + ...)! / (a! b! ...), where each session has a, b, ... steps; every division comes out even. */
uint64_t spec_permutations_count(const struct spec *spec)
{
	uint64_t count = 1, steps = 0;
	if (spec->npermutations)
		return spec->npermutations;
	for (size_t i = 0; i < spec->nsessions; i++) {
		for (uint64_t j = 1; j <= spec->sessions[i].nsteps; j++) {
			count = count * ++steps / j;
			if (count >= SPEC_PERMUTATIONS_MANY)
				return SPEC_PERMUTATIONS_MANY;
		}
	}
	return count;
}

struct spec_permutations *spec_permutations_new(const struct spec *spec)
{
	struct spec_permutations *permutations = NEW(struct spec_permutations);
	permutations->spec = spec;
	if (spec->npermutations)
		return permutations;
	permutations->word = mem_array(spec->nsteps, sizeof *permutations->word);
	permutations->done = mem_array(spec->nsessions, sizeof *permutations->done);
	permutations->turns = mem_array(spec->nsteps, sizeof *permutations->turns);
	permutations->made = (struct spec_permutation){.turns = permutations->turns, .nturns = spec->nsteps};
	for (size_t i = 0; i < spec->nsteps; i++)
		permutations->word[i] = spec->steps[i].session;
	return permutations;
}

static void swap(size_t *a, size_t *b)
{
	size_t c = *a;
	*a = *b;
	*b = c;
}

/* The next larger word: the last letter that has a larger one behind it takes the least of those, and the rest is
 * sorted. */
static bool step_on(size_t *word, size_t n)
{
	size_t i = n - 1;
	while (i > 0 && word[i - 1] >= word[i])
		i--;
	if (i == 0)
		return false;
	size_t j = n - 1;
	while (word[j] <= word[i - 1])
		j--;
	swap(&word[i - 1], &word[j]);
	for (size_t a = i, b = n - 1; a < b; a++, b--)
		swap(&word[a], &word[b]);
	return true;
}

static void lay_out(struct spec_permutations *permutations)
{
	const struct spec *spec = permutations->spec;
	memset(permutations->done, 0, spec->nsessions * sizeof *permutations->done);
	for (size_t i = 0; i < spec->nsteps; i++) {
		const struct spec_session *session = &spec->sessions[permutations->word[i]];
		const struct spec_step *step = &session->steps[permutations->done[permutations->word[i]]++];
		permutations->turns[i] = (struct spec_turn){.step = (size_t)(step - spec->steps), .place = step->place};
	}
}

const struct spec_permutation *spec_permutations_next(struct spec_permutations *permutations)
{
	const struct spec *spec = permutations->spec;
	if (spec->npermutations)
		return permutations->next < spec->npermutations ? &spec->permutations[permutations->next++] : NULL;
	if (permutations->next && !step_on(permutations->word, spec->nsteps))
		return NULL;
	permutations->next = 1;
	lay_out(permutations);
	return &permutations->made;
}

void spec_permutations_free(struct spec_permutations *permutations)
{
	if (!permutations)
		return;
	free(permutations->word);
	free(permutations->done);
	free(permutations->turns);
	free(permutations);
}
