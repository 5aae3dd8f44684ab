/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces of real runs: what happened is in the file, and is shown from it; a kill, a secret, damage. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "event/json.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static char dir[] = "/tmp/teller-trace.XXXXXX";
static char path[64];

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	unlink(path);
	return 0;
}

static void read_file(struct buf *text)
{
	char piece[4096];
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

static void write_file(const char *text, size_t n)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static const char header[] = "{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n";
static const char lever[] = "{\"number\":1,\"kind\":\"lever\",\"session\":\"none\",\"message\":\"inject 1\"}\n";

/* Shown without a server. */
static struct proc *show(int status)
{
	const char *const argv[] = {proc_teller(), "trace", "show", path, NULL};
	const char *const env[] = {"PGHOST=/nowhere", "PGPORT=1", NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, status);
	return proc;
}

static struct proc *record(const char *const env[], const char *option)
{
	const char *const argv[] = {proc_teller(), "--trace", path, "-c", "inject 1", "-c", "transfer 7001 7002 half",
				    "--yes",       option,    NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
	return proc;
}

static void every_line_is_json(const struct buf *text)
{
	for (const char *line = buf_text(text); *line;) {
		size_t n = strcspn(line, "\n");
		struct json_object *object = json_line_read(line, n);
		if (!object || !line[n])
			fail_msg("no whole object or list: %.*s", (int)n, line);
		json_object_free(object);
		line += n + 1;
	}
}

/* Behind the time, which is the same in both. */
static void expect_told_lines(const struct proc *told, const struct proc *shown)
{
	size_t lines = 0;
	for (const char *line = buf_text(&told->err); *line; line += strcspn(line, "\n") + 1) {
		struct buf whole = {0};
		buf_add(&whole, line, strcspn(line, "\n") + 1);
		if (strncmp(line + 2, ":", 1) == 0 && line[5] == ':') {
			proc_expect_out((struct proc *)(unsigned long)shown, buf_text(&whole));
			lines++;
		}
		buf_free(&whole);
	}
	assert_true(lines > 15);
}

/* The same lines that --echo=plain writes while it happens. */
static void shown_as_it_was(void **state)
{
	(void)state;
	struct buf text = {0};
	struct proc *told = record(NULL, "--echo=plain"), *shown = show(0);
	read_file(&text);
	every_line_is_json(&text);
	assert_int_equal(strncmp(text.p, "{\"teller_trace\":3,\"teller\":\"", 27), 0);
	assert_non_null(strstr(text.p, "\"server\":\"PostgreSQL\",\"server_version\":\""));
	assert_non_null(strstr(text.p, "\"max-attempts\":\"10\""));
	expect_told_lines(told, shown);
	proc_expect_out(shown, "attempt 2 of 10");
	proc_expect_out(shown, "[COMMITTED]");
	proc_expect_out(shown, "durable from here");
	proc_expect_err(shown, "a trace of teller 0.1.0, PostgreSQL ");
	proc_free(told);
	proc_free(shown);
	buf_free(&text);
}

/* Of all texts that an event may have of its own, there is only the one that stands for a sentence, or a harmless one:
 * how many lists there are. */
static size_t lists_without_values(const char *text)
{
	static const char instead[] = "null,null,\"(left out)\"]\n", connected[] = "null,null,\"PostgreSQL ";
	size_t n = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		const char *rest = line + strspn(line, "[-0123456789,");
		if (*line != '[')
			continue;
		if (strncmp(rest, "]\n", 2) != 0 && strncmp(rest, instead, strlen(instead)) != 0 &&
		    strncmp(rest, connected, strlen(connected)) != 0)
			fail_msg("a value: %.*s", (int)strcspn(line, "\n"), line);
		n++;
	}
	return n;
}

/* A trace of many lists. */
#define LISTED(option)                                                                                                 \
	teller_run("--trace", path, option, "--yes", "load", "--count", "20", "--time", "0", "--way", "oneshot")

static void without_values(void **state)
{
	(void)state;
	static const char *const values[] = {"\"params\"", "\"values\":\"", "\"detail\"", " 7001", " 7002"};
	struct buf text = {0};
	proc_free(record(NULL, "--trace-values=no"));
	read_file(&text);
	for (size_t i = 0; i < COUNT_OF(values); i++)
		if (strstr(text.p, values[i]))
			fail_msg("%s is in: %s", values[i], text.p);
	(void)lists_without_values(text.p);
	assert_non_null(strstr(text.p, "UPDATE accounts"));
	struct proc *shown = show(0);
	proc_expect_out(shown, "[COMMITTED]");
	proc_expect_err(shown, "without values");
	proc_free(shown);
	proc_free(LISTED("--trace-values=no"));
	buf_clear(&text);
	read_file(&text);
	assert_true(lists_without_values(text.p) > 100);
	buf_free(&text);
}

/* A lesson's statements are its writer's own. */
static void no_password_of_a_role(void **state)
{
	(void)state;
	static const char spec[] = "setup { SELECT 'PASSWORD ''Kw9''''Zx8''', 'Password E''Kw9' }\n"
				   "session a\nstep one { SELECT 'sought' AS \"password 'Kw9 $Zx8\" }\n"
				   "permutation one\n";
	char lesson[80], run[100];
	struct buf text = {0};
	snprintf(lesson, sizeof lesson, "%s/roles.spec", dir);
	FILE *file = fopen(lesson, "w");
	assert_non_null(file);
	assert_true(fputs(spec, file) >= 0);
	assert_int_equal(fclose(file), 0);
	snprintf(run, sizeof run, "lab run %s", lesson);
	const char *const argv[] = {proc_teller(), "--trace", path, "-c",
				    run,           "-c",      run,  NULL}; /* objects, then lists */
	struct proc *proc = proc_run(argv, NULL, NULL);
	unlink(lesson);
	read_file(&text);
	if (!strstr(text.p, "PASSWORD") || !strstr(text.p, "sought") || strstr(text.p, "Kw9"))
		fail_msg("status %d, %s: %s", proc->status, buf_text(&proc->err), text.p);
	assert_non_null(strstr(text.p, ",\"PASSWORD '***"));
	proc_free(proc);
	buf_free(&text);
}

static void no_password(void **state)
{
	(void)state;
	const char *const env[] = {"PGPASSWORD=Kw9Zx8", NULL};
	struct buf text = {0}, uri = {0};
	proc_free(record(env, "--plain"));
	read_file(&text);
	assert_null(strstr(text.p, "Kw9"));
	buf_clear(&text);
	buf_fmt(&uri, "--dbname=postgresql://u:Kw9Zx8@127.0.0.1:1/db?password=Kw9");
	const char *const argv[] = {proc_teller(), "--trace", path, buf_text(&uri), "list", NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 2);
	proc_free(proc);
	read_file(&text);
	assert_non_null(strstr(text.p, "\"kind\":\"lost\""));
	assert_null(strstr(text.p, "Kw9"));
	proc_free(show(0));
	buf_free(&text);
	buf_free(&uri);
}

static size_t count_of(const char *text, const char *part)
{
	size_t n = 0;
	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

/* Each text of a statement is in the file once, and shown wherever it was sent. */
static void a_text_once(void **state)
{
	(void)state;
	struct buf text = {0};
	const char *const argv[] = {proc_teller(), "--trace", path,     "--yes", "load",
				    "--count",     "20",      "--time", "0",     NULL};
	struct proc *proc = proc_run(argv, NULL, NULL), *shown = NULL;
	proc_expect_status(proc, 0);
	proc_free(proc);
	read_file(&text);
	every_line_is_json(&text);
	assert_int_equal(count_of(text.p, "SET balance = balance - $1"), 1);
	shown = show(0);
	assert_true(count_of(buf_text(&shown->out), "SET balance = balance - ") >= 20);
	proc_free(shown);
	buf_free(&text);
}

/* A trace of another kind of text than its own is read as far as that goes. */
static void texts_that_are_none(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fmt(&text, "%s{\"state\":\"text\",\"number\":3,\"is\":\"SELECT 3\"}\n", header);
	buf_str(&text, "{\"state\":\"text\",\"number\":99999999999,\"is\":\"SELECT 4\"}\n");
	buf_str(&text, "{\"state\":\"text\",\"number\":-1,\"is\":\"SELECT 5\"}\n{\"state\":\"text\",\"number\":5}\n");
	buf_str(&text, "{\"number\":1,\"kind\":\"result\",\"session\":\"lab\",\"sql\":3,\"rows\":-1}\n");
	buf_str(&text, "{\"number\":2,\"kind\":\"result\",\"session\":\"lab\",\"sql\":4,\"rows\":-1}\n");
	buf_str(&text, "{\"number\":3,\"kind\":\"result\",\"session\":\"lab\",\"sql\":99999999999}\n");
	write_file(text.p, text.len);
	struct proc *proc = show(1);
	proc_expect_out(proc, "SELECT 3");
	proc_expect_err(proc, ": 2 lines are no event and left out, first line 7");
	proc_free(proc);
	buf_free(&text);
}

/* Who reads no more is not waited for: what stands at the end of the file is not looked at. */
static void shown_as_far_as_it_is_read(void **state)
{
	(void)state;
	struct buf text = {0};
	const char *const argv[] = {"bash", "-c", "\"$0\" trace show \"$1\" | head -n 1", proc_teller(), path, NULL};
	buf_str(&text, header);
	for (int i = 0; i < 20000; i++)
		buf_str(&text, lever);
	buf_str(&text, "[]\n");
	write_file(text.p, text.len);
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_out(proc, "inject 1\n");
	if (strstr(buf_text(&proc->err), "left out"))
		fail_msg("%s", proc->err.p);
	proc_free(proc);
	buf_free(&text);
}

static void a_place_that_is_none(void **state)
{
	(void)state;
	struct proc *proc = teller_run("--trace", "/nowhere/x", "transfer", "7001", "7002", "half", "--yes");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "cannot write the trace to /nowhere/x: No such file");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1000);
}

