/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connection strings: checked and rewritten for libpq, shown without their password, overwritten in a text. */
#include "db/conninfo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db_internal.h"
#include "spelling.h"

/* ---- schemes ---- */

/* The length of the scheme, 0 where there is none. Only letters, digits, + - . stand before "://"; a value inside
 * "key=value ..." does not count. */
static size_t scheme_length(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
	return strncmp(text + n, "://", 3) == 0 ? n : 0;
}

static enum status scheme_unknown(const char *text, size_t n, struct err *err)
{
	struct buf schemes = {0};
	for (size_t i = 0; i < dialect_count(); i++)
		buf_fmt(&schemes, "%s%s://", i ? " or " : "", dialect_of((enum sql_server)i)->schemes[0]);
	err_set(err, ST_USAGE, "there is no scheme %.*s://; use %s", (int)n, text, buf_text(&schemes));
	buf_free(&schemes);
	return err->status;
}

/* One host of an authority: "host", "host:1", "[::1]", "[::1]:1" or nothing. */
static void add_host(struct buf *out, const char *host, size_t n, const char *port)
{
	const char *bracket = memchr(host, ']', n);
	const char *name_end = host[0] == '[' && bracket ? bracket + 1 : host;
	const char *colon = memchr(name_end, ':', n - (size_t)(name_end - host));
	size_t without = colon && colon + 1 == host + n ? n - 1 : n; /* "host:" has an empty port */
	buf_add(out, host, without);
	if (!colon || without != n)
		buf_fmt(out, ":%s", port);
}

static void add_hosts(struct buf *out, const char *hosts, size_t n, const char *port)
{
	for (const char *end = hosts + n;;) {
		const char *comma = memchr(hosts, ',', (size_t)(end - hosts));
		add_host(out, hosts, (size_t)((comma ? comma : end) - hosts), port);
		if (!comma)
			return;
		buf_char(out, ',');
		hosts = comma + 1;
	}
}

/* user:password@hosts/database?parameters with the product's port and database where they are missing. As in libpq
 * the user's part ends at the first '@' before a '/'. Parameters win over what stands before them, so a port= there
 * is kept. */
static void add_with_defaults(struct buf *out, const char *rest, const struct dialect *dialect)
{
	size_t authority = strcspn(rest, "/?");
	const char *at = memchr(rest, '@', strcspn(rest, "/"));
	if (at) {
		buf_add(out, rest, (size_t)(at + 1 - rest));
		rest = at + 1;
		authority = strcspn(rest, "/?");
	}
	add_hosts(out, rest, authority, dialect->default_port);
	rest += authority;
	if (*rest == '/')
		rest++;
	size_t database = strcspn(rest, "?");
	buf_char(out, '/');
	if (database > 0)
		buf_add(out, rest, database);
	else
		buf_str(out, dialect->default_dbname);
	buf_str(out, rest + database);
}

/* ---- taking a target ---- */

static bool is_string(const char *target)
{
	return strstr(target, "://") || strchr(target, '=');
}

enum status conninfo_target(struct conninfo *info, const char *text, struct err *err)
{
	if (strncasecmp(text, "jdbc:", 5) == 0)
		text += 5;
	size_t n = scheme_length(text);
	const struct dialect *dialect = n ? dialect_by_scheme(text, n) : NULL;
	if (n && !dialect)
		return scheme_unknown(text, n, err);
	struct buf target = {0};
	buf_str(&target, dialect ? "postgresql://" : text);
	if (dialect && dialect->default_port)
		add_with_defaults(&target, text + n + 3, dialect);
	else if (dialect)
		buf_str(&target, text + n + 3);
	info->cluster = dialect && dialect->cluster;
	info->balance = BALANCE_UNSAID;
	enum status status = balance_take(&target, &info->balance, err);
	const char *whole = buf_text(&target);
	if (!status)
		status = is_string(whole) ? spelling_check(whole, err) : spelling_check_name(whole, err);
	free(info->target);
	info->target = buf_take(&target);
	return status;
}

void conninfo_copy(struct conninfo *to, const struct conninfo *from)
{
	*to = (struct conninfo){.target = mem_dup(from->target),
				.host = mem_dup(from->host),
				.port = mem_dup(from->port),
				.user = mem_dup(from->user),
				.password = mem_dup(from->password),
				.dbname = mem_dup(from->dbname),
				.balance = from->balance,
				.cluster = from->cluster};
}

