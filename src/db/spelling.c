/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a connection string is spelt: what libpq would read otherwise than it was meant, and what it cannot read, said
 * without a piece of it. */
#include "spelling.h"

#include "db/dialect.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/conninfo.h"

/*
 * A character of a password that should have been percent-encoded makes libpq cut a URI at another place: "u:pa/ss@h"
 * is port pa of host u. libpq's own words on it, and those on a connection that is tried nevertheless, quote what it
 * cut off. So the doubtful spellings are refused here, and libpq's words on the others are never passed on.
 */
static enum status unreadable(struct err *err, const char *why)
{
	return err_set(err, ST_USAGE, "the connection string cannot be read: %s", why);
}

bool spelling_is_keyword(const char *word, size_t n)
{
	bool found = false;
	PQconninfoOption *options = PQconninfoParse("", NULL);
	for (PQconninfoOption *o = options; o && o->keyword && !found; o++)
		found = strlen(o->keyword) == n && strncmp(o->keyword, word, n) == 0;
	PQconninfoFree(options);
	return found;
}

/* With slips of the pen, and as other drivers have it. */
bool spelling_is_secret(const char *word, size_t n)
{
	static const char *const signs[] = {"passw", "secret"};
	for (size_t i = 0; i < COUNT_OF(signs); i++)
		for (size_t at = 0, length = strlen(signs[i]); at + length <= n; at++)
			if (strncasecmp(word + at, signs[i], length) == 0)
				return true;
	return false;
}

static size_t name_length(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
}

/* ---- URIs ---- */

static bool ports_are_numbers(const char *hosts)
{
	for (const char *at = hosts;; at++) {
		at += *at == '[' ? strcspn(at, "]") : 0;
		at += strcspn(at, ":,/?");
		if (*at == ':')
			at += 1 + strspn(at + 1, "0123456789");
		if (*at != ',')
			return !*at || *at == '/' || *at == '?';
	}
}

/* As libpq looks for it: the first '@', unless there is a '/' before it. */
static const char *behind_user(const char *rest)
{
	const char *end = rest + strcspn(rest, "@/");
	return *end == '@' ? end + 1 : rest;
}

static bool percents_are_codes(const char *uri)
{
	for (const char *at = uri; (at = strchr(at, '%')) != NULL; at++)
		if (!isxdigit((unsigned char)at[1]) || !isxdigit((unsigned char)at[2]) || strncmp(at, "%00", 3) == 0)
			return false;
	return true;
}

static enum status unknown_parameter(const char *item, size_t n, bool secret, struct err *err)
{
	if (secret || name_length(item) != n || n == 0)
		return unreadable(err, "one of its parameters is unknown to libpq");
	return err_set(err, ST_USAGE, "the connection string cannot be read: \"%.*s\" is not a libpq parameter", (int)n,
		       item);
}

/* Where a password stands before an item, the item may be a piece of it. */
static enum status check_parameters(const char *query, struct err *err)
{
	bool secret = false;
	for (const char *item = query; *item;) {
		size_t length = strcspn(item, "&"), n = strcspn(item, "=&");
		if (n == length)
			return unreadable(err, "a parameter in it has no =; percent-encode an & in a value: %26 for &");
		if (memchr(item + n + 1, '=', length - n - 1))
			return unreadable(err, "a parameter in it has two =; percent-encode one in a value: %3D for =");
		if (memchr(item, '%', n))
			return unreadable(err, "a parameter's name is written without %");
		bool ssl = n == 3 && strncmp(item, "ssl", n) == 0; /* as JDBC has it; libpq takes it */
		if (!ssl && !spelling_is_keyword(item, n))
			return unknown_parameter(item, n, secret, err);
		secret |= spelling_is_secret(item, n);
		item += length + (item[length] == '&');
	}
	return ST_OK;
}

