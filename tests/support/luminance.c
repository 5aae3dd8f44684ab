/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How bright a colour is, and how well one can be read on another, as WCAG 2 defines it. */
#include "tests/support/luminance.h"

/* x to the power of 2.4, by the fifth root of its square (Newton's way), without the mathematical library. */
static double power(double x)
{
	double root = 1;
	for (int i = 0; i < 60; i++)
		root = (4 * root + x * x / (root * root * root * root)) / 5;
	return x * x * root;
}

/* sRGB to linear light. */
static double linear(int value)
{
	double c = value / 255.0;
	return c <= 0.03928 ? c / 12.92 : power((c + 0.055) / 1.055);
}

double luminance(int r, int g, int b)
{
	return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

double luminance_contrast(double a, double b)
{
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}