void conninfo_free(struct conninfo *info)
{
	free(info->target);
	free(info->host);
	free(info->port);
	free(info->user);
	free(info->password);
	free(info->dbname);
	*info = (struct conninfo){0};
}

/* ---- showing ---- */

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (const PQconninfoOption *o = options; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0 && o->val && o->val[0])
			return o->val;
	return NULL;
}

struct target_place {
	const char *host, *port, *user, *dbname;
};

/* A list of addresses may leave some to their host names. */
static bool has_gap(const char *list)
{
	return list[0] == ',' || list[strlen(list) - 1] == ',' || strstr(list, ",,");
}

/* What libpq will use: an option of ours, then the connection string, then environment, service file and defaults. */
static struct target_place find_place(const struct conninfo *info, const PQconninfoOption *parsed,
				      const PQconninfoOption *defaults)
{
	bool bare = info->target && !is_string(info->target);
	const char *fields[] = {"host", "port", "user", "dbname", "hostaddr"};
	const char *given[] = {info->host, info->port, info->user, info->dbname, NULL};
	const char *found[COUNT_OF(fields)];
	for (size_t i = 0; i < COUNT_OF(fields); i++) {
		found[i] = given[i] ? given[i] : option(parsed, fields[i]);
		if (!found[i] && i == 3 && bare)
			found[i] = info->target;
		if (!found[i])
			found[i] = option(defaults, fields[i]);
	}
	bool addresses = found[4] && !has_gap(found[4]);
	return (struct target_place){addresses ? found[4] : found[0], found[1], found[2],
				     found[3] ? found[3] : found[2]};
}

/* The n-th item of a list with commas; the last one serves for all that follow. */
static void add_item(struct buf *out, const char *list, size_t n)
{
	for (; n > 0 && strchr(list, ','); n--)
		list = strchr(list, ',') + 1;
	buf_add(out, list, strcspn(list, ","));
}

static void add_hosts_shown(struct buf *out, const char *hosts, const char *ports)
{
	for (size_t i = 0; hosts; i++) {
		size_t n = strcspn(hosts, ",");
		bool v6 = memchr(hosts, ':', n) != NULL;
		buf_fmt(out, v6 ? "%s[%.*s]:" : "%s%.*s:", i ? "," : "", (int)n, hosts);
		add_item(out, ports, i);
		hosts = hosts[n] ? hosts + n + 1 : NULL;
	}
}

static void conninfo_add_place(struct buf *out, struct target_place place)
{
	const char *port = place.port ? place.port : "5432";
	const char *dbname = place.dbname ? place.dbname : "";
	if (place.user)
		buf_fmt(out, "%s@", place.user);
	if (place.host && place.host[0] != '/' && place.host[0] != '@') {
		add_hosts_shown(out, place.host, port);
		buf_fmt(out, "/%s", dbname);
		return;
	}
	buf_fmt(out, "%s on %s%s (port %s)", dbname, place.host ? "socket " : "the default socket",
		place.host ? place.host : "", port);
}

/* Only libpq reads service files. What it has read is known of a connection that was begun, unless it did not get
 * that far; one that the environment names is among the defaults. NULL where no name is needed. */
static const char *unread_service(const PQconninfoOption *parsed, const PQconninfoOption *defaults,
				  const PQconninfoOption *used)
{
	const char *service = option(parsed, "service");
	if (!service && !defaults)
		service = getenv("PGSERVICE");
	return option(used, "user") ? NULL : service;
}

void conninfo_show_used(struct buf *out, const struct conninfo *info, const PQconninfoOption *used)
{
	bool string = info->target && is_string(info->target);
	PQconninfoOption *parsed = string ? PQconninfoParse(info->target, NULL) : NULL;
	PQconninfoOption *defaults = PQconndefaults();
	const char *service = unread_service(parsed, defaults, used);
	size_t before = out->len;
	if (service)
		buf_fmt(out, "service %s", service);
	else
		conninfo_add_place(out, find_place(info, parsed, option(parsed, "service") ? used : defaults));
	conninfo_hide(out->p + before); /* a password may have got into any part of it */
	PQconninfoFree(parsed);
	PQconninfoFree(defaults);
}

void conninfo_show(struct buf *out, const struct conninfo *info)
{
	conninfo_show_used(out, info, NULL);
}

