/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The themes there are, in one table, and the roles that a user has changed. */
#include "app/theme.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"

/* Black, red, green, yellow, blue, magenta, cyan and white, of a terminal with 8 colours. */
enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

#define RGB(hex) (COLOUR_RGB | 0x##hex)

static const unsigned char theme_attributes[STYLE_COUNT] = {
	[STYLE_TITLE] = LOOK_REVERSE,    [STYLE_WARNING] = LOOK_REVERSE | LOOK_BOLD,
	[STYLE_FOCUS] = LOOK_BOLD,       [STYLE_HEAD] = LOOK_UNDERLINE,
	[STYLE_SELECTED] = LOOK_REVERSE, [STYLE_MARKED] = LOOK_BOLD,
	[STYLE_SOURCE] = LOOK_BOLD,      [STYLE_DESTINATION] = LOOK_BOLD,
	[STYLE_GOOD] = LOOK_BOLD,        [STYLE_BAD] = LOOK_BOLD,
	[STYLE_KEY] = LOOK_BOLD,         [STYLE_FOUND] = LOOK_REVERSE | LOOK_UNDERLINE,
};

/*
 * Every pair of a text and its ground has a contrast of 4.5 at least (WCAG 2, AA), with all colours, with 256 and with
 * 8; those of `terminal`, whose ground is not known, 4.5 on white and 4 on black. Where red on black would have less
 * with 8 colours, it is yellow. Nothing depends on telling red from green.
 */
