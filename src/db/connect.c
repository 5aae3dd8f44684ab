/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a connection without blocking: names, dialling, login, and what is said where it fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"
#include "spelling.h"

enum { SHARE_MIN_MS = 2000 };

static void connect_dial(struct db *db);

/* This host's connection, and all that hangs on it. */
static void connect_drop(struct db *db)
{
	cancel_forget(db);
	timer_stop(db->soon);
	timer_stop(db->deadline);
	PQclear(db->current);
	PQclear(db->prepare_error);
	alone_forget(db);
	db->current = db->prepare_error = NULL;
	free(db->warning);
	free(db->fatal);
	free(db->end);
	db->warning = db->fatal = db->end = NULL;
	db->contradicted = false;
	db->fatal_sqlstate[0] = '\0';
	prepared_clear(db);
	copy_forget(db);
	gather_forget(&db->gathered);
	watch_free(db->watch);
	db->watch = NULL;
	db->fd = -1;
	PQfinish(db->conn);
	db->conn = NULL;
	db->setting_up = false;
	db->in_transaction = false;
}

void connect_close(struct db *db)
{
	resolve_forget(db->resolve);
	db->resolve = NULL;
	places_free(&db->places);
	buf_free(&db->tried);
	db->first_place = 0;
	connect_drop(db);
}

/* libpq writes a line for each host, and behind a tab a hint that repeats it; people get one line without the hints. */
static void one_line(struct buf *out, const char *text)
{
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		if (line[0] != '\t' && n > 0) {
			buf_str(out, out->len ? "; " : "");
			buf_add(out, line, n);
		}
		line += n + (line[n] == '\n');
	}
}

/* The one host that was dialled is told of already, in `place`; libpq's words have it again. */
static const char *connect_reason(const struct db *db, const char *place, const char *words)
{
	static const char again[] = "connection to server ", end[] = " failed: ";
	const char *reason = strstr(words, end), *host = db->conn ? PQhost(db->conn) : NULL;
	bool one = db->places.n <= 1 && host && host[0] && strstr(place, host);
	return one && reason && strncmp(words, again, sizeof again - 1) == 0 ? reason + sizeof end - 1 : words;
}

/* Adds to `tried` what is wrong with this host. */
static void connect_keep_reason(struct db *db, const char *code, const char *why)
{
	const char *host = db->conn && db->places.n > 1 ? PQhost(db->conn) : NULL;
	if (!code) {
		hosts_words(&db->tried, why, db->refusal);
		return;
	}
	if (host)
		buf_fmt(&db->tried, "connection to server at \"%s\" failed: ", host);
	buf_fmt(&db->tried, "%s\n", why);
	snprintf(db->refusal, sizeof db->refusal, "%s", code);
}

static void connect_next(struct db *db)
{
	connect_drop(db);
	db_forget_pending(db);
	db_move(db, DB_CONNECTING);
	connect_dial(db);
}

/*
 * libpq goes to the next host where nobody listens. Where a host hangs up, is silent, drains (57P01) or is full it
 * gives up, and the rest of the list is dialled from here; so it is where that happens behind the login, until the
 * session is set up.
 */
void connect_failed(struct db *db, const char *code, const char *why)
{
	struct buf place = {0}, text = {0};
	struct err err;
	if (db->state == DB_BUSY)
		record_unanswered(db);
	connect_keep_reason(db, code, why);
	db->needs_password = db->conn && PQconnectionNeedsPassword(db->conn);
	if (!db->needs_password && hosts_go_on(db)) { /* as libpq: who is not let in does not look elsewhere */
		connect_next(db);
		return;
	}
	PQconninfoOption *used = db->conn ? PQconninfo(db->conn) : NULL;
	conninfo_show_used(&place, &db->info, used);
	PQconninfoFree(used);
	one_line(&text, connect_reason(db, buf_text(&place), buf_text(&db->tried)));
	err_set(&err, ST_CONNECT, "cannot connect to %s: %s", buf_text(&place), buf_text(&text));
	conninfo_hide(err.text);
	ring_append(db->ring, &(struct event){.kind = EVENT_LOST,
					      .unmade = true,
					      .session = db->session,
					      .lane = db_lane(db),
					      .rows = -1,
					      .message = err.text});
	connect_close(db);
	db_forget_pending(db);
	db_move(db, DB_DOWN);
	buf_free(&place);
	buf_free(&text);
	db->connected(db->connected_arg, &err);
}

void connect_deadline(void *arg)
{
	struct db *db = arg;
	char why[200];
	/* A pooler lets us in by itself, and then has us wait for a session with the server. */
	bool let_in = db->setting_up;
	snprintf(why, sizeof why, "%s within %llu s; %s", let_in ? "logged in, but no answer" : "no answer",
		 (unsigned long long)(db->share_ms + 999) / 1000,
		 let_in ? "is there a pooler in between that has no session to spare (default_pool_size)?"
			: "is the address right, and does a firewall let it through?");
	connect_failed(db, "", why);
}

void watch_socket(struct db *db, int events)
{
	int fd = PQsocket(db->conn);
	if (db->watch && fd != db->fd) { /* libpq opens another socket when it goes on to the next host */
		watch_free(db->watch);
		db->watch = NULL;
	}
	if (fd < 0)
		return;
	if (!db->watch)
		db->watch = watch_new(db->loop, fd, db_ready, db);
	db->fd = fd;
	watch_set(db->watch, events);
}