/* It is in the file before anyone is told that it has happened. */
static void killed(void **state)
{
	(void)state;
	int script;
	struct proc *proc = proc_scripted("--yes", NULL, &script);
	dprintf(script, "trace %s\ntransfer 7001 7002 half\n", path);
	proc_wait_output(proc, "moved 500");
	proc_signal(proc, SIGKILL);
	proc_wait(proc);
	proc_free(proc);
	close(script);
	proc = show(0);
	proc_expect_out(proc, "[COMMITTED]");
	proc_free(proc);
}

static void begun_and_ended(void **state)
{
	(void)state;
	char on[96];
	snprintf(on, sizeof on, "trace %s", path);
	struct proc *proc = teller_run("--yes", "-c", on, "-c", "transfer 7001 7002 1", "-c", "trace off", "-c",
				       "transfer 7002 7003 2", "-c", "trace");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "no trace is written");
	proc_free(proc);
	proc = teller_run("--yes", "-c", on, "-c", "transfer 7003 7004 1", "-c", "trace");
	proc_expect_out(proc, " events, ");
	proc_expect_out(proc, " kB so far\n");
	proc_free(proc);
	proc = teller_run("--yes", "-c", on, "-c", "transfer 7001 7002 1", "-c", "trace off");
	proc_free(proc);
	proc = show(0);
	proc_expect_out(proc, "transfer from 7001 to 7002");
	assert_null(strstr(buf_text(&proc->out), "7003"));
	proc_free(proc);
	proc = teller_run("trace", "off");
	proc_expect_status(proc, 1);
	proc_free(proc);
	proc = teller_run("trace", "show");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "trace show needs the FILE of a trace");
	proc_free(proc);
}