static const struct theme_row {
	const char *meaning;
	int bg, few_bg;
	struct {
		int fg, few;
	} ink[STYLE_COUNT];
} rows[THEME_COUNT] = {
	[THEME_TERMINAL] = {"on the terminal's own ground, dark or light",
			    COLOUR_OWN,
			    COLOUR_OWN,
			    {
				    [STYLE_TEXT] = {COLOUR_OWN, COLOUR_OWN},
				    [STYLE_TITLE] = {COLOUR_OWN, COLOUR_OWN},
				    [STYLE_WARNING] = {130, RED},
				    [STYLE_FRAME] = {243, COLOUR_OWN},
				    [STYLE_FOCUS] = {27, CYAN},
				    [STYLE_HEAD] = {243, COLOUR_OWN},
				    [STYLE_SELECTED] = {COLOUR_OWN, COLOUR_OWN},
				    [STYLE_MARKED] = {COLOUR_OWN, COLOUR_OWN},
				    [STYLE_SOURCE] = {130, YELLOW},
				    [STYLE_DESTINATION] = {27, CYAN},
				    [STYLE_GOOD] = {27, CYAN},
				    [STYLE_BAD] = {130, RED},
				    [STYLE_WAIT] = {29, YELLOW},
				    [STYLE_LEVER] = {163, MAGENTA},
				    [STYLE_FAINT] = {243, COLOUR_OWN},
				    [STYLE_KEY] = {COLOUR_OWN, COLOUR_OWN},
				    [STYLE_FOUND] = {130, YELLOW},
			    }},
	[THEME_DARK] = {"light text on a dark ground",
			RGB(1c1c1c),
			BLACK,
			{
				[STYLE_TEXT] = {RGB(d0d0d0), WHITE},
				[STYLE_TITLE] = {RGB(d0d0d0), WHITE},
				[STYLE_WARNING] = {RGB(ffaf00), YELLOW},
				[STYLE_FRAME] = {RGB(8a8a8a), WHITE},
				[STYLE_FOCUS] = {RGB(5fafff), CYAN},
				[STYLE_HEAD] = {RGB(9e9e9e), WHITE},
				[STYLE_SELECTED] = {RGB(d0d0d0), WHITE},
				[STYLE_MARKED] = {RGB(ffffff), WHITE},
				[STYLE_SOURCE] = {RGB(ffaf5f), YELLOW},
				[STYLE_DESTINATION] = {RGB(5fafff), CYAN},
				[STYLE_GOOD] = {RGB(87d787), GREEN},
				[STYLE_BAD] = {RGB(ff8787), YELLOW},
				[STYLE_WAIT] = {RGB(5fd7d7), CYAN},
				[STYLE_LEVER] = {RGB(d787ff), CYAN},
				[STYLE_FAINT] = {RGB(9e9e9e), WHITE},
				[STYLE_KEY] = {RGB(ffffff), WHITE},
				[STYLE_FOUND] = {RGB(ffff5f), YELLOW},
			}},
	[THEME_LIGHT] = {"dark text on a light ground",
			 RGB(ffffff),
			 WHITE,
			 {
				 [STYLE_TEXT] = {RGB(262626), BLACK},
				 [STYLE_TITLE] = {RGB(262626), BLACK},
				 [STYLE_WARNING] = {RGB(af5f00), RED},
				 [STYLE_FRAME] = {RGB(6c6c6c), BLACK},
				 [STYLE_FOCUS] = {RGB(005fd7), BLUE},
				 [STYLE_HEAD] = {RGB(6c6c6c), BLACK},
				 [STYLE_SELECTED] = {RGB(262626), BLACK},
				 [STYLE_MARKED] = {RGB(000000), BLACK},
				 [STYLE_SOURCE] = {RGB(af5f00), RED},
				 [STYLE_DESTINATION] = {RGB(005fd7), BLUE},
				 [STYLE_GOOD] = {RGB(005f00), BLUE},
				 [STYLE_BAD] = {RGB(af0000), RED},
				 [STYLE_WAIT] = {RGB(005f87), BLACK},
				 [STYLE_LEVER] = {RGB(8700af), BLUE},
				 [STYLE_FAINT] = {RGB(6c6c6c), BLACK},
				 [STYLE_KEY] = {RGB(000000), BLACK},
				 [STYLE_FOUND] = {RGB(875f00), RED},
			 }},
	[THEME_CONTRAST] = {"a contrast of 7 at least, on black",
			    RGB(000000),
			    BLACK,
			    {
				    [STYLE_TEXT] = {RGB(ffffff), WHITE},
				    [STYLE_TITLE] = {RGB(ffffff), WHITE},
				    [STYLE_WARNING] = {RGB(ffff00), YELLOW},
				    [STYLE_FRAME] = {RGB(ffffff), WHITE},
				    [STYLE_FOCUS] = {RGB(ffff00), YELLOW},
				    [STYLE_HEAD] = {RGB(ffffff), WHITE},
				    [STYLE_SELECTED] = {RGB(ffffff), WHITE},
				    [STYLE_MARKED] = {RGB(ffffff), WHITE},
				    [STYLE_SOURCE] = {RGB(ffff00), YELLOW},
				    [STYLE_DESTINATION] = {RGB(00ffff), CYAN},
				    [STYLE_GOOD] = {RGB(00ffff), CYAN},
				    [STYLE_BAD] = {RGB(ffaf5f), YELLOW},
				    [STYLE_WAIT] = {RGB(ffffff), WHITE},
				    [STYLE_LEVER] = {RGB(ff87ff), WHITE},
				    [STYLE_FAINT] = {RGB(dadada), WHITE},
				    [STYLE_KEY] = {RGB(ffffff), WHITE},
				    [STYLE_FOUND] = {RGB(ffff00), YELLOW},
			    }},
	[THEME_MONO] = {"bold, underlined and reverse, without colours", COLOUR_OWN, COLOUR_OWN, {{0}}},
	[THEME_BLIND] = {"colours that all kinds of colour blindness tell apart",
			 RGB(121212),
			 BLACK,
			 {
				 [STYLE_TEXT] = {RGB(e4e4e4), WHITE},
				 [STYLE_TITLE] = {RGB(e4e4e4), WHITE},
				 [STYLE_WARNING] = {RGB(f0e442), YELLOW},
				 [STYLE_FRAME] = {RGB(8a8a8a), WHITE},
				 [STYLE_FOCUS] = {RGB(56b4e9), CYAN},
				 [STYLE_HEAD] = {RGB(9e9e9e), WHITE},
				 [STYLE_SELECTED] = {RGB(e4e4e4), WHITE},
				 [STYLE_MARKED] = {RGB(ffffff), WHITE},
				 [STYLE_SOURCE] = {RGB(e69f00), YELLOW},
				 [STYLE_DESTINATION] = {RGB(56b4e9), CYAN},
				 [STYLE_GOOD] = {RGB(56b4e9), CYAN},
				 [STYLE_BAD] = {RGB(d55e00), YELLOW},
				 [STYLE_WAIT] = {RGB(f0e442), WHITE},
				 [STYLE_LEVER] = {RGB(cc79a7), WHITE},
				 [STYLE_FAINT] = {RGB(9e9e9e), WHITE},
				 [STYLE_KEY] = {RGB(ffffff), WHITE},
				 [STYLE_FOUND] = {RGB(f0e442), YELLOW},
			 }},
};

