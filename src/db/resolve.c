/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up the host names of a connection aside, because libpq would block the loop while it does. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "db_internal.h"

/* The lists are libpq's: comma-separated, place by place. */
struct resolve_job {
	bool forgotten;
	resolve_fn *done;
	void *arg;
	char *hosts, *addresses, *ports; /* addresses: NULL where none are given */
	struct places places;
	struct buf error;
};

/* The value that libpq will use: an option of ours, else one in the connection string, else environment or default. */
static char *effective(const struct conninfo *info, const char *keyword, const char *option)
{
	if (option)
		return mem_dup(option);
	char *value = NULL;
	PQconninfoOption *parsed = info->target ? PQconninfoParse(info->target, NULL) : NULL;
	PQconninfoOption *defaults = PQconndefaults();
	for (PQconninfoOption *o = parsed; o && o->keyword && !value; o++)
		if (strcmp(o->keyword, keyword) == 0 && o->val)
			value = mem_dup(o->val);
	for (PQconninfoOption *o = defaults; o && o->keyword && !value; o++)
		if (strcmp(o->keyword, keyword) == 0 && o->val)
			value = mem_dup(o->val);
	PQconninfoFree(parsed);
	PQconninfoFree(defaults);
	return value;
}

static bool resolve_is_name(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];
	return host[0] && host[0] != '/' && host[0] != '@' && inet_pton(AF_INET, host, address) != 1 &&
	       inet_pton(AF_INET6, host, address) != 1;
}

static void resolve_add_place(struct places *places, const char *host, const char *address, const char *port)
{
	places->p = mem_grow(places->p, places->n, sizeof *places->p);
	places->p[places->n++] = (struct place){mem_dup(host), mem_dup(address), mem_dup(port), false};
}

void place_free(struct place *place)
{
	free(place->host);
	free(place->address);
	free(place->port);
}

struct place place_copy(const struct place *place)
{
	return (struct place){mem_dup(place->host), mem_dup(place->address), mem_dup(place->port), place->asked};
}

void places_free(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		place_free(&places->p[i]);
	free(places->p);
	*places = (struct places){0};
}

static void look_up(struct resolve_job *job, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	int rc = getaddrinfo(host, NULL, &hints, &found);
	if (rc) {
		buf_fmt(&job->error, "%shost \"%s\": %s", job->error.len ? "; " : "", host, gai_strerror(rc));
		return;
	}
	for (struct addrinfo *a = found; a; a = a->ai_next) {
		char text[NI_MAXHOST];
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
			resolve_add_place(&job->places, host, text, port);
	}
	freeaddrinfo(found);
}

/* The next item of a comma-separated list; the last one repeats for ports, as in libpq. */
static char *next_item(char **list)
{
	char *item = *list, *comma = strchr(item, ',');
	if (comma) {
		*comma = '\0';
		*list = comma + 1;
	} else {
		*list = item + strlen(item);
	}
	return item;
}

/* An address that is given needs no looking up, and the host is only a name then. */
static void resolve_one(struct resolve_job *job, const char *host, const char *address, const char *port)
{
	if (!address[0] && resolve_is_name(host)) {
		look_up(job, host, port);
		return;
	}
	resolve_add_place(&job->places, host, address, port);
	job->places.p[job->places.n - 1].asked = address[0] != '\0';
}

static void resolve_work(void *arg)
{
	struct resolve_job *job = arg;
	char none[] = "", *hosts = job->hosts, *addresses = job->addresses ? job->addresses : none, *ports = job->ports;
	bool many_ports = strchr(ports, ',') != NULL;
	const char *port = next_item(&ports);
	for (bool more = true; more;) {
		more = strchr(hosts, ',') != NULL || strchr(addresses, ',') != NULL;
		const char *host = next_item(&hosts), *address = next_item(&addresses);
		resolve_one(job, host, address, port);
		if (many_ports)
			port = next_item(&ports);
	}
}

static void resolve_free(struct resolve_job *job)
{
	free(job->hosts);
	free(job->addresses);
	free(job->ports);
	places_free(&job->places);
	buf_free(&job->error);
	free(job);
}

static void resolve_done(void *arg)
{
	struct resolve_job *job = arg;
	if (!job->forgotten)
		job->done(job->arg, &job->places, job->places.n || !job->error.len ? NULL : job->error.p);
	resolve_free(job);
}

static bool has_name(const char *list)
{
	char *copy = mem_dup(list), *at = copy;
	bool found = false;
	while (!found && *at)
		found = resolve_is_name(next_item(&at));
	free(copy);
	return found;
}

static size_t items(const char *list)
{
	size_t n = 1;
	for (const char *at = list; (at = strchr(at, ',')) != NULL; at++)
		n++;
	return n;
}

/* A service file may name host and port, and libpq alone reads it. */
static bool names_service(const struct conninfo *info)
{
	PQconninfoOption *parsed = info->target ? PQconninfoParse(info->target, NULL) : NULL;
	bool found = false;
	for (PQconninfoOption *o = parsed; o && o->keyword; o++)
		found |= strcmp(o->keyword, "service") == 0 && o->val;
	PQconninfoFree(parsed);
	return found;
}

/* Hosts that we can list as libpq would; a list that does not fit together is libpq's to refuse. */
static bool can_list(const struct resolve_job *job, const struct conninfo *info)
{
	const char *list = job->hosts[0] || !job->addresses ? job->hosts : job->addresses;
	size_t ports = items(job->ports), n = items(list);
	bool fits = !job->addresses || (n > 1 && items(job->addresses) == n);
	return list[0] && fits && (ports == 1 || ports == n) && !names_service(info);
}

struct resolve_job *resolve_start(struct loop *loop, const struct conninfo *info, resolve_fn *done, void *arg)
{
	struct resolve_job *job = NEW(struct resolve_job);
	char *hosts = effective(info, "host", info->host);
	char *addresses = effective(info, "hostaddr", NULL);
	char *ports = effective(info, "port", info->port);
	job->done = done;
	job->arg = arg;
	job->hosts = hosts ? hosts : mem_dup("");
	job->ports = ports ? ports : mem_dup("5432");
	job->addresses = addresses;
	bool listed = can_list(job, info);
	/* What needs no looking up still answers through the loop, so that the caller has one path. */
	if (listed && has_name(job->hosts)) {
		loop_work(loop, resolve_work, resolve_done, job);
		return job;
	}
	if (listed)
		resolve_work(job);
	loop_soon(loop, resolve_done, job);
	return job;
}

void resolve_forget(struct resolve_job *job)
{
	if (job)
		job->forgotten = true;
}
