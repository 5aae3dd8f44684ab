/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of themes: the screen shows the one that is selected, until it is kept or taken back. */
#include "ui/themes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char context[] = "themes", command[] = "theme ";

enum { THEMES_NAME_COLS = 14, THEMES_COLS = 68 };

struct popup *themes_popup(const struct looks *looks)
{
	struct buf text = {0}, runs = {0};
	char selected[16];
	for (enum theme theme = 0; theme < THEME_COUNT; theme++) {
		buf_fmt(&text, "%-*s%s\n", THEMES_NAME_COLS, theme_word(theme), theme_meaning(theme));
		buf_fmt(&runs, "%s%s\n", command, theme_word(theme));
	}
	struct popup *popup = popup_new("Themes", context, &text);
	popup_runs(popup, &runs);
	popup_make_small(popup, THEMES_COLS);
	snprintf(selected, sizeof selected, "%d", (int)looks->theme);
	popup_fit(popup, (struct rect){0, 0, THEME_COUNT + 2, THEMES_COLS + 4});
	if (looks->theme > 0)
		popup_act(popup, "down", selected);
	return popup;
}

void themes_tried(const struct popup *popup, struct looks *looks)
{
	char *line = strcmp(popup_context(popup), context) == 0 ? popup_run(popup) : NULL;
	struct err err = {0};
	if (line && theme_parse(line + strlen(command), &looks->theme, &err))
		err_clear(&err); /* it stays as it is */
	free(line);
}
