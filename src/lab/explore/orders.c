/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orders of a spec's sessions, all of them or a sample: each is a word that names a session a turn. */
#include "orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "known.h"

static void orders_add(struct orders *orders, const unsigned char *word)
{
	size_t had = orders->n * orders->length;
	orders->words = mem_grow(orders->words, orders->n, orders->length);
	memcpy(orders->words + had, word, orders->length);
	orders->n++;
}

/* ---- all ---- */

static void orders_make_all(struct orders *orders, unsigned char *word)
{
	struct spec_permutations *every = spec_permutations_new(&orders->spec);
	const struct spec_permutation *order;
	while ((order = spec_permutations_next(every))) {
		for (size_t i = 0; i < order->nturns; i++)
			word[i] = (unsigned char)orders->spec.steps[order->turns[i].step].session;
		orders_add(orders, word);
	}
	spec_permutations_free(every);
}

/* ---- a sample ---- */

/* Each word is as likely as any other. */
static void orders_shuffle(struct rng *rng, unsigned char *word, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t at = (size_t)rng_below(rng, i);
		unsigned char last = word[i - 1];
		word[i - 1] = word[at];
		word[at] = last;
	}
}

static int orders_compare(const void *a, const void *b, void *arg)
{
	const struct orders *orders = arg;
	return memcmp(a, b, orders->length);
}

static void orders_make_sample(struct orders *orders, unsigned char *word, uint64_t n, uint64_t seed)
{
	struct rng rng;
	struct known *taken = known_new();
	rng_seed(&rng, seed);
	for (size_t i = 0; i < orders->length; i++)
		word[i] = (unsigned char)orders->spec.steps[i].session;
	while (orders->n < n) {
		orders_shuffle(&rng, word, orders->length);
		struct known_prefix *prefix = known_at(taken, word, orders->length);
		if (!prefix->taken)
			orders_add(orders, word);
		prefix->taken = true;
	}
	known_free(taken);
	qsort_r(orders->words, orders->n, orders->length, orders_compare, orders);
}

void orders_make(struct orders *orders, const struct spec *spec, uint64_t n, uint64_t seed)
{
	orders->spec = *spec;
	orders->spec.npermutations = 0;
	orders->length = spec->nsteps;
	orders->all = spec_permutations_count(&orders->spec);
	unsigned char *word = mem_array(orders->length, 1);
	if (orders->all <= n)
		orders_make_all(orders, word);
	else
		orders_make_sample(orders, word, n, seed);
	free(word);
}

void orders_free(struct orders *orders)
{
	free(orders->words);
	*orders = (struct orders){0};
}

/* ---- one of them ---- */

const unsigned char *orders_word(const struct orders *orders, size_t at)
{
	return orders->words + at * orders->length;
}

size_t orders_switches(const struct orders *orders, const unsigned char *word)
{
	size_t n = 0;
	for (size_t i = 1; i < orders->length; i++)
		n += word[i] != word[i - 1];
	return n;
}

void orders_turns(const struct orders *orders, const unsigned char *word, struct spec_turn *turns)
{
	size_t done[ORDERS_SESSIONS_MAX] = {0};
	for (size_t i = 0; i < orders->length; i++) {
		const struct spec_step *step = &orders->spec.sessions[word[i]].steps[done[word[i]]++];
		turns[i] = (struct spec_turn){.step = (size_t)(step - orders->spec.steps), .place = step->place};
	}
}

/* A name that is a word as it is, and none of the format's own. */
static bool orders_is_bare(const char *name)
{
	static const char *const keywords[] = {"notices", "permutation", "session", "setup", "step", "teardown"};
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		if (strcmp(name, keywords[i]) == 0)
			return false;
	size_t first = strspn(name, letters);
	return first && !name[strspn(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")];
}

static void orders_add_name(struct buf *out, const char *name)
{
	bool bare = orders_is_bare(name);
	buf_str(out, bare ? " " : " \"");
	for (const char *c = name; *c; c++)
		buf_fmt(out, "%s%c", *c == '"' ? "\"" : "", *c);
	buf_str(out, bare ? "" : "\"");
}

void orders_show(const struct orders *orders, const unsigned char *word, struct buf *out)
{
	struct spec_turn *turns = mem_array(orders->length, sizeof *turns);
	orders_turns(orders, word, turns);
	buf_str(out, "permutation");
	for (size_t i = 0; i < orders->length; i++)
		orders_add_name(out, orders->spec.steps[turns[i].step].name);
	free(turns);
}
