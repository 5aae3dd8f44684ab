/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of a server, changed on their way: a column less, another name, a NULL. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/relay.h"

enum { HEAD = 5, COUNT = 2, FIELD = 18 }; /* bytes: type and length; number of columns; a column behind its name */

static uint32_t get32(const char *at)
{
	const unsigned char *p = (const unsigned char *)at;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(value >> (24 - 8 * i));
}

static unsigned columns_of(const char *message)
{
	const unsigned char *p = (const unsigned char *)message + HEAD;
	return (unsigned)p[0] << 8 | p[1];
}

static size_t column_size(const char *message, size_t at)
{
	if (message[0] == 'T')
		return strlen(message + at) + 1 + FIELD;
	uint32_t length = get32(message + at);
	return 4 + (length == UINT32_MAX ? 0 : length);
}

/* Without its last column. */
static void narrow(char *message, size_t *n)
{
	unsigned columns = columns_of(message) - 1;
	size_t at = HEAD + COUNT;
	for (unsigned i = 0; i < columns; i++)
		at += column_size(message, at);
	message[HEAD] = (char)(columns >> 8);
	message[HEAD + 1] = (char)columns;
	*n = at;
}

static void empty_first(char *message, size_t *n)
{
	size_t at = HEAD + COUNT, bytes = column_size(message, at) - 4;
	memmove(message + at + 4, message + at + 4 + bytes, *n - at - 4 - bytes);
	put32(message + at, UINT32_MAX);
	*n -= bytes;
}

char *relay_lied(enum relay_lie lie, const char *about, bool *told, const char *message, size_t *n)
{
	bool head = message[0] == 'T', row = message[0] == 'D';
	if (head)
		*told = columns_of(message) > 0 && strcmp(message + HEAD + COUNT, about) == 0;
	if (!*told || (!head && !row) || lie == RELAY_TRUE)
		return NULL;
	char *lied = malloc(*n);
	if (!lied)
		abort();
	memcpy(lied, message, *n);
	if (lie == RELAY_NARROW)
		narrow(lied, n);
	else if (lie == RELAY_NULL && row)
		empty_first(lied, n);
	else if (lie == RELAY_RENAMED && head)
		lied[HEAD + COUNT] = '_';
	put32(lied + 1, (uint32_t)(*n - 1));
	return lied;
}
