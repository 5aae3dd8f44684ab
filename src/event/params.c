/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of a statement, found again in the text that its event has of them. */
#include "params.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

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
