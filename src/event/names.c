/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What SQLAlchemy would call the parameters of a statement: found from the words that stand around each. */
#include "names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { PARAMETERS_MAX = 4096 };

/* A name may have a "$" behind its first letter. */
static bool names_is_inside(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80);
}

/* The next "$12" from p on that is in no quotes, of text or of names, and no piece of a name; NULL for none. */
static const char *names_next_parameter(const char *p, unsigned long *k, size_t *used)
{
	char quote = 0, before = 0;
	for (; *p; before = *p++) {
		if (quote || *p == '\'' || *p == '"') {
			quote = !quote ? *p : *p == quote ? 0 : quote;
			continue;
		}
		size_t digits = p[0] == '$' && !names_is_inside(before) ? strspn(p + 1, "0123456789") : 0;
		if (digits == 0 || digits > 4)
			continue;
		*k = strtoul(p + 1, NULL, 10);
		*used = 1 + digits;
		if (*k > 0 && *k <= PARAMETERS_MAX)
			return p;
	}
	return NULL;
}

static const char *names_skip_blanks_back(const char *sql, const char *p)
{
	while (p > sql && isspace((unsigned char)p[-1]))
		p--;
	return p;
}

static bool names_is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '"' || (c & 0x80);
}

/* The name that ends at p, with what stands before its last dot where `whole`: accounts.id is accounts_id. */
static void names_add_name(struct buf *out, const char *sql, const char *p, bool whole)
{
	const char *from = p;
	while (from > sql && names_is_name(from[-1]) && (whole || from[-1] != '.'))
		from--;
	for (; from < p; from++)
		if (*from != '"')
			buf_char(out, *from == '.' ? '_' : *from);
}

/* The operand on the other side of the operator, or of IN, that stands before the parameter at p. */
static const char *names_operand_end(const char *sql, const char *p)
{
	p = names_skip_blanks_back(sql, p);
	const char *operator_end = p;
	while (p > sql && strchr("=<>+-*/", p[-1]))
		p--;
	if (p < operator_end)
		return names_skip_blanks_back(sql, p);
	while (p > sql && strchr("$0123456789, ", p[-1]))
		p--;
	if (p == sql || p[-1] != '(')
		return sql;
	p = names_skip_blanks_back(sql, p - 1);
	if (p - sql < 3 || strncasecmp(p - 2, "IN", 2) != 0)
		return sql;
	p = names_skip_blanks_back(sql, p - 2);
	bool negated = p - sql > 3 && strncasecmp(p - 3, "NOT", 3) == 0;
	return negated ? names_skip_blanks_back(sql, p - 3) : p;
}

/* ---- the three kinds of statements ---- */

/* The column list of an INSERT whose rows are parameters and nothing else; 0 columns for any other statement. */
static size_t names_insert_columns(const char *sql, const char **columns)
{
	const char *open = strchr(sql, '('), *values = strstr(sql, ") VALUES (");
	if (strncasecmp(sql, "INSERT", 6) != 0 || !open || !values || open > values)
		return 0;
	const char *rows = values + strlen(") VALUES ");
	rows += strspn(rows, "($0123456789, )");
	if (*rows && strncmp(rows, "ON CONFLICT", 11) != 0)
		return 0;
	size_t n = 1;
	for (const char *p = open; p < values; p++)
		n += *p == ',';
	*columns = open + 1;
	return n;
}

static void names_inserted(struct buf *out, const char *columns, size_t ncolumns, size_t index, bool many)
{
	for (size_t skip = index % ncolumns; skip > 0; skip--)
		columns = strchr(columns, ',') + 1;
	for (; *columns != ',' && *columns != ')'; columns++)
		if (names_is_name(*columns) && *columns != '"')
			buf_char(out, *columns);
	if (many)
		buf_fmt(out, "_m%zu", index / ncolumns);
}

/* Column = $1 in the SET of an UPDATE. */
static bool names_is_set(const char *sql, const char *p)
{
	const char *where = strstr(sql, " WHERE ");
	const char *equals = names_skip_blanks_back(sql, p);
	const char *name = equals > sql && equals[-1] == '=' ? names_skip_blanks_back(sql, equals - 1) : sql;
	return strncasecmp(sql, "UPDATE", 6) == 0 && name > sql && names_is_name(name[-1]) && (!where || p < where);
}

/* An object that is written back: its row is found by its key, which is called after the table, too. */
static bool names_writes_back(const char *sql)
{
	unsigned long k;
	size_t used;
	const char *first = names_next_parameter(sql, &k, &used);
	return first && names_is_set(sql, first);
}

static void names_add_number(struct buf *name, const struct names *names)
{
	size_t same = 1, n = name->len;
	for (size_t i = 0; i < names->n; i++)
		same += names->names[i] && strncmp(names->names[i], name->p, n) == 0 && names->names[i][n] == '_' &&
			isdigit((unsigned char)names->names[i][n + 1]);
	buf_fmt(name, "_%zu", same);
}

static void names_compared(struct buf *name, const struct names *names, const char *sql, const char *p)
{
	bool set = names_is_set(sql, p), key = !set && names_writes_back(sql);
	names_add_name(name, sql, names_operand_end(sql, p), key);
	if (name->len == 0)
		buf_str(name, "param");
	if (!set && !key)
		names_add_number(name, names);
}

void names_find(struct names *names, const char *sql)
{
	const char *columns = NULL;
	size_t ncolumns = names_insert_columns(sql, &columns), used = 0;
	unsigned long k = 0;
	for (const char *p = sql; (p = names_next_parameter(p, &k, &used)) != NULL; p += used)
		names->n = k > names->n ? k : names->n;
	names->names = mem_array(names->n, sizeof *names->names);
	for (const char *p = sql; (p = names_next_parameter(p, &k, &used)) != NULL; p += used) {
		struct buf name = {0};
		if (names->names[k - 1])
			continue;
		if (ncolumns)
			names_inserted(&name, columns, ncolumns, k - 1, names->n > ncolumns);
		else
			names_compared(&name, names, sql, p);
		names->names[k - 1] = buf_take(&name);
	}
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct names){0};
}

void names_put_in(struct buf *out, const struct names *names, const char *sql)
{
	unsigned long k = 0;
	size_t used = 0;
	for (const char *p; (p = names_next_parameter(sql, &k, &used)) != NULL; sql = p + used) {
		buf_add(out, sql, (size_t)(p - sql));
		buf_fmt(out, "%%(%s)s", names->names[k - 1]);
	}
	buf_str(out, sql);
}
