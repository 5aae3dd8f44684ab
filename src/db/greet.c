/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first round trip of a connection: who is there, how safe the way is, and what is set for the session. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "db_internal.h"

enum { SETUP_MAX = 8, CLOCK_SLACK_MS = 5000, SIMPLEST = 2 };

/* ---- what can be said about the server ---- */

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

static enum sql_server greet_server(PGconn *conn)
{
	for (size_t i = 0; i < dialect_count(); i++) {
		const struct dialect *dialect = dialect_of((enum sql_server)i);
		if (dialect->parameter && PQparameterStatus(conn, dialect->parameter))
			return dialect->server;
	}
	return SERVER_POSTGRES;
}

void greet_facts(struct db *db)
{
	buf_clear(&db->place);
	place_show(&db->place, db);
	read_security(db);
	db->server = greet_server(db->conn);
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

/* A proxy may hide the parameter that tells a product; version() cannot be mistaken. */
static void greet_read_version(struct db *db, const char *text)
{
	const struct dialect *dialect = text ? dialect_by_version(text) : NULL;
	if (!dialect)
		return;
	db->server = dialect->server;
	const char *number = dialect->version_before ? strstr(text, dialect->version_before) : NULL;
	if (!number)
		return;
	number += strlen(dialect->version_before);
	snprintf(db->version, sizeof db->version, "%.*s", (int)strcspn(number, " "), number);
}

/* ---- set-up: the first round trip of a session, or the second where the role may not ask for all of it ---- */

/* A pooler is there, too, where another process answers than libpq was told of. CockroachDB's is the upper half of its
 * key; versions before 22.1 say -1. */
static void take_who(struct db *db, const struct rows *rows)
{
	greet_read_version(db, rows_cell(rows, 0, 0));
	who_read(&db->who, db->server, rows);
	int dialled = PQbackendPID(db->conn);
	if (db->who.pid != 0 && db->who.pid != -1 && dialled != 0 && db->who.pid != dialled)
		db->who.pooled = true;
	if (db->who.pid > 0)
		db->facts.pid = db->who.pid;
}

static void setup_answer(void *arg, size_t index, const struct answer *answer)
{
	struct db *db = arg;
	if (index == 0 && answer->ok)
		take_who(db, answer->rows);
	if (index == 0 && !answer->ok)
		db->refused = db->simpler < SIMPLEST && !sqlstate_goes(answer->sqlstate);
	if (answer->ok || answer->skipped || db->setup_error)
		return;
	db->setup_error = mem_dup(answer->message); /* kept until idle: why the set-up failed */
	memcpy(db->setup_sqlstate, answer->sqlstate, sizeof db->setup_sqlstate);
}

/* Its functions that tell who it is, and what settles a lost commit, are of this version. */
static bool is_too_old(const struct db *db)
{
	int oldest = dialect_of(db->server)->oldest_major;
	return oldest && db->version[0] && !db_version_at_least(db, oldest, 0);
}

static void refuse_old(struct db *db)
{
	char why[128];
	const struct dialect *dialect = dialect_of(db->server);
	snprintf(why, sizeof why, "%s %s is too old: teller needs version %d or later", dialect->product, db->version,
		 dialect->oldest_major);
	connect_failed(db, "", why);
}

static void setup_idle(void *arg)
{
	struct db *db = arg;
	db->setting_up = false;
	if (db->refused) {
		db->simpler++;
		greet(db);
		return;
	}
	if (is_too_old(db)) {
		refuse_old(db);
		return;
	}
	if (db->setup_error) {
		char *why = db->setup_error;
		db->setup_error = NULL;
		connect_failed(db, db->setup_sqlstate, why);
		free(why);
		return;
	}
	db->facts.product = dialect_of(db->server)->product;
	db->facts.short_product = dialect_of(db->server)->short_product;
	timer_stop(db->deadline);
	struct buf text = {0};
	buf_fmt(&text, "%s %s", db->facts.product, db->version);
	who_words(&text, &db->who);
	if (db->moved)
		buf_fmt(&text, "; the node before it goes: %s", db->moved);
	record_session(db, EVENT_CONNECTED, NULL, text.p);
	buf_free(&text);
	free(db->moved);
	db->moved = NULL;
	balance_forget(db);
	db->connected(db->connected_arg, NULL);
}

/* A database without an encoding holds any bytes, and refuses to hand those out as UTF-8 that are none. */
static bool knows_encoding(struct db *db)
{
	const char *encoding = PQparameterStatus(db->conn, "server_encoding");
	return !encoding || strcmp(encoding, "SQL_ASCII") != 0;
}

static const char *who_question(const struct db *db)
{
	const struct dialect *dialect = dialect_of(db->server);
	if (db->simpler >= SIMPLEST)
		return "SELECT version()";
	return db->simpler == 0 ? dialect->who_sql : dialect->who_least_sql;
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

void greet(struct db *db)
{
	static const struct db_setting encoding = {"client_encoding", "SQL_ASCII"};
	struct setup setup = {.n = 0};
	const struct dialect *dialect = dialect_of(db->server);
	const char *set_sql = db->simpler < SIMPLEST ? dialect->set_sql : NULL;
	snprintf(setup.pid, sizeof setup.pid, "%d", PQbackendPID(db->conn));
	snprintf(setup.age, sizeof setup.age, "%llu",
		 (unsigned long long)(clock_us() - db->dialed_us) / 1000 + CLOCK_SLACK_MS);
	setup_add(&setup, who_question(db), db->simpler < SIMPLEST ? dialect->who_params : 0, NULL);
	if (set_sql && !db->bare && !knows_encoding(db))
		setup_add(&setup, set_sql, 4, &encoding);
	for (const struct db_setting *s = db->settings; set_sql && s && s->name && setup.n < SETUP_MAX; s++)
		setup_add(&setup, set_sql, 4, s);
	struct db_context context = {0};
	struct db_reply reply = {setup_answer, setup_idle, NULL, db, NULL}; /* where it is lost, db_lose() knows */
	free(db->setup_error);
	db->setup_error = NULL;
	db->setting_up = true;
	db->refused = false;
	db_move(db, DB_IDLE);
	db_send(db, setup.statements, setup.n, &context, &reply);
}
