/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the command lines of earlier sessions are kept. */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

/* The file, made with its directories if it is missing, for nobody else to read; NULL where there is no place for it. Owned. */
char *history_file(void);

#endif
