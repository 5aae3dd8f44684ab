/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hosts of a connection string: lists of them for libpq, and who comes next where libpq would give up. */
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"

void hosts_list(const struct places *places, size_t from, struct buf *hosts, struct buf *addresses, struct buf *ports)
{
	for (size_t i = from; i < places->n; i++) {
		const char *comma = i > from ? "," : "";
		buf_fmt(hosts, "%s%s", comma, places->p[i].host);
		buf_fmt(addresses, "%s%s", comma, places->p[i].address);
		buf_fmt(ports, "%s%s", comma, places->p[i].port);
	}
}

/* libpq's verbose words are "SEVERITY:  CODE: text". Copies them without the code and without where in the server's
 * source it was. */
void hosts_words(struct buf *out, const char *text, char code[6])
{
	code[0] = '\0';
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		const char *at = strstr(line, ":  ");
		bool coded = at && at < line + n && strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
			     strncmp(at + 8, ": ", 2) == 0;
		if (strncmp(line, "LOCATION:", 9) != 0) {
			if (coded) {
				memcpy(code, at + 3, 5);
				code[5] = '\0';
				buf_add(out, line, (size_t)(at + 3 - line));
				buf_add(out, at + 10, n - (size_t)(at + 10 - line));
			} else {
				buf_add(out, line, n);
			}
			buf_char(out, '\n');
		}
		line += n + (line[n] == '\n');
	}
}

/* The server that said this is not the one to use now: it is lost, it has no room, or it goes. Who is not let in by
 * one host is not tried at the others, as with libpq. */
static bool is_about_the_host(const char *code)
{
	return !code[0] || strncmp(code, "08", 2) == 0 || strncmp(code, "53", 2) == 0 || strncmp(code, "57", 2) == 0;
}

size_t hosts_current(const struct db *db)
{
	const char *host = PQhost(db->conn), *address = PQhostaddr(db->conn), *port = PQport(db->conn);
	for (size_t i = db->first_place; host && port && i < db->places.n; i++) {
		const struct place *p = &db->places.p[i];
		bool there = !p->address[0] || !address || !address[0] || strcmp(p->address, address) == 0;
		if (there && (!p->host[0] || strcmp(p->host, host) == 0) && strcmp(p->port, port) == 0)
			return i;
	}
	return db->places.n;
}

bool hosts_go_on(struct db *db)
{
	if (!db->conn)
		return false;
	size_t next = hosts_current(db) + 1;
	if (next >= db->places.n || !is_about_the_host(db->refusal))
		return false;
	db->first_place = next;
	return true;
}
