/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports as pictures and pages: what is drawn, that readers of XML take it, and that hostile texts do nothing in any format. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/trace/hostile.h"
#include "tests/trace/recorded.h"

static const char *trace, *out;

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static bool installed(const char *program)
{
	char command[80];
	snprintf(command, sizeof command, "command -v %s", program);
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", command, NULL}, NULL, NULL);
	bool found = proc->status == 0;
	proc_free(proc);
	return found;
}

/* Where one is installed, a reader of XML agrees. */
static void expect_xml(const struct proc *svg)
{
	if (!installed("xmllint"))
		return;
	write_file(out, buf_text(&svg->out));
	proc_expect_all(proc_run((const char *const[]){"xmllint", "--noout", out, NULL}, NULL, NULL), 0, "", NULL);
}

/* It knows the elements of HTML 4 alone; what else is wrong, it says. */
static void expect_html(const struct proc *html)
{
	if (!installed("xmllint"))
		return;
	write_file(out, buf_text(&html->out));
	struct proc *proc = proc_run(
		(const char *const[]){
			"sh", "-c",
			"xmllint --html --noout \"$1\" 2>&1 | grep ' error ' | grep -v ' : Tag [a-z]* invalid$'", "sh",
			out, NULL},
		NULL, NULL);
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)); at++)
		n++;
	return n;
}

/* ---- what is drawn ---- */

static void the_picture_of_a_rival(void **state)
{
	(void)state;
	static const char *const parts[] = {"<title>transfer from 7001 to 7002</title>",
					    ">rows on the server</text>",
					    ">transfer from 7001 to 7002, attempt 1 of 10</text>",
					    ">UPDATE 7001  -500</text>",
					    "class=\"d-bad\">40001 serialization failure</text>",
					    ">4 statements not run</text>",
					    "fill=\"url(#waits)\" class=\"d-waits\"",
					    "class=\"d-band-bad\"",
					    "class=\"d-band-good\"",
					    "class=\"d-good d-strong\">durable from here</text>",
					    "@media (prefers-color-scheme: dark)"};
	recorded_run("rival", "transfer 7001 7002 half");
	struct proc *svg = recorded_export("svg"), *html = recorded_export("html");
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (i > 0)
			proc_expect_out(svg, parts[i]);
	proc_expect_out(svg, "<title>3 transactions</title>");
	expect_xml(svg);
	expect_html(html);
	assert_int_equal(count(buf_text(&html->out), "class=\"d-row\""), count(buf_text(&html->out), "<li>"));
	proc_expect_out(html, "could not serialize access due to concurrent update");
	proc_free(svg);
	proc_free(html);
}

