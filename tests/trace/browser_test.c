/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports in a browser: the slider works by the keyboard, nothing is fetched, hostile texts do nothing, and Mermaid draws its language. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/trace/hostile.h"

enum { PATIENCE_S = 120 };

static const char kept[] = "assets/traces/rival.trace";
static char dir[] = "/tmp/teller-browser.XXXXXX";
static char trace[64], page[64], mermaid[400];

static void needs(bool there, const char *what)
{
	if (there)
		return;
	printf("# skipped: %s\n", what);
	fflush(stdout);
	skip();
}

static void needs_chromium(void)
{
	struct proc *proc = proc_run((const char *const[]){"sh", "-c", "command -v chromium", NULL}, NULL, NULL);
	bool found = proc->status == 0;
	proc_free(proc);
	needs(found, "chromium is not installed");
}

static struct proc *export_of(const char *path, const char *format)
{
	struct proc *proc = teller_run("trace", "export", path, "--transfer", "1", "--to", format);
	proc_expect_status(proc, 0);
	return proc;
}

static void write_page(const char *text)
{
	FILE *file = fopen(page, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* What the script tests/trace/browser prints of the page. */
static void expect_seen(const char *const more[], const char *seen)
{
	const char *argv[16] = {"tests/trace/browser", page};
	for (size_t i = 0; more[i]; i++)
		argv[2 + i] = more[i];
	struct proc *proc = proc_start(argv, NULL, NULL);
	for (int s = 0; s < PATIENCE_S && !proc_ended(proc, 1000); s++)
		;
	proc_expect_all(proc, 0, seen, NULL);
}

/* The page is the one thing that is asked for. */
static void the_slider_works_by_the_keyboard(void **state)
{
	(void)state;
	needs_chromium();
	struct proc *html = export_of(kept, "html");
	write_page(buf_text(&html->out));
	proc_free(html);
	expect_seen((const char *const[]){"document.getElementById('count').textContent + ', ' + "
					  "document.querySelectorAll('.d-row:not(.later)').length + ' rows'",
					  "Home", "ArrowRight", "ArrowRight", ">", "<", "End", "ArrowLeft", NULL},
		    "30 of 30, 30 rows\n1 of 30, 1 rows\n2 of 30, 2 rows\n3 of 30, 3 rows\n4 of 30, 4 rows\n3 of 30, 3 "
		    "rows\n"
		    "30 of 30, 30 rows\n29 of 30, 29 rows\nrequests 1\n");
	expect_seen((const char *const[]){"document.getElementById('now').textContent", "Home", NULL},
		    "104 T1.2 COMMITTED, 2 attempts, 27.81 ms\n44 T1 transfer from 104 to 107, attempt 1 of "
		    "10\nrequests 1\n");
}

static void hostile_texts_do_nothing(void **state)
{
	(void)state;
	needs_chromium();
	for (int lesson = 0; lesson < 2; lesson++) {
		hostile_trace(trace, lesson);
		struct proc *html = teller_run("trace", "export", trace, "--to", "html");
		proc_expect_status(html, 0);
		write_page(buf_text(&html->out));
		proc_free(html);
		expect_seen((const char *const[]){"document.scripts.length + ' ' + document.images.length + ' ' + "
						  "document.styleSheets.length + ' ' + document.links.length",
						  NULL},
			    "1 0 1 0\nrequests 1\n");
	}
}

static void draw_mermaid(const char *path)
{
	struct buf text = {0};
	struct proc *proc = teller_run("trace", "export", path, "--to", "mermaid");
	proc_expect_status(proc, 0);
	buf_fmt(&text,
		"<!DOCTYPE html><meta charset=\"utf-8\"><script src=\"%s\"></script><script type=\"text/plain\" "
		"id=\"of\">%s</script>\n",
		mermaid, buf_text(&proc->out));
	write_page(text.p);
	expect_seen(
		(const char *const[]){
			"mermaid.render('drawn', document.getElementById('of').textContent).then("
			"drawn => drawn.svg.includes('messageText') && !/<script|onerror=/.test(drawn.svg))",
			NULL},
		"true\nrequests 2\n");
	proc_free(proc);
	buf_free(&text);
}

static void mermaid_draws_it(void **state)
{
	(void)state;
	needs_chromium();
	needs(access(mermaid, R_OK) == 0, "npm's mermaid is not there: npm install --prefix build/npm mermaid");
	draw_mermaid(kept);
	for (int lesson = 0; lesson < 2; lesson++) {
		hostile_trace(trace, lesson);
		draw_mermaid(trace);
	}
}

/* ---- the group ---- */

static int begin(void **state)
{
	(void)state;
	const char *teller = proc_teller(), *slash = strrchr(teller, '/');
	assert_non_null(mkdtemp(dir));
	snprintf(trace, sizeof trace, "%s/trace", dir);
	snprintf(page, sizeof page, "%s/page.html", dir);
	snprintf(mermaid, sizeof mermaid, "%.*s/npm/node_modules/mermaid/dist/mermaid.min.js", (int)(slash - teller),
		 teller);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(trace);
	unlink(page);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slider_works_by_the_keyboard),
		cmocka_unit_test(hostile_texts_do_nothing),
		cmocka_unit_test(mermaid_draws_it),
	};
	return cmocka_run_group_tests_name("trace/browser", tests, begin, end);
}
