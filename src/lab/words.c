/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What sessions say, copied out of the answers so that it can be looked at later. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage_internal.h"

/* All strings of a word are in one block, which begins with its tag. */
static const char *words_put(char **at, const char *s)
{
	size_t n = strlen(s ? s : "") + 1;
	char *copy = memcpy(*at, s ? s : "", n);
	*at += n;
	return copy;
}

static size_t size_of(const char *s)
{
	return (s ? strlen(s) : 0) + 1;
}

struct stage_word *words_add(struct words *words, const struct stage_word *word)
{
	if (words->n == words->cap) {
		words->cap = words->cap ? 2 * words->cap : 4;
		words->at = mem_resize(words->at, words->cap, sizeof *words->at);
	}
	struct stage_word *copy = &words->at[words->n++];
	char *at =
		mem_new(size_of(word->tag) + size_of(word->severity) + size_of(word->message) + size_of(word->detail) +
			size_of(word->text) + size_of(word->channel) + size_of(word->payload));
	*copy = *word;
	copy->tag = words_put(&at, word->tag);
	copy->severity = words_put(&at, word->severity);
	copy->message = words_put(&at, word->message);
	copy->detail = words_put(&at, word->detail);
	copy->text = words_put(&at, word->text);
	copy->channel = words_put(&at, word->channel);
	copy->payload = words_put(&at, word->payload);
	return copy;
}

void words_clear(struct words *words)
{
	words_drop(words, words->n);
	free(words->at);
	*words = (struct words){0};
}

void words_drop(struct words *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rows_free(words->at[i].rows);
		free((char *)words->at[i].tag);
	}
	words->n -= n;
	if (n && words->n)
		memmove(words->at, words->at + n, words->n * sizeof *words->at);
}

void words_move(struct words *to, struct words *from)
{
	if (from->n) {
		to->at = mem_resize(to->at, to->n + from->n, sizeof *to->at);
		memcpy(to->at + to->n, from->at, from->n * sizeof *to->at);
		to->n = to->cap = to->n + from->n;
	}
	free(from->at);
	*from = (struct words){0};
}

void word_from_answer(struct stage_word *word, const struct answer *answer)
{
	*word = (struct stage_word){
		.kind = !answer->ok    ? WORD_ERROR
			: answer->rows ? WORD_ROWS
				       : WORD_TAG,
		.rows = rows_copy(answer->rows),
		.tag = answer->tag,
		.severity = answer->severity,
		.message = answer->message,
		.detail = answer->detail,
		.text = answer->text,
		.affected = answer->affected,
		.sender = LANE_OTHER,
	};
	memcpy(word->sqlstate, answer->sqlstate, sizeof word->sqlstate);
}

void word_from_notice(struct stage_word *word, const struct db_notice *notice)
{
	*word = (struct stage_word){
		.kind = notice->fatal ? WORD_ERROR : WORD_NOTICE,
		.severity = notice->severity,
		.message = notice->message,
		.text = notice->text,
		.affected = -1,
		.sender = LANE_OTHER,
	};
	if (strlen(notice->sqlstate) == 5)
		memcpy(word->sqlstate, notice->sqlstate, sizeof word->sqlstate);
}

void word_own(struct stage_word *word, const char *text)
{
	*word = (struct stage_word){
		.kind = WORD_ERROR, .message = text, .text = text, .affected = -1, .sender = LANE_OTHER};
}
