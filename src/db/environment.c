/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes what names or changes a connection out of this process's environment. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "db/conninfo.h"

/* The value is wiped where it stands: /proc shows the first environment of a process, whatever it has removed since. */
static void environment_forget(const char *name)
{
	char *value = getenv(name);
	if (value)
		explicit_bzero(value, strlen(value));
	unsetenv(name);
}

/* libpq's manual gives all of its variables names that begin with PG; PQconndefaults() lists most of them. One such
 * name is isolationtester's, and no matter of connections. */
static char *first_of_libpq(void)
{
	static const char other[] = "PGISOLATIONTIMEOUT=";
	for (char **at = environ; at && *at; at++)
		if (strncmp(*at, "PG", 2) == 0 && strchr(*at, '=') && strncmp(*at, other, strlen(other)) != 0)
			return mem_dup_n(*at, strcspn(*at, "="));
	return NULL;
}

void conninfo_keep_password(struct conninfo *info)
{
	const char *password = getenv("PGPASSWORD");
	if (!password || info->password || !info->target)
		return;
	bool given = false;
	PQconninfoOption *parsed = PQconninfoParse(info->target, NULL);
	for (PQconninfoOption *o = parsed; o && o->keyword; o++)
		given |= strcmp(o->keyword, "password") == 0 && o->val;
	PQconninfoFree(parsed);
	if (!given)
		info->password = mem_dup(password);
}

void conninfo_leave_environment(void)
{
	char *name;
	environment_forget("DATABASE_URL");
	while ((name = first_of_libpq()) != NULL) {
		environment_forget(name);
		free(name);
	}
	/* Only now: with a service that does not exist there are no defaults. */
	PQconninfoOption *options = PQconndefaults();
	for (PQconninfoOption *o = options; o && o->keyword; o++)
		if (o->envvar)
			environment_forget(o->envvar);
	PQconninfoFree(options);
}
