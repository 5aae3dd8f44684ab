/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up the host names of a connection aside, because libpq would block the loop while it does. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "machine.h"

/* The lists are libpq's: comma-separated, place by place. */
struct resolve_job {
	bool forgotten;
	resolve_fn *done;
	void *arg;
	char *hosts, *ports;
	struct buf out_hosts, out_addresses, out_ports, error;
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

static bool is_name(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];
	return host[0] && host[0] != '/' && host[0] != '@' && inet_pton(AF_INET, host, address) != 1 &&
	       inet_pton(AF_INET6, host, address) != 1;
}

static void add_place(struct resolve_job *job, const char *host, const char *address, const char *port)
{
	bool first = job->out_addresses.len == 0 && job->out_hosts.len == 0;
	buf_fmt(&job->out_hosts, "%s%s", first ? "" : ",", host);
	buf_fmt(&job->out_addresses, "%s%s", first ? "" : ",", address);
	buf_fmt(&job->out_ports, "%s%s", first ? "" : ",", port);
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
			add_place(job, host, text, port);
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

static void resolve_work(void *arg)
{
	struct resolve_job *job = arg;
	char *hosts = job->hosts, *ports = job->ports;
	bool many_ports = strchr(ports, ',') != NULL;
	const char *port = next_item(&ports);
	for (bool more = true; more;) {
		more = strchr(hosts, ',') != NULL;
		const char *host = next_item(&hosts);
		if (is_name(host))
			look_up(job, host, port);
		else
			add_place(job, host, host[0] == '/' || host[0] == '@' ? "" : host, port);
		if (many_ports)
			port = next_item(&ports);
	}
}

static void resolve_free(struct resolve_job *job)
{
	free(job->hosts);
	free(job->ports);
	buf_free(&job->out_hosts);
	buf_free(&job->out_addresses);
	buf_free(&job->out_ports);
	buf_free(&job->error);
	free(job);
}

static void resolve_done(void *arg)
{
	struct resolve_job *job = arg;
	if (!job->forgotten) {
		if (job->out_hosts.len)
			job->done(job->arg, job->out_hosts.p, job->out_addresses.p, job->out_ports.p, NULL);
		else
			job->done(job->arg, NULL, NULL, NULL, job->error.len ? job->error.p : NULL);
	}
	resolve_free(job);
}

static bool has_name(const char *list)
{
	char *copy = mem_dup(list), *at = copy;
	bool found = false;
	while (!found && *at)
		found = is_name(next_item(&at));
	free(copy);
	return found;
}

struct resolve_job *resolve_start(struct loop *loop, const struct conninfo *info, resolve_fn *done, void *arg)
{
	struct resolve_job *job = NEW(struct resolve_job);
	char *hosts = effective(info, "host", info->host);
	char *addresses = effective(info, "hostaddr", NULL);
	char *ports = effective(info, "port", info->port);
	bool aside = hosts && !addresses && has_name(hosts);
	job->done = done;
	job->arg = arg;
	job->hosts = hosts ? hosts : mem_dup("");
	job->ports = ports ? ports : mem_dup("5432");
	free(addresses);
	/* Nothing to look up still answers through the loop, so that the caller has one path. */
	if (aside)
		loop_work(loop, resolve_work, resolve_done, job);
	else
		loop_soon(loop, resolve_done, job);
	return job;
}

void resolve_forget(struct resolve_job *job)
{
	if (job)
		job->forgotten = true;
}
