/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the colours: each can be read on white and on black. */
#include "ui/style.h"

#include "tests/support/check.h"
#include "tests/support/luminance.h"

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
		double light = luminance_of(color);
		double white = luminance_contrast(light, 1), black = luminance_contrast(light, 0);
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
