/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords through the real program: however one is spelt and wherever it is given, no output and no process list has
 * a piece of it. */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"

/* Passwords are made of these, and of what should have been encoded. */
static const char *const pieces[] = {"Kw9", "Zx8"};

static void expect_silence(const char *text, const char *spelling)
{
	for (size_t i = 0; i < COUNT_OF(pieces); i++)
		if (strstr(text, pieces[i]))
			fail_msg("%s: %s is in: %s", spelling, pieces[i], text);
}

/* Port 1 has no server: what is accepted fails there, and says where. */
static const char *const spellings[] = {
	"postgresql://u:Kw9/Zx8@127.0.0.1:1/db",
	"postgresql://u:Kw9@Zx8@127.0.0.1:1/db",
	"postgresql://u@example.com:Kw9@127.0.0.1:1/db",
	"postgresql://u:50%Kw9@127.0.0.1:1/db",
	"postgresql://u:Kw9?Zx8@127.0.0.1:1/db",
	"postgresql://u:Kw9 Zx8@127.0.0.1:1/db",
	"postgresql://u:Kw9%40Zx8@127.0.0.1:1/db",
	"postgresql://127.0.0.1:1/db?password=a&Kw9",
	"postgresql://127.0.0.1:1/db?password=Kw9",
	"cockroachdb://u:Kw9/Zx8@127.0.0.1:1/db",
	"crdb://u:Kw9@Zx8@127.0.0.1:1/db",
	"cockroachdb+psycopg2://u:Kw9/Zx8@127.0.0.1:1/db",
	"jdbc:postgresql://127.0.0.1:1/db?user=u&password=a&Kw9",
	"postgres:u:Kw9@127.0.0.1",
	"u:Kw9@127.0.0.1:1/db",
	"host=127.0.0.1 port=1 password=my Kw9",
	"host=127.0.0.1 port=1 password=Kw9",
	"host=127.0.0.1 port=1 dbname='postgresql://u:Kw9@h/db'",
	"mysql://u:Kw9@127.0.0.1:1/db",
};

static void check_run(const char *const argv[], const char *const env[], const char *spelling, bool failed)
{
	struct proc *proc = proc_run(argv, env, NULL);
	if (failed && proc->status != 1 && proc->status != 2)
		fail_msg("%s: status %d", spelling, proc->status);
	assert_int_not_equal(proc->status, 0);
	expect_silence(buf_text(&proc->out), spelling);
	expect_silence(buf_text(&proc->err), spelling);
	proc_free(proc);
}

static const char *const no_env[] = {"PGHOST", "PGPORT", "PGDATABASE", NULL};

static void on_the_command_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(spellings); i++) {
		const char *s = spellings[i];
		check_run((const char *const[]){proc_teller(), s, "list", NULL}, no_env, s, true);
		check_run((const char *const[]){proc_teller(), "-d", s, "doctor", NULL}, no_env, s, false);
		check_run((const char *const[]){proc_teller(), "--against", s, "-d", s, "list", NULL}, no_env, s, true);
		check_run((const char *const[]){proc_teller(), "--echo=plain", s, "conninfo", NULL}, no_env, s, true);
	}
}

static void in_the_environment(void **state)
{
	(void)state;
	const char *const list[] = {proc_teller(), "list", NULL};
	struct proc *proc =
		proc_run(list, (const char *const[]){"DATABASE_URL=postgresql://u:Kw9/Zx8@h", "PGHOST", NULL}, NULL);
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "DATABASE_URL: the connection string cannot be read: ");
	proc_free(proc);
	for (size_t i = 0; i < COUNT_OF(spellings); i++) {
		struct buf url = {0};
		buf_fmt(&url, "DATABASE_URL=%s", spellings[i]);
		const char *const env[] = {url.p, "PGHOST", "PGPORT", "PGDATABASE", NULL};
		check_run((const char *const[]){proc_teller(), "list", NULL}, env, spellings[i], true);
		buf_free(&url);
	}
}

/* A URI where another word belongs. */
static void in_the_wrong_place(void **state)
{
	(void)state;
	static const char long_one[] =
		"postgresql://user-of-a-very-long-name:Kw9-a-password-that-is-longer-than-what-is-quoted-"
		"of-a-word-Zx8@127.0.0.1:1/db";
	for (size_t i = 0; i < COUNT_OF(spellings) + 1; i++) {
		const char *s = i < COUNT_OF(spellings) ? spellings[i] : long_one;
		if (!strstr(s, "://"))
			continue;
		check_run((const char *const[]){proc_teller(), "-h", s, "list", NULL}, no_env, s, true);
		check_run((const char *const[]){proc_teller(), "list", s, NULL}, no_env, s, false);
		check_run((const char *const[]){proc_teller(), "show", s, NULL}, no_env, s, false);
		check_run((const char *const[]){proc_teller(), "demo", s, NULL}, no_env, s, true);
		check_run((const char *const[]){proc_teller(), "-U", s, "-h", "127.0.0.1", "-p", "1", "list", NULL},
			  no_env, s, true);
		check_run((const char *const[]){proc_teller(), "db", "user", s, NULL}, no_env, s, true);
	}
	check_run((const char *const[]){proc_teller(), "-pKw9", "list", NULL}, no_env, "-pKw9", true);
	check_run((const char *const[]){proc_teller(), "-h", "u:Kw9@h", "list", NULL}, no_env, "-h u:Kw9@h", true);
}

/* A server that takes a connection and says nothing: teller has read its command line by then, and goes on. */
static int listen_somewhere(in_port_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, n), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

/* '%' stands for the port. */
static void check_process_list(const char *form)
{
	in_port_t port = 0;
	struct buf target = {0};
	char path[64], line[1024] = "";
	int fd = listen_somewhere(&port);
	size_t before = strcspn(form, "%");
	buf_fmt(&target, "%.*s%d%s", (int)before, form, port, form + before + 1);
	const char *const argv[] = {proc_teller(), "-d", target.p, "list", NULL};
	struct proc *proc = proc_start(argv, no_env, NULL);
	struct pollfd arrives = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&arrives, 1, 20000), 1);
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)proc->pid);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t n = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	for (size_t i = 0; i < n; i++)
		line[i] = line[i] ? line[i] : ' ';
	assert_non_null(strstr(line, "127.0.0.1"));
	expect_silence(line, form);
	proc_free(proc);
	close(fd);
	buf_free(&target);
}

static void in_the_process_list(void **state)
{
	(void)state;
	check_process_list("postgresql://u:Kw9@127.0.0.1:%/db");
	check_process_list("postgresql://u:Kw9?Zx8@127.0.0.1:%/db");
	check_process_list("postgresql://u:Kw9 Zx8@127.0.0.1:%/db");
	check_process_list("postgresql://u:Kw9\"Zx8@127.0.0.1:%/db");
	check_process_list("cockroachdb://u:Kw9#Zx8@127.0.0.1:%/db");
	check_process_list("jdbc:postgresql://127.0.0.1:%/db?user=u&password=Kw9");
	check_process_list("host=127.0.0.1 port=% password=Kw9\\ Zx8");
	check_process_list("host=127.0.0.1 port=% password='Kw9\\' Zx8' user=u");
	check_process_list("host=127.0.0.1 port=% password = Kw9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_the_command_line),
		cmocka_unit_test(in_the_environment),
		cmocka_unit_test(in_the_wrong_place),
		cmocka_unit_test(in_the_process_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
