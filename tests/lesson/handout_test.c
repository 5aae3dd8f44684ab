/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab handout: what is on paper of a lesson, in both formats, and that hostile lessons and servers are only read there. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/spec_file.h"
#include "tests/support/check.h"
#include "tests/support/luminance.h"
#include "tests/support/pg.h"

static const char payments[] =
	"#@ title Two savers\n#@ say \"Account 1 holds 100.\"\n"
	"setup { CREATE TABLE handout_t (id INT PRIMARY KEY, n INT); INSERT INTO handout_t VALUES (1, 100); }\n"
	"teardown { DROP TABLE handout_t; }\n"
	"session A step ab { BEGIN; } step aw { UPDATE handout_t SET n = n + 1 WHERE id = 1; } step ac { COMMIT; }\n"
	"session B step bw { UPDATE handout_t SET n = n + 10 WHERE id = 1; } step bl { SELECT n FROM handout_t; }\n"
	"#@ say bw \"B pays, too.\"\n"
	"#@ ask bw \"What happens to B's UPDATE?\"\n"
	"#@ | it succeeds at once = ok\n#@ because \"Nobody may change a row that is being changed.\"\n"
	"#@ | it waits = waits *\n#@ because \"A holds the lock of the row.\"\n"
	"#@ end \"Both payments are there.\"\n";

/* Of texts that come one after another; each is looked for behind the one before. */
static void expect_in_order(const struct proc *proc, const char *const texts[], size_t n)
{
	const char *at = buf_text(&proc->out);
	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, texts[i]);
		if (!found)
			fail_msg("\"%s\" is not there, behind the texts before it:\n%s", texts[i], proc->out.p);
		at = found + strlen(texts[i]);
	}
}

static void a_lesson_on_paper(void **state)
{
	(void)state;
	static const char *const parts[] = {
		"# Two savers\n\nAccount 1 holds 100.\n\n",
		"**Set up:** `CREATE TABLE handout_t (id INT PRIMARY KEY, n INT);",
		"| step | A | B |\n| --- | --- | --- |\n| 1 | `BEGIN` |  |\n",
		"| 3 |  | `UPDATE handout_t SET n = n + 10 WHERE id = 1` |\n| 4 | `COMMIT` |  |\n",
		"**Question 1, before step 3 of B:** What happens to B's UPDATE?\n\n"
		"- **a.** it succeeds at once\n- **b.** it waits\n",
		"---\n\n## Answers\n\nAs PostgreSQL ",
		"**Question 1: b.** it waits\n\n- **a.** Nobody may change a row that is being changed.\n"
		"- **b.** A holds the lock of the row.\n",
		"| 3 |  | `UPDATE handout_t SET n = n + 10 WHERE id = 1`<br>waits for A |\n",
		"| 4 | `COMMIT`<br>COMMIT | step 3 goes on: UPDATE 1 |\n",
		"| 5 |  | `SELECT n FROM handout_t`<br>reads 111 |\n",
		"- **Step 3:** B pays, too.\n",
		"- **At the end:** `SELECT n FROM handout_t` gives 111\n\nBoth payments are there.\n",
	};
	struct buf text = {0};
	buf_fmt(&text, "%s#@ check \"SELECT n FROM handout_t\" = 111\npermutation ab aw bw ac bl\n", payments);
	struct proc *proc = spec_file_lab("handout", text.p, NULL);
	proc_expect_status(proc, 0);
	expect_in_order(proc, parts, COUNT_OF(parts));
	const char *answers = strstr(proc->out.p, "## Answers");
	assert_true(strstr(proc->out.p, "goes on") > answers); /* the front tells nothing */
	assert_true(strstr(proc->out.p, "A holds the lock") > answers);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	buf_free(&text);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_tables WHERE tablename = 'handout_t'"), 0);
}

/* The server of the day has the last word, and the reasons of another answer are not told. */
static void a_server_that_does_otherwise(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_fmt(&text, "%s#@ check \"SELECT n FROM handout_t\" = 5\n#@ expect bl reads 7\npermutation ab bw aw ac bl\n",
		payments);
	struct proc *proc = spec_file_lab("handout", text.p, NULL);
	proc_expect_status(proc, 6);
	proc_expect_out(proc, "**Question 1: a.** it succeeds at once\n\n| step |");
	proc_expect_out(proc, "<br>reads 111 (the lesson expects something else) |");
	proc_expect_out(proc, "`SELECT n FROM handout_t` gives 111, and the lesson expects 5\n");
	proc_expect_err(proc, "2 surprises");
	proc_free(proc);
	buf_free(&text);
}

