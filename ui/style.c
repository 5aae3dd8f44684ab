/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Styles: one row for each meaning, for terminals with and without colours. */
#include "ui/style.h"

#include <curses.h>
#include <stdlib.h>

#include "app/settings.h"

/* `many` is for 256 colours and has a contrast of 4.5 on white and 4 on black at least,
 * `few` for 8; -1 is the terminal's own. Nothing
 * depends on telling red from green. */
static const struct look {
	chtype mono, colored;
	short many, few;
} looks[STYLE_COUNT] = {
	[STYLE_TEXT] = {A_NORMAL, A_NORMAL, -1, -1},
	[STYLE_TITLE] = {A_REVERSE, A_REVERSE, -1, -1},
	[STYLE_WARNING] = {A_REVERSE | A_BOLD, A_REVERSE | A_BOLD, 130, COLOR_RED},
	[STYLE_FRAME] = {A_NORMAL, A_NORMAL, 243, -1},
	[STYLE_FOCUS] = {A_BOLD, A_BOLD, 27, COLOR_CYAN},
	[STYLE_HEAD] = {A_UNDERLINE, A_UNDERLINE, 243, -1},
	[STYLE_SELECTED] = {A_REVERSE, A_REVERSE, -1, -1},
	[STYLE_MARKED] = {A_BOLD, A_BOLD, -1, -1},
	[STYLE_SOURCE] = {A_BOLD, A_BOLD, 130, COLOR_YELLOW},
	[STYLE_DESTINATION] = {A_BOLD, A_BOLD, 27, COLOR_CYAN},
	[STYLE_GOOD] = {A_BOLD, A_BOLD, 27, COLOR_CYAN},
	[STYLE_BAD] = {A_BOLD, A_BOLD, 130, COLOR_RED},
	[STYLE_WAIT] = {A_NORMAL, A_NORMAL, 29, COLOR_YELLOW},
	[STYLE_LEVER] = {A_NORMAL, A_NORMAL, 163, COLOR_MAGENTA},
	[STYLE_FAINT] = {A_DIM, A_NORMAL, 243, -1},
	[STYLE_KEY] = {A_BOLD, A_BOLD, -1, -1},
	[STYLE_FOUND] = {A_REVERSE | A_UNDERLINE, A_REVERSE | A_UNDERLINE, 130, COLOR_YELLOW},
};

static bool colored, dimmed;

static bool style_wants_colors(const struct settings *settings)
{
	const char *no = getenv("NO_COLOR");
	if (settings->color != COLOR_AUTO)
		return settings->color == COLOR_ALWAYS;
	return !no || !no[0];
}

void style_start(const struct settings *settings)
{
	colored = style_wants_colors(settings) && has_colors() && start_color() == OK && use_default_colors() == OK;
	if (!colored)
		return;
	for (short i = 0; i < STYLE_COUNT; i++)
		init_pair((short)(i + 1), COLORS >= 256 ? looks[i].many : looks[i].few, -1);
}

void style_dim(bool on)
{
	dimmed = on;
}

unsigned long style_attributes(enum style style)
{
	if (dimmed)
		style = STYLE_FAINT;
	const struct look *look = &looks[style];
	if (!colored)
		return look->mono;
	short color = COLORS >= 256 ? look->many : look->few;
	return look->colored | (color >= 0 ? (chtype)COLOR_PAIR(style + 1) : 0);
}

int style_color(enum style style)
{
	return looks[style].many;
}
