/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making a connection without blocking: names, dialling, login, session set-up, and what can be said about the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "machine.h"
#include "sql.h"

enum { SETUP_MAX = 8, SHARE_MIN_MS = 2000, CLOCK_SLACK_MS = 5000, OLDEST_MAJOR = 13, SIMPLEST = 2 };

static void dial(struct db *db);

static void drop(struct db *db)
{
	timer_stop(db->deadline);
	watch_free(db->watch);
	db->watch = NULL;
	db->fd = -1;
	PQfinish(db->conn);
	db->conn = NULL;
}

void connect_close(struct db *db)
{
	cancel_forget(db);
	resolve_forget(db->resolve);
	db->resolve = NULL;
	timer_stop(db->soon);
	places_free(&db->places);
	buf_free(&db->tried);
	db->first_place = 0;
	PQclear(db->current);
	PQclear(db->prepare_error);
	db->current = db->prepare_error = NULL;
	free(db->warning);
	free(db->fatal);
	free(db->end);
	db->warning = db->fatal = db->end = NULL;
	db->fatal_sqlstate[0] = '\0';
	prepared_clear(db);
	copy_forget(db);
	gather_forget(&db->gathered);
	drop(db);
	db->setting_up = false;
	db->in_transaction = false;
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

/*
 * libpq goes to the next host where nobody listens. Where a host hangs up, is silent, drains (57P01) or is full it gives up, and the
 * rest of the list is dialled from here.
 */
void connect_failed(struct db *db, const char *why)
{
	struct buf place = {0}, words = {0}, text = {0};
	struct err err;
	db->needs_password = db->conn && PQconnectionNeedsPassword(db->conn);
	if (!db->needs_password && hosts_go_on(db, why)) { /* as libpq: who is not let in does not look elsewhere */
		drop(db);
		dial(db);
		return;
	}
	PQconninfoOption *used = db->conn ? PQconninfo(db->conn) : NULL;
	conninfo_show_used(&place, &db->info, used);
	PQconninfoFree(used);
	buf_str(&words, buf_text(&db->tried));
	hosts_words(&words, why);
	one_line(&text, buf_text(&words));
	err_set(&err, ST_CONNECT, "cannot connect to %s: %s", buf_text(&place), buf_text(&text));
	conninfo_hide(err.text);
	record_session(db, EVENT_LOST, NULL, err.text);
	connect_close(db);
	db_move(db, DB_DOWN);
	buf_free(&place);
	buf_free(&words);
	buf_free(&text);
	db->connected(db->connected_arg, &err);
}

void connect_deadline(void *arg)
{
	struct db *db = arg;
	char why[320];
	const char *host = db->conn && db->places.n > 1 ? PQhost(db->conn) : NULL;
	/* A pooler lets us in by itself, and then has us wait for a session with the server. */
	bool let_in = db->setting_up;
	snprintf(why, sizeof why, "%s%.120s%s%s within %llu s; %s", host ? "connection to server at \"" : "",
		 host ? host : "", host ? "\" failed: " : "", let_in ? "let in, but asked in vain" : "no answer",
		 (unsigned long long)(db->share_ms + 999) / 1000,
		 let_in ? "is there a pooler in between that has no session to spare (default_pool_size)?"
			: "is the address right, and does a firewall let it through?");
	connect_failed(db, why);
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

/* ---- what can be said about the server ---- */

static const char *conn_option(PQconninfoOption *options, const char *keyword)
{
	for (PQconninfoOption *o = options; o && o->keyword; o++)
		if (strcmp(o->keyword, keyword) == 0)
			return o->val;
	return NULL;
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static void read_security(struct db *db)
{
	PQconninfoOption *options = PQconninfo(db->conn);
	const char *sslmode = conn_option(options, "sslmode");
	const char *protocol = PQsslInUse(db->conn) ? PQsslAttribute(db->conn, "protocol") : NULL;
	const char *address = PQhostaddr(db->conn);
	bool local = place_is_local(db->conn);
	snprintf(db->tls, sizeof db->tls, "%s", protocol ? protocol : local ? "local socket" : "no TLS");
	db->facts.remote = !local && !(address && is_loopback(address));
	db->facts.verified = protocol && sslmode && strcmp(sslmode, "verify-full") == 0;
	PQconninfoFree(options);
}

static void read_facts(struct db *db)
{
	buf_clear(&db->place);
	place_show(&db->place, db);
	read_security(db);
	db->server = PQparameterStatus(db->conn, "crdb_version") ? SERVER_COCKROACH : SERVER_POSTGRES;
	const char *version = PQparameterStatus(db->conn, "server_version");
	snprintf(db->version, sizeof db->version, "%.*s", (int)strcspn(version ? version : "", " "),
		 version ? version : "");
	db->facts.place = db->place.p;
	db->facts.version = db->version;
	db->facts.tls = db->tls;
	const char *superuser = PQparameterStatus(db->conn, "is_superuser");
	db->facts.pid = PQbackendPID(db->conn);
	db->facts.superuser = superuser && strcmp(superuser, "on") == 0;
}

/* A proxy may hide crdb_version; version() cannot be mistaken: "CockroachDB CCL v25.4.1 (...)". */
static void read_version(struct db *db, const char *text)
{
	if (!text || !strstr(text, "CockroachDB"))
		return;
	db->server = SERVER_COCKROACH;
	const char *v = strstr(text, " v");
	if (v)
		snprintf(db->version, sizeof db->version, "%.*s", (int)strcspn(v + 2, " "), v + 2);
}

/* ---- set-up: the first round trip of a session, or the second where the role may not ask for all of it ---- */

static void set_up(struct db *db);

/* CockroachDB's is the upper half of its key; versions before 22.1 say -1. */
static void take_who(struct db *db, const struct rows *rows)
{
	read_version(db, rows_cell(rows, 0, 0));
	who_read(&db->who, db->server, rows);
	int dialled = PQbackendPID(db->conn);
	if (db->server == SERVER_COCKROACH)
		db->who.pooled = db->who.pid != 0 && db->who.pid != -1 && dialled != 0 && db->who.pid != dialled;
	if (db->who.pid > 0)
		db->facts.pid = db->who.pid;
}

static void setup_answer(void *arg, size_t index, const struct answer *answer)
{
	struct db *db = arg;
	if (index == 0 && answer->ok)
		take_who(db, answer->rows);
	if (index == 0 && !answer->ok)
		db->refused = db->simpler < SIMPLEST;
	if (!answer->ok && !answer->skipped && !db->setup_error)
		db->setup_error = mem_dup(answer->message); /* kept until idle: why the set-up failed */
}

/* Its functions that tell who it is, and what settles a lost commit, are of this version. */
static bool is_too_old(const struct db *db)
{
	return db->server == SERVER_POSTGRES && db->version[0] && !db_version_at_least(db, OLDEST_MAJOR, 0);
}

static void refuse_old(struct db *db)
{
	char why[128];
	snprintf(why, sizeof why, "PostgreSQL %s is too old: teller needs version %d or later", db->version,
		 OLDEST_MAJOR);
	connect_failed(db, why);
}

static void setup_idle(void *arg)
{
	struct db *db = arg;
	db->setting_up = false;
	if (db->refused) {
		db->simpler++;
		free(db->setup_error);
		db->setup_error = NULL;
		set_up(db);
		return;
	}
	if (is_too_old(db)) {
		refuse_old(db);
		return;
	}
	if (db->setup_error) {
		char *why = db->setup_error;
		db->setup_error = NULL;
		connect_failed(db, why);
		free(why);
		return;
	}
	db->facts.product = dialect_of(db->server)->product;
	timer_stop(db->deadline);
	struct buf text = {0};
	buf_fmt(&text, "%s %s", db->facts.product, db->version);
	who_words(&text, &db->who);
	record_session(db, EVENT_CONNECTED, NULL, text.p);
	buf_free(&text);
	db->connected(db->connected_arg, NULL);
}

static void setup_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)answered;
	struct db *db = arg;
	struct err err;
	free(db->setup_error);
	db->setup_error = NULL;
	err_set(&err, ST_CONNECT, "cannot connect to %s: %s", db->place.p, why->message);
	db->connected(db->connected_arg, &err);
}

/* A database without an encoding holds any bytes, and refuses to hand those out as UTF-8 that are none. */
static bool knows_encoding(struct db *db)
{
	const char *encoding = PQparameterStatus(db->conn, "server_encoding");
	return !encoding || strcmp(encoding, "SQL_ASCII") != 0;
}

/* The server decides whether the session is ours alone, by what who_sql() asks for as well: $1 process, $2 age in ms, $3 name, $4 value. */
static const char set_sql[] =
	"SELECT pg_catalog.set_config($3, $4, false) FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4) AS a "
	"WHERE a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND " SQL_AGE_MS(
		"a.backend_start") " OPERATOR(pg_catalog.<=) $2::pg_catalog.float8";

static const char *who_question(const struct db *db)
{
	if (db->simpler == 0)
		return who_sql(db->server);
	return who_sql_least(db->simpler < SIMPLEST ? db->server : SERVER_COCKROACH);
}

/* What the set-up sends, with its parameters. */
struct setup {
	struct statement statements[SETUP_MAX];
	const char *params[SETUP_MAX][4];
	char pid[16], age[24];
	size_t n;
};

static void setup_add(struct setup *setup, const char *sql, unsigned nparams, const struct db_setting *setting)
{
	const char *params[] = {setup->pid, setup->age, setting ? setting->name : NULL,
				setting ? setting->value : NULL};
	memcpy(setup->params[setup->n], params, sizeof params);
	setup->statements[setup->n] =
		(struct statement){.sql = sql,
				   .verb = setting ? VERB_SET : VERB_SELECT,
				   .nparams = nparams,
				   .params = setup->params[setup->n],
				   .shown = setting ? "SELECT set_config($3, $4, false)" : who_shown,
				   .once = true};
	setup->n++;
}

/* Other servers take no settings of ours. */
static void set_up(struct db *db)
{
	static const struct db_setting encoding = {"client_encoding", "SQL_ASCII"};
	struct setup setup = {.n = 0};
	bool postgres = db->server == SERVER_POSTGRES && db->simpler < SIMPLEST;
	snprintf(setup.pid, sizeof setup.pid, "%d", PQbackendPID(db->conn));
	snprintf(setup.age, sizeof setup.age, "%llu",
		 (unsigned long long)(clock_us() - db->dialed_us) / 1000 + CLOCK_SLACK_MS);
	setup_add(&setup, who_question(db), postgres ? 2 : 0, NULL);
	if (postgres && !db->bare && !knows_encoding(db))
		setup_add(&setup, set_sql, 4, &encoding);
	for (const struct db_setting *s = db->settings; postgres && s && s->name && setup.n < SETUP_MAX; s++)
		setup_add(&setup, set_sql, 4, s);
	struct db_context context = {0};
	struct db_reply reply = {setup_answer, setup_idle, setup_lost, db, NULL};
	db->setting_up = true;
	db->refused = false;
	db_move(db, DB_IDLE);
	db_send(db, setup.statements, setup.n, &context, &reply);
}

/* ---- dialling ---- */

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
		read_facts(db);
		if (PQsetnonblocking(db->conn, 1)) {
			connect_failed(db, PQerrorMessage(db->conn));
			return;
		}
		watch_socket(db, WATCH_READ);
		set_up(db);
		return;
	case PGRES_POLLING_FAILED:
	case PGRES_POLLING_ACTIVE:
		break;
	}
	connect_failed(db, PQerrorMessage(db->conn));
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

