/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo --cockroach without a screen: started by each version's flags, used, refused with a sentence, and gone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/cockroach.h"
#include "tests/support/proc.h"

static struct cockroach_dir dir;

static int demo_setup(void **state)
{
	cockroach_dir_make(&dir, *state ? *state : "22.1");
	return 0;
}

static int demo_teardown(void **state)
{
	(void)state;
	cockroach_dir_remove(&dir);
	return 0;
}

#define demo_run(...) teller_run("demo", dir.option, "--accounts", "4", "--yes", __VA_ARGS__)

/* Behind "127.0.0.1:" in what conninfo says. */
static int port_of(const struct proc *proc)
{
	const char *at = strstr(buf_text(&proc->out), "127.0.0.1:");
	assert_non_null(at);
	return (int)strtol(at + strlen("127.0.0.1:"), NULL, 10);
}

/* Half of one balance to another account, and accounts and ledger agree. */
static void used(const char *nodes)
{
	struct proc *proc =
		demo_run("--nodes", nodes, "-c", "conninfo", "-c", "create 2", "-c", "count", "-c", "verify");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "root@127.0.0.1:");
	proc_expect_out(proc, "CockroachDB");
	proc_expect_out(proc, "6");
	cockroach_expect_gone(&dir, port_of(proc));
	proc_free(proc);
}

static void one_node(void **state)
{
	(void)state;
	used("1");
}

static void three_nodes(void **state)
{
	(void)state;
	used("3");
}

/* Nodes and clients have certificates; a program that makes none is used without, which is said. */
static void certificates(void **state)
{
	(void)state;
	struct proc *proc = demo_run("--nodes", "3", "-c", "conninfo");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "TLSv1.3");
	assert_null(strstr(buf_text(&proc->err), "--insecure"));
	proc_free(proc);
	cockroach_trouble(&dir, "no-certs");
	proc = demo_run("--nodes", "3", "-c", "conninfo");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "no TLS");
	proc_expect_err(proc, "this program makes no certificates: the cluster is --insecure, open to every user of");
	proc_free(proc);
}

/* What stands in its name is a value of a connection string, and must not be a part of any other. */
static void a_directory_with_an_odd_name(void **state)
{
	(void)state;
	char tmp[200], env_tmp[220];
	snprintf(tmp, sizeof tmp, "%s/it's, a=\\b c", getenv("TMPDIR"));
	snprintf(env_tmp, sizeof env_tmp, "TMPDIR=%s", tmp);
	assert_int_equal(mkdir(tmp, 0700), 0);
	const char *const argv[] = {proc_teller(), "demo", dir.option, "--yes", "-c", "conninfo", NULL};
	const char *const env[] = {env_tmp, NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "TLSv1.3");
	proc_free(proc);
	assert_int_equal(rmdir(tmp), 0);
}

/* Root runs the nodes as root; everybody else as themselves. */
static void an_ordinary_user(void **state)
{
	(void)state;
	const char *const argv[] = {"setpriv",
				    "--reuid=65534",
				    "--regid=65534",
				    "--clear-groups",
				    proc_teller(),
				    "demo",
				    dir.option,
				    "--nodes",
				    "3",
				    "--yes",
				    "-c",
				    "conninfo",
				    "-c",
				    "node kill 2",
				    "-c",
				    "node start 2",
				    NULL};
	if (geteuid() != 0)
		skip(); /* all the others are such tests then */
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "TLSv1.3");
	proc_expect_out(proc, "node 2 was started and answers");
	proc_free(proc);
	cockroach_expect_gone(&dir, 0);
}

static void refused(struct proc *proc, int status, const char *sentence)
{
	proc_expect_status(proc, status);
	proc_expect_err(proc, sentence);
	assert_null(strchr(buf_text(&proc->err), '\033'));
	cockroach_expect_gone(&dir, 0);
	proc_free(proc);
}

static void not_installed(void **state)
{
	(void)state;
	const char *const on_path[] = {proc_teller(), "demo", "--cockroach", "-c", "list", NULL};
	const char *const env[] = {"PATH=/nonexistent", NULL};
	refused(proc_run(on_path, env, NULL), 1, "cannot find the program cockroach on PATH: install CockroachDB");
	refused(teller_run("demo", "--cockroach=/nonexistent/cockroach", "-c", "list"), 1,
		"cannot find the program /nonexistent/cockroach: No such file or directory");
	refused(teller_run("demo", "--cockroach=/etc/passwd", "-c", "list"), 1, "is not a program that can be run");
	refused(teller_run("demo", "--cockroach=/bin/true", "-c", "list"), 1,
		"the help of its start names no --listen-addr");
}

static void found_on_path(void **state)
{
	(void)state;
	char path[512];
	snprintf(path, sizeof path, "PATH=%s:%s", dir.path, getenv("PATH"));
	const char *const argv[] = {proc_teller(), "demo", "--cockroach", "--yes", "-c", "count", NULL};
	const char *const env[] = {path, NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "100");
	proc_free(proc);
}

static void wrong_words(void **state)
{
	(void)state;
	refused(demo_run("--nodes", "2"), 1, "--nodes takes 1 or 3 to 5, not \"2\"");
	refused(demo_run("--nodes", "6"), 1, "--nodes takes 1 or 3 to 5, not \"6\"");
	refused(demo_run("--keep", "/tmp/x"), 1, "a cluster of demo --cockroach is thrown away");
	refused(teller_run("demo", "--nodes", "3"), 1, "--nodes goes with demo --cockroach");
	refused(teller_run("list", "--cockroach"), 1, "--cockroach goes with the verb demo");
	refused(teller_run("demo", "--cockroach="), 1, "--cockroach= names no program");
}

static void a_node_that_does_not_start(void **state)
{
	(void)state;
	cockroach_trouble(&dir, "refuse");
	refused(demo_run("-c", "list"), 1,
		"node 1 of 1 did not start: cockroach server exited with error: \\x1b[31mno room\\x1b[0m");
}

static void a_port_that_another_program_took(void **state)
{
	(void)state;
	cockroach_trouble(&dir, "steal");
	struct proc *proc = demo_run("--nodes", "3", "-c", "count");
	proc_expect_status(proc, 0);
	assert_false(cockroach_in_trouble(&dir, "steal"));
	proc_free(proc);
}

/* Waiting for that before init would be waiting for ever. */
static void nodes_that_say_late_that_they_listen(void **state)
{
	(void)state;
	cockroach_trouble(&dir, "late-url");
	struct proc *proc = demo_run("--nodes", "3", "-c", "count");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "4");
	proc_free(proc);
}

#define on_version(test, version)                                                                                      \
	{                                                                                                              \
		.name = #test " of " version, .test_func = test, .setup_func = demo_setup,                             \
		.teardown_func = demo_teardown, .initial_state = version                                               \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_version(one_node, "19.1"),
		on_version(one_node, "22.1"),
		on_version(one_node, "25.2"),
		on_version(three_nodes, "19.1"),
		on_version(three_nodes, "22.1"),
		on_version(three_nodes, "25.2"),
		on_version(certificates, "22.1"),
		on_version(a_directory_with_an_odd_name, "22.1"),
		on_version(an_ordinary_user, "22.1"),
		on_version(not_installed, "22.1"),
		on_version(found_on_path, "22.1"),
		on_version(wrong_words, "22.1"),
		on_version(a_node_that_does_not_start, "22.1"),
		on_version(a_port_that_another_program_took, "22.1"),
		on_version(nodes_that_say_late_that_they_listen, "19.1"),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
