/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the colours: each can be read on white and on black. */
#include "ui/style.h"

#include "tests/support/check.h"

/* x to the power of 2.4, by the fifth root of its square (Newton's way), without the mathematical library. */
static double power(double x)
{
	double root = 1;
	for (int i = 0; i < 60; i++)
		root = (4 * root + x * x / (root * root * root * root)) / 5;
	return x * x * root;
}

/* sRGB to linear light, as WCAG 2 defines the contrast. */
static double linear(int value)
{
	double c = value / 255.0;
	return c <= 0.03928 ? c / 12.92 : power((c + 0.055) / 1.055);
}

static double luminance(int r, int g, int b)
{
	return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/* Of xterm's 256 colours those that are the same everywhere: the cube, and the greys. */
static double luminance_of(int color)
{
	static const int level[] = {0, 95, 135, 175, 215, 255};
	int i = color - 16, grey = 8 + 10 * (color - 232);
	return color >= 232 ? luminance(grey, grey, grey) : luminance(level[i / 36], level[i / 6 % 6], level[i % 6]);
}

static void colours_can_be_read(void **state)
{
	(void)state;
	int n = 0;
	for (int style = 0; style < STYLE_COUNT; style++) {
		int color = style_color((enum style)style);
		if (color < 0)
			continue;
		assert_in_range(color, 16, 255);
		double light = luminance_of(color), white = 1.05 / (light + 0.05), black = (light + 0.05) / 0.05;
		if (white < 4.5 || black < 4.0)
			fail_msg("style %d: colour %d has a contrast of %.2f on white, %.2f on black", style, color,
				 white, black);
		n++;
	}
	assert_in_range(n, 8, STYLE_COUNT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_can_be_read),
	};
	return cmocka_run_group_tests_name("ui/style", tests, NULL, NULL);
}
