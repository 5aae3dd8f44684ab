/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the shipped lessons: each is explained once, where it is used, and by no lesson used before that. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/asset.h"
#include "base/mem.h"
#include "lab/lesson.h"
#include "tests/support/check.h"
#include "tests/support/lessons.h"

/* ---- whether a text uses a word ---- */

static bool glossary_is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Behind the word it ends, or a plural does. */
static bool glossary_ends(const char *behind)
{
	behind += *behind == 's';
	return !glossary_is_letter(*behind);
}

/* A word in small letters may begin a sentence; another one is written as it is. */
static bool glossary_same(const char *at, const char *word)
{
	size_t n = strlen(word);
	for (const char *c = word; *c; c++)
		if (isupper((unsigned char)*c))
			return strncmp(at, word, n) == 0;
	return strncasecmp(at, word, n) == 0;
}

static bool glossary_uses(const char *text, const char *word)
{
	for (const char *at = text; *at; at++)
		if ((at == text || !glossary_is_letter(at[-1])) && glossary_same(at, word) &&
		    glossary_ends(at + strlen(word)))
			return true;
	return false;
}

static void words_are_found_whole(void **state)
{
	(void)state;
	assert_true(glossary_uses("Locks are kept.", "lock"));
	assert_true(glossary_uses("a SKIP LOCKED queue", "SKIP LOCKED"));
	assert_false(glossary_uses("The row is locked, a deadlock.", "lock"));
	assert_false(glossary_uses("serializable", "SERIALIZABLE"));
	assert_false(glossary_uses("a_lock", "lock"));
}

/* ---- what a lesson says ---- */

/* All that a learner reads of a lesson, its SQL as well. Owned. */
static char *glossary_of(const struct lesson *lesson)
{
	struct buf all = {0};
	for (size_t i = 0; i < lesson->ntexts; i++)
		buf_fmt(&all, "%s\n", lesson->texts[i].text);
	for (size_t i = 0; i < lesson->nafters; i++)
		buf_fmt(&all, "%s\n", lesson->afters[i].text);
	for (size_t i = 0; i < lesson->nwords; i++)
		buf_fmt(&all, "%s\n", lesson->words[i].text);
	for (size_t i = 0; i < lesson->nasks; i++) {
		buf_fmt(&all, "%s\n", lesson->asks[i].question);
		for (size_t k = 0; k < lesson->asks[i].nanswers; k++)
			buf_fmt(&all, "%s\n%s\n", lesson->asks[i].answers[k].text, lesson->asks[i].answers[k].because);
	}
	for (size_t i = 0; i < lesson->spec->nsteps; i++)
		buf_fmt(&all, "%s\n", lesson->spec->steps[i].sql);
	return buf_take(&all);
}

struct glossary {
	struct lesson **lessons;
	char **texts;
	size_t n;
};

static struct glossary glossary_read(void)
{
	struct glossary all = {.n = lessons_count()};
	all.lessons = mem_array(all.n, sizeof *all.lessons);
	all.texts = mem_array(all.n, sizeof *all.texts);
	for (size_t i = 0; i < all.n; i++) {
		all.lessons[i] = lessons_parsed(asset_lessons[i].name, asset_lessons[i].text);
		all.texts[i] = glossary_of(all.lessons[i]);
	}
	return all;
}

static void glossary_free(struct glossary *all)
{
	for (size_t i = 0; i < all->n; i++) {
		lesson_free(all->lessons[i]);
		free(all->texts[i]);
	}
	free(all->lessons);
	free(all->texts);
}

/* ---- the order of learning ---- */

static void check_word(const struct glossary *all, size_t lesson, const char *word)
{
	if (!glossary_uses(all->texts[lesson], word))
		fail_msg("%s explains \"%s\" and does not use it", asset_lessons[lesson].name, word);
	for (size_t i = 0; i < lesson; i++)
		if (glossary_uses(all->texts[i], word))
			fail_msg("%s uses \"%s\", which %s explains", asset_lessons[i].name, word,
				 asset_lessons[lesson].name);
	for (size_t i = lesson + 1; i < all->n; i++)
		for (size_t k = 0; k < all->lessons[i]->nwords; k++)
			if (strcmp(all->lessons[i]->words[k].name, word) == 0)
				fail_msg("%s explains \"%s\" again", asset_lessons[i].name, word);
}

static void no_word_is_used_before_it_is_explained(void **state)
{
	(void)state;
	struct glossary all = glossary_read();
	size_t words = 0;
	for (size_t i = 0; i < all.n; i++)
		for (size_t k = 0; k < all.lessons[i]->nwords; k++, words++)
			check_word(&all, i, all.lessons[i]->words[k].name);
	assert_true(words >= 30);
	glossary_free(&all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_whole),
		cmocka_unit_test(no_word_is_used_before_it_is_explained),
	};
	return cmocka_run_group_tests_name("lab/glossary", tests, NULL, NULL);
}
