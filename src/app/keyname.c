/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells whether a word is the name of a key. */
#include "app/keyname.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define KEYNAME_WORD(code, name) name,
static const char *const words[] = {KEY_NAMES(KEYNAME_WORD) "Space", "Comma"};

static bool keyname_is_function(const char *name)
{
	if (name[0] != 'F' || name[1] < '1' || name[1] > '9' || strlen(name) > 3 ||
	    name[1 + strspn(name + 1, "0123456789")])
		return false;
	return atoi(name + 1) <= KEY_FUNCTIONS;
}

bool keyname_known(const char *name)
{
	while (name[0] && name[1] == '-' && name[2] && strchr("MCS", name[0]))
		name += 2;
	if (name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return name[2] == '\0';
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	if (keyname_is_function(name))
		return true;
	uint32_t cp = 0;
	size_t n = strlen(name);
	return n > 0 && text_decode(name, n, &cp) == n && cp > 0x20 && cp != UINT32_MAX;
}
