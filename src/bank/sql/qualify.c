/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL that finds nothing by name but what the server itself brought. */
#include "qualify.h"

#include <stdarg.h>
#include <string.h>

/* Adds the operator or the name behind an '@'; returns what follows it. */
static const char *qualify_add_name(struct buf *sql, bool qualified, const char *name)
{
	size_t n = strspn(name, "+-*/<>=~!|");
	if (n == 0) {
		buf_str(sql, qualified ? "pg_catalog." : "");
		return name;
	}
	buf_str(sql, qualified ? "OPERATOR(pg_catalog." : "");
	buf_add(sql, name, n);
	buf_str(sql, qualified ? ")" : "");
	return name + n;
}

static const char *add_argument(struct buf *sql, const char *at, va_list *ap)
{
	if (*at == 's')
		buf_str(sql, va_arg(*ap, const char *));
	else if (*at == 'u')
		buf_fmt(sql, "%u", va_arg(*ap, unsigned));
	else
		buf_char(sql, *at);
	return at + 1;
}

static void qualify_add_all(struct buf *sql, bool qualified, const char *fmt, va_list *ap)
{
	for (const char *at = fmt; *at;) {
		size_t n = strcspn(at, "@%");
		buf_add(sql, at, n);
		at += n;
		if (*at == '@')
			at = qualify_add_name(sql, qualified, at + 1);
		else if (*at == '%')
			at = add_argument(sql, at + 1, ap);
	}
}

void qualify_add(struct buf *sql, bool qualified, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	qualify_add_all(sql, qualified, fmt, &ap);
	va_end(ap);
}

char *qualify(bool qualified, const char *fmt, ...)
{
	struct buf sql = {0};
	va_list ap;
	va_start(ap, fmt);
	qualify_add_all(&sql, qualified, fmt, &ap);
	va_end(ap);
	return buf_take(&sql);
}
