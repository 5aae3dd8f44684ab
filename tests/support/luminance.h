/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How bright a colour is, and how well one can be read on another, as WCAG 2 defines it. */
#ifndef SUPPORT_LUMINANCE_H
#define SUPPORT_LUMINANCE_H

double luminance(int r, int g, int b);         /* of an sRGB colour, 0 to 255 each: 0 black, 1 white */
double luminance_contrast(double a, double b); /* 1 to 21 */

#endif
