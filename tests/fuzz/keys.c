/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the decoder of keys: any bytes, in any pieces, come to an end, and every key has a name. */
#include "ui/keys.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take_all(struct keys *keys)
{
	struct key key;
	while (keys_next(keys, &key)) {
		char name[KEY_NAME_SIZE];
		assert(key.code < K_COUNT);
		assert(key.code != K_PASTE || strlen(key.text) <= KEYS_PASTE_MAX);
		key_show(name, &key);
		assert(strlen(name) < sizeof name);
	}
}

/* The first byte says how long the pieces are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct keys *keys = keys_new();
	size_t piece = n ? data[0] % 16 + 1 : 1;
	for (size_t at = 1; at < n; at += piece) {
		keys_feed(keys, (const char *)data + at, n - at < piece ? n - at : piece);
		take_all(keys);
	}
	keys_settle(keys);
	take_all(keys);
	keys_free(keys);
	return 0;
}