static const char *const theme_words[] = {THEMES(CHOICE_NAMED, CHOICE_COMMA, CHOICE_COMMA)};
#define STYLE_WORD(constant, word) [constant] = word,
static const char *const style_words[] = {STYLES(STYLE_WORD)};

struct look theme_look(enum theme theme, enum style style)
{
	const struct theme_row *row = &rows[theme];
	struct look look = {row->ink[style].fg, row->bg, row->ink[style].few, row->few_bg, theme_attributes[style]};
	if (theme == THEME_MONO) {
		look.fg = look.few_fg = COLOUR_OWN;
		look.attributes |= style == STYLE_FAINT ? LOOK_DIM : 0;
	}
	return look;
}

struct look looks_get(const struct looks *looks, enum style style)
{
	return looks->changed[style] ? looks->own[style] : theme_look(looks->theme, style);
}

static bool look_same(const struct look *a, const struct look *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->few_fg == b->few_fg && a->few_bg == b->few_bg &&
	       a->attributes == b->attributes;
}

bool looks_same(const struct looks *a, const struct looks *b)
{
	bool same = a->theme == b->theme;
	for (enum style style = 0; style < STYLE_COUNT && same; style++) {
		struct look one = looks_get(a, style), other = looks_get(b, style);
		same = a->changed[style] == b->changed[style] && look_same(&one, &other);
	}
	return same;
}

const char *theme_word(enum theme theme)
{
	return theme_words[theme];
}

const char *theme_meaning(enum theme theme)
{
	return rows[theme].meaning;
}

const char *style_word(enum style style)
{
	return style_words[style];
}

/* ---- words ---- */

/* Its place among the words, or an error that lists them. */
static enum status theme_find_word(const char *word, const char *what, const char *const *all, size_t n, size_t *at,
				   struct err *err)
{
	struct nearest nearest = {.word = word};
	struct buf list = {0};
	for (*at = 0; *at < n; (*at)++) {
		if (strcmp(all[*at], word) == 0) {
			buf_free(&list);
			return ST_OK;
		}
		nearest_try(&nearest, all[*at]);
		buf_fmt(&list, "%s%s", *at ? ", " : "", all[*at]);
	}
	if (nearest.best)
		err_set(err, ST_USAGE, "there is no %s %.80s; did you mean %s?", what, word, nearest.best);
	else
		err_set(err, ST_USAGE, "there is no %s %.80s; there are %s", what, word, buf_text(&list));
	buf_free(&list);
	return ST_USAGE;
}

enum status theme_parse(const char *word, enum theme *theme, struct err *err)
{
	size_t at;
	enum status status = theme_find_word(word, "theme", theme_words, THEME_COUNT, &at, err);
	if (!status)
		*theme = (enum theme)at;
	return status;
}

enum status style_parse(const char *word, enum style *style, struct err *err)
{
	size_t at;
	enum status status = theme_find_word(word, "role", style_words, STYLE_COUNT, &at, err);
	if (!status)
		*style = (enum style)at;
	return status;
}
