/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Styles: the looks of a theme as what curses draws with, on terminals with and without colours. */
#include "ui/style.h"

#include <curses.h>
#include <stdlib.h>

#include "app/settings.h"
#include "ui/term.h"

enum { MANY = 256, DIRECT = 1 << 24 };

/* What the terminal can show. */
enum style_depth { DEPTH_UNKNOWN, DEPTH_NONE, DEPTH_FEW, DEPTH_MANY, DEPTH_DIRECT };

static struct {
	enum style_depth terminal, depth; /* what it can show, and what is used of it */
	struct looks looks;
	bool dimmed;
} style;

static bool style_wants_colors(const struct settings *settings)
{
	const char *no = getenv("NO_COLOR");
	if (settings->color != COLOR_AUTO)
		return settings->color == COLOR_ALWAYS;
	return !no || !no[0];
}

static enum style_depth style_look_at_terminal(void)
{
	if (!has_colors() || start_color() != OK || use_default_colors() != OK)
		return DEPTH_NONE;
	if (term_knows_rgb())
		return COLORS == DIRECT ? DEPTH_DIRECT : DEPTH_FEW;
	return COLORS >= MANY ? DEPTH_MANY : DEPTH_FEW;
}

/* The first 8 of a terminal with direct colours are its own, as of any other. */
static int style_number(int colour, int few)
{
	if (style.depth == DEPTH_FEW || colour == COLOUR_OWN)
		return style.depth == DEPTH_FEW ? few : colour;
	if (style.depth == DEPTH_MANY)
		return colour_256(colour);
	return colour < 8 ? colour : colour_rgb(colour);
}

static struct look style_look(enum style which)
{
	bool bare = style.depth == DEPTH_NONE && !style.looks.changed[which];
	return bare ? theme_look(THEME_MONO, which) : looks_get(&style.looks, which);
}

static bool style_has_pair(const struct look *look)
{
	return style.depth != DEPTH_NONE &&
	       (style_number(look->fg, look->few_fg) >= 0 || style_number(look->bg, look->few_bg) >= 0);
}

static void style_make_pairs(void)
{
	for (enum style which = 0; which < STYLE_COUNT; which++) {
		struct look look = style_look(which);
		init_extended_pair((int)which + 1, style_number(look.fg, look.few_fg),
				   style_number(look.bg, look.few_bg));
	}
}

void style_show(const struct settings *settings, const struct looks *shown)
{
	bool wanted = style_wants_colors(settings) && shown->theme != THEME_MONO;
	for (enum style which = 0; which < STYLE_COUNT && style_wants_colors(settings); which++)
		wanted |= shown->changed[which];
	if (wanted && style.terminal == DEPTH_UNKNOWN)
		style.terminal = style_look_at_terminal();
	enum style_depth depth = wanted ? style.terminal : DEPTH_NONE;
	if (depth == style.depth && looks_same(shown, &style.looks))
		return;
	style.depth = depth;
	style.looks = *shown;
	if (depth != DEPTH_NONE)
		style_make_pairs();
	struct look text = style_look(STYLE_TEXT);
	bkgdset(' ' | (style_has_pair(&text) ? (chtype)COLOR_PAIR(STYLE_TEXT + 1) : 0));
	clearok(curscr, TRUE);
}

void style_dim(bool on)
{
	style.dimmed = on;
}

unsigned long style_attributes(enum style which)
{
	static const chtype bits[] = {A_BOLD, A_UNDERLINE, A_REVERSE, A_DIM}; /* LOOK_BOLD, LOOK_UNDERLINE ... */
	struct look look = style_look(style.dimmed ? STYLE_FAINT : which);
	chtype attributes = A_NORMAL;
	for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++)
		attributes |= look.attributes >> i & 1 ? bits[i] : 0;
	enum style pair = style.dimmed ? STYLE_FAINT : which;
	return attributes | (style_has_pair(&look) ? (chtype)COLOR_PAIR((int)pair + 1) : 0);
}