/* What was read under a name is only named before, and is the value behind. */
static void values_of_the_day(void **state)
{
	(void)state;
	static const char text[] =
		"#@ word snapshot \"What one sees.\"\n#@ say \"It holds {found}.\"\n#@ let found = r\n"
		"session A step r { SELECT 40 + 2; } step w { SELECT 1000 - /*:found*/500 AS left; }\n"
		"#@ ask w \"A has read {found}. What is left?\"\n#@ | 958 = ok reads 958 *\n"
		"#@ because \"{found} of 1000.\"\n#@ | 500 = ok reads 500\n#@ end \"It was {found}.\"\npermutation r "
		"w\n";
	static const char *const parts[] = {
		"- **snapshot** What one sees.\n", "| `SELECT 1000 - :found AS left` |\n",          "## Answers",
		"- **a.** 42 of 1000.\n",          "| `SELECT 1000 - 42 AS left`<br>reads 958 |\n", "It was 42.\n",
	};
	struct proc *proc = spec_file_lab("handout", text, NULL);
	proc_expect_status(proc, 0);
	expect_in_order(proc, parts, COUNT_OF(parts));
	proc_free(proc);
}

/* ---- hostile texts ---- */

static const char hostile[] =
	"#@ title <script>alert(1)</script> **b** [x](javascript:y) | `c` & \x1b[2J\n"
	"#@ say \"</title></style><img src=x onerror=y> http://evil.example <!-- ]]>\"\n"
	"session \"A|<i>*_\" step s1 { SELECT '</code></table><script>`|`\\|' AS \"<b>\"; }\n"
	"step s2 { SELECT E'\\x1b]0;evil\\x07<svg onload=z>|`*'; }\n"
	"step s3 { DO $$ BEGIN RAISE EXCEPTION E'<script>no</script>\\n| \\x1b[31m & more'; END $$; }\n"
	"#@ ask s1 \"<form action=u> ? | **q**\"\n#@ | <input autofocus> = ok *\n"
	"#@ because \"<object data=w> because\"\n#@ | 1. - [no] = 40001\n#@ because \"1. # + <style>\"\n"
	"permutation s1 s2 s3\n";

/* Each tag of the page is one of these: no text begins one. */
static void expect_only_own_tags(const char *html)
{
	static const char *const own[] = {
		"<!DOCTYPE html>",
		"<html lang=\"en\">",
		"<head>",
		"<meta charset=\"utf-8\">",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
		("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		 "'sha256-"),
		"<title>",
		"<style>",
		"<body>",
		"<div role=\"main\">",
		"<h1>",
		"<h2>",
		"<h2 class=\"page\">",
		"<h3>",
		"<h4>",
		"<p>",
		"<ul>",
		"<li>",
		"<strong>",
		"<code>",
		"<table>",
		"<thead>",
		"<tbody>",
		"<tr>",
		"<th scope=\"col\">",
		"<td>",
		"<br>",
		"<span class=\"good\">",
		"<span class=\"bad\">",
		"<span class=\"faint\">",
		"</html>",
		"</head>",
		"</title>",
		"</style>",
		"</body>",
		"</div>",
		"</h1>",
		"</h2>",
		"</h3>",
		"</h4>",
		"</p>",
		"</ul>",
		"</li>",
		"</strong>",
		"</code>",
		"</table>",
		"</thead>",
		"</tbody>",
		"</tr>",
		"</th>",
		"</td>",
		"</span>",
	};
	for (const char *at = html; (at = strchr(at, '<')); at++) {
		size_t i = 0;
		while (i < COUNT_OF(own) && strncmp(at, own[i], strlen(own[i])) != 0)
			i++;
		if (i == COUNT_OF(own))
			fail_msg("a tag that is not the page's own: %.60s", at);
	}
}

static void expect_no_controls(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 && *p != '\n')
			fail_msg("control character %02x before: %.60s", (unsigned)(unsigned char)*p, p + 1);
}

