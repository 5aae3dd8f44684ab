/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows as the table that libpq's PQprint() makes of them. */
#ifndef LAB_TABLE_H
#define LAB_TABLE_H

#include "base/buf.h"
#include "db/rows.h"

void table_print(struct buf *out, const struct rows *rows);

#endif
