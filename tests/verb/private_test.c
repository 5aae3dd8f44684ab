/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private server of demo stays private: nothing of the environment leads its connections elsewhere, changes them or
 * breaks them. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* The other server listens where the private one would be looked for, were its address taken from the environment. */
static struct {
	struct own_server server;
	char address[32];
	char service_file[80];
} other;

static int make_other(void **state)
{
	(void)state;
	char listen[64];
	int pid = (int)getpid(); /* an address of this run's own: port 5432 is the private server's, too */
	snprintf(other.address, sizeof other.address, "127.%d.%d.1", 64 + pid / 256 % 64, pid % 256);
	snprintf(listen, sizeof listen, "listen_addresses=%s", other.address);
	own_server_make(&other.server, (const char *const[]){"-c", listen, NULL});
	pg_bank(3);
	snprintf(other.service_file, sizeof other.service_file, "%s/services", other.server.dir);
	FILE *file = fopen(other.service_file, "w");
	assert_non_null(file);
	fprintf(file, "[other]\nhostaddr=%s\nport=5432\n", other.address);
	fclose(file);
	return 0;
}

static int remove_other(void **state)
{
	(void)state;
	own_server_remove(&other.server);
	return 0;
}

static size_t lines(const struct proc *proc)
{
	size_t n = 0;
	for (const char *at = buf_text(&proc->out); (at = strchr(at, '\n')) != NULL; at++)
		n++;
	return n;
}

/* Seven accounts of its own, and money moved among them; the other server has three. */
static void expect_private(const char *const env[])
{
	const char *const argv[] = {
		proc_teller(),           "demo", "--accounts", "7", "--yes", "-c", "list --csv", "-c",
		"tutorial --accounts 5", NULL};
	char *before = pg_value("SELECT string_agg(a::text, ' ' ORDER BY id) FROM accounts a");
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
	assert_true(lines(proc) > 1 + 7);
	char *after = pg_value("SELECT string_agg(a::text, ' ' ORDER BY id) FROM accounts a");
	assert_string_equal(before, after);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	free(before);
	free(after);
	proc_free(proc);
}

static void the_other_server_is_really_there(void **state)
{
	(void)state;
	char address[48];
	snprintf(address, sizeof address, "PGHOSTADDR=%s", other.address);
	const char *const argv[] = {proc_teller(), "list", "--csv", NULL};
	const char *const env[] = {address, "PGHOST", NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
	assert_int_equal(lines(proc), 1 + 3);
	proc_free(proc);
}

static void an_address_of_the_environment_leads_nowhere(void **state)
{
	(void)state;
	char address[48];
	snprintf(address, sizeof address, "PGHOSTADDR=%s", other.address);
	expect_private((const char *const[]){address, NULL});
}

static void a_service_of_the_environment_leads_nowhere(void **state)
{
	(void)state;
	char file[100];
	snprintf(file, sizeof file, "PGSERVICEFILE=%s", other.service_file);
	expect_private((const char *const[]){file, "PGSERVICE=other", NULL});
	expect_private((const char *const[]){file, "PGSERVICE=nobody_knows_it", NULL});
}

/* What would break or change the connection, in each variable that has such a value. */
static void settings_of_the_environment_do_not_matter(void **state)
{
	(void)state;
	static const char *const env[] = {
		"PGTARGETSESSIONATTRS=standby",
		"PGOPTIONS=-c default_transaction_read_only=on",
		"PGREQUIREPEER=somebody-else",
		"PGSSLMODE=verify-full",
		"PGGSSENCMODE=require",
		"PGCHANNELBINDING=require",
		"PGCONNECT_TIMEOUT=soon",
		"PGTZ=Nowhere/Never",
		"PGDATESTYLE=none",
		"PGGEQO=none",
		"PGCLIENTENCODING=none",
		"PGAPPNAME=somebody",
		"PGKRBSRVNAME=none",
		"PGSYSCONFDIR=/nowhere",
		"PGPASSFILE=/nowhere",
		"PGSSLROOTCERT=/nowhere",
		"PGSSLCERT=/nowhere",
		"PGSSLMINPROTOCOLVERSION=TLSv9",
		"PGREQUIRESSL=1",
		"PGREQUIREAUTH=scram-sha-256",
		"PGUSER=nobody",
		"PGDATABASE=none",
		"PGPORT=1",
		"DATABASE_URL=postgresql://u:secret@192.0.2.1:1/none",
		NULL,
	};
	expect_private(env);
}

/* Whatever this libpq reads. */
static void no_variable_of_libpq_is_forgotten(void **state)
{
	(void)state;
	struct buf setting = {0};
	const char *env[80] = {NULL};
	size_t n = 0;
	PQconninfoOption *options = PQconndefaults();
	for (PQconninfoOption *o = options; o && o->keyword; o++) {
		if (!o->envvar || n + 1 == COUNT_OF(env))
			continue;
		buf_clear(&setting);
		buf_fmt(&setting, "%s=nonsense", o->envvar);
		env[n++] = mem_dup(buf_text(&setting));
	}
	assert_true(n > 20);
	expect_private(env);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)env[i]);
	PQconninfoFree(options);
	buf_free(&setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_other_server_is_really_there),
		cmocka_unit_test(an_address_of_the_environment_leads_nowhere),
		cmocka_unit_test(a_service_of_the_environment_leads_nowhere),
		cmocka_unit_test(settings_of_the_environment_do_not_matter),
		cmocka_unit_test(no_variable_of_libpq_is_forgotten),
	};
	return cmocka_run_group_tests(tests, make_other, remove_other);
}