/* ---- files that are not whole ---- */

static void check_file(const struct buf *text, int status, const char *out, const char *err)
{
	write_file(buf_text(text), text->len);
	struct proc *proc = show(status);
	proc_expect_out(proc, out);
	proc_expect_err(proc, err);
	proc_free(proc);
}

/* Cut at every byte of its last line, and in its header. */
static void cut(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fmt(&text, "%s%s%s", header, lever, lever);
	for (size_t n = 1; n < sizeof lever - 2; n += 9) {
		text.len = sizeof header + sizeof lever - 2 + n;
		check_file(&text, 0, "inject 1\n", ": the last line is cut, and left out");
	}
	text.len = 12;
	check_file(&text, 1, "", " is no trace: its first line is not the header of one");
	text.len = 0;
	check_file(&text, 1, "", " is no trace");
	buf_free(&text);
}

static void not_as_it_should_be(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "{\"teller_trace\":4,\"teller\":\"9.1\\u001b[31m\"}\n");
	check_file(&text, 1, "", " is of a newer format, 4, than this teller reads, 3: show it with teller 9.1");
	buf_clear(&text);
	buf_fmt(&text, "%s{\"number\":2,\"kind\":\"lever\",\"session\":\"none\",\"message\":\"", header);
	buf_fill(&text, 'x', 1 << 20);
	buf_fmt(&text, "\"}\n%s", lever);
	check_file(&text, 1, "inject 1\n",
		   ": 1 line is no event and left out, first line 2; no line may be longer than 512 kB");
	buf_clear(&text);
	buf_fmt(&text, "%s[1]\n{\"kind\":\"later\"}\n\n{\"gone\":7}\n%s", header, lever);
	check_file(&text, 1, "(7 events were gone before they could be written)\n",
		   ": 3 lines are no event and left out, first line 2");
	buf_clear(&text);
	buf_fill(&text, 'x', 3 << 20);
	check_file(&text, 1, "", " is no trace");
	buf_free(&text);
	struct proc *proc = teller_run("trace", "show", "/dev/zero");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "/dev/zero is no trace: it is not a file");
	proc_free(proc);
}

