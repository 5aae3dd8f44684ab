/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the spec parser and the directives of lessons: whatever is read can be walked through, and what is not has a
 * place. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lesson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void walk(const struct spec_permutation *order, const struct spec *spec)
{
	for (size_t i = 0; i < order->nturns; i++) {
		assert(order->turns[i].step < spec->nsteps && order->turns[i].place.column > 0);
		for (size_t k = 0; k < order->turns[i].nmarks; k++)
			assert(order->turns[i].marks[k].step < spec->nsteps);
	}
}

static void walk_orders(const struct spec *spec)
{
	struct spec_permutations *orders = spec_permutations_new(spec);
	const struct spec_permutation *order;
	for (int i = 0; i < 20 && (order = spec_permutations_next(orders)); i++)
		walk(order, spec);
	spec_permutations_free(orders);
}

static void look_up(const struct lesson *lesson)
{
	const struct spec *spec = lesson->spec;
	for (size_t i = 0; i < spec->nsteps; i++) {
		assert(spec_step_find(spec, spec->steps[i].name) == (long)i);
		assert(spec->steps[i].session < spec->nsessions && strlen(spec->steps[i].sql) < SPEC_MAX_BYTES);
		lesson_text(lesson, LESSON_SAY, 0, (long)i);
		const struct lesson_expect *expect = lesson_expect_of(lesson, 0, (long)i);
		struct buf text = {0};
		if (expect)
			lesson_outcome_show(&text, lesson, &expect->outcome);
		buf_free(&text);
	}
	for (size_t i = 0; i < lesson->nasks; i++)
		assert(lesson->asks[i].nanswers >= LESSON_ANSWERS_MIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err err = {0};
	struct lesson *lesson = lesson_parse("fuzz.spec", (const char *)data, n, &err);
	assert(lesson || strncmp(err.text, "fuzz.spec:", 10) == 0);
	if (lesson) {
		walk_orders(lesson->spec);
		look_up(lesson);
	}
	lesson_free(lesson);
	return 0;
}