/* Where one is installed, a reader of HTML agrees. */
static void expect_well_formed(const struct proc *html)
{
	struct proc *found = proc_run((const char *const[]){"sh", "-c", "command -v xmllint", NULL}, NULL, NULL);
	bool installed = found->status == 0;
	proc_free(found);
	if (!installed)
		return;
	char path[300];
	snprintf(path, sizeof path, "%s/page.html", getenv("TMPDIR"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(buf_text(&html->out), file);
	fclose(file);
	struct proc *proc = proc_run((const char *const[]){"xmllint", "--html", "--noout", path, NULL}, NULL, NULL);
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
	unlink(path);
}

static void hostile_texts_are_only_texts_in_html(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("handout", hostile, "--html");
	proc_expect_status(proc, 0);
	expect_only_own_tags(proc->out.p);
	expect_no_controls(proc->out.p);
	expect_well_formed(proc);
	proc_expect_out(proc, "<title>&lt;script&gt;alert(1)&lt;/script&gt; **b** [x](javascript:y) | `c` &amp; \\x1b");
	proc_expect_out(proc, "<code>SELECT &#39;&lt;/code&gt;&lt;/table&gt;&lt;script&gt;`|`\\|&#39;");
	proc_expect_out(proc, "reads \\x1b]0;evil\\x07&lt;svg onload=z&gt;");
	proc_expect_out(proc,
			"<span class=\"bad\">error P0001: &lt;script&gt;no&lt;/script&gt;\\n| \\x1b[31m &amp; more");
	proc_free(proc);
}

/* Outside of code spans, which hold no backtick, what Markdown could take for its own has a backslash before it. */
static void expect_only_own_markdown(const char *text)
{
	for (const char *p = text; *p; p++) {
		bool own = strncmp(p, "<br>", 4) == 0 || strncmp(p, "<code>", 6) == 0 || strncmp(p, "</code>", 7) == 0;
		if (*p == '\\' && p[1] && p[1] != '\n')
			p++;
		else if (*p == '`')
			p = strchr(p + 1, '`');
		else if ((*p == '<' && !own) || *p == '[' || *p == '_' || strncmp(p, "://", 3) == 0)
			fail_msg("Markdown that is not the page's own: %.60s", p);
		assert_non_null(p);
	}
}

static size_t cells_of(const char *line)
{
	size_t n = 0;
	for (; *line != '\n'; line++)
		n += *line == '|' && line[-1] != '\\';
	return n;
}

static void hostile_texts_are_only_texts_in_markdown(void **state)
{
	(void)state;
	struct proc *proc = spec_file_lab("handout", hostile, NULL);
	proc_expect_status(proc, 0);
	expect_only_own_markdown(proc->out.p);
	expect_no_controls(proc->out.p);
	proc_expect_out(
		proc,
		"# \\<script\\>alert(1)\\</script\\> \\*\\*b\\*\\* \\[x\\](javascript:y) \\| \\`c\\` \\& \\\\x1b");
	proc_expect_out(proc, "<code>SELECT &#39;&#60;&#47;code&#62;");
	proc_expect_out(proc, "- **b.** 1\\. - \\[no\\]\n");
	for (const char *at = proc->out.p; (at = strstr(at, "\n| ")); at++)
		assert_int_equal(cells_of(at + 1), 3); /* two columns, as in the head */
	proc_free(proc);
}

/* ---- the page ---- */

static double colour_of(const char *css, const char *name)
{
	unsigned r = 0, g = 0, b = 0;
	struct buf wanted = {0};
	buf_fmt(&wanted, "--%s: #", name);
	const char *at = strstr(css, wanted.p);
	assert_non_null(at);
	assert_int_equal(sscanf(at + wanted.len, "%2x%2x%2x", &r, &g, &b), 3);
	buf_free(&wanted);
	return luminance((int)r, (int)g, (int)b);
}

static void the_page_can_be_read(void **state)
{
	(void)state;
	static const char *const texts[] = {"text", "faint", "good", "bad"}, *const grounds[] = {"ground", "code"};
	struct proc *proc = teller_run("lab", "handout", "write-skew", "--html");
	proc_expect_status(proc, 0);
	const char *light = strstr(proc->out.p, ":root"), *dark = strstr(proc->out.p, "(prefers-color-scheme: dark)");
	proc_expect_out(proc, "@media print");
	proc_expect_out(proc, "<h2 class=\"page\">Answers</h2>");
	assert_null(strstr(proc->out.p, "url("));
	assert_null(strstr(proc->out.p, "@import"));
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		for (size_t k = 0; k < COUNT_OF(grounds); k++) {
			assert_true(luminance_contrast(colour_of(light, texts[i]), colour_of(light, grounds[k])) >=
				    4.5);
			assert_true(luminance_contrast(colour_of(dark, texts[i]), colour_of(dark, grounds[k])) >= 4.5);
		}
	expect_only_own_tags(proc->out.p);
	expect_well_formed(proc);
	proc_free(proc);
}

static void all_lessons_in_a_file(void **state)
{
	(void)state;
	char path[300];
	snprintf(path, sizeof path, "%s/all.html", getenv("TMPDIR"));
	struct proc *proc = teller_run("lab", "handout", "all", "-o", path);
	proc_expect_all(proc, 0, "", "");
	proc = proc_run((const char *const[]){"cat", path, NULL}, NULL, NULL);
	expect_only_own_tags(proc->out.p);
	expect_well_formed(proc);
	size_t lessons = 0, titles = 0, left_out = 0;
	while (asset_lessons[lessons].name)
		lessons++;
	for (const char *at = proc->out.p; (at = strstr(at, "<h2>")); at++)
		titles++;
	for (const char *at = proc->out.p; (at = strstr(at, " is left out: it needs ")); at++)
		left_out++;
	assert_int_equal(titles, lessons);
	assert_true(left_out > 0);
	proc_free(proc);
	unlink(path);
}

/* ---- what cannot be ---- */

static void what_is_no_handout(void **state)
{
	(void)state;
	static const struct {
		const char *args[4];
		int status;
		const char *why;
	} cases[] = {
		{{"lost-update", "wriet-skew"}, 1, "there is no lesson wriet-skew, did you mean write-skew"},
		{{"all", "lost-update"}, 1, "all is all lessons: leave out \"lost-update\""},
		{{"lost-update", "--json"}, 1, "lab handout writes Markdown, or HTML with --html"},
		{{"lost-update", "--transcript"}, 1, "--transcript is for lab run"},
		{{"lost-update", "--read-only"}, 3, "lab handout makes tables of its own"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const char *const *args = cases[i].args;
		proc_expect_all(teller_run("lab", "handout", args[0], args[1]), cases[i].status, "", cases[i].why);
	}
	proc_expect_all(teller_run("lab", "run", "lost-update", "write-skew"), 1, "",
			"lab run has no place for \"write-skew\"");
	proc_expect_all(teller_run("lab", "list", "--html"), 1, "", "--html is for lab handout");
	proc_expect_all(spec_file_lab("handout", "session s step a { SELECT 1; }\n", NULL), 1, "",
			"has no permutation; a handout shows the order of the steps");
	proc_expect_all(spec_file_lab("handout", "setup { SELECT 1/0; } session s step a {}\npermutation a", NULL), 3,
			"", "division by zero");
}

static void an_interrupt_tears_it_down(void **state)
{
	(void)state;
	static const char text[] = "setup { CREATE TABLE handout_t (n INT); } teardown { DROP TABLE handout_t; }\n"
				   "session s step a { SELECT pg_sleep(601); }\npermutation a\n";
	char *path = spec_file_write(text);
	struct proc *proc = proc_start((const char *const[]){proc_teller(), "lab", "handout", path, NULL}, NULL, NULL);
	pg_until(NULL, "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(601)%%' AND pid <> "
		       "pg_backend_pid() AND state = 'active'");
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_all(proc, 130, "", NULL);
	free(path);
	assert_int_equal(pg_number("SELECT count(*) FROM pg_tables WHERE tablename = 'handout_t'"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lesson_on_paper),
		cmocka_unit_test(a_server_that_does_otherwise),
		cmocka_unit_test(values_of_the_day),
		cmocka_unit_test(hostile_texts_are_only_texts_in_html),
		cmocka_unit_test(hostile_texts_are_only_texts_in_markdown),
		cmocka_unit_test(the_page_can_be_read),
		cmocka_unit_test(all_lessons_in_a_file),
		cmocka_unit_test(what_is_no_handout),
		cmocka_unit_test(an_interrupt_tears_it_down),
	};
	return cmocka_run_group_tests_name("lesson/handout", tests, pg_own_database, NULL);
}
