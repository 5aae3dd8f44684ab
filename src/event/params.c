/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of a statement as one text: written, and found again in it. */
#include "params.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "event/show.h"

/* ", $12 = " */
static size_t params_mark(char mark[24], unsigned n)
{
	char digits[12];
	size_t at = sizeof digits, length = 0;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	memcpy(mark, ", $", 3);
	length = 3 + sizeof digits - at;
	memcpy(mark + 3, digits + at, sizeof digits - at);
	memcpy(mark + length, " = ", 3);
	return length + 3;
}

/* Made for every statement, so without printf, which would be the dearest part of sending it. */
void show_params(struct buf *out, const char *const *values, unsigned n)
{
	char mark[24];
	for (unsigned i = 0; i < n; i++) {
		size_t length = params_mark(mark, i + 1), skip = i ? 0 : 2;
		const char *value = values[i] ? values[i] : "NULL";
		buf_add(out, mark + skip, length - skip);
		buf_add(out, value, strlen(value));
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
