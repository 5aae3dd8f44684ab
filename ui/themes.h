/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of themes: the screen shows the one that is selected, until it is kept or taken back. */
#ifndef UI_THEMES_H
#define UI_THEMES_H

#include "app/theme.h"
#include "ui/popup.h"

struct popup *themes_popup(const struct looks *looks);             /* the one there is selected; owned */
void themes_tried(const struct popup *popup, struct looks *looks); /* its theme, where it is that list */

#endif