static enum status check_uri(const char *rest, struct err *err)
{
	const char *hosts = behind_user(rest), *bracket = strchr(hosts, '[');
	if (strchr(hosts, '@'))
		return unreadable(err, "there is an @ after the one that ends user and password; percent-encode what "
				       "belongs to a name or a password: %40 for @, %2F for /, %3A for :, %25 for %");
	if (bracket && bracket < hosts + strcspn(hosts, "/?") && !strchr(bracket, ']'))
		return unreadable(err, "an IPv6 address in it is not closed with ]");
	if (!ports_are_numbers(hosts))
		return unreadable(err,
				  "a port in it is not a number; if that is part of a password, percent-encode the "
				  "password: %40 for @, %2F for /, %3A for :, %25 for %");
	if (!percents_are_codes(rest))
		return unreadable(err,
				  "a % in it is not followed by two hexadecimal digits (and not 00); percent-encode "
				  "it: %25 for %");
	const char *query = strchr(hosts, '?');
	return query ? check_parameters(query + 1, err) : ST_OK;
}

/* ---- "key=value ..." ---- */

static size_t secrets(const char *target)
{
	size_t n = 0;
	for (const char *at = target; (at = strchr(at, '=')) != NULL; at++) {
		const char *end = at, *begin;
		while (end > target && isblank((unsigned char)end[-1]))
			end--;
		for (begin = end; begin > target && !isblank((unsigned char)begin[-1]);)
			begin--;
		n += spelling_is_secret(begin, (size_t)(end - begin));
	}
	return n;
}

static enum status unknown_option(const char *name, const char *target, struct err *err)
{
	size_t n = name_length(name);
	if (n == 0 || name[n] != '"' || secrets(target) > spelling_is_secret(name, n))
		return unreadable(err, "one of its options is unknown to libpq");
	return err_set(err, ST_USAGE, "the connection string cannot be read: \"%.*s\" is not a libpq option", (int)n,
		       name);
}

static enum status translate(const char *words, const char *target, struct err *err)
{
	static const char option[] = "invalid connection option \"";
	if (strncmp(words, option, strlen(option)) == 0)
		return unknown_option(words + strlen(option), target, err);
	if (strncmp(words, "missing \"=\"", 11) == 0)
		return unreadable(err,
				  "a word in it has no =; put quotes around a value that has blanks: key='a value'");
	if (strncmp(words, "unterminated quoted", 19) == 0)
		return unreadable(
			err, "a value's quote in it is not closed; write \\' for a quote that belongs to the value");
	return unreadable(err, "libpq does not take it; see that host, port, database and parameters are spelt right");
}

/* ---- the whole ---- */

enum status spelling_check(const char *target, struct err *err)
{
	static const char scheme[] = "postgresql://";
	bool uri = strncmp(target, scheme, strlen(scheme)) == 0;
	if (uri && check_uri(target + strlen(scheme), err))
		return err->status;
	char *words = NULL;
	PQconninfoOption *options = PQconninfoParse(target, &words);
	enum status status = options ? ST_OK : translate(words ? words : "", target, err);
	PQconninfoFree(options);
	PQfreemem(words);
	return status;
}

static bool looks_like_uri(const char *name)
{
	size_t n = strcspn(name, ":");
	if (name[n] && dialect_by_scheme(name, n))
		return true;
	const char *first = strpbrk(name, ":/"), *at = strrchr(name, '@');
	return first && at && first < at;
}

enum status spelling_check_name(const char *name, struct err *err)
{
	if (!looks_like_uri(name))
		return ST_OK;
	return unreadable(
		err, "it looks like a URI that lacks its beginning; write postgresql://USER:PASSWORD@HOST/DATABASE "
		     "(a database of such a name is dbname='NAME')");
}

/* ---- options ---- */

enum status conninfo_check_host(const char *hosts, struct err *err)
{
	bool user = false;
	for (const char *item = hosts; *item; item += strcspn(item, ",") + (item[strcspn(item, ",")] == ','))
		user |= item[0] != '/' && memchr(item, '@', strcspn(item, ",")) > (const void *)item;
	if (!user && !strstr(hosts, "://"))
		return ST_OK;
	return err_set(
		err, ST_USAGE,
		"-h takes a host's name, its address, or the directory of its socket; a user goes with -U, and a URI "
		"goes without -h");
}

enum status conninfo_check_port(const char *ports, struct err *err)
{
	if (!ports[strspn(ports, "0123456789,")])
		return ST_OK;
	return err_set(err, ST_USAGE, "-p takes the number of a port; -W asks for a password");
}