/* A session of another program holds the row: whom the transfer waits for, and the hatched time. */
static void the_picture_of_a_wait(void **state)
{
	(void)state;
	struct pg_session *holder = pg_open();
	pg_run(holder,
	       "SET application_name = 'the holder'; BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	const char *const argv[] = {proc_teller(), "--trace", trace, "--yes", "-c", "transfer 7001 7002 half", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	proc_wait_output(proc, "the holder");
	pg_run(holder, "ROLLBACK");
	proc_wait(proc);
	proc_expect_status(proc, 0);
	proc_free(proc);
	pg_close(holder);
	struct proc *svg = recorded_export("svg"), *md = recorded_export("md");
	proc_expect_out(svg, "class=\"d-wait\">waits for the holder, pid ");
	proc_expect_out(svg, "fill=\"url(#waits)\"");
	proc_expect_out(svg, "durable from here");
	proc_expect_out(md, "waits for the holder, pid ");
	assert_null(strstr(buf_text(&md->out), "waits no more")); /* its answer says so */
	expect_xml(svg);
	proc_free(svg);
	proc_free(md);
}

/* The sessions of a lesson, an order at a time; what it shows of the rows; who waited. */
static void the_picture_of_a_lesson(void **state)
{
	(void)state;
	static const char *const parts[] = {">Two people move half of the same balance</text>",
					    ">A</text>",
					    ">B</text>",
					    ">another order of the steps</text>",
					    ">1, 250; 2, 1500; 3, 1250</text>",
					    ">40001 serialization failure</text>",
					    ">committed</text>",
					    "class=\"d-wait\">waits for A</text>",
					    "fill=\"url(#waits)\""};
	const char *const argv[] = {proc_teller(), "--trace", trace, "lab", "run", "lost-update", NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	struct proc *svg = recorded_export("svg"), *html = recorded_export("html");
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		proc_expect_out(svg, parts[i]);
	assert_null(strstr(buf_text(&svg->out), "teller_lesson_"));
	proc_expect_out(html, "<title>Two people move half of the same balance</title>");
	struct proc *md = recorded_export("md"), *mermaid = recorded_export("mermaid");
	proc_expect_out(md, "# Two people move half of the same balance\n");
	proc_expect_out(mermaid, "    title Two people move half of the same balance\n");
	proc_free(md);
	proc_free(mermaid);
	expect_xml(svg);
	expect_html(html);
	proc_free(svg);
	proc_free(html);
}

/* ---- no end of it ---- */

static void a_long_run(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n");
	for (int i = 1; i <= 3000; i++)
		buf_fmt(&text,
			"{\"number\":%d,\"kind\":\"%s\",\"session\":\"lane\",\"seat\":%d,\"lane\":\"s%d\","
			"\"statement\":%d,"
			"\"sql\":\"SELECT %d\",\"rows\":1}\n",
			i, i % 2 ? "sent" : "result", (i - 1) / 2 % 20, (i - 1) / 2 % 20, (i + 1) / 2, (i + 1) / 2);
	write_file(trace, text.p);
	buf_free(&text);
	static const char *const formats[] = {"md", "svg", "html", "mermaid"};
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		struct proc *proc = recorded_export(formats[i]);
		proc_expect_out(proc, "a diagram has at most 400 rows");
		proc_expect_out(proc, "a diagram has at most 11 sessions");
		assert_true(proc->out.len < 400000);
		assert_true(strcmp(formats[i], "mermaid") != 0 || proc->out.len < 50000);
		proc_free(proc);
	}
}

/* A trace has none, and so no export has one. */
static void no_password(void **state)
{
	(void)state;
	static const char *const formats[] = {"md", "svg", "html", "mermaid"};
	const char *const env[] = {"PGPASSWORD=Kw9Zx8", NULL};
	const char *const argv[] = {proc_teller(), "--trace",
				    trace,         "--dbname=postgresql://u:Kw9Zx8@127.0.0.1:1/db?password=Kw9",
				    "list",        NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 2);
	proc_free(proc);
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		proc = recorded_export(formats[i]);
		proc_expect_out(proc, "cannot connect to ");
		assert_null(strstr(buf_text(&proc->out), "Kw9"));
		proc_free(proc);
	}
}

/* ---- hostile texts ---- */

