/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to tell of a program's end: its last complaint, else how it ended. */
#include "src/server/last_words.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"

/* A part of the output: not NUL-terminated. */
struct piece {
	const char *at;
	size_t n;
};

/* What follows `word` and blanks in the line, if the word is in it. */
static struct piece last_words_after(struct piece line, const char *word)
{
	const char *at = memmem(line.at, line.n, word, strlen(word));
	if (!at)
		return (struct piece){0};
	at += strlen(word);
	at += strspn(at, " ");
	const char *end = line.at + line.n;
	return (struct piece){at, at < end ? (size_t)(end - at) : 0};
}

/* What a line complains of; with lc_messages=C these are the words. */
static struct piece complaint(struct piece line)
{
	static const char *const levels[] = {"FATAL:", "PANIC:", "ERROR:", "error:"};
	struct piece found = {0};
	for (size_t i = 0; !found.at && i < COUNT_OF(levels); i++)
		found = last_words_after(line, levels[i]);
	return found;
}

static void how_it_ended(int status, char *out, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(out, size, "it was ended by signal %d", WTERMSIG(status));
	else
		snprintf(out, size, "it ended with status %d", WEXITSTATUS(status));
}

void last_words(const char *output, int status, char *out, size_t size)
{
	struct piece words = {0}, detail = {0};
	for (const char *at = output; *at;) {
		struct piece line = {at, strcspn(at, "\n")};
		struct piece found = complaint(line);
		if (found.at) {
			words = found;
			detail = (struct piece){0};
		} else if (words.at && !detail.at) {
			detail = last_words_after(line, "DETAIL:");
		}
		at += line.n + (at[line.n] == '\n');
	}
	if (words.at)
		snprintf(out, size, "%.*s%s%.*s", (int)words.n, words.at, detail.at ? ": " : "", (int)detail.n,
			 detail.at ? detail.at : "");
	else
		how_it_ended(status, out, size);
}
