/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shipped lessons as a server plays them: how many orders, and where a lesson stands in the list. */
#include "tests/support/lessons.h"

#include <string.h>

#include "base/asset.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

struct lesson *lessons_parsed(const char *name, const char *text)
{
	struct err err = {0};
	struct lesson *lesson = lesson_parse(name, text, strlen(text), &err);
	if (!lesson)
		fail_msg("%s", err.text);
	return lesson;
}

struct lessons_orders lessons_orders(struct lesson_server server)
{
	struct lessons_orders orders = {0};
	struct err why;
	for (const struct asset_lesson *asset = asset_lessons; asset->name; asset++) {
		struct lesson *lesson = lessons_parsed(asset->name, asset->text);
		for (size_t i = 0; i < lesson->spec->npermutations; i++) {
			bool runs = lesson_runs(lesson, (long)i, &server, &why);
			orders.played += runs;
			orders.skipped += !runs;
		}
		lesson_free(lesson);
	}
	return orders;
}

struct lesson_server lessons_postgres(bool superuser)
{
	int64_t number = pg_number("SELECT current_setting('server_version_num')::int");
	return (struct lesson_server){.kind = SERVER_POSTGRES, .major = (int)(number / 10000), .superuser = superuser};
}

size_t lessons_count(void)
{
	size_t n = 0;
	while (asset_lessons[n].name)
		n++;
	return n;
}

size_t lessons_index(const char *name)
{
	size_t i = 0;
	while (asset_lessons[i].name && strcmp(asset_lessons[i].name, name) != 0)
		i++;
	if (!asset_lessons[i].name)
		fail_msg("there is no lesson %s", name);
	return i;
}
