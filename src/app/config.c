/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user's configuration decides: its defaults, the faults in its file, its names, and freeing it. */
#include "app/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void config_fault(struct config *config, unsigned line, const char *sentence)
{
	size_t at = config->nfaults++;
	config->faults = mem_resize(config->faults, config->nfaults, sizeof *config->faults);
	for (; at > 0 && config->faults[at - 1].line > line; at--)
		config->faults[at] = config->faults[at - 1];
	config->faults[at] = (struct fault){line, mem_dup(sentence)};
}

/* ---- names ---- */

static struct named *named_at(const struct named_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->all[i].name, name) == 0)
			return &list->all[i];
	return NULL;
}

const char *named_find(const struct named_list *list, const char *name)
{
	const struct named *named = named_at(list, name);
	return named ? named->text : NULL;
}

enum status named_put(struct named_list *list, const char *name, const char *text, struct err *err)
{
	struct named *named = named_at(list, name);
	if (named) {
		free(named->text);
		named->text = mem_dup(text);
		return ST_OK;
	}
	if (list->n == CONFIG_NAMES_MAX)
		return err_set(err, ST_USAGE, "there are %zu names already", list->n);
	list->all = mem_resize(list->all, list->n + 1, sizeof *list->all);
	list->all[list->n++] = (struct named){mem_dup(name), mem_dup(text)};
	return ST_OK;
}

bool named_drop(struct named_list *list, const char *name)
{
	struct named *named = named_at(list, name);
	if (!named)
		return false;
	free(named->name);
	free(named->text);
	list->n--;
	memmove(named, named + 1, (list->n - (size_t)(named - list->all)) * sizeof *named);
	return true;
}

static void named_free(struct named_list *list)
{
	while (list->n)
		named_drop(list, list->all[list->n - 1].name);
	free(list->all);
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->nfaults; i++)
		free(config->faults[i].text);
	free(config->faults);
	keymap_free(config->keymap);
	free(config->path);
	buf_free(&config->text);
	named_free(&config->aliases);
	named_free(&config->servers);
	*config = (struct config){0};
}