/* ---- dialling ---- */

const char *conn_option(PQconninfoOption *options, const char *keyword)
{
	for (PQconninfoOption *o = options; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0)
			return o->val;
	return NULL;
}

void connect_ready(struct db *db)
{
	switch (PQconnectPoll(db->conn)) {
	case PGRES_POLLING_READING:
		watch_socket(db, WATCH_READ);
		return;
	case PGRES_POLLING_WRITING:
		watch_socket(db, WATCH_WRITE);
		return;
	case PGRES_POLLING_OK:
		PQsetErrorVerbosity(db->conn, PQERRORS_DEFAULT);
		greet_facts(db);
		if (PQsetnonblocking(db->conn, 1)) {
			connect_failed(db, NULL, PQerrorMessage(db->conn));
			return;
		}
		watch_socket(db, WATCH_READ);
		greet(db);
		return;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		break;
	}
	connect_failed(db, NULL, PQerrorMessage(db->conn));
}

/* libpq's connect_timeout is each host's own; our limit is for all of them. */
static uint64_t share_of(struct db *db)
{
	PQconninfoOption *options = PQconninfo(db->conn);
	const char *timeout = conn_option(options, "connect_timeout");
	uint64_t seconds = timeout ? strtoull(timeout, NULL, 10) : 0;
	uint64_t share_ms = db->places.n > 1 ? db->limit_ms / db->places.n : db->limit_ms;
	PQconninfoFree(options);
	if (seconds)
		return seconds * 1000;
	return share_ms < SHARE_MIN_MS && share_ms < db->limit_ms ? SHARE_MIN_MS : share_ms;
}

static void connect_start(struct db *db, const char *hosts, const char *addresses, const char *ports)
{
	static const char balance[] = "load_balance_hosts"; /* the places are in their order already */
	bool ordered = hosts && spelling_is_keyword(balance, sizeof balance - 1);
	char application[64];
	snprintf(application, sizeof application, "teller/%.40s %s", db->name, db->token);
	const struct conninfo *info = &db->info;
	/* Later keywords win over what the target says; NULL values are passed over. */
	const char *keywords[] = {"dbname",
				  "fallback_application_name",
				  "client_encoding",
				  "host",
				  "hostaddr",
				  "port",
				  "user",
				  "password",
				  "dbname",
				  ordered ? balance : NULL,
				  NULL};
	const char *values[] = {info->target, application,
				"UTF8",       hosts ? hosts : info->host,
				addresses,    ports ? ports : info->port,
				info->user,   info->password,
				info->dbname, "disable",
				NULL};
	if (db->bare)
		values[1] = values[2] = NULL;
	db->conn = PQconnectStartParams(keywords, values, 1);
}

static void connect_dial(struct db *db)
{
	struct buf hosts = {0}, addresses = {0}, ports = {0};
	hosts_list(&db->places, db->first_place, &hosts, &addresses, &ports);
	db->dialed_us = clock_us();
	db->simpler = 0;
	db->who = (struct who){.server = db->server, .safe_path = true};
	connect_start(db, hosts.p, addresses.p, ports.p);
	buf_free(&hosts);
	buf_free(&addresses);
	buf_free(&ports);
	if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD) {
		connect_failed(db, NULL, db->conn ? PQerrorMessage(db->conn) : "out of memory");
		return;
	}
	PQsetErrorVerbosity(db->conn, PQERRORS_VERBOSE); /* with the SQLSTATE, which says whether another host may do */
	PQsetNoticeReceiver(db->conn, db_notice, db);
	db->share_ms = share_of(db);
	timer_start(db->deadline, db->share_ms);
	watch_socket(db, WATCH_WRITE);
}

static void on_resolved(void *arg, struct places *places, const char *error)
{
	struct db *db = arg;
	db->resolve = NULL;
	db->places = *places;
	*places = (struct places){0};
	balance_order(db);
	if (error)
		connect_failed(db, NULL, error);
	else
		connect_dial(db);
}

void db_set_place(struct db *db, const struct conninfo *info)
{
	if (info == &db->info)
		return;
	conninfo_free(&db->info);
	conninfo_copy(&db->info, info);
}

void db_connect(struct db *db, const struct conninfo *info, uint64_t limit_ms, db_connected_fn *done, void *arg)
{
	connect_close(db);
	db_set_place(db, info);
	db->needs_password = false;
	db->refusal[0] = '\0';
	db->limit_ms = limit_ms;
	db->connected = done;
	db->connected_arg = arg;
	db_move(db, DB_CONNECTING);
	db->resolve = resolve_start(db->loop, &db->info, on_resolved, db);
}

void db_reconnect(struct db *db, uint64_t limit_ms, db_connected_fn *done, void *arg)
{
	db_connect(db, &db->info, limit_ms, done, arg);
}

void db_close(struct db *db)
{
	bool waiting = db->state == DB_BUSY;
	connect_close(db);
	if (db->shared)
		db_forget_pending(db);
	db_move(db, DB_OFF);
	if (waiting && db->reply.dropped)
		db->reply.dropped(db->reply.arg);
}