/* In every text of every kind of event, and in the header. */
static void hostile(void **state)
{
	(void)state;
	static const char *const kinds[] = {"connected", "lost",    "notice",  "txn",    "attempt", "sent",
					    "result",    "backoff", "outcome", "settle", "lever",   "blocked"};
	static const char *const texts[] = {"lane",        "sql",          "params",      "values",
					    "tag",         "message",      "detail",      "holder_name",
					    "holder_user", "holder_state", "holder_holds"};
	struct buf text = {0};
	buf_str(&text, "{\"teller_trace\":1,\"teller\":\"\\u001b[2J\",\"server\":\"\\u009b31m\"}\n");
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		buf_fmt(&text, "{\"kind\":\"%s\",\"session\":\"lane\",\"seat\":-5,\"rows\":-9223372036854775808",
			kinds[i]);
		buf_str(&text, ",\"wall_us\":9223372036854775807,\"attempt\":99999999999,\"wait_us\":-1");
		buf_str(&text, ",\"sqlstate\":\"\\u001b[2Jx\""); /* as long as a real one */
		for (size_t k = 0; k < COUNT_OF(texts); k++)
			buf_fmt(&text, ",\"%s\":\"\\u001b[31m\\u009b\\u202e\\r%zu\"", texts[k], k);
		buf_str(&text, "}\n");
	}
	write_file(buf_text(&text), text.len);
	struct proc *proc = show(0);
	for (const char *p = buf_text(&proc->out); *p; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	assert_null(strchr(buf_text(&proc->err), '\x1b'));
	assert_null(strstr(buf_text(&proc->out), "\xc2\x9b"));
	assert_null(strstr(buf_text(&proc->out), "\xe2\x80\xae"));
	proc_expect_out(proc, "\\x1b[31m");
	proc_free(proc);
	buf_free(&text);
}

static int begin(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/trace", dir);
	return pg_own_database(state);
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shown_as_it_was, bank),
		cmocka_unit_test_setup(without_values, bank),
		cmocka_unit_test_setup(no_password, bank),
		cmocka_unit_test_setup(no_password_of_a_role, bank),
		cmocka_unit_test_setup(a_text_once, bank),
		cmocka_unit_test_setup(texts_that_are_none, bank),
		cmocka_unit_test_setup(shown_as_far_as_it_is_read, bank),
		cmocka_unit_test_setup(a_place_that_is_none, bank),
		cmocka_unit_test_setup(killed, bank),
		cmocka_unit_test_setup(begun_and_ended, bank),
		cmocka_unit_test_setup(cut, bank),
		cmocka_unit_test_setup(not_as_it_should_be, bank),
		cmocka_unit_test_setup(hostile, bank),
	};
	return cmocka_run_group_tests_name("trace/record", tests, begin, end);
}