bool conninfo_is_default(const struct conninfo *info)
{
	static const char *const variables[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE", "DATABASE_URL"};
	for (size_t i = 0; i < COUNT_OF(variables); i++)
		if (getenv(variables[i]) && getenv(variables[i])[0])
			return false;
	if (info->host)
		return false;
	PQconninfoOption *parsed = info->target && is_string(info->target) ? PQconninfoParse(info->target, NULL) : NULL;
	bool named = option(parsed, "host") || option(parsed, "hostaddr") || option(parsed, "service");
	PQconninfoFree(parsed);
	return !named;
}

bool conninfo_has_password(const struct conninfo *info)
{
	PQconninfoOption *parsed = info->target && is_string(info->target) ? PQconninfoParse(info->target, NULL) : NULL;
	bool has = info->password || option(parsed, "password") || option(parsed, "sslpassword");
	PQconninfoFree(parsed);
	return has;
}

void conninfo_library(char out[32])
{
	int version = PQlibVersion(); /* 150020; 90624 before version 10 */
	snprintf(out, 32, "libpq %d.%d", version / 10000, version % 10000);
}

/* ---- passwords are overwritten in a text ---- */

/* To hide too much is harmless: where it is not clear where a password ends, it ends late. */

/* user:PASSWORD@ */

/* Behind a colon with no '@' anywhere: a port, or what is left of a password where a sentence was cut. */
static bool is_port(const char *text)
{
	return strchr("/?,\" \t\n;", text[strspn(text, "0123456789")]) != NULL;
}

/* A '/', '?' or '@' in a password splits a URI differently for libpq: so from the first colon to the last '@'. */
static void hide_userinfo(char *from, size_t n, bool uri)
{
	char *end = from + n;
	char *at = memrchr(from, '@', n);
	char *colon = memchr(from, ':', (size_t)((at ? at : end) - from));
	if (colon && at)
		memset(colon + 1, '*', (size_t)(at - colon - 1));
	else if (colon && uri && from[0] != '[' && !is_port(colon + 1))
		memset(colon + 1, '*', (size_t)(end - colon - 1));
}

/* A URI may have blanks and quotes in its password, so that it goes on to the end of the text. */
static void hide_users(char *text)
{
	for (char *p = text; *p;) {
		size_t n = strcspn(p, " \t\n\"");
		char *slashes = memmem(p, n, "://", 3);
		if (slashes) {
			hide_userinfo(slashes + 3, strlen(slashes + 3), true);
			return;
		}
		hide_userinfo(p, n, false);
		p += n + (p[n] ? 1 : 0);
	}
}

/* password=VALUE */

/* At the blank or '&' before it. */
static bool next_option(const char *text)
{
	const char *key = text + strspn(text, " \t\n&");
	size_t n = strcspn(key, " \t\n&=\"");
	const char *equals = key + n + strspn(key + n, " \t\n");
	return key > text && *equals == '=' && spelling_is_keyword(key, n);
}

static size_t quoted_length(const char *value)
{
	size_t n = 1;
	while (value[n] && value[n] != '\'')
		n += value[n] == '\\' && value[n + 1] ? 2 : 1;
	return value[n] ? n + 1 : n;
}

/* To the next option of libpq's: what is between may be a piece of the value that should have been quoted. */
static size_t value_length(const char *value)
{
	size_t n = *value == '\'' ? quoted_length(value) : 0;
	while (value[n] && !next_option(value + n))
		n++;
	return n;
}

/* The key that ends before `end`. Libpq decodes percent signs in a URI's keys, too. */
static bool is_secret(const char *text, const char *end)
{
	while (end > text && strchr(" \t\n", end[-1]))
		end--;
	const char *key = end;
	while (key > text && !strchr(" \t\n?&\"'", key[-1]))
		key--;
	size_t n = (size_t)(end - key);
	return spelling_is_secret(key, n) || (memchr(key, '%', n) && key > text && strchr("?&", key[-1]));
}

static void hide_values(char *text)
{
	for (char *p = strchr(text, '='); p; p = strchr(p, '=')) {
		if (!is_secret(text, p++))
			continue;
		p += strspn(p, " \t");
		size_t n = value_length(p);
		memset(p, '*', n);
		p += n;
	}
}

void conninfo_hide(char *text)
{
	hide_values(text);
	hide_users(text);
}

void conninfo_hide_said(char *sentence)
{
	if (strstr(sentence, "://") || strcasestr(sentence, "password"))
		conninfo_hide(sentence);
}
