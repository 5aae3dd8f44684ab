/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes, and the sentence that goes with a failure. */
#include "base/err.h"

#include <stdio.h>

enum status err_set(struct err *err, enum status status, const char *fmt, ...)
{
	if (!err)
		return status;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	err->status = status;
	return status;
}

void err_clear(struct err *err)
{
	err->status = ST_OK;
	err->text[0] = '\0';
}

int status_exit(enum status status)
{
	switch (status) {
	case ST_OK:
		return 0;
	case ST_USAGE:
	case ST_OWN:
		return 1;
	case ST_CONNECT:
	case ST_LOST:
		return 2;
	case ST_STATEMENT:
	case ST_REJECTED:
		return 3;
	case ST_GAVE_UP:
		return 4;
	case ST_UNKNOWN:
		return 5;
	case ST_CHECK:
		return 6;
	case ST_CANCELLED:
		return 130;
	}
	return 1;
}
