/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a connection leads: a socket or an address, and how it is written. */
#include <string.h>

#include "db_internal.h"

/* A host that is a directory says nothing where an address goes with it: then that is used. */
bool place_is_local(const PGconn *conn)
{
	const char *host = PQhost(conn), *address = PQhostaddr(conn);
	return host && (host[0] == '/' || host[0] == '@') && !(address && address[0]);
}

/* Names that were looked up here are given to libpq with their addresses; those are no wish of anybody's. */
static bool wants_address(const struct db *db)
{
	size_t here = hosts_current(db);
	bool wants = here < db->places.n && db->places.p[here].asked;
	PQconninfoOption *options = db->places.n ? NULL : PQconninfo(db->conn);
	for (PQconninfoOption *o = options; o && o->keyword; o++)
		wants |= strcmp(o->keyword, "hostaddr") == 0 && o->val && o->val[0];
	PQconninfoFree(options);
	return wants;
}

void place_show(struct buf *out, const struct db *db)
{
	const char *host = PQhost(db->conn), *address = PQhostaddr(db->conn);
	if (place_is_local(db->conn))
		host = "[socket]";
	else if (address && address[0] && (!host || host[0] == '/' || wants_address(db)))
		host = address;
	bool v6 = host && host[0] != '[' && strchr(host, ':');
	buf_fmt(out, v6 ? "%s@[%s]:%s/%s" : "%s@%s:%s/%s", PQuser(db->conn), host ? host : "", PQport(db->conn),
		PQdb(db->conn));
}
