/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Harmless text cut into lines of a width, at blanks where there are any; pure. */
#include "ui/wrap.h"

#include <string.h>

#include "base/text.h"

struct wrap wrap_start(const char *text, int columns)
{
	return (struct wrap){.rest = text, .columns = columns > 0 ? (size_t)columns : 1, .done = !text[0]};
}

bool wrap_next(struct wrap *wrap, struct piece *piece)
{
	if (wrap->done)
		return false;
	const char *p = wrap->rest;
	size_t line = strcspn(p, "\n");
	size_t n = text_cut(p, line, wrap->columns);
	if (n == 0 && line > 0)
		n = line; /* a character that is wider than the room: let the drawing cut it */
	size_t skip = n;
	if (n < line && p[n] != ' ') {
		size_t at = n;
		while (at > 0 && p[at - 1] != ' ')
			at--;
		if (at > n / 2) /* a long word is cut rather than leave half a line empty */
			skip = n = at;
	}
	while (skip < line && p[skip] == ' ')
		skip++;
	while (n > 0 && n < line && p[n - 1] == ' ')
		n--;
	*piece = (struct piece){p, n};
	wrap->rest = p + skip;
	if (skip == line) {
		wrap->done = p[line] == '\0' || p[line + 1] == '\0';
		wrap->rest = p + line + 1;
	}
	return true;
}

int wrap_count(const char *text, int columns)
{
	struct wrap wrap = wrap_start(text, columns);
	int lines = 0;
	for (struct piece piece; wrap_next(&wrap, &piece);)
		lines++;
	return lines ? lines : 1;
}
