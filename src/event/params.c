/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of a statement as one text: written, and found again in it. */
#include "params.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "event/show.h"

enum { PARAMS_MARK = 24 };

/* ", $12 = ", and without the comma for the first; returns its end. */
static char *params_mark(char *mark, unsigned n)
{
	unsigned above = 1;
	if (n > 1)
		*mark++ = ',', *mark++ = ' ';
	*mark++ = '$';
	while (above <= n / 10)
		above *= 10;
	for (; above; above /= 10)
		*mark++ = (char)('0' + n / above % 10);
	memcpy(mark, " = ", 3);
	return mark + 3;
}

/* Made for every statement, so without printf, which would be the dearest part of sending it. */
void show_params(struct buf *out, const char *const *values, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const char *value = values[i] ? values[i] : "NULL";
		size_t length = strlen(value);
		char *at = params_mark(buf_room(out, PARAMS_MARK + length), i + 1);
		memcpy(at, value, length);
		buf_put(out, at + length);
	}
}

const char *params_find(const char *params, unsigned k, size_t *n)
{
	char mark[24];
	snprintf(mark, sizeof mark, k == 1 ? "$%u = " : ", $%u = ", k);
	const char *at = k == 1 ? params : strstr(params, mark);
	if (!at || strncmp(at, mark, strlen(mark)) != 0)
		return NULL;
	at += strlen(mark);
	snprintf(mark, sizeof mark, ", $%u = ", k + 1);
	const char *end = strstr(at, mark);
	*n = end ? (size_t)(end - at) : strlen(at);
	return at;
}

bool params_is_bare(const char *value, size_t n)
{
	if (n == 4 && memcmp(value, "NULL", 4) == 0)
		return true;
	size_t i = n > 1 && value[0] == '-' ? 1 : 0;
	while (i < n && (isdigit((unsigned char)value[i]) || value[i] == '.'))
		i++;
	return n > 0 && i == n;
}
