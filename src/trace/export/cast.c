/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The export to a cast, which the screen draws; a program without a screen refuses it. */
#include "export_internal.h"

enum status export_cast(struct export *export, struct err *err)
{
	(void)export;
	return err_set(err, ST_OWN, "a cast is what the screen draws, and this program has none");
}
