/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contrast of every text with its ground, in every theme, with all colours, with 256 and with 8 (WCAG 2, AA). */
#include <math.h>

#include "app/theme.h"
#include "tests/support/check.h"
#include "tests/support/luminance.h"

static double luminance_of(int rgb)
{
	return luminance(rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
}

static double contrast_of(int fg, int bg)
{
	return luminance_contrast(luminance_of(colour_rgb(fg)), luminance_of(colour_rgb(bg)));
}

static void check_contrast(enum theme theme, enum style style, const char *what, int fg, int bg, double least)
{
	double contrast = contrast_of(fg, bg);
	if (contrast < least)
		fail_msg("%s, %s, %s: #%06x on #%06x has a contrast of %.2f", theme_word(theme), style_word(style),
			 what, (unsigned)colour_rgb(fg), (unsigned)colour_rgb(bg), contrast);
}

static void every_text_can_be_read(void **state)
{
	(void)state;
	static const struct {
		enum theme theme;
		double least;
	} themes[] = {{THEME_DARK, 4.5}, {THEME_LIGHT, 4.5}, {THEME_CONTRAST, 7}, {THEME_BLIND, 4.5}};
	for (size_t i = 0; i < sizeof themes / sizeof themes[0]; i++) {
		enum theme theme = themes[i].theme;
		for (enum style style = 0; style < STYLE_COUNT; style++) {
			struct look look = theme_look(theme, style);
			double least = themes[i].least;
			check_contrast(theme, style, "all colours", look.fg, look.bg, least);
			check_contrast(theme, style, "256", colour_256(look.fg), colour_256(look.bg), least);
			check_contrast(theme, style, "8", look.few_fg, look.few_bg, least);
			assert_in_range(look.few_fg, 0, 7);
			assert_in_range(look.few_bg, 0, 7);
		}
	}
}

/* Its ground is not known: each colour is read on white and on black. */
static void the_terminals_ground_may_be_any(void **state)
{
	(void)state;
	int n = 0;
	for (enum style style = 0; style < STYLE_COUNT; style++) {
		struct look look = theme_look(THEME_TERMINAL, style);
		assert_int_equal(look.bg, COLOUR_OWN);
		if (look.fg == COLOUR_OWN)
			continue;
		assert_in_range(look.fg, 16, 255);
		check_contrast(THEME_TERMINAL, style, "on white", look.fg, 15, 4.5);
		check_contrast(THEME_TERMINAL, style, "on black", look.fg, 0, 4.0);
		n++;
	}
	assert_in_range(n, 8, STYLE_COUNT);
}

static void mono_has_no_colours(void **state)
{
	(void)state;
	for (enum style style = 0; style < STYLE_COUNT; style++) {
		struct look look = theme_look(THEME_MONO, style);
		assert_true(look.fg == COLOUR_OWN && look.bg == COLOUR_OWN);
		assert_true(look.few_fg == COLOUR_OWN && look.few_bg == COLOUR_OWN);
	}
	assert_int_equal(theme_look(THEME_MONO, STYLE_SELECTED).attributes, LOOK_REVERSE);
	assert_int_equal(theme_look(THEME_MONO, STYLE_FAINT).attributes, LOOK_DIM);
}

/* ---- colour blindness ---- */

static double linear_of(int value)
{
	double c = value / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* What eyes of one kind see, in linear light: Machado, Oliveira and Fernandes 2009, at full severity. */
static const double kinds[3][3][3] = {
	{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
};

static void lab_of(int rgb, const double kind[3][3], double lab[3])
{
	static const double xyz[3][3] = {{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}};
	static const double white[3] = {0.9505, 1, 1.089};
	double light[3] = {linear_of(rgb >> 16), linear_of(rgb >> 8 & 0xff), linear_of(rgb & 0xff)}, f[3];
	double seen[3] = {0};
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			seen[i] += kind[i][j] * light[j];
	for (int i = 0; i < 3; i++) {
		double t = 0;
		for (int j = 0; j < 3; j++)
			t += xyz[i][j] * (seen[j] < 0 ? 0 : seen[j]) / white[i];
		f[i] = t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
	}
	lab[0] = 116 * f[1] - 16;
	lab[1] = 500 * (f[0] - f[1]);
	lab[2] = 200 * (f[1] - f[2]);
}

/* CIE76: from 20 on two colours are nothing alike. */
static double apart(int a, int b, const double kind[3][3])
{
	double one[3], other[3], sum = 0;
	lab_of(colour_rgb(a), kind, one);
	lab_of(colour_rgb(b), kind, other);
	for (int i = 0; i < 3; i++)
		sum += (one[i] - other[i]) * (one[i] - other[i]);
	return sqrt(sum);
}

static void all_eyes_tell_them_apart(void **state)
{
	(void)state;
	static const enum style pairs[][2] = {{STYLE_GOOD, STYLE_BAD},  {STYLE_SOURCE, STYLE_DESTINATION},
					      {STYLE_WAIT, STYLE_GOOD}, {STYLE_WAIT, STYLE_BAD},
					      {STYLE_LEVER, STYLE_BAD}, {STYLE_FOCUS, STYLE_FRAME}};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		for (int kind = 0; kind < 3; kind++) {
			struct look one = theme_look(THEME_BLIND, pairs[i][0]);
			struct look other = theme_look(THEME_BLIND, pairs[i][1]);
			double all = apart(one.fg, other.fg, kinds[kind]);
			double many = apart(colour_256(one.fg), colour_256(other.fg), kinds[kind]);
			if (all < 20 || many < 20)
				fail_msg("%s and %s are %.0f apart, of 256 colours %.0f, for eyes of kind %d",
					 style_word(pairs[i][0]), style_word(pairs[i][1]), all, many, kind);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_can_be_read),
		cmocka_unit_test(the_terminals_ground_may_be_any),
		cmocka_unit_test(mono_has_no_colours),
		cmocka_unit_test(all_eyes_tell_them_apart),
	};
	return cmocka_run_group_tests_name("unit/contrast", tests, NULL, NULL);
}
