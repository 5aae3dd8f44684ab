/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of keys, as the keymap writes them and the screen shows them. */
#include <stdio.h>
#include <string.h>

#include "app/keyname.h"
#include "base/mem.h"
#include "ui/keys.h"

#define KEYNAME_ROW(code, name) {code, name},
static const struct {
	enum key_code code;
	const char *name;
} names[] = {
	/* clang-format off */
	KEY_NAMES(KEYNAME_ROW)
	/* clang-format on */
	{K_PASTE, "paste"},
	{K_CLICK, "Click"},
	{K_WHEEL_UP, "WheelUp"},
	{K_WHEEL_DOWN, "WheelDown"},
};

size_t key_utf8(char out[5], uint32_t cp)
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	out[n] = '\0';
	for (size_t i = n; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(lead[n] | cp);
	return n;
}

static void base_name(char out[KEY_NAME_SIZE], const struct key *key)
{
	snprintf(out, KEY_NAME_SIZE, "unknown");
	if (key->code >= K_F1 && key->code <= K_F12)
		snprintf(out, KEY_NAME_SIZE, "F%d", (int)(key->code - K_F1 + 1));
	else if (key->code == K_CHAR && key->cp == ' ')
		snprintf(out, KEY_NAME_SIZE, "Space");
	else if (key->code == K_CHAR && key->cp == ',')
		snprintf(out, KEY_NAME_SIZE, "Comma");
	else if (key->code == K_CHAR)
		key_utf8(out, key->cp);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (names[i].code == key->code)
			snprintf(out, KEY_NAME_SIZE, "%s", names[i].name);
}

void key_show(char out[KEY_NAME_SIZE], const struct key *key)
{
	char base[KEY_NAME_SIZE - 8];
	char name[KEY_NAME_SIZE];
	base_name(name, key);
	snprintf(base, sizeof base, "%.*s", (int)sizeof base - 1, name);
	unsigned mods = key->code == K_NONE ? 0 : key->mods;
	bool control = key->code == K_CHAR && (mods & MOD_CTRL) && key->cp < 0x80;
	if (control && key->cp >= 'a' && key->cp <= 'z')
		base[0] = (char)(key->cp - 'a' + 'A');
	snprintf(out, KEY_NAME_SIZE, "%s%s%s%s", mods & MOD_ALT ? "M-" : "",
		 control           ? "^"
		 : mods & MOD_CTRL ? "C-"
				   : "",
		 mods & MOD_SHIFT ? "S-" : "", base);
}