static void expect_no_controls(const struct proc *proc)
{
	static const char *const hidden[] = {"\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x80\x8b", "\xc2\x9b"};
	for (const char *p = buf_text(&proc->out); *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\n')
			fail_msg("control character %02x before: %.60s", (unsigned)(unsigned char)*p, p + 1);
	for (size_t i = 0; i < COUNT_OF(hidden); i++)
		assert_null(strstr(buf_text(&proc->out), hidden[i]));
	assert_true(proc->out.len < 400000); /* long texts are cut */
}

/* Each tag is one of these, or ends one. */
static void expect_own_tags(const char *text)
{
	static const char *const own[] = {"<!DOCTYPE html>",
					  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
					  "<html lang=\"en\">",
					  "<head>",
					  "<meta ",
					  "<title>",
					  "<style>",
					  "<script>\n(function () {",
					  "<body>",
					  "<div ",
					  "<div>",
					  "<h1>",
					  "<h2>",
					  "<p ",
					  "<label ",
					  "<input ",
					  "<output ",
					  "<figure>",
					  "<svg ",
					  "<defs>",
					  "<pattern ",
					  "<path ",
					  "<rect ",
					  "<text ",
					  "<circle ",
					  "<g ",
					  "<ol ",
					  "<li>",
					  "<span ",
					  "<strong>",
					  "<strong ",
					  "<code "};
	for (const char *at = text; (at = strchr(at, '<')); at++) {
		size_t i = 0;
		while (i < COUNT_OF(own) && strncmp(at, own[i], strlen(own[i])) != 0)
			i++;
		bool in_script = strncmp(at, "<': ", 4) == 0 || strncmp(at, "< list.length", 13) == 0 ||
				 strncmp(at, "< spans.length", 14) == 0;
		if (i == COUNT_OF(own) && at[1] != '/' && !in_script)
			fail_msg("a tag that is not the page's own: %.60s", at);
	}
	assert_int_equal(count(text, "<script"), count(text, "</script>"));
	assert_true(count(text, "<script") <= 1);
}

static void expect_fetches_nothing(const char *text)
{
	static const char *const ways[] = {"src=", "href", "@import", "url(h", "http://evil"};
	for (size_t i = 0; i < COUNT_OF(ways); i++)
		for (const char *at = text; (at = strstr(at, ways[i])); at++)
			if (strncmp(ways[i], "http", 4) != 0 && strncmp(at, "src=x onerror", 13) != 0)
				fail_msg("it fetches: %.60s", at);
	for (const char *at = text; (at = strstr(at, "url(")); at++)
		assert_int_equal(strncmp(at, "url(#waits)", 11), 0);
}

static void hostile_page(const char *format)
{
	struct proc *proc = recorded_export(format);
	expect_no_controls(proc);
	expect_own_tags(proc->out.p);
	expect_fetches_nothing(proc->out.p);
	proc_expect_out(proc, "\\x1b]0;evil\\x07");
	if (strcmp(format, "svg") == 0)
		expect_xml(proc);
	else
		expect_html(proc);
	proc_free(proc);
}

static void hostile_in_pages(void **state)
{
	(void)state;
	for (int lesson = 0; lesson < 2; lesson++) {
		hostile_trace(trace, lesson);
		hostile_page("svg");
		hostile_page("html");
	}
}

/* Outside of code spans, which hold no backtick, what Markdown could take for its own has a backslash before it. */
static void expect_own_markdown(const char *text)
{
	for (const char *p = text; *p; p++) {
		bool own = strncmp(p, "<code>", 6) == 0 || strncmp(p, "</code>", 7) == 0;
		if (*p == '\\' && p[1] && p[1] != '\n')
			p++;
		else if (*p == '`')
			p = strchr(p + 1, '`');
		else if ((*p == '<' && !own) || *p == '[' || *p == '_' || *p == '~' || strncmp(p, "://", 3) == 0)
			fail_msg("Markdown that is not the export's own: %.60s", p);
		assert_non_null(p);
	}
}

/* Each row of the table has as many cells as its head. */
static void expect_own_table(const char *text)
{
	size_t cells = 0;
	for (const char *at = text; (at = strstr(at, "\n| ")); at++) {
		size_t n = 0;
		for (const char *p = at + 1; *p != '\n'; p++)
			n += *p == '|' && p[-1] != '\\';
		assert_true(cells == 0 || n == cells);
		cells = n;
	}
	assert_true(cells > 4);
}

static void hostile_in_markdown(void **state)
{
	(void)state;
	for (int lesson = 0; lesson < 2; lesson++) {
		hostile_trace(trace, lesson);
		struct proc *proc = recorded_export("md");
		expect_no_controls(proc);
		expect_own_markdown(proc->out.p);
		expect_own_table(proc->out.p);
		proc_free(proc);
	}
}

/* Each line is of a known form, and its text has no character that Mermaid could take for its own. */
static void expect_own_mermaid(const char *line)
{
	static const char *const begins[] = {"sequenceDiagram", "    title ", "    participant L",
					     "    Note over L", "    L",      "    rect rgba(",
					     "    end"};
	size_t i = 0, n = strcspn(line, "\n"), words = strcspn(line, ":\n");
	while (i < COUNT_OF(begins) && strncmp(line, begins[i], strlen(begins[i])) != 0)
		i++;
	if (i == COUNT_OF(begins))
		fail_msg("a line that is not the export's own: %.*s", (int)n, line);
	for (size_t k = words + 1; k < n; k++)
		if (strchr(":;<>&%{}\"`$|\\[]~", line[k]) && !(line[k] == ';' && isdigit((unsigned char)line[k - 1])))
			fail_msg("'%c' is in: %.*s", line[k], (int)n, line);
}

static void hostile_in_mermaid(void **state)
{
	(void)state;
	for (int lesson = 0; lesson < 2; lesson++) {
		hostile_trace(trace, lesson);
		struct proc *proc = recorded_export("mermaid");
		expect_no_controls(proc);
		for (const char *line = proc->out.p; *line; line += strcspn(line, "\n") + 1)
			expect_own_mermaid(line);
		proc_free(proc);
	}
}

/* ---- the group ---- */

static int begin(void **state)
{
	int status = recorded_begin(state);
	trace = recorded_file("trace");
	out = recorded_file("page");
	return status;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_picture_of_a_rival, recorded_bank),
		cmocka_unit_test_setup(the_picture_of_a_wait, recorded_bank),
		cmocka_unit_test_setup(the_picture_of_a_lesson, recorded_bank),
		cmocka_unit_test_setup(a_long_run, recorded_bank),
		cmocka_unit_test_setup(no_password, recorded_bank),
		cmocka_unit_test_setup(hostile_in_pages, recorded_bank),
		cmocka_unit_test_setup(hostile_in_markdown, recorded_bank),
		cmocka_unit_test_setup(hostile_in_mermaid, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/export_page", tests, begin, recorded_end);
}
