/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Isolation levels to explore a lesson at: their words, and the lesson's SQL with another level in it. */
#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "lab/explore.h"
#include "tokens.h"

#define EXPLORE_LEVEL_NAME(constant, word, name) [constant] = name
static const char *const level_words[] = {EXPLORE_LEVELS(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
static const char *const level_names[] = {EXPLORE_LEVELS(EXPLORE_LEVEL_NAME, CHOICE_COMMA, CHOICE_COMMA)};

const char *explore_level_name(enum explore_level level)
{
	return level == EXPLORE_AS_WRITTEN ? "as written" : level_names[level];
}

bool explore_level_read(const char *word, size_t n, enum explore_level *level)
{
	for (size_t i = 0; i < COUNT_OF(level_words); i++) {
		size_t k = 0;
		while (k < n && level_words[i][k] &&
		       (tolower((unsigned char)word[k]) == level_words[i][k] ||
			(level_words[i][k] == '-' && strchr(" _", word[k]))))
			k++;
		if (k == n && !level_words[i][k]) {
			*level = (enum explore_level)i;
			return true;
		}
	}
	return false;
}

/* Where values have places in a step, it is one statement, and none that begins a transaction. */
static bool level_has_place(const struct lesson *lesson, size_t step)
{
	for (size_t i = 0; i < lesson->nplaces; i++)
		if (lesson->places[i].step == step)
			return true;
	return false;
}

void explore_set_level(struct lesson *lesson, enum explore_level level)
{
	struct spec *spec = lesson->spec;
	if (level == EXPLORE_AS_WRITTEN)
		return;
	for (size_t i = 0; i < spec->nsteps; i++) {
		char *sql = level_has_place(lesson, i) ? NULL : tokens_at_level(spec->steps[i].sql, level_names[level]);
		if (sql)
			spec_replace_step(spec, i, sql);
	}
	for (size_t i = 0; i < spec->nsessions; i++) {
		const char *setup = spec->sessions[i].setup;
		char *sql = setup ? tokens_at_level(setup, level_names[level]) : NULL;
		if (sql)
			spec_replace_setup(spec, i, sql);
	}
}
