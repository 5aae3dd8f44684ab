/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lessons were played, and what was answered right: a small text file, taken with caution and written by
 * rename. */
#include "app/learned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/asset.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/state_dir.h"

enum { ORDERS_MAX = 99, ANSWERS_MAX = 999, LINES_MAX = 5000, LINE_MAX_BYTES = 200 };

struct entry {
	const char *lesson; /* its asset's name */
	unsigned order, right, asked;
};

struct learned {
	struct entry *entries;
	size_t n;
};

/* ---- entries ---- */

static struct entry *learned_find(const struct learned *learned, const char *lesson, unsigned order)
{
	for (size_t i = 0; i < learned->n; i++)
		if (learned->entries[i].order == order && strcmp(learned->entries[i].lesson, lesson) == 0)
			return &learned->entries[i];
	return NULL;
}

/* Without a name: there is none such. */
static const struct asset_lesson *learned_asset(const struct asset_lesson *asset, const char *name)
{
	while (asset->name && strcmp(asset->name, name) != 0)
		asset++;
	return asset;
}

/* What is no lesson of ours, or cannot be, is nothing; so there are never more than a few. */
static void learned_put(struct learned *learned, const struct entry *entry)
{
	const struct asset_lesson *asset = learned_asset(asset_lessons, entry->lesson);
	if (!asset->name)
		asset = learned_asset(asset_exercises, entry->lesson);
	bool possible = entry->order >= 1 && entry->order <= ORDERS_MAX && entry->asked <= ANSWERS_MAX &&
			entry->right <= entry->asked;
	if (!asset->name || !possible)
		return;
	struct entry *old = learned_find(learned, entry->lesson, entry->order);
	if (old && (old->right > entry->right || (old->asked && !entry->asked)))
		return;
	if (!old) {
		learned->entries = mem_grow(learned->entries, learned->n, sizeof *learned->entries);
		old = &learned->entries[learned->n++];
	}
	*old = *entry;
	old->lesson = asset->name;
}

static void learned_read_line(struct learned *learned, const char *line)
{
	char lesson[64];
	struct entry entry = {.lesson = lesson};
	if (sscanf(line, "%63s %5u %5u %5u", lesson, &entry.order, &entry.right, &entry.asked) == 4)
		learned_put(learned, &entry);
}

struct learned *learned_read(void)
{
	struct learned *learned = NEW(struct learned);
	char *path = state_path("lessons");
	FILE *file = path ? fopen(path, "re") : NULL;
	char line[LINE_MAX_BYTES];
	for (int i = 0; file && i < LINES_MAX && fgets(line, sizeof line, file); i++)
		learned_read_line(learned, line);
	if (file)
		fclose(file);
	free(path);
	return learned;
}

void learned_free(struct learned *learned)
{
	if (!learned)
		return;
	free(learned->entries);
	free(learned);
}

struct learned_sum learned_of(const struct learned *learned, const char *lesson, size_t orders)
{
	struct learned_sum sum = {0};
	for (size_t i = 0; i < learned->n; i++) {
		const struct entry *entry = &learned->entries[i];
		if (strcmp(entry->lesson, lesson) != 0 || entry->order > orders)
			continue;
		sum.orders++;
		sum.right += entry->right;
		sum.asked += entry->asked;
	}
	return sum;
}

/* ---- noting ---- */

static bool learned_write_all(const struct learned *learned, const char *path)
{
	struct buf made = {0};
	buf_fmt(&made, "%s.%ld", path, (long)getpid()); /* two of us may write at once */
	FILE *file = fopen(made.p, "wxe");
	bool ok = file != NULL;
	for (size_t i = 0; ok && i < learned->n; i++) {
		const struct entry *entry = &learned->entries[i];
		ok = fprintf(file, "%s %u %u %u\n", entry->lesson, entry->order, entry->right, entry->asked) > 0;
	}
	if (file)
		ok = (fclose(file) == 0) && ok && rename(made.p, path) == 0;
	if (file && !ok)
		unlink(made.p);
	buf_free(&made);
	return ok;
}

bool learned_note(const char *lesson, size_t order, size_t right, size_t asked)
{
	struct entry entry = {lesson, (unsigned)order + 1, (unsigned)right, (unsigned)asked};
	struct learned *learned = learned_read(); /* another teller may have noted something meanwhile */
	char *path = state_path("lessons");
	learned_put(learned, &entry);
	bool ok = path && learned_write_all(learned, path);
	learned_free(learned);
	free(path);
	return ok;
}
