/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes the configuration file: whatever it holds, no key answers for its user, and what is saved is read back the same. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config.h"
#include "cli/settings.h"
#include "src/cli/config_internal.h"
#include "verb/verb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_keys(const struct config *config)
{
	size_t n;
	const struct binding *all = keymap_all(config->keymap, &n);
	for (size_t i = 0; i < n; i++) {
		assert(all[i].keys[0] && all[i].command[0] && !strstr(all[i].command, "--yes"));
		assert((strcmp(all[i].command, "yes") == 0) ==
		       (strcmp(all[i].context, "review") == 0 && strcmp(all[i].keys, "y") == 0));
	}
	assert(strcmp(keymap_find(config->keymap, "global", "^C")->command, "cancel") == 0);
	for (size_t i = 0; i < config->aliases.n; i++)
		assert(!command_find(config->aliases.all[i].name) && !strstr(config->aliases.all[i].text, "--yes"));
}

/* The text is read, and what would be saved then is returned. */
static struct buf saved_of(const char *text, size_t n)
{
	struct settings settings = {0};
	struct buf out = {0};
	size_t lines;
	settings_default(&settings);
	settings.config.path = strdup("config");
	buf_add(&settings.config.text, text, n);
	config_take(&settings);
	check_keys(&settings.config);
	config_write(&out, &settings, &lines);
	settings_free(&settings);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	command_use(verb_table, verb_table_n);
	struct buf once = saved_of((const char *)data, n);
	struct buf twice = saved_of(buf_text(&once), once.len);
	assert(once.len == twice.len && memcmp(buf_text(&once), buf_text(&twice), once.len) == 0);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