static void start(struct db *db, const char *hosts, const char *addresses, const char *ports)
{
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
				  NULL};
	const char *values[] = {info->target, application,
				"UTF8",       hosts ? hosts : info->host,
				addresses,    ports ? ports : info->port,
				info->user,   info->password,
				info->dbname, NULL};
	if (db->bare)
		values[1] = values[2] = NULL;
	db->conn = PQconnectStartParams(keywords, values, 1);
}

static void dial(struct db *db)
{
	struct buf hosts = {0}, addresses = {0}, ports = {0};
	hosts_list(&db->places, db->first_place, &hosts, &addresses, &ports);
	db->dialed_us = clock_us();
	db->simpler = 0;
	db->who = (struct who){.server = db->server, .safe_path = true};
	start(db, hosts.p, addresses.p, ports.p);
	buf_free(&hosts);
	buf_free(&addresses);
	buf_free(&ports);
	if (!db->conn || PQstatus(db->conn) == CONNECTION_BAD) {
		connect_failed(db, db->conn ? PQerrorMessage(db->conn) : "out of memory");
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
	if (error)
		connect_failed(db, error);
	else
		dial(db);
}

void db_connect(struct db *db, const struct conninfo *info, uint64_t limit_ms, db_connected_fn *done, void *arg)
{
	connect_close(db);
	if (info != &db->info) {
		conninfo_free(&db->info);
		conninfo_copy(&db->info, info);
	}
	db->needs_password = false;
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
	db_move(db, DB_OFF);
	if (waiting && db->reply.dropped)
		db->reply.dropped(db->reply.arg);
}
