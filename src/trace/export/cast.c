/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cast is drawn by a screen: where there is none in the program, it says so. */
#include "export_internal.h"

enum status export_cast(struct export *export, struct err *err)
{
	(void)export;
	return err_set(err, ST_OWN, "a cast is what the screen draws, and this program has none");
}
