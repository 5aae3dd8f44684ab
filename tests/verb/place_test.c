/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of where a connection leads: sockets, addresses of both kinds, services, several servers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/forward.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct forward v4, v6;

static int start(void **state)
{
	pg_own_database(state);
	pg_bank(2);
	forward_start(&v4, "127.0.0.1", 0);
	forward_start(&v6, "::1", 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	forward_stop(&v4);
	forward_stop(&v6);
	return 0;
}

static struct proc *run(const char *target, const char *verb)
{
	const char *const argv[] = {proc_teller(), "-d", target, verb, NULL};
	return proc_run(argv, NULL, NULL);
}

static void expect_out(const char *target, const char *verb, const char *text)
{
	struct proc *proc = run(target, verb);
	if (!strstr(buf_text(&proc->out), text))
		fail_msg("%s %s: no \"%s\" in:\n%s%s", verb, target, text, buf_text(&proc->out), buf_text(&proc->err));
	proc_free(proc);
}

static void an_address_beside_a_socket_is_no_socket(void **state)
{
	(void)state;
	char target[300], place[100];
	snprintf(target, sizeof target, "host=%s hostaddr=127.0.0.1 port=%s", getenv("PGHOST"), v4.port);
	snprintf(place, sizeof place, "@127.0.0.1:%s/", v4.port);
	expect_out(target, "conninfo", "no TLS");
	expect_out(target, "conninfo", place);
	expect_out(target, "doctor", "TLS          no TLS");
	snprintf(target, sizeof target, "host=%s", getenv("PGHOST"));
	expect_out(target, "conninfo", "local socket");
	expect_out(target, "conninfo", "@[socket]:5432/");
}

static void what_is_connected_to_is_shown(void **state)
{
	(void)state;
	char target[200], place[100];
	snprintf(target, sizeof target, "host=db.example.invalid hostaddr=127.0.0.1 port=%s", v4.port);
	snprintf(place, sizeof place, "@127.0.0.1:%s/", v4.port);
	expect_out(target, "conninfo", place);
}

/* The environment may name it, too. */
static void an_address_of_the_environment_is_shown(void **state)
{
	(void)state;
	static const char *const verbs[] = {"conninfo", "doctor"};
	char port[40], place[100];
	snprintf(port, sizeof port, "PGPORT=%s", v4.port);
	snprintf(place, sizeof place, "@127.0.0.1:%s/", v4.port);
	const char *const env[] = {"PGHOST=db.example.invalid", "PGHOSTADDR=127.0.0.1", port, NULL};
	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		struct proc *proc = proc_run((const char *const[]){proc_teller(), verbs[i], NULL}, env, NULL);
		if (!strstr(buf_text(&proc->out), place))
			fail_msg("%s: no %s in %s%s", verbs[i], place, proc->out.p, buf_text(&proc->err));
		proc_free(proc);
	}
}

static void addresses_with_colons_have_brackets(void **state)
{
	(void)state;
	char target[200], place[100];
	snprintf(place, sizeof place, "@[::1]:%s/", v6.port);
	snprintf(target, sizeof target, "host=::1 port=%s", v6.port);
	expect_out(target, "conninfo", place);
	snprintf(target, sizeof target, "hostaddr=::1 port=%s", v6.port);
	expect_out(target, "conninfo", place);
	snprintf(target, sizeof target, "postgresql://[::1]:%s", v6.port);
	expect_out(target, "doctor", place);
}

static void expect_failure(const char *target, const char *file, const char *text)
{
	const char *const argv[] = {proc_teller(), "-d", target, "list", NULL};
	const char *const env[] = {file, "PGHOST", "PGPORT", "PGDATABASE", "PGUSER", NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 2);
	proc_expect_err(proc, text);
	proc_free(proc);
}

static void a_failure_names_the_place_of_the_service(void **state)
{
	(void)state;
	char path[200], file[220];
	snprintf(path, sizeof path, "%s/services", getenv("TMPDIR"));
	snprintf(file, sizeof file, "PGSERVICEFILE=%s", path);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs("[far]\nhost=127.0.0.1\nport=1\nuser=ada\ndbname=vault\n[six]\nhost=::1\nport=1\nuser=ada\ndbname=vault\n"
	      "[bad]\nhost\n",
	      out);
	fclose(out);
	expect_failure("service=far", file, "cannot connect to ada@127.0.0.1:1/vault: ");
	expect_failure("service=six", file, "cannot connect to ada@[::1]:1/vault: ");
	expect_failure("service=far dbname=x", file, "cannot connect to ada@127.0.0.1:1/x: ");
	expect_failure("postgresql:///?service=far", file, "cannot connect to ada@127.0.0.1:1/vault: ");
	expect_failure("service=none", file,
		       "cannot connect to service none: definition of service \"none\" not found");
	expect_failure("service=bad", file, "cannot connect to service bad: ");
	expect_failure("host=/nowhere hostaddr=127.0.0.1 port=1 user=u dbname=d", file,
		       "cannot connect to u@127.0.0.1:1/d: ");
	unlink(path);
}

/* An address, its port and its name stay together, in whatever order they are tried. */
static void addresses_go_with_their_ports(void **state)
{
	(void)state;
	char target[300];
	snprintf(target, sizeof target,
		 "host=there.invalid,gone.invalid hostaddr=127.0.0.1,127.0.0.2 port=%s,1 load_balance_hosts=random",
		 v4.port);
	for (unsigned i = 0; i < 12; i++) {
		struct proc *proc = teller_run("-d", target, "conninfo");
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "@127.0.0.1:");
		proc_free(proc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_go_with_their_ports),
		cmocka_unit_test(an_address_beside_a_socket_is_no_socket),
		cmocka_unit_test(what_is_connected_to_is_shown),
		cmocka_unit_test(an_address_of_the_environment_is_shown),
		cmocka_unit_test(addresses_with_colons_have_brackets),
		cmocka_unit_test(a_failure_names_the_place_of_the_service),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
