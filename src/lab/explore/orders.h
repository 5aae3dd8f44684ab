/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orders of a spec's sessions, all of them or a sample: each is a word that names a session a turn. */
#ifndef LAB_EXPLORE_ORDERS_H
#define LAB_EXPLORE_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "lab/spec.h"

enum { ORDERS_SESSIONS_MAX = 64 };

/* In the order of a dictionary: first those that let the earlier session go first. Zero-initialise. */
struct orders {
	struct spec spec;     /* without its permutations: borrows from the file's */
	uint64_t all;         /* how many there are; SPEC_PERMUTATIONS_MANY: so many, or more */
	size_t n, length;     /* words, and turns in each */
	unsigned char *words; /* [n][length] */
};

/* `n` of them by chance, by `seed`, or all where there are not more. The spec must outlive it. */
void orders_make(struct orders *orders, const struct spec *spec, uint64_t n, uint64_t seed);
void orders_free(struct orders *orders);

const unsigned char *orders_word(const struct orders *orders, size_t at);       /* [length] */
size_t orders_switches(const struct orders *orders, const unsigned char *word); /* between sessions */
/* turns[length], without marks. */
void orders_turns(const struct orders *orders, const unsigned char *word, struct spec_turn *turns);
/* "permutation a_begin b_begin ...", as a spec file has it; raw. */
void orders_show(const struct orders *orders, const unsigned char *word, struct buf *out);

#endif
