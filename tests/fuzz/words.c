/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the words of a command line: each word, quoted, is read back as it was. */
#include "cli/words.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_again(const char *word)
{
	struct words again;
	struct err err = {0};
	struct buf line = {0};
	run_quote(&line, word);
	if (line.len <= LINE_MAX_BYTES) {
		assert(words_split(&again, line.p, &err) == ST_OK);
		assert(again.n == 1 && strcmp(again.word[0].text, word) == 0);
		words_free(&again);
	}
	buf_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *line = mem_dup_n((const char *)data, n);
	struct words words;
	struct err err = {0};
	enum status status = words_split(&words, line, &err);
	assert(!status == !err.text[0]);
	for (size_t i = 0; i < words.n && !status; i++)
		check_again(words.word[i].text);
	words_free(&words);
	free(line);
	return 0;
}
