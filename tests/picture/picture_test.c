/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the README is true: its words are those of the screen, played again. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/picture/pose.h"
#include "tests/support/check.h"
#include "tests/support/console.h"

enum { WORD_MIN = 3 };

static void read_picture(struct buf *out)
{
	FILE *file = fopen("assets/screen.svg", "r");
	char chunk[4096];
	size_t n;
	assert_non_null(file);
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
		buf_add(out, chunk, n);
	fclose(file);
}

/* Words of letters: numbers and times are others each time, and what is cut off depends on them. */
static bool is_word(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalpha((unsigned char)text[i]))
			return false;
	return n >= WORD_MIN;
}

static void the_screen_has_the_words_of_the_picture(struct term *term, const char *picture)
{
	size_t words = 0;
	for (const char *end = strstr(picture, "</text>"); end; end = strstr(end + 1, "</text>")) {
		const char *from = end;
		while (from[-1] != '>')
			from--;
		if (!is_word(from, (size_t)(end - from)))
			continue;
		char *word = mem_dup_n(from, (size_t)(end - from));
		if (!term_shows(term, word))
			fail_msg("the picture has \"%s\", the screen does not: make picture takes it anew", word);
		free(word);
		words++;
	}
	assert_true(words > 50);
}

static void the_picture_has_the_words_of_the_screen(struct term *term, const char *picture)
{
	for (int row = 0; row < PICTURE_ROWS; row++) {
		const char *at = term_row(term, row);
		while (*(at += strspn(at, " "))) {
			size_t n = strcspn(at, " ");
			char *word = mem_dup_n(at, n);
			if (is_word(at, n) && !strstr(picture, word))
				fail_msg("the screen has \"%s\", the picture does not: make picture takes it anew",
					 word);
			free(word);
			at += n;
		}
	}
}

static void the_picture_is_true(void **state)
{
	struct buf picture = {0};
	read_picture(&picture);
	struct term *term = picture_play(state);
	the_screen_has_the_words_of_the_picture(term, buf_text(&picture));
	the_picture_has_the_words_of_the_screen(term, buf_text(&picture));
	console_quit_changed(term);
	buf_free(&picture);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_picture_is_true, term_teardown),
	};
	return cmocka_run_group_tests_name("picture", tests, NULL, NULL);
}
