/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab program: each program is shown as it stands in its file, and is accepted by the compiler of its language. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/asset.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* The program in a file of that name in $TMPDIR; owned. */
static char *program_file(const struct asset_program *program)
{
	struct buf path = {0};
	buf_fmt(&path, "%s/%s.%s", getenv("TMPDIR"), program->topic, program->language);
	FILE *file = fopen(path.p, "w");
	assert_non_null(file);
	fputs(program->text, file);
	fclose(file);
	return buf_take(&path);
}

static struct proc *shell(const char *command)
{
	return proc_run((const char *const[]){"/bin/sh", "-c", command, NULL}, NULL, "");
}

static bool installed(const char *compiler)
{
	struct buf command = {0};
	buf_fmt(&command, "command -v %s", compiler);
	struct proc *proc = shell(command.p);
	bool found = proc->status == 0;
	buf_free(&command);
	proc_free(proc);
	return found;
}

/* `command` with the name of each program of this language behind it. */
static void check_compiles(const char *language, const char *compiler, const char *command)
{
	size_t n = 0;
	if (!installed(compiler)) {
		check_tell("skipped: %s is not installed: the programs in %s are not compiled here", compiler,
			   language);
		skip();
	}
	for (const struct asset_program *program = asset_programs; program->topic; program++) {
		struct buf line = {0};
		if (strcmp(program->language, language) != 0)
			continue;
		char *path = program_file(program);
		buf_fmt(&line, "cd $TMPDIR && %s %s", command, path);
		struct proc *proc = shell(line.p);
		if (proc->status)
			fail_msg("%s.%s: %s%s", program->topic, language, buf_text(&proc->out), buf_text(&proc->err));
		n++;
		proc_free(proc);
		buf_free(&line);
		free(path);
	}
	assert_int_equal(n, 3);
}

static void c_is_accepted(void **state)
{
	(void)state;
	check_compiles(
		"c", "cc",
		"cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wshadow -Wconversion -Werror -fsyntax-only "
		"$(pkg-config --cflags libpq)");
}

static void python_is_accepted(void **state)
{
	(void)state;
	check_compiles("py", "python3", "python3 -m py_compile");
}

static void java_is_accepted(void **state)
{
	(void)state;
	check_compiles("java", "javac", "javac -Xlint:all -Werror -d classes");
}

/* Its imports are not here: what can be told without them. */
static void go_is_accepted(void **state)
{
	(void)state;
	check_compiles("go", "gofmt", "test -z \"$(gofmt -l $TMPDIR)\" && gofmt -e >/dev/null");
}

/* ---- the loop in C, on a real server ---- */

/*
 * A transfer of half of 1000 that another session overtakes between its read and its write: with the loop, attempt 2
 * reads what the other left. The other session moves as often as argv[2] says.
 */
static const char conflict[] =
	"#include \"loop.c\"\n"
	"static PGconn *other;\n"
	"static int times;\n"
	"static bool overtaken(struct client *client, void *arg)\n"
	"{\n"
	"	PQclear(PQexec(client->conn, \"SELECT balance FROM accounts WHERE id = 1\"));\n"
	"	if (times-- > 0)\n"
	"		PQclear(PQexec(other, \"UPDATE accounts SET balance = balance - 100 WHERE id = 1\"));\n"
	"	return move_half(client, arg);\n"
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	struct client client = {.conn = PQconnectdb(\"\")};\n"
	"	struct move move = {\"1\", \"2\"};\n"
	"	other = PQconnectdb(\"\");\n"
	"	times = argc > 1 ? atoi(argv[1]) : 0;\n"
	"	enum outcome outcome = transact(&client, 4, overtaken, &move);\n"
	"	printf(\"outcome %d %s\\n\", (int)outcome, client.state);\n"
	"	PQfinish(client.conn);\n"
	"	PQfinish(other);\n"
	"	return 0;\n"
	"}\n";

static void build_conflict(void)
{
	for (const struct asset_program *program = asset_programs; program->topic; program++)
		if (strcmp(program->topic, "loop") == 0 && strcmp(program->language, "c") == 0)
			free(program_file(program));
	char *path = program_file(&(struct asset_program){"conflict", "c", conflict});
	struct proc *proc = shell("cd $TMPDIR && cc -std=c11 -D_POSIX_C_SOURCE=200809L -o conflict conflict.c "
				  "$(pkg-config --cflags --libs libpq)");
	proc_expect_status(proc, 0);
	proc_free(proc);
	free(path);
}

static void check_conflict(const char *times, const char *told, long long first, long long second)
{
	struct buf command = {0};
	pg_exec("UPDATE accounts SET balance = 1000");
	buf_fmt(&command, "$TMPDIR/conflict %s", times);
	struct proc *proc = shell(command.p);
	proc_expect_status(proc, 0);
	proc_expect_out(proc, told);
	proc_free(proc);
	buf_free(&command);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 1"), first);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 2"), second);
}

static void the_loop_reads_again(void **state)
{
	(void)state;
	pg_exec("CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT); "
		"INSERT INTO accounts VALUES (1, 0), (2, 0)");
	build_conflict();
	check_conflict("0", "outcome 0 \n", 500, 1500);
	check_conflict("2", "outcome 0 \n", 400, 1400);
	check_conflict("9", "outcome 2 40001\n", 600, 1000);
	pg_exec("DROP TABLE accounts");
}

/* ---- shown ---- */

static const char *word_of(const char *language)
{
	return strcmp(language, "py") == 0 ? "python" : language;
}

static void each_is_shown_as_it_stands(void **state)
{
	(void)state;
	for (const struct asset_program *program = asset_programs; program->topic; program++) {
		struct proc *proc = teller_run("lab", "program", program->topic, word_of(program->language));
		proc_expect_status(proc, 0);
		assert_string_equal(proc->out.p, program->text);
		proc_free(proc);
	}
	struct proc *proc = teller_run("lab", "program", "loop");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "---- Python, psycopg ----\n\n# SPDX");
	proc_expect_out(proc, "\n---- C, libpq ----\n\n/* SPDX");
	proc_free(proc);
}

static void check_refused(const char *topic, const char *language, const char *sentence)
{
	struct proc *proc = language ? teller_run("lab", "program", topic, language)
			    : topic  ? teller_run("lab", "program", topic)
				     : teller_run("lab", "program");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, sentence);
	proc_free(proc);
}

static void what_is_not_there_is_refused(void **state)
{
	(void)state;
	check_refused(NULL, NULL, "lab program needs a topic: loop, key or lock-order");
	check_refused("loops", NULL, "there is no program about loops; use loop, key or lock-order");
	check_refused("loop", "rust", "there is no program in rust; use python, java, go or c");
	struct proc *proc = teller_run("lab", "program", "loop", "c", "d");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "lab program has no place for \"d\"");
	proc_free(proc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(c_is_accepted),
		cmocka_unit_test(python_is_accepted),
		cmocka_unit_test(java_is_accepted),
		cmocka_unit_test(go_is_accepted),
		cmocka_unit_test(the_loop_reads_again),
		cmocka_unit_test(each_is_shown_as_it_stands),
		cmocka_unit_test(what_is_not_there_is_refused),
	};
	return cmocka_run_group_tests_name("verb/program", tests, pg_own_database, NULL);
}
