/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk fails while a server commits: it panics, recovers, and finds the transfer in its log or does not; the truth
 * is told. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/cuts.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"

/* fdatasync() fails, once, where there is a file to say so. */
static const char library[] = "#define _GNU_SOURCE\n"
			      "#include <errno.h>\n#include <stdlib.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n"
			      "int fdatasync(int fd) {\n"
			      "	const char *once = getenv(\"FAIL_ONCE\");\n"
			      "	if (once && unlink(once) == 0) { errno = EIO; return -1; }\n"
			      "	return (int)syscall(SYS_fdatasync, fd);\n}\n";

static struct own_server server;
static char dir[] = "/tmp/teller-panic-XXXXXX", source_path[64], library_path[64], once_path[64];

static void compile(void)
{
	char command[256];
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0777), 0); /* the server, which is another user, takes the file away */
	snprintf(source_path, sizeof source_path, "%s/fail.c", dir);
	snprintf(library_path, sizeof library_path, "%s/fail.so", dir);
	snprintf(once_path, sizeof once_path, "%s/once", dir);
	FILE *file = fopen(source_path, "w");
	assert_non_null(file);
	fputs(library, file);
	fclose(file);
	snprintf(command, sizeof command, "cc -shared -fPIC -o %s %s", library_path, source_path);
	assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
	static const char *const options[] = {
		"-c", "fsync=on", "-c", "wal_sync_method=fdatasync", "-c", "wal_writer_delay=10s", NULL};
	(void)state;
	compile();
	own_server_make(&server, NULL);
	own_server_stop(&server, SIGINT);
	setenv("LD_PRELOAD", library_path, 1);
	setenv("FAIL_ONCE", once_path, 1);
	own_server_start(&server, options);
	unsetenv("LD_PRELOAD");
	unsetenv("FAIL_ONCE");
	own_server_wait(&server);
	return 0;
}

static int teardown(void **state)
{
	char command[128];
	(void)state;
	own_server_remove(&server);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command);
}

static void let_it_fail(void)
{
	FILE *file = fopen(once_path, "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(chmod(once_path, 0666), 0);
}

static void make_bank(bool ledger)
{
	pg_exec("DROP SCHEMA IF EXISTS cut CASCADE; CREATE SCHEMA cut; CREATE TABLE cut.accounts (id int PRIMARY KEY, "
		"balance "
		"int); INSERT INTO cut.accounts VALUES (1, %d), (2, 0)",
		CUTS_TOTAL);
	if (ledger)
		pg_exec("CREATE TABLE cut.transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint "
			"NOT NULL, "
			"amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now())");
}

static void panic_in(enum txn_wire wire, bool ledger)
{
	struct transfer_spec spec = {.source = "1", .destination = "2", .rule = TRANSFER_HALF};
	char where[64];
	make_bank(ledger);
	struct rig *rig = rig_new();
	assert_non_null(rig_read(rig, "cut.accounts"));
	rig->options.wire = wire;
	let_it_fail();
	rig_transfer(rig, &spec);
	own_server_wait(&server);
	assert_int_not_equal(access(once_path, F_OK), 0);
	snprintf(where, sizeof where, "a panic, %s, %s", cuts_wire_name(wire), ledger ? "with ledger" : "without");
	struct pg_session *direct = pg_open();
	cuts_check_truth(direct, &rig->result, where, ledger);
	printf("# measured: %s: outcome %d%s\n", where, (int)rig->result.outcome,
	       rig->result.settled ? ", settled" : "");
	assert_true(rig->result.settled || rig->result.outcome == OUTCOME_UNKNOWN);
	if (ledger)
		assert_int_equal(rig->result.outcome, OUTCOME_COMMITTED);
	pg_close(direct);
	rig_free(rig);
}

static void with_ledger(void **state)
{
	(void)state;
	for (size_t i = 0; i < CUTS_WIRES; i++)
		panic_in(cuts_wires[i], true);
}

static void without_ledger(void **state)
{
	(void)state;
	for (size_t i = 0; i < CUTS_WIRES; i++)
		panic_in(cuts_wires[i], false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(with_ledger), cmocka_unit_test(without_ledger)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
