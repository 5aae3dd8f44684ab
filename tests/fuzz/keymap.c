/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the keymap: a text is refused with a sentence or read, and what was read can be found and shown. */
#include "app/keymap.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void walk(const struct keymap *keymap)
{
	size_t n;
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++) {
		struct buf text = {0};
		assert(all[i].context[0] && all[i].keys[0] && all[i].command[0] && all[i].hint && all[i].note);
		keymap_command(&text, &all[i], "7");
		keymap_keys(&text, &all[i]);
		buf_free(&text);
		keymap_find(keymap, all[i].context, all[i].keys);
	}
	keymap_find(keymap, "accounts", "Enter");
	keymap_find(keymap, "global", "7");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dup_n((const char *)data, n);
	struct keymap *keymap = keymap_new();
	struct err err = {0};
	enum status status = keymap_parse(keymap, text, &err);
	assert(!status == !err.text[0]);
	walk(keymap);
	keymap_free(keymap);
	free(text);
	return 0;
}
