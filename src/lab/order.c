/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The permutations of a spec one after another: its own, or every interleaving of its sessions. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lab/spec.h"

/*
 * An interleaving is a word of session numbers, in which each session occurs as often as it has steps; the words come in the order of a
 * dictionary. The first has the sessions sorted, the next is the next larger word of the same letters, and the last has none.
 */
struct spec_order {
	const struct spec *spec;
	size_t next; /* how many were given out, while the spec's own are; else only whether any was */
	size_t *word, *done;
	struct spec_turn *turns;
	struct spec_permutation made;
};

/* (a + b + ...)! / (a! b! ...), where each session has a, b, ... steps; every division comes out even. */
uint64_t spec_order_count(const struct spec *spec)
{
	uint64_t count = 1, steps = 0;
	if (spec->npermutations)
		return spec->npermutations;
	for (size_t i = 0; i < spec->nsessions; i++) {
		for (uint64_t j = 1; j <= spec->sessions[i].nsteps; j++) {
			count = count * ++steps / j;
			if (count >= SPEC_ORDERS_MANY)
				return SPEC_ORDERS_MANY;
		}
	}
	return count;
}

struct spec_order *spec_order_new(const struct spec *spec)
{
	struct spec_order *order = NEW(struct spec_order);
	order->spec = spec;
	if (spec->npermutations)
		return order;
	order->word = mem_array(spec->nsteps, sizeof *order->word);
	order->done = mem_array(spec->nsessions, sizeof *order->done);
	order->turns = mem_array(spec->nsteps, sizeof *order->turns);
	order->made = (struct spec_permutation){.turns = order->turns, .nturns = spec->nsteps};
	for (size_t i = 0; i < spec->nsteps; i++)
		order->word[i] = spec->steps[i].session;
	return order;
}

static void swap(size_t *a, size_t *b)
{
	size_t c = *a;
	*a = *b;
	*b = c;
}

/* The next larger word: the last letter that has a larger one behind it takes the least of those, and the rest is sorted. */
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

static void lay_out(struct spec_order *order)
{
	const struct spec *spec = order->spec;
	memset(order->done, 0, spec->nsessions * sizeof *order->done);
	for (size_t i = 0; i < spec->nsteps; i++) {
		const struct spec_session *session = &spec->sessions[order->word[i]];
		const struct spec_step *step = &session->steps[order->done[order->word[i]]++];
		order->turns[i] = (struct spec_turn){.step = (size_t)(step - spec->steps), .place = step->place};
	}
}

const struct spec_permutation *spec_order_next(struct spec_order *order)
{
	const struct spec *spec = order->spec;
	if (spec->npermutations)
		return order->next < spec->npermutations ? &spec->permutations[order->next++] : NULL;
	if (order->next && !step_on(order->word, spec->nsteps))
		return NULL;
	order->next = 1;
	lay_out(order);
	return &order->made;
}

void spec_order_free(struct spec_order *order)
{
	if (!order)
		return;
	free(order->word);
	free(order->done);
	free(order->turns);
	free(order);
}
