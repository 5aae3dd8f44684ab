/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refuses what a transaction body must not send: transaction control, and DDL, which commits by itself on some
 * servers. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "txn_internal.h"

/* By their first letter. CockroachDB commits an open transaction before DDL (session variable autocommit_before_ddl). */
enum { REFUSED_MAX = 5 };
static const char *const refused[26][REFUSED_MAX] = {
	['A' - 'A'] = {"ABORT", "ALTER"},
	['B' - 'A'] = {"BEGIN"},
	['C' - 'A'] = {"COMMENT", "COMMIT", "COPY", "CREATE"},
	['D' - 'A'] = {"DISCARD", "DROP"},
	['E' - 'A'] = {"END"},
	['G' - 'A'] = {"GRANT"},
	['I' - 'A'] = {"IMPORT"},
	['P' - 'A'] = {"PREPARE"},
	['R' - 'A'] = {"REASSIGN", "REINDEX", "RELEASE", "REVOKE", "ROLLBACK"},
	['S' - 'A'] = {"SAVEPOINT", "START"},
	['T' - 'A'] = {"TRUNCATE"},
	['V' - 'A'] = {"VACUUM"},
};

static const char *guard_skip_comment(const char *p)
{
	if (p[0] == '-' && p[1] == '-')
		return p + strcspn(p, "\n");
	const char *end = strstr(p + 2, "*/");
	return end ? end + 2 : p + strlen(p);
}

/* The first word of a statement, behind blanks, comments and parentheses. */
static const char *first_word(const char *sql, size_t *n)
{
	for (;;) {
		sql += strspn(sql, " \t\r\n\f\v(;");
		if ((sql[0] == '-' && sql[1] == '-') || (sql[0] == '/' && sql[1] == '*'))
			sql = guard_skip_comment(sql);
		else
			break;
	}
	*n = 0;
	while (isalpha((unsigned char)sql[*n]))
		(*n)++;
	return sql;
}

bool guard_allows(const struct statement *statement, struct err *reason)
{
	if (statement->feed) /* a COPY whose data the body has */
		return true;
	size_t n;
	const char *word = first_word(statement->sql, &n);
	const char *const *of_letter =
		isalpha((unsigned char)*word) ? refused[toupper((unsigned char)*word) - 'A'] : NULL;
	for (size_t i = 0; of_letter && i < REFUSED_MAX && of_letter[i]; i++) {
		if (strlen(of_letter[i]) != n || strncasecmp(word, of_letter[i], n) != 0)
			continue;
		err_set(reason, ST_OWN,
			"a transaction body must not send %s: the engine begins, commits and rolls back, and changes "
			"of "
			"the schema belong outside a transaction",
			of_letter[i]);
		return false;
	}
	return true;
}
