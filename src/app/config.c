/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user's configuration decides: as it is built in, and given back. */
#include "app/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/asset.h"
#include "base/mem.h"

void config_init(struct config *config)
{
	struct err err = {0};
	config->keymap = keymap_new();
	if (keymap_parse(config->keymap, asset_keymap_conf, &err)) { /* ours, and tested */
		fprintf(stderr, "teller: %s\n", err.text);
		abort();
	}
}

void config_fault(struct config *config, const char *sentence)
{
	config->faults = mem_resize(config->faults, config->nfaults + 1, sizeof *config->faults);
	config->faults[config->nfaults++] = mem_dup(sentence);
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->nfaults; i++)
		free(config->faults[i]);
	free(config->faults);
	keymap_free(config->keymap);
	free(config->path);
	free(config->text);
	*config = (struct config){0};
}
